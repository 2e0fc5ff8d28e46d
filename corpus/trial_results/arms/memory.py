"""What a paragraph has said before the sentence that is read: its arms, and which of them it spoke of last."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.trial_results.arms.register import Register, StudyArm
from corpus.trial_results.scanning import Named


@dataclass(slots=True)
class Memory:
    """What a paragraph has said so far."""

    register: Register
    single: StudyArm | None = None
    """The one arm of a study that compares nothing."""
    order: tuple[StudyArm, ...] = ()
    """The arms of the last sentence or enumeration that named two or more, in its order."""
    enrolled: bool = False
    """Whether the number of the study's patients was told."""
    claims: bool = False
    """Whether it is an answer that is read, whose arms are known: it need not say that they were allotted."""
    told: bool = True
    """Whether the text has come to what was found."""
    told_order: bool = False
    """Whether figures were given to them in that order, not only names."""
    endpoint: Named | None = None
    """The last end point that took a figure."""

    def arm(self, name: str | None) -> StudyArm | None:
        """The arm that goes by a name."""
        return next((arm for arm in self.register.arms if arm.name == name), None)

    def comparator(self, name: str | None) -> str | None:
        """The name of the other arm of a study of two."""
        other = self.other(self.arm(name))
        return other.name if other else None

    def other(self, arm: StudyArm | None) -> StudyArm | None:
        """The other arm of a study of two."""
        two = self.register.two()
        return next((a for a in two if a is not arm), None) if arm in two else None
