"""What search keeps in memory of one revision of a library, and the passages that it takes from it for a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from corpus.document import Passage, Span
from index.embedding.embedders import Vectors
from index.search.candidates import Asked, Candidates, Scorer
from index.search.engines import VectorStore
from index.search.fusion import Spread
from index.store.keywords import Vocabulary, among


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage as its sentences are scored."""

    passage: Passage
    vectors: Vectors
    """``(sentences, dim)``"""
    bodies: tuple[str, ...]
    """Words and concepts of each sentence in its context."""
    own: tuple[str, ...]
    """The same of each by itself."""
    title: str
    """Words and concepts of the section's title."""
    lead: Passage | None
    """``Hit.lead``"""


@dataclass(slots=True)
class Loaded:
    """All that search keeps in memory, for one revision of the library. Used inside its snapshots alone."""

    revision: str
    vocabulary: Vocabulary
    vectors: VectorStore
    chinese: NDArray[np.bool_]
    """``(n,)``, by position in ``vectors``: Chinese, else English."""
    spread: Spread
    readings: LRUCache[int, Reading]
    """By row, passages that were hits: cutting their sentences into words is half the cost of a search."""
    positions: LRUCache[str, NDArray[np.int64]]
    """By a unit's key, where in ``vectors`` the passages stand that hold it."""

    def place(self, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of those of ``rows`` that are there."""
        asked = np.asarray(rows, np.int64)
        return np.searchsorted(self.vectors.rows, asked[among(asked, self.vectors.rows)])


def best_of_either(asked: Asked, scorer: Scorer, loaded: Loaded, count: int) -> Candidates:
    """The ``count`` best of either search."""
    nearest = loaded.vectors.nearest(asked.vector, count)
    places = loaded.place([row for row, _ in nearest]).tolist()
    similarities = dict(zip(places, (similarity for _, similarity in nearest), strict=True))
    ranks = {position: rank for rank, position in enumerate(places, start=1)}
    others = [position for position in asked.keywords.best(count).tolist() if position not in similarities]
    similarities |= dict(zip(others, (loaded.vectors.vectors[others] @ asked.vector).tolist(), strict=True))
    return Candidates(ranks, similarities, asked.keywords, loaded.chinese, scorer)


def scored(positions: Sequence[int], asked: Asked, scorer: Scorer, loaded: Loaded) -> Candidates:
    """All of the passages at ``positions``, ranked among those of the whole library."""
    every = loaded.vectors.vectors @ asked.vector
    places = np.empty(len(every), np.int64)
    places[np.argsort(-every, kind="stable")] = np.arange(1, len(every) + 1)
    ranks = dict(zip(positions, places[list(positions)].tolist(), strict=True))
    similarities = dict(zip(positions, every[list(positions)].tolist(), strict=True))
    return Candidates(ranks, similarities, asked.keywords, loaded.chinese, scorer)


def sentence_bodies(passage: Passage, vocabulary: Vocabulary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words and concepts of each sentence of a passage in its context (``in_context``), and by itself."""
    start = passage.span.start
    own = vocabulary.bodies(passage.text, [Span(s.start - start, s.end - start) for s in passage.sentences])
    heading, topic = vocabulary.body(passage.heading), vocabulary.body(passage.topic)
    in_context = tuple(
        " ".join([heading, "" if passage.sentence(s).startswith(passage.topic) else topic, body])
        for s, body in zip(passage.sentences, own, strict=True)
    )
    return in_context, tuple(own)
