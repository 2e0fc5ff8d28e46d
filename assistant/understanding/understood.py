"""What a question was taken to be about, for the reader to check and to change."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.wording.messages import say
from corpus.document import Language
from corpus.vocabulary.endpoints import names_of


@dataclass(frozen=True, slots=True)
class Understood:
    """The subject of a question, whether it names it or takes it from the questions before."""

    trials: tuple[str, ...] = ()
    """As the library calls them."""
    drugs: tuple[str, ...] = ()
    """As the question prints them."""
    endpoints: tuple[str, ...] = ()
    """``EndPoint.key``, in the order of the vocabulary."""
    topics: tuple[str, ...] = ()
    """What it asks of safety where it asks no figure, in its language."""
    sections: tuple[str, ...] = ()
    """``Passage.section`` or the number of a section above it."""

    def names(self, language: Language) -> tuple[str, ...]:
        """All of it in words: trials, else drugs; measures, else topics; sections."""
        measures = names_of(self.endpoints, language)
        sections = [say("ask.section", language, section=section) for section in self.sections]
        return (*(self.trials or self.drugs), *(measures or self.topics), *sections)


NOTHING = Understood()
"""Of a question that names no subject."""
