"""The formats of the files beside a document, as people write them; what is wrong is told with its place.

    …references.json     [{"marker": 25, "status": "resolved", "about": "…", "works": [{"title": "…", …}], "note"?}]
    …source_checks.json  [{"id", "quote", "kind", "note_zh", "note_en", "source", "certainty"}]
    …document.json       {"id"?, "title"?, "language"?}
    …glossary.tsv        zh, en, abbr, category in the first line, then one thing a line, a tab between two cells
    …translation.json    [{"original": "a sentence as it stands", "translation": "the same in the other language"}]

Objects and rows may hold more, which is not read.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from corpus.checks.source_checks import Certainty, SourceCheck
from corpus.document import Language
from corpus.reading.cleaning import clean
from corpus.references.reference import Reference, Status, Work
from corpus.vocabulary.concepts import Concept, read_glossary

_DETAILS = ("volume", "issue", "pages", "pmcid", "nct")
_MOST_MARKER = 9_999
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile(
    r"\b(January|February|March|April|(?<=[0-9] )May|May(?= (?:[0-9]|of\b))|June|July|August|September|October|"
    r"November|December)\b"
)


def parse_references(text: str) -> dict[int, Reference]:
    """References by number.

    Raises:
        ValueError: as all functions here, with what to correct.
    """
    references: dict[int, Reference] = {}
    for entry in _entries(text):
        marker = entry.value("marker", int, f"a number from 1 to {_MOST_MARKER}")
        if not 1 <= marker <= _MOST_MARKER or marker in references:
            raise entry.wrong("marker", f"a number from 1 to {_MOST_MARKER} that no other entry has")
        works = tuple(map(_work, entry.entries("works")))
        status = entry.one_of("status", get_args(Status))
        references[marker] = Reference(marker, status, entry.text("about"), works, entry.text("note", needed=False))
    return references


def _work(entry: _Entry) -> Work:
    details = {key: entry.value(key, (str, int), "a text or a number") for key in _DETAILS if entry.values.get(key)}
    return Work(
        title=entry.text("title"),
        authors=entry.text("authors", needed=False),
        journal=entry.text("journal", needed=False),
        year=entry.value("year", int, "a number") if entry.values.get("year") is not None else None,
        doi=entry.text("doi", needed=False) or None,
        pmid=entry.text("pmid", needed=False) or None,
        details=details,
    )


def parse_source_checks(text: str) -> tuple[SourceCheck, ...]:
    """Source checks, in the order of the list."""
    checks: dict[str, SourceCheck] = {}
    for entry in _entries(text):
        id = entry.text("id")
        if id in checks:
            raise entry.wrong("id", "a text that no other entry has")
        checks[id] = SourceCheck(
            id,
            entry.text("quote"),
            entry.text("kind"),
            entry.text("note_zh"),
            entry.text("note_en"),
            entry.text("source"),
            entry.one_of("certainty", get_args(Certainty)),
        )
    return tuple(checks.values())


@dataclass(frozen=True, slots=True)
class Details:
    """Facts of a document that its text does not tell; empty, or None, where they are not given."""

    id: str = ""
    """The document keeps it in every library."""
    title: str = ""
    language: Language | None = None


def parse_details(text: str) -> Details:
    """Id, title and language."""
    found = _json(text)
    if not isinstance(found, dict) or not found.keys() <= {"id", "title", "language"}:
        raise ValueError('write {"id": "…", "title": "…", "language": "en"}, or less, and nothing else.')
    entry = _Entry("", found)
    language = entry.one_of("language", get_args(Language)) if "language" in found else None
    id, title = (" ".join(entry.text(key).split()) if key in found else "" for key in ("id", "title"))
    return Details(id, title, language)


def parse_glossary(text: str) -> list[Concept]:
    """Concepts, in the order of the table."""
    # Cell by cell: the tabs between them are to stay.
    lines = ("\t".join(clean(cell).strip() for cell in line.split("\t")) for line in text.splitlines())
    try:
        return read_glossary("\n".join(lines))
    except csv.Error as error:
        raise ValueError(f"is no table ({error}); write one thing a line, with tabs between its names.") from None


def parse_translation(text: str) -> dict[str, str]:
    """Translations by ``sentence_key`` of their originals.

    A translation has every figure of its original and no other: whoever made it may slip, and a figure is never
    shown that the original does not hold.
    """
    translations: dict[str, str] = {}
    for entry in _entries(text):
        original, translation = entry.text("original"), entry.text("translation")
        unlike = _figures(original) - _figures(translation) or _figures(translation) - _figures(original)
        if unlike:
            raise entry.wrong("translation", f"a text with the figures of its original ({', '.join(sorted(unlike))})")
        translations[sentence_key(original)] = translation
    return translations


def sentence_key(sentence: str) -> str:
    """A sentence as its translation is found by it: without blanks, which readers of files set differently."""
    return "".join(sentence.split())


def _figures(text: str) -> Counter[str]:
    """How often each figure stands in a text; months count by number, however they are written."""
    folded = unicodedata.normalize("NFKC", text)
    return Counter(_FIGURE.findall(_MONTH.sub(lambda name: f" {_MONTHS.index(name[1][:3]) + 1} ", folded)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """An object of a list."""

    place: str
    """Said before what is wrong with it; empty where there is but one."""
    values: dict[str, Any]

    def wrong(self, key: str, kind: str) -> ValueError:
        """The error that says what ``key`` must be."""
        return ValueError(f'{self.place}write "{key}" as {kind}.')

    def value(self, key: str, types: type | tuple[type, ...], kind: str) -> Any:
        """The value of ``key``, of one of ``types``."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, types):
            raise self.wrong(key, kind)
        return value

    def text(self, key: str, *, needed: bool = True) -> str:
        """A text; an empty one, or none, only where it is not ``needed``."""
        value = self.values.get(key)
        if not needed and value is None:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.wrong(key, "a text" if needed else "a text, or leave it out")
        return value

    def one_of(self, key: str, allowed: Sequence[str]) -> Any:
        """One of the texts ``allowed``."""
        if self.values.get(key) not in allowed:
            raise self.wrong(key, f"one of {', '.join(allowed)}")
        return self.values[key]

    def entries(self, key: str) -> Iterator[_Entry]:
        """The objects of a list."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, "a list of objects")
        return (_Entry(f"{self.place}{key} {number}: ", item) for number, item in enumerate(value, start=1))


def _entries(text: str) -> Iterator[_Entry]:
    found = _json(text)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError("write a list of objects: [{…}, {…}].")
    return (_Entry(f"entry {number}: ", item) for number, item in enumerate(found, start=1))


def _json(text: str) -> Any:
    try:
        return _cleaned(json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"is not valid JSON; correct it at line {error.lineno}, column {error.colno}.") from None
    except (ValueError, RecursionError):  # digits without end, brackets without end
        raise ValueError("is not valid JSON; write numbers and lists of a usual size.") from None


def _cleaned(value: Any) -> Any:
    """``value`` with every text in it tidied as a document's text is: its quotes are looked for there."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return {key: _cleaned(item) for key, item in value.items()} if isinstance(value, dict) else value
