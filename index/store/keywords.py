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
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from corpus.document import Language, Span
from corpus.language import HAN
from corpus.vocabulary.concepts import Concept, concept_key
from corpus.vocabulary.endpoints import endpoints
from corpus.vocabulary.terms import Mention, Terms
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, Segmenter, Word, stem

Table = Literal["words", "result_words"]
"""The words of passages, and those of what trial results are about."""
# Blanks alone separate: a concept such as Alzheimer's disease or PD-1/VEGF is one token.
SCHEMAS: dict[Table, str] = {
    table: f"""CREATE VIRTUAL TABLE {table} USING fts5(
    body, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'", detail = none)"""
    for table in get_args(Table)
}

# Marks a concept among the words, the absence of one, an end point that is spoken of, and a Chinese character of the
# text, whatever words jieba cut there; no word begins with any.
_CONCEPT, _ABSENT, _TOLD, _CHARACTER = "=", "==", "%", "'"


def concept_word(id: str) -> str:
    """What the index holds where a text names a concept."""
    return _CONCEPT + id


def told_word(endpoint: str) -> str:
    """What it holds where a text speaks of an end point, by its key."""
    return _TOLD + endpoint


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

    def indexed(self, text: str, *, told: bool = False) -> str:
        """``body`` of a text and its Chinese characters; with ``told``, the end points that it speaks of, too."""
        folded = fold(text).text
        more = [told_word(endpoint.key) for endpoint in endpoints() if endpoint.is_told(folded)] if told else []
        more += [_CHARACTER + character for character in dict.fromkeys(_HAN.findall(folded))]
        return " ".join([*self._words(text), *more, *self._concepts(text)])

    def renamed(self, indexed: str, text: str) -> str:
        """What ``indexed`` made of a text once, its words as they were cut, with the concepts that it holds now."""
        kept = [token for token in indexed.split(" ") if not token.startswith(_CONCEPT)]
        return " ".join([*kept, *self._concepts(text)])

    def body(self, text: str) -> str:
        """All words and concepts of a text, blank-separated."""
        return " ".join([*self._words(text), *self._concepts(text)])

    def bodies(self, text: str, spans: Sequence[Span]) -> list[str]:
        """``body`` of each of ``spans`` of a text, in order and apart, of which the text is read once."""
        held: list[list[str]] = [[] for _ in spans]
        starts = [span.start for span in spans]

        def add(place: Span, tokens: Iterable[str]) -> None:
            number = bisect_right(starts, place.start) - 1
            if number >= 0 and place.end <= spans[number].end:
                held[number] += tokens

        for word in self.segmenter.words(text):
            add(word.span, [word.form])
        for mention in self.terms.find(text):
            add(mention.span, _keys_of(mention))
        return [" ".join(tokens) for tokens in held]

    def _words(self, text: str) -> Iterator[str]:
        return (word.form for word in self.segmenter.words(text))

    def _concepts(self, text: str) -> Iterable[str]:
        return dict.fromkeys(key for mention in self.terms.find(text) for key in _keys_of(mention))

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
        spans = [mention.span for mention in mentions if not keys.isdisjoint(_keys_of(mention))]
        words = [word.span for word in self.segmenter.words(text) if word.form in keys]
        return sorted(spans + [w for w in words if not any(w.start < s.end and s.start < w.end for s in spans)])


def version_of(known: Iterable[Concept]) -> str:
    """Changes with the segmentation, the concepts ``known`` beforehand and the end points: the index is then rewritten.

    What documents state is none of it: the passages that print it are indexed anew when it changes.
    """
    said = [(concept.id, concept.names) for concept in known], [(e.key, e.told) for e in endpoints()]
    return f"{_SEGMENTATION}-{hashlib.sha256(repr(said).encode()).hexdigest()[:12]}"


_LATIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-zα-ω]+(?:[\s-]+[a-zα-ω]+)*")
_GLUED = 4
"""Words of a name up to which every way is tried in which they may be printed as one."""


def printing(name: str) -> str:
    """The query of FTS5 that finds every text which prints a name, with or without its blanks and hyphens.

    It finds others, too. A name that is hyphenated where no name is ("tarla-tamab") it misses.
    """
    folded = fold(name).text
    parts = [quoted(_CHARACTER + character) for character in dict.fromkeys(_HAN.findall(folded))]
    parts += [part for run in _LATIN.findall(folded) if (part := _printing_run(re.split(r"[\s-]+", run)))]
    if not parts:  # "B7-H3" is one word, or "b7" and "h3", or, where blanks part it all, "b", "7", "h" and "3"
        pieces = re.findall(r"[0-9]+|[a-zα-ω]", folded)
        ways = dict.fromkeys(["".join(pieces)]), re.findall(r"[0-9a-zα-ω]+", folded), pieces
        return " OR ".join(f"({' AND '.join(map(quoted, way))})" for way in ways if way) if pieces else ""
    return " AND ".join(parts)


