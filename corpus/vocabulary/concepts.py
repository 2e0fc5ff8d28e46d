"""Concepts: every name of one thing, in both languages. ``terms`` finds them in texts."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache

from corpus.language import HAN
from corpus.words.folding import fold

_HAS_HAN = re.compile(f"[{HAN}]")
_BLANK = re.compile(r"[\s\-–]")
_COLUMNS = ("zh", "en", "abbr", "category")
"""Of a glossary, those that are read."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing and its names."""

    id: str
    """Its first name folded, without blanks ("tarlatamab"): stable while the glossary is."""
    names: tuple[str, ...]
    """As printed, both languages, abbreviations included; the glossary's order."""
    category: str
    """drug, drug code, class, disease, target, endpoint, safety, mechanism, route, treatment, organisation"""
    implies: tuple[str, ...] = ()
    """Ids of wider concepts: median progression-free survival implies progression-free survival."""

    @classmethod
    def of(cls, names: tuple[str, ...], category: str) -> Concept:
        """A concept whose id is its first Latin name, else its first."""
        return cls(concept_key(next((n for n in names if not has_han(n)), names[0])), names, category)

    def name_in(self, language: str) -> str:
        """The first name written in ``language``, else the first."""
        for name in self.names:
            if has_han(name) == (language == "zh"):
                return name
        return self.names[0]


def read_glossary(text: str) -> list[Concept]:
    """Concepts from tab-separated ``zh, en, abbr, category, …`` with a heading line; a cell may be empty.

    Raises:
        ValueError: it is no such table; the message says what to correct.
    """
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    if not rows.fieldnames or not set(_COLUMNS) <= set(rows.fieldnames):
        raise ValueError(f"begin with a line that names the columns {', '.join(_COLUMNS)}, a tab between two.")
    concepts = []
    for row in rows:
        zh, en, abbreviation, category = (row[column] or "" for column in _COLUMNS)
        names = tuple(name for name in (zh, en, abbreviation) if concept_key(name))
        if None in row or not names:
            raise ValueError(f"line {rows.line_num}: give each row a name, and no more cells than there are columns.")
        concepts.append(Concept(concept_key(en) or concept_key(names[0]), names, category or "term"))
    return concepts


def is_full(name: str) -> bool:
    """True where a name is more than an abbreviation, which other things may share."""
    return has_han(name) or len(concept_key(name)) > 4


def has_han(name: str) -> bool:
    """True where a name has a Chinese character."""
    return bool(_HAS_HAN.search(name))


@lru_cache(maxsize=100_000)
def concept_key(name: str) -> str:
    """A name as concepts are matched by it: folded, without blanks and hyphens."""
    return _BLANK.sub("", fold(name).text)
