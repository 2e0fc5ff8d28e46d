"""Where a text departs from the paper it cites, or from itself: notes that go with its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.document import Language, Span

Certainty = Literal["established", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """One departure."""

    id: str
    quote: str
    """What the text says, as extracted; white space may differ."""
    kind: str
    """number, identifier, citation, drug, design, internal, claim, name"""
    note_zh: str
    """What is known instead."""
    note_en: str
    source: str
    """Where that is known from: a DOI, a registry, "the review itself"."""
    certainty: Certainty
    """established: a published source says otherwise; unconfirmed: no published source could be found."""

    def note(self, language: Language) -> str:
        """The note on what is known instead, in a language."""
        return self.note_zh if language == "zh" else self.note_en

    def locate(self, text: str) -> Span | None:
        """The span of the quote in ``text``, white space aside; None where it is not there."""
        places = [place for place, character in enumerate(text) if not character.isspace()]
        start = "".join(text[place] for place in places).find("".join(self.quote.split()))
        if start < 0:
            return None
        return Span(places[start], places[start + len("".join(self.quote.split())) - 1] + 1)


def known_and_found(known: Sequence[SourceCheck], found: Sequence[SourceCheck]) -> list[SourceCheck]:
    """``known`` checks, then those ``found`` of other sentences: one slip is told once, by who knows more of it."""
    quotes = ["".join(check.quote.split()) for check in known]
    new = [check for check in found if not any(quote in "".join(check.quote.split()) for quote in quotes)]
    return [*known, *new]