def _printing_run(words: Sequence[str]) -> str:
    ways = list(_ways(words)) if len(words) <= _GLUED else [list(words), ["".join(words)]]
    told = [" AND ".join(_any_number(word) for word in way if len(word) > 1) for way in ways]
    # A letter alone is no word where it stands beside others: nothing is known of such a way.
    return f"({' OR '.join(f'({way})' for way in told)})" if all(told) else ""


def _ways(words: Sequence[str]) -> Iterator[list[str]]:
    """Words with all, some or none of their joints closed: "event free" as it is, and "eventfree"."""
    if len(words) < 2:
        yield list(words)
        return
    for first, *rest in _ways(words[1:]):
        yield [words[0], first, *rest]
        yield [words[0] + first, *rest]


def _any_number(word: str) -> str:
    """The stems of a word and of its plurals."""
    return f"({' OR '.join(map(quoted, dict.fromkeys(map(stem, (word, word + 's', word + 'es')))))})"


def _keys_of(mention: Mention) -> Iterator[str]:
    yield from map(concept_word, (mention.concept.id, *mention.concept.implies))
    if mention.negated:
        yield _ABSENT + mention.concept.id


def _is_part(word: Word, mention: Mention, question: str) -> bool:
    """Tell whether a word lies inside a mention, its plural's ending aside (AEs, BsAbs)."""
    start, end = mention.span.start, mention.span.end
    return start <= word.span.start < end and question[end : word.span.end].lower() in ("", "s", "es")


def add_words(connection: sqlite3.Connection, row: int, body: str, table: Table = "words") -> None:
    """Index a passage, or a result, under its ``row``."""
    connection.execute(f"INSERT INTO {table}(rowid, body) VALUES (?, ?)", (row, body))


def words_of(connection: sqlite3.Connection, row: int, table: Table = "words") -> str:
    """The body under which a passage, or a result, is indexed."""
    found = connection.execute(f"SELECT body FROM {table} WHERE rowid = ?", (row,)).fetchone()
    return str(found[0]) if found else ""


def write_words(connection: sqlite3.Connection, row: int, body: str, table: Table = "words") -> None:
    """Index it anew."""
    connection.execute(f"UPDATE {table} SET body = ? WHERE rowid = ?", (body, row))


def remove_words(connection: sqlite3.Connection, rows: Iterable[int], table: Table = "words") -> None:
    """Take passages, or results, out of the index."""
    connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row in rows])


def quoted(key: str) -> str:
    """A unit's key as the query language of FTS5 takes it: as data."""
    return '"' + key.replace('"', '""') + '"'


def rows_with(connection: sqlite3.Connection, key: str) -> NDArray[np.int64]:
    """Rows of the passages that hold a unit's key, ascending."""
    # As one text, which is four times as quick as a row at a time.
    (found,) = connection.execute(
        "SELECT group_concat(rowid) FROM words WHERE words MATCH ?", (quoted(key),)
    ).fetchone()
    return np.fromstring(found, np.int64, sep=",") if found else np.empty(0, np.int64)


def rows_matching(
    connection: sqlite3.Connection, query: str, most: int = -1, table: Table = "words", after: int = 0
) -> list[int]:
    """Rows above ``after`` that a query of FTS5 finds, ascending; its words are ``quoted``. ``most``: -1 for all."""
    found = connection.execute(
        f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?", (query, after, most)
    )
    return [row for (row,) in found]


