"""Citations in an answer's text, [1], [1, 2] or [1-3], and the sentences that they end. The one reading of them."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.document import Span
from corpus.segments.markers import find_markers
from corpus.segments.sentences import split_sentences


def citations_in(text: str) -> list[int]:
    """The numbers that a text cites, in its order."""
    return [number for marker in find_markers(text) for number in marker.numbers]


def without_citations(text: str) -> str:
    """``text`` with a blank for each character of a citation."""
    for marker in find_markers(text):
        text = text[: marker.span.start] + " " * (marker.span.end - marker.span.start) + text[marker.span.end :]
    return text


def cited_sentences(text: str) -> Iterator[str]:
    """The sentences of a text, each with the citations after its full stop, also on a line of their own."""
    found: list[Span] = []
    for span in split_sentences(text):
        if found and not without_citations(span.of(text)).strip(" .。"):
            found[-1] = Span(found[-1].start, span.end)
        else:
            found.append(span)
    return (" ".join(span.of(text).splitlines()) for span in found)
