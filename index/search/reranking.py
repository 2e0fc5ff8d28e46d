"""An optional second look at the best passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.search.hit import Hit
from index.search.indexing import in_context


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
