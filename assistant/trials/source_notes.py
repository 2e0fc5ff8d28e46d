"""Source checks and trial results to the sentences that they are about."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.checks.source_checks import SourceCheck
from corpus.document import Passage, Span
from corpus.trial_results import TrialResult
from index.store.library import Library
from index.store.trials import Kept


def checks_of(passage: Passage, sentences: Iterable[Span], library: Library) -> tuple[SourceCheck, ...]:
    """The source checks about any of a passage's ``sentences`` (spans in its document), in their order."""
    return _about(_located(passage, library), sentences)


def results_of(passage: Passage, sentences: Iterable[Span], library: Library) -> tuple[TrialResult, ...]:
    """The trial results that stand in any of a passage's ``sentences``, in their order."""
    wanted = list(sentences)
    return tuple(result for result in library.results_in(passage) if _overlaps(result.span, wanted))


def checked_results(library: Library) -> list[tuple[Passage, TrialResult, tuple[SourceCheck, ...]]]:
    """All trial results with their passages and the checks about their sentences, in the order of the library."""
    return checked(library.results(), library)


def checked(
    results: Iterable[tuple[Passage, TrialResult]], library: Library
) -> list[tuple[Passage, TrialResult, tuple[SourceCheck, ...]]]:
    """Results with their passages and the checks about their sentences, in the same order."""
    located: dict[str, list[tuple[SourceCheck, Span]]] = {}
    found = []
    for passage, result in results:
        if passage.id not in located:
            located[passage.id] = _located(passage, library)
        found.append((passage, result, _about(located[passage.id], [result.span])))
    return found


def checks_on(results: Iterable[Kept], library: Library) -> list[tuple[SourceCheck, ...]]:
    """The checks about the sentence of each result; passages are read where their document has any."""
    noted: dict[str, bool] = {}
    located: dict[int, list[tuple[SourceCheck, Span]]] = {}
    found = []
    for item in results:
        document, row = item.place.document_id, item.passage
        if document not in noted:
            noted[document] = bool(library.checks(document))
        if noted[document] and row not in located:
            located[row] = _located(library.passages([row])[0], library)
        found.append(_about(located.get(row, ()), [item.result.span]))
    return found


def _located(passage: Passage, library: Library) -> list[tuple[SourceCheck, Span]]:
    """The checks whose quote the passage holds, with its span in the document."""
    start = passage.span.start
    places = ((check, check.locate(passage.text)) for check in library.checks(passage.document_id))
    return [(check, Span(place.start + start, place.end + start)) for check, place in places if place]


def _about(located: Iterable[tuple[SourceCheck, Span]], sentences: Iterable[Span]) -> tuple[SourceCheck, ...]:
    wanted = list(sentences)
    return tuple(check for check, place in located if _overlaps(place, wanted))


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)
