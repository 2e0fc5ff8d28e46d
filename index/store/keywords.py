"""Keyword search: SQLite FTS5 over segmented words and concepts.

User text is data, never query syntax: it is cut into words first, and each word is quoted. A
passage is scored by coverage, the share of the question's informative words and concepts that
it holds, each weighted by how rare it is (the idf of BM25, Robertson and Zaragoza 2009,
doi:10.1561/1500000019, with k1 = 0: presence counts, repetition does not).
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Language, Span
from corpus.language import HAN
from corpus.vocabulary.concepts import Mention, Terms, concept_key
from corpus.words.segmenting import STOP_WORDS, Segmenter, Word

# Blanks alone separate: a concept such as Alzheimer's disease or PD-1/VEGF is one token.
SCHEMA = """CREATE VIRTUAL TABLE words USING fts5(
    body, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'", detail = none)"""

# Marks a concept among the words, and the absence of one; no word holds either.
_CONCEPT, _ABSENT = "=", "=="
# Of cutting texts into words.
_SEGMENTATION = "4"
_HAN = re.compile(f"[{HAN}]")
_MAX_UNITS = 64
"""A question of 20,000 characters is searched by its first words; more would only dilute it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing a question asks for: a concept, or a word outside concepts."""

    key: str
    """The word that the index holds for it."""
    printed: str
    """As the question prints it."""

    @property
    def concept(self) -> str | None:
        """Id of the concept that it is; None for a word."""
        return self.key.lstrip(_CONCEPT) if self.key.startswith(_CONCEPT) else None

    @property
    def opposite(self) -> str | None:
        """Key that a text holds which has the thing whose absence is asked for; None for other units."""
        return _CONCEPT + self.key.removeprefix(_ABSENT) if self.key.startswith(_ABSENT) else None

    @property
    def crosses(self) -> bool:
        """True where a text in the other language could hold it: a concept, a number, a name with a digit."""
        return self.concept is not None or any(c.isdigit() for c in self.key)


@dataclass(frozen=True, slots=True)
class KeywordMatch:
    """A text that shares words with the question."""

    weight: float
    """Sum of the idf of what it shares, less that of what it contradicts; higher is better."""
    coverage: float
    """``weight`` as a share of what a text in its language could share at most, up to 1."""
    shared: tuple[Unit, ...]
    """The units that it shares, in the order of the question."""


class Vocabulary:
    """Turns texts into what the keyword index holds."""

    def __init__(self, terms: Terms, segmenter: Segmenter | None = None) -> None:
        """``segmenter``: one that is loaded already, taught the names of ``terms``."""
        self.terms = terms
        self.segmenter = segmenter or Segmenter()
        self.segmenter.learn(terms.names())

    @property
    def version(self) -> str:
        """Changes with the segmentation and with the concepts; the keyword index is then written anew."""
        names = [(concept.id, concept.names) for concept in self.terms.concepts.values()]
        return f"{_SEGMENTATION}-{hashlib.sha256(repr(names).encode()).hexdigest()[:12]}"

    def body(self, text: str) -> str:
        """All words and concepts of a text, blank-separated, as ``words.body`` stores them."""
        concepts: dict[str, None] = {}
        for mention in self.terms.find(text):
            concepts.update(dict.fromkeys(_CONCEPT + id for id in (mention.concept.id, *mention.concept.implies)))
            if mention.negated:
                concepts[_ABSENT + mention.concept.id] = None
        return " ".join([word.form for word in self.segmenter.words(text)] + list(concepts))

    def translation(self, unit: Unit, language: Language) -> str:
        """The name of a question's concept in ``language``, where the question uses another one; else ""."""
        concept = self.terms.concepts.get(unit.concept) if unit.concept else None
        name = concept.name_in(language) if concept else unit.printed
        return "" if concept_key(name) == concept_key(unit.printed) else name

    def units(self, question: str) -> list[Unit]:
        """The units of a question, each once: its concepts, then its words outside them."""
        mentions = self.terms.find(question)
        keys = [(_ABSENT if mention.negated else _CONCEPT) + mention.concept.id for mention in mentions]
        units = {key: Unit(key, mention.span.of(question)) for key, mention in zip(keys, mentions, strict=True)}
        for word in self.segmenter.words(question):
            inside = any(_is_part(word, mention, question) for mention in mentions)
            if not inside and word.form not in STOP_WORDS and not (len(word.form) == 1 and word.form.isascii()):
                units.setdefault(word.form, Unit(word.form, word.span.of(question)))
        return list(units.values())[:_MAX_UNITS]

    def places(self, text: str, asked: Iterable[str]) -> list[Span]:
        """Places where ``text`` holds words and concepts of ``asked`` (``Hit.terms``), in either language; in order."""
        keys = {unit.key.replace(_ABSENT, _CONCEPT) for term in asked for unit in self.units(term)}
        mentions = self.terms.find(text)
        spans = [
            mention.span
            for mention in mentions
            if not keys.isdisjoint(_CONCEPT + id for id in (mention.concept.id, *mention.concept.implies))
        ]
        words = [word.span for word in self.segmenter.words(text) if word.form in keys]
        return sorted(spans + [w for w in words if not any(w.start < s.end and s.start < w.end for s in spans)])


def _is_part(word: Word, mention: Mention, question: str) -> bool:
    """Tell whether a word lies inside a mention, its plural's ending aside (AEs, BsAbs)."""
    start, end = mention.span.start, mention.span.end
    return start <= word.span.start < end and question[end : word.span.end].lower() in ("", "s", "es")


def add_words(connection: sqlite3.Connection, row: int, body: str) -> None:
    """Index a passage under its ``row``."""
    connection.execute("INSERT INTO words(rowid, body) VALUES (?, ?)", (row, body))


def rows_with(connection: sqlite3.Connection, key: str) -> set[int]:
    """Rows of the passages that hold a unit's key."""
    query = '"' + key.replace('"', '""') + '"'
    return {row for (row,) in connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (query,))}


