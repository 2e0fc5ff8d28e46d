"""Plain text: headings by their form, broken lines rejoined."""

from __future__ import annotations

from corpus.document import Document
from corpus.reading.building import DocumentBuilder
from corpus.reading.cleaning import clean
from corpus.reading.headings import Outline, run_in_heading
from corpus.reading.lines import is_finished, is_wrapped, rejoin
from corpus.references.lists import begins_entry, is_reference_list


def read_plain(text: str, *, id: str, title: str, source: str) -> Document | None:
    """A Document from plain text, None where it holds nothing to read."""
    lines = [line.strip() for line in clean(text).split("\n")]
    wrapped = is_wrapped(lines)
    builder, outline = DocumentBuilder(), Outline()
    block: list[str] = []
    after_end = True

    def flush() -> None:
        for paragraph in rejoin(block) if wrapped else block:
            builder.add_paragraph(paragraph)
        block.clear()

    in_list = False
    for line in lines:
        entry = in_list and begins_entry(line)
        heading = outline.heading(line, after_end=after_end) if line and not entry else None
        if heading:
            flush()
            builder.add_heading(heading.level, heading.number, heading.title, line)
            in_list = is_reference_list([heading.title])
        else:
            if entry or (line and after_end and run_in_heading(line)):
                flush()
            block.append(line)
        if line:
            after_end = bool(heading) or not wrapped or is_finished(line)
    flush()
    return builder.build(id, title, source)
