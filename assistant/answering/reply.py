"""What the assistant gives back: an Answer with its Evidence, or NotFound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.understanding.understood import NOTHING, Understood
from corpus.checks.source_checks import SourceCheck
from corpus.document import Language, Passage, Span
from corpus.references.reference import Reference
from corpus.trial_results import TrialResult
from index.search.hit import Hit

Reason = Literal[
    "empty", "too_long", "missing_name", "no_reference", "no_support", "not_reported", "not_told", "false_premise",
    "advice", "instruction",
]  # fmt: skip
"""Why there is no answer:
empty         nothing was asked
too_long      the question is longer than a question can be
missing_name  the library does not mention what the question names
no_reference  no document of the library cites that reference number
no_support    nothing in the library is close enough to the question
not_reported  the library speaks of the trial or drug, but does not report the quantity
not_told      the library speaks of the trial or drug, but does not tell what is asked of it
false_premise the trial has no such drug, arm or dose
advice        what to do for one person is asked
instruction   the program is told what to do
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that an answer stands on."""

    number: int
    """The [n] of the answer, from 1."""
    passage: Passage
    hit: Hit | None
    """How it was found; None for a passage that only names the trial of another."""
    quotes: tuple[Span, ...]
    """Sentences used, in the document's characters, in its order; may be empty for a passage that
    supports an answer without being quoted."""
    references: tuple[Reference, ...]
    """Reference numbers that the passage carries, in its order, each once."""
    matches: tuple[Span, ...] = ()
    """Words and concepts of the question that the passage holds, in either language, in the document's characters."""

    source: str = ""
    """The title of its document; "" where the library holds no other."""
    translations: tuple[str, ...] = ()
    """Of ``quotes``, one by one, as the document brings them, where the reader's language is another; "" for a
    sentence that it does not translate."""

    def quoted(self) -> tuple[str, ...]:
        """The sentences used, verbatim."""
        return tuple(self.passage.sentence(span) for span in self.quotes)


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences that answer, each with the evidence it stands in."""

    question: str
    language: Language
    """Of the question, and of the answer's own words."""
    text: str
    """Every figure in it occurs in its evidence."""
    evidence: tuple[Evidence, ...]
    """Best first; ``evidence[i].number == i + 1``."""
    results: tuple[TrialResult, ...] = ()
    """Trial results in the quoted sentences."""
    notes: tuple[SourceCheck, ...] = ()
    """Where a quoted sentence departs from the paper it cites."""
    understood: Understood = NOTHING
    listed: tuple[str, ...] = ()
    """What the answer lists, in its order, as a follow-up may call it by its place."""
    notice: str = ""
    """What became of a language model's words: sentences struck out, or why they are not shown; "" without one."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The library does not hold an answer."""

    question: str
    language: Language
    reason: Reason
    text: str
    """Says so, and what is missing, in the question's language."""
    missing: tuple[str, ...]
    """Names or quantities that the library does not hold, as the question prints them."""
    nearest: tuple[Evidence, ...]
    """The closest passages, none of which answers; no quotes."""
    understood: Understood = NOTHING


Reply = Answer | NotFound
