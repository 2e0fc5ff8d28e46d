"""Sections to Passages: whole sentences up to a budget, a trial's paragraph kept to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from corpus.document import Document, Passage, Section, Span
from corpus.language import HAN, language_of
from corpus.reading.headings import run_in_heading
from corpus.segments.sections import split_sections
from corpus.segments.sentences import split_sentences

_SIZED = re.compile(f"[{HAN}]|[^\\W{HAN}]+|[^\\w\\s]")


@dataclass(frozen=True, slots=True)
class PassageOptions:
    """How passages are cut."""

    budget: int = 260
    """Largest size in units (a Chinese character, a Latin word, a punctuation mark); a longer
    sentence is kept whole. The bundled model makes 0.8 to 1.3 tokens of a unit and cuts its
    text at 510 tokens."""


def split_passages(document: Document, options: PassageOptions = PassageOptions()) -> list[Passage]:
    """The passages of a document, in order. Every character outside headings and white space lies in one."""
    return [
        passage
        for section in split_sections(document)
        for topic, paragraphs in _by_topic(document, section)
        for passage in _fill(document, section, topic, paragraphs, options)
    ]


def _by_topic(document: Document, section: Section) -> Iterator[tuple[str, list[Span]]]:
    """Paragraphs of a section, those without a run-in heading together, the others each alone."""
    plain: list[Span] = []
    for match in re.finditer(r"[^\n]+", section.body.of(document.text)):
        paragraph = Span(section.body.start + match.start(), section.body.start + match.end())
        topic = run_in_heading(match[0])
        if topic:
            if plain:
                yield "", plain
                plain = []
            yield topic, [paragraph]
        else:
            plain.append(paragraph)
    if plain:
        yield "", plain


def _fill(
    document: Document, section: Section, topic: str, paragraphs: list[Span], options: PassageOptions
) -> Iterator[Passage]:
    sentences = [
        Span(paragraph.start + s.start, paragraph.start + s.end)
        for paragraph in paragraphs
        for s in split_sentences(paragraph.of(document.text))
    ]
    sizes = [size(sentence.of(document.text)) for sentence in sentences]
    for first, last in _shares(sizes, options.budget):
        span = Span(sentences[first].start, sentences[last - 1].end)
        text = span.of(document.text)
        yield Passage(
            id=f"{document.id}#{span.start}-{span.end}",
            document_id=document.id,
            section=section.label,
            trail=section.trail,
            topic=topic,
            language=language_of(text),
            span=span,
            text=text,
            sentences=tuple(sentences[first:last]),
        )


def _shares(sizes: list[int], budget: int) -> Iterator[tuple[int, int]]:
    """Half-open runs of sentences, as few as the budget allows and about equally long."""
    total, first = sum(sizes), 0
    while first < len(sizes):
        goal = total / max(1, -(-total // budget))
        last, filled = first + 1, sizes[first]
        while last < len(sizes) and filled + sizes[last] <= budget and filled + sizes[last] / 2 <= goal:
            filled += sizes[last]
            last += 1
        yield first, last
        total -= filled
        first = last


def size(text: str) -> int:
    """Units of a text: its Chinese characters, Latin words and punctuation marks."""
    return len(_SIZED.findall(text))


def first_units(text: str, count: int) -> str:
    """``text`` up to the end of its unit of that number; all of it where it has fewer."""
    unit = next(islice(_SIZED.finditer(text), count - 1, None), None)
    return text[: unit.end()] if unit else text
