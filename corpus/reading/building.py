"""Headings and paragraphs put together to a Document, offsets counted on the way."""

from __future__ import annotations

from corpus.document import Document, Heading, Span
from corpus.language import language_of


class DocumentBuilder:
    """Collects a text block by block; every block ends in a line feed."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []

    def add_paragraph(self, text: str) -> None:
        """Append a paragraph; blank ones are passed over."""
        if text.strip():
            self._append(text)

    def add_heading(self, level: int, number: str, title: str, line: str) -> None:
        """Append a heading ``line``; ``level`` counts from 1."""
        span = self._append(line)
        self._headings.append(Heading(level, number, title, span))

    def build(self, id: str, title: str, source: str) -> Document | None:
        """The document, or None where nothing was added."""
        text = "".join(self._blocks)
        if not text:
            return None
        return Document(id, title, language_of(text), text, tuple(self._headings), source)

    def _append(self, block: str) -> Span:
        start = self._length
        self._blocks.append(block + "\n")
        self._length += len(block) + 1
        return Span(start, start + len(block))
