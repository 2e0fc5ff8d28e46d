"""A section of a document, whole, with one place marked: what stands before and after a quote."""

from __future__ import annotations

from assistant.web.panels.rendering import passage_html, read_link
from assistant.wording.markup import as_html
from assistant.wording.messages import say
from corpus.document import Document, Language, Section
from corpus.segments.sections import split_sections


def section_html(document: Document, start: int, end: int, language: Language) -> str:
    """The section that holds character ``start``, with ``start`` to ``end``, half-open, marked, as an article; links
    lead to the sections around it. Places outside the document are moved inside."""
    start = max(0, min(start, len(document.text) - 1))
    sections = split_sections(document)
    place = next(place for place, section in enumerate(sections) if start < section.span.end)
    section = sections[place]
    begin = section.body.start
    text = section.body.of(document.text).rstrip()
    quote = [start - begin, min(end, section.body.end) - begin]
    quotes = [quote] if 0 <= quote[0] < quote[1] else []
    shown = passage_html(text, quotes, ())
    # The dialog opens at the first mark.
    shown = shown.replace("<mark>", '<mark id="here" tabindex="-1">', 1)
    around = [
        read_link(
            document.id,
            other.span.start,
            other.span.start,
            language,
            f"{word}: {_title(other, language)}",
        )
        for word, other in (
            (say("section.previous", language), sections[place - 1] if place else None),
            (say("section.next", language), sections[place + 1] if place + 1 < len(sections) else None),
        )
        if other
    ]
    return (
        f'<article class="bsab-section" lang="{document.language}"><p class="bsab-source">{as_html(document.title)}</p>'
        f"<h2>{as_html(_title(section, language))}</h2>"
        f'<div class="bsab-passage" dir="auto">{shown}</div>'
        f'<nav lang="{language}">{" ".join(around)}</nav></article>'
    )


def section_page(document: Document, start: int, end: int, language: Language, style: str) -> str:
    """The same as a page of its own, for a browser without scripts or a link in an e-mail."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{as_html(document.title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>'
        f'<body class="bsab-alone"><main>{section_html(document, start, end, language)}</main></body></html>\n'
    )


def _title(section: Section, language: Language) -> str:
    if not section.trail:
        return say("section.opening", language)
    return f"{section.number} {section.trail[-1]}".strip()
