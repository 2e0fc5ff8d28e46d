"""Source checks and trial results to the sentences that they are about."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.document import Passage, Span
from corpus.results import TrialResult
from corpus.source_checks import SourceCheck
from index.library import Library


def checks_of(passage: Passage, sentences: Iterable[Span], library: Library) -> tuple[SourceCheck, ...]:
    """The source checks about any of a passage's ``sentences`` (spans in its document), in their order."""
    wanted = list(sentences)
    found = []
    for check in library.checks(passage.document_id):
        place = check.locate(passage.text)
        if place and _overlaps(Span(place.start + passage.span.start, place.end + passage.span.start), wanted):
            found.append(check)
    return tuple(found)


def results_of(passage: Passage, sentences: Iterable[Span], library: Library) -> tuple[TrialResult, ...]:
    """The trial results that stand in any of a passage's ``sentences``, in their order."""
    wanted = list(sentences)
    return tuple(result for _, result in library.results(passage.document_id) if _overlaps(result.span, wanted))


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)
