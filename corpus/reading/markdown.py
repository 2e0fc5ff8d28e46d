"""Markdown: headings and visible text from the parser's tokens, so that fenced "# …" is no heading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.document import Document
from corpus.errors import TooMuch
from corpus.reading.building import DocumentBuilder
from corpus.reading.cleaning import clean
from corpus.reading.lines import Joined

if TYPE_CHECKING:
    from markdown_it.token import Token

_DEEPEST = 14
"""Levels of quotes and lists, a list has two; brackets without end cost as much again for each."""
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})[.．]?\s+(?=\S)")


def read_markdown(text: str, *, id: str, title: str, source: str) -> Document | None:
    """A Document from Markdown; a top-level heading that stands first is its title.

    Raises:
        TooMuch: quotes and lists are nested deeper than anybody reads.
    """
    from markdown_it import MarkdownIt

    builder = DocumentBuilder()
    heading_level = 0
    row: list[str] | None = None
    first = True
    tokens = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").parse(_tidied(text))
    # What is nested deeper the parser passes over in silence.
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        raise TooMuch(source, "quotes or lists are nested too deep to read; save it as plain text (.txt).")
    for token in tokens:
        if token.type == "heading_open":
            heading_level = int(token.tag[1])
        elif token.type == "heading_close":
            heading_level = 0
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            builder.add_paragraph(" | ".join(row or ()))
            row = None
        elif token.type in ("fence", "code_block", "html_block"):
            for line in token.content.splitlines():
                builder.add_paragraph(line.strip())
        elif token.type == "inline":
            lines = _visible(token)
            if row is not None:
                row.append(" ".join(lines))
            elif heading_level:
                line = " ".join(lines)
                if line and first and heading_level == 1:
                    title = line
                if line:
                    number = _NUMBER.match(line)
                    rest = line[number.end() :] if number else line
                    builder.add_heading(heading_level, number[1] if number else "", rest, line)
            else:
                for line in lines:
                    builder.add_paragraph(line)
            first = False
    return builder.build(id, title, source)


def _tidied(text: str) -> str:
    """``clean`` but for the blanks that Markdown reads: those before a line, and two after it."""
    return "\n".join(
        line[: len(line) - len(line.lstrip(" \t"))] + clean(line.lstrip(" \t")) + " " * line.endswith("  ")
        for line in text.splitlines()
    )


def _visible(token: Token) -> list[str]:
    """The lines that a reader of the rendered page sees.

    HTML stays as it is typed: it is shown as text, never rendered. A line broken in the source is
    mended, one broken on purpose is not.
    """
    lines = [Joined()]
    broken = False
    for child in token.children or ():
        if child.type == "hardbreak":
            lines.append(Joined())
        elif child.type == "softbreak":
            broken = True
        else:
            piece = "".join(c.content for c in child.children) if child.children else child.content
            if broken:
                lines[-1].tail = lines[-1].tail.rstrip()
                lines[-1].join(piece.lstrip())
            else:
                lines[-1].append(piece)
            broken = broken and not piece
    # Once more clean: an entity ("&nbsp;", "&#x202e;") is a character only now.
    shown = clean("\n".join(line.text() for line in lines)).split("\n")
    return [line.strip() for line in shown if line.strip()]
