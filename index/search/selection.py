"""The choice of the best passages: a second look by a model, where there is one; the body before its summary, one of
those that say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.document import Passage
from index.search.hit import Hit
from index.search.indexing import in_context

_SUMMARIES = frozenset({"摘要", "abstract", "summary"})
# Standard deviations that a summary gives way to the body it sums up: the detail is there.
_SUMMARY_HANDICAP = 1.0
# Share of common sentences from which two passages say the same: the same abstract added twice, a text quoted whole.
_SAME = 0.8


class Reranker(Protocol):
    """Scores a question and a passage together."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """``(n,)`` scores, higher is better, one for each passage in the order given."""
        ...


def rerank(question: str, hits: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """``hits`` in the order of the reranker, best first; ties keep their order.

    The scores that the hits had are handed out anew in that order, so that they stay comparable
    with those of their sentences.
    """
    scores = reranker.scores(question, [in_context(hit.passage, hit.passage.text) for hit in hits])
    order = np.argsort(-scores, kind="stable")
    given = sorted((hit.score for hit in hits), reverse=True)
    return [replace(hits[place], score=score) for place, score in zip(order, given, strict=True)]


def select(hits: Sequence[Hit], k: int) -> list[Hit]:
    """The ``k`` best of ``hits``, best first, summaries set back, near-duplicates of a better one left out.

    Ties keep the order given.
    """
    handicapped = [
        replace(hit, score=hit.score - _SUMMARY_HANDICAP) if is_summary(hit.passage) else hit for hit in hits
    ]
    chosen: list[Hit] = []
    shown: list[frozenset[str]] = []
    for hit in sorted(handicapped, key=lambda hit: -hit.score):
        if len(chosen) == k:
            break
        sentences = _sentences(hit)
        if not any(_alike(sentences, others) for others in shown):
            chosen.append(hit)
            shown.append(sentences)
    return chosen


def is_summary(passage: Passage) -> bool:
    """Whether a passage is of a document's abstract."""
    return any(title.lower() in _SUMMARIES for title in passage.trail)


def _sentences(hit: Hit) -> frozenset[str]:
    passage = hit.passage
    return frozenset("".join(passage.sentence(s).split()) for s in passage.sentences)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * max(len(one), len(other))