class KeywordQuery:
    """A question's units, weighed by how rare they are in a library.

    Coverage is reckoned within a language: an English word that no Chinese passage holds does not
    count against Chinese ones, which could not hold it, but one that they could hold (a concept, a
    name with a digit) does. A text that has what the question asks the absence of counts against itself.
    """

    def __init__(
        self, rows_with: Callable[[str], set[int]], units: Sequence[Unit], languages: Mapping[int, str]
    ) -> None:
        """``rows_with``: the rows that hold a unit's key; ``languages``: by row, that of every passage."""
        self._units = {unit.key: unit for unit in units}
        self._languages = languages
        self._opposites = {unit.opposite: unit.key for unit in units if unit.opposite}
        self._rows = {key: rows_with(key) for key in (*self._units, *self._opposites)}
        self._weights = {language: self._weigh(language) for language in ("zh", "en")}

    def _weigh(self, language: str) -> dict[str, float]:
        size = sum(found == language for found in self._languages.values())
        weights = {}
        for key, unit in self._units.items():
            held = sum(self._languages.get(row) == language for row in self._rows[key])
            if held or unit.crosses or bool(_HAN.search(key)) == (language == "zh"):
                weights[key] = math.log(1 + (size - held + 0.5) / (held + 0.5))
        return weights

    def passages(self) -> dict[int, KeywordMatch]:
        """By row, every passage that holds a unit at least; best first, ties by row."""
        shared: dict[int, list[str]] = {}
        for key, rows in self._rows.items():
            for row in rows:
                if row in self._languages:
                    shared.setdefault(row, []).append(key)
        matches = {row: self._match(keys, self._languages[row]) for row, keys in shared.items()}
        return dict(sorted(matches.items(), key=lambda item: (-item[1].coverage, item[0])))

    def text(self, body: str, language: str) -> KeywordMatch:
        """The units that any text shares with the question; ``body`` is ``Vocabulary.body`` of it."""
        held = set(body.split())
        return self._match([key for key in self._rows if key in held], language)

    def _match(self, keys: Sequence[str], language: str) -> KeywordMatch:
        """``keys`` of units and of their opposites that a text holds."""
        weights = self._weights[language]
        shared = [key for key in keys if key in self._units]
        against = [absent for key in keys if (absent := self._opposites.get(key)) and absent not in keys]
        weight = sum(weights.get(key, 0.0) for key in shared) - sum(weights.get(key, 0.0) for key in against)
        total = sum(weights.values())
        return KeywordMatch(weight, weight / total if total else 0.0, tuple(self._units[key] for key in shared))


def remove_words(connection: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Take passages out of the index."""
    connection.executemany("DELETE FROM words WHERE rowid = ?", [(row,) for row in rows])