class KeywordQuery:
    """A question's units, weighed by how rare they are in a library.

    Coverage is reckoned within a language: an English word that no Chinese passage holds does not
    count against Chinese ones, which could not hold it, but one that they could hold (a concept, a
    name with a digit) does. A text that has what the question asks the absence of counts against itself.
    """

    def __init__(
        self,
        positions_with: Callable[[str], NDArray[np.int64]],
        units: Sequence[Unit],
        chinese: NDArray[np.bool_],
    ) -> None:
        """Look up where the units stand.

        Args:
            positions_with: the positions of the passages that hold a unit's key, ascending.
            units: of the question.
            chinese: ``(n,)``, by position, whether a passage is Chinese; the others are English.
        """
        self._units = {unit.key: unit for unit in units}
        self._opposites = {unit.opposite: unit.key for unit in units if unit.opposite}
        self._chinese = chinese
        self._positions = {key: positions_with(key) for key in (*self._units, *self._opposites)}
        self._weights = {language: self._weigh(language) for language in get_args(Language)}
        self._totals = {language: sum(weights.values()) for language, weights in self._weights.items()}

    def _weigh(self, language: str) -> dict[str, float]:
        of_language = self._chinese if language == "zh" else ~self._chinese
        size = int(of_language.sum())
        weights = {}
        for key, unit in self._units.items():
            held = int(of_language[self._positions[key]].sum())
            if held or unit.crosses or bool(_HAN.search(key)) == (language == "zh"):
                weights[key] = math.log(1 + (size - held + 0.5) / (held + 0.5))
        return weights

    @cached_property
    def _coverage(self) -> NDArray[np.float64]:
        """``(n,)``: ``KeywordMatch.coverage`` of each passage; NaN where it holds no unit and none's opposite."""
        count = len(self._chinese)
        found, against, held = np.zeros(count), np.zeros(count), np.zeros(count, bool)
        for key, positions in self._positions.items():
            held[positions] = True
            if key in self._units:
                found[positions] += self._by_language(key, positions)
            if absent := self._opposites.get(key):
                told = np.setdiff1d(positions, self._positions[absent], assume_unique=True)
                against[told] += self._by_language(absent, told)
        totals = np.where(self._chinese, self._totals["zh"], self._totals["en"])
        coverage = np.divide(found - against, totals, out=np.zeros(count), where=totals != 0)
        coverage[~held] = np.nan
        return coverage

    def _by_language(self, key: str, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        chinese, english = (self._weights[language].get(key, 0.0) for language in get_args(Language))
        return np.where(self._chinese[positions], chinese, english)

    @cached_property
    def _shared(self) -> NDArray[np.bool_]:
        """``(n,)``: whether a passage holds a unit, not only the opposite of one."""
        shared = np.zeros(len(self._chinese), bool)
        for key in self._units:
            shared[self._positions[key]] = True
        return shared

    def best(self, k: int) -> NDArray[np.int64]:
        """Positions of the ``k`` passages of the highest coverage, best first, ties by position."""
        (held,) = np.nonzero(~np.isnan(self._coverage))
        coverage = self._coverage[held]
        if 0 < k < len(held):
            enough = coverage >= -np.partition(-coverage, k - 1)[k - 1]
            held, coverage = held[enough], coverage[enough]
        return held[np.lexsort((held, -coverage))][:k]

    def rank(self, position: int) -> int | None:
        """The place of a passage in the order of ``best``, those that only hold an opposite left out, from 1."""
        if not self._shared[position]:
            return None
        mine, coverage = self._coverage[position], self._coverage
        before = (coverage > mine) | ((coverage == mine) & (np.arange(len(coverage)) < position))
        return 1 + int((before & self._shared).sum())

    def matches(self, positions: Sequence[int]) -> list[KeywordMatch | None]:
        """What each passage shares with the question; None where it holds nothing of it."""
        asked = np.asarray(positions, np.int64)
        held: list[list[str]] = [[] for _ in positions]
        for key, found in self._positions.items():
            for place in np.nonzero(among(asked, found))[0]:
                held[place].append(key)
        chinese = self._chinese[asked]
        return [
            self._match(keys, "zh" if zh else "en") if keys else None for keys, zh in zip(held, chinese, strict=True)
        ]

    def text(self, body: str, language: str) -> KeywordMatch:
        """The units that any text shares with the question; ``body`` is ``Vocabulary.body`` of it."""
        held = set(body.split())
        return self._match([key for key in self._positions if key in held], language)

    def _match(self, keys: Sequence[str], language: str) -> KeywordMatch:
        """``keys`` of units and of their opposites that a text holds."""
        weights, total = self._weights[language], self._totals[language]
        shared = [key for key in keys if key in self._units]
        against = [absent for key in keys if (absent := self._opposites.get(key)) and absent not in keys]
        weight = sum(weights.get(key, 0.0) for key in shared) - sum(weights.get(key, 0.0) for key in against)
        return KeywordMatch(weight, weight / total if total else 0.0, tuple(self._units[key] for key in shared))


def among(asked: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """``(len(asked),)``: which of them are there."""
    if not len(ascending):
        return np.zeros(len(asked), bool)
    places = np.minimum(np.searchsorted(ascending, asked), len(ascending) - 1)
    return np.asarray(ascending[places] == asked)
