"""Hits to Evidence: the few sentences that carry the answer, and the passages that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.cited_references import cites
from assistant.answering.reply import Evidence
from assistant.trials.groups import Found
from corpus.document import Passage, Span
from index.search.hit import Hit


@dataclass(frozen=True, slots=True)
class EvidenceOptions:
    """How much is shown. Origin: tried on the development questions (``bsab eval``)."""

    sentences: int = 3
    """Sentences quoted at most."""
    wide_sentences: int = 6
    """The same where several tell what is asked together: the steps of a mechanism."""
    passages: int = 5
    """Passages cited at most, where the quotes do not need more."""
    sentence_margin: float = 1.5
    """Standard deviations below the best sentence at which another one is still quoted."""
    compared_margin: float = 4.0
    """The same where figures are compared: each stands in a sentence of its own."""
    passage_margin: float = 2.0
    """The same for a passage that is cited without a quote."""
    passage_share: float = 0.75
    """What a passage's own score adds to each of its sentences."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence that may be quoted."""

    hit: Hit
    span: Span
    score: float
    """Higher is better; comparable within one question only."""
    sureness: int = 0
    """How surely it is about the subject of the question."""

    @property
    def text(self) -> str:
        """The sentence."""
        return self.hit.passage.sentence(self.span)


def chosen_evidence(
    choices: Sequence[Choice], hits: Sequence[Hit], passages: int, margin: float = 2.0
) -> tuple[Evidence, ...]:
    """Evidence for an answer: passages with the sentences chosen, best first, then those that name their trials, then
    close ones without a quote, up to ``passages`` in all.
    """
    quotes: dict[str, tuple[Hit, set[Span]]] = {}
    for choice in choices:
        quotes.setdefault(choice.hit.passage.id, (choice.hit, set()))[1].add(choice.span)
    quoted = [(hit, tuple(sorted(spans))) for hit, spans in quotes.values()]
    close = [hit for hit in hits if hit.score >= max(h.score for h in hits) - margin]
    return _collect(quoted, close, passages)


def citing_evidence(hits: Sequence[Hit], number: int) -> tuple[Evidence, ...]:
    """Evidence for what a reference number is cited for: the sentences that carry it."""
    quoted = [(hit, tuple(s for s in hit.passage.sentences if cites(hit.passage.sentence(s), number))) for hit in hits]
    return _collect(quoted, (), len(quoted))


def result_evidence(
    found: Sequence[Found], hits: Sequence[Hit], leads: Sequence[Passage | None]
) -> tuple[Evidence, ...]:
    """Evidence for figures: the sentences that print them, in the order of the answer, and the passages (``leads``)
    that name their trials."""
    hit_of = {hit.passage.id: hit for hit in hits}
    quotes: dict[str, tuple[Passage, set[Span]]] = {}
    for item in found:
        quotes.setdefault(item.passage.id, (item.passage, set()))[1].add(item.result.span)
    for lead in leads:
        if lead:
            quotes.setdefault(lead.id, (lead, set()))
    return tuple(
        _evidence(number, passage, hit_of.get(passage.id), tuple(sorted(spans)))
        for number, (passage, spans) in enumerate(quotes.values(), start=1)
    )


def passage_evidence(quoted: Sequence[tuple[Passage, tuple[Span, ...]]]) -> tuple[Evidence, ...]:
    """Evidence that was not searched for: passages in the order given, with what is quoted of each."""
    return tuple(_evidence(number, passage, None, spans) for number, (passage, spans) in enumerate(quoted, start=1))


def nearest_evidence(hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    """Passages beside a refusal, none of them quoted."""
    return tuple(_evidence(number, hit.passage, hit, ()) for number, hit in enumerate(hits, start=1))


def _collect(
    quoted: Sequence[tuple[Hit, tuple[Span, ...]]], close: Sequence[Hit], passages: int
) -> tuple[Evidence, ...]:
    """What is quoted, the passages that name its trials, and ``close`` ones up to ``passages`` in all; each once."""
    chosen: dict[str, tuple[Passage, Hit | None, tuple[Span, ...]]] = {}
    for hit, quotes in quoted:
        chosen[hit.passage.id] = (hit.passage, hit, quotes)
    for hit, _ in quoted:
        if hit.lead:
            chosen.setdefault(hit.lead.id, (hit.lead, None, ()))
    for hit in close:
        if len(chosen) < passages:
            chosen.setdefault(hit.passage.id, (hit.passage, hit, ()))
    return tuple(_evidence(number, *item) for number, item in enumerate(chosen.values(), start=1))


def _evidence(number: int, passage: Passage, hit: Hit | None, quotes: tuple[Span, ...]) -> Evidence:
    return Evidence(number, passage, hit, quotes, ())
