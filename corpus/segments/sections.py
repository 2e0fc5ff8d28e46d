"""Document to Sections: one from each heading to the next, tiling the text exactly."""

from __future__ import annotations

from corpus.document import Document, Section, Span


def split_sections(document: Document) -> list[Section]:
    """The sections in order: the first starts at 0, each end is the next start, the last ends the text."""
    sections: list[Section] = []
    trail: list[tuple[int, str]] = []
    starts = [heading.span.start for heading in document.headings] + [len(document.text)]
    if starts[0] > 0:
        span = Span(0, starts[0])
        sections.append(Section("", (), span, span))
    for heading, end in zip(document.headings, starts[1:], strict=True):
        trail = [(level, title) for level, title in trail if level < heading.level]
        trail.append((heading.level, heading.title))
        sections.append(
            Section(
                heading.number,
                tuple(title for _, title in trail),
                Span(heading.span.start, end),
                Span(heading.span.end, end),
            )
        )
    return sections
