"""What questions ask of a trial, a drug or a class besides figures: approval, maker, control arm, mechanism, ….

One row of ``attributes.tsv`` each, with examples: how questions ask for it, and how sentences tell it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from corpus.document import Language
from corpus.vocabulary.notation import pattern
from corpus.vocabulary.tables import read_rows
from corpus.words.folding import fold


@dataclass(frozen=True)
class Attribute:
    """Something that is told of a thing in words."""

    key: str
    names: dict[Language, str]
    """As an answer calls it."""
    asked: str
    """How questions ask for it, a cell of the table, for folded text."""
    told: str
    """How sentences tell it, the same."""
    strict: bool
    """Whether it is not told at all where no sentence on the subject has ``told``."""
    wide: bool
    """Whether several sentences tell it together: steps of a mechanism, challenges."""

    @cached_property
    def _asked(self) -> re.Pattern[str]:
        return re.compile(pattern(self.asked))

    @cached_property
    def _told(self) -> re.Pattern[str]:
        return re.compile(pattern(self.told))

    def is_asked(self, folded: str) -> bool:
        """Whether a folded question asks for it."""
        return bool(self._asked.search(folded))

    def is_told(self, sentence: str) -> bool:
        """Whether a sentence, as printed, may tell it."""
        return bool(self._told.search(fold(sentence).text))


@cache
def attributes() -> tuple[Attribute, ...]:
    """All rows, in the order of the table."""
    return tuple(
        Attribute(
            key=row["key"],
            names={"en": row["en"], "zh": row["zh"]},
            asked=row["asked"],
            told=row["told"],
            strict=row["strict"] == "yes",
            wide=row["wide"] == "yes",
        )
        for row in read_rows(__package__, "attributes")
    )


def attributes_in(question: str) -> tuple[Attribute, ...]:
    """The attributes that a question asks for, in the order of the table."""
    folded = fold(question).text
    return tuple(attribute for attribute in attributes() if attribute.is_asked(folded))
