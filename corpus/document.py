"""What a text becomes: Document, its Sections, and the Passages that answers cite.

Offsets are the contract. Every span counts characters of ``Document.text``, half-open, and
every ``text`` beside a span equals that slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A run of characters."""

    start: int
    """First character, counted from 0."""
    end: int
    """One past the last character."""

    def of(self, text: str) -> str:
        """The slice of ``text`` that this span names."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading line, found by the reader, which alone knows the format."""

    level: int
    """Depth in the outline; 1 is the top."""
    number: str
    """As printed, without the closing dot ("4.1"); empty where the heading has none."""
    title: str
    """Without its number."""
    span: Span
    """The whole heading line, number included."""


@dataclass(frozen=True, slots=True)
class Sidecars:
    """What lies beside a document's file, as those files hold it; "" for a file that is not there."""

    references: str = ""
    """``NAME.references.json``: what its reference numbers stand for."""
    source_checks: str = ""
    """``NAME.source_checks.json``: where it departs from the papers that it cites."""
    glossary: str = ""
    """``NAME.glossary.tsv``: names of one thing, in both languages."""
    details: str = ""
    """``NAME.document.json``: its id, title and language."""
    translation: str = ""
    """``NAME.translation.json``: its sentences in the other language, each beside its original."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text as the library keeps it."""

    id: str
    """Unique in a library."""
    title: str
    language: Language
    """Of the larger part of the text."""
    text: str
    """Tidied once, before any offset exists; paragraphs and headings end in a line feed."""
    headings: tuple[Heading, ...]
    """In the order of the text."""
    source: str
    """Where it came from: a file's path, with its line for a record. The same path again is the same document."""
    beside: Sidecars = Sidecars()


@dataclass(frozen=True, slots=True)
class Section:
    """The text from one heading to the next. Sections tile the document exactly."""

    number: str
    """As printed ("4.1"); empty where the heading has none, and before the first heading."""
    trail: tuple[str, ...]
    """Titles from the top of the outline down to this one; empty before the first heading."""
    span: Span
    """Heading included."""
    body: Span
    """Heading left out."""

    @property
    def label(self) -> str:
        """The name by which a reader calls the section: its number, else its title, else nothing."""
        return self.number or (self.trail[-1] if self.trail else "")


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one section, never of two trials: the unit that is found and cited."""

    id: str
    """``document#start-end``, stable while the text is."""
    document_id: str
    section: str
    """``Section.label``."""
    trail: tuple[str, ...]
    """``Section.trail``."""
    topic: str
    """The run-in heading of its paragraph ("DeLLphi-304 研究"), also where the passage starts
    further down; empty where the paragraph has none."""
    language: Language
    span: Span
    """In ``Document.text``."""
    text: str
    """``span.of(document.text)``."""
    sentences: tuple[Span, ...]
    """In ``Document.text``, in order, one at least, all inside ``span``."""

    @property
    def heading(self) -> str:
        """The title of its section; empty before the first heading."""
        return self.trail[-1] if self.trail else ""

    def sentence(self, span: Span) -> str:
        """The text of one of ``sentences``, or of any span inside the passage's."""
        return self.text[span.start - self.span.start : span.end - self.span.start]
