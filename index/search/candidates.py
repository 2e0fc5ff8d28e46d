"""Passages that either search found, with what each search says of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.document import Language
from index.embedding.embedders import Vectors
from index.search.fusion import FusionOptions, Spread, keyword_vote
from index.store.keywords import KeywordMatch, KeywordQuery


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as search sees it."""

    vector: NDArray[np.float32]
    """``(dim,)``, length 1, language centre taken out."""
    language: Language
    keywords: KeywordQuery


class Scorer:
    """Scores texts for one question, in standard deviations of its similarity to the library."""

    def __init__(self, asked: Asked, spread: Spread, options: FusionOptions) -> None:
        self._asked = asked
        self._options = options
        self._scale = spread.scale(asked.vector, options.shrinkage)

    def score(self, similarity: float, language: Language, match: KeywordMatch | None) -> float:
        """Meaning and words of one text; higher is better."""
        mean, deviation = self._scale[language]
        vote = keyword_vote(match, self._options, across=language != self._asked.language)
        return (similarity - mean) / deviation + vote

    def sentence_scores(self, vectors: Vectors, bodies: Sequence[str], language: Language) -> tuple[float, ...]:
        """Scores of single sentences: ``vectors`` ``(n, dim)``, ``Vocabulary.body`` of each, and their language."""
        similarities = vectors @ self._asked.vector
        matches = [self._asked.keywords.text(body, language) for body in bodies]
        return tuple(
            self.score(float(similarity), language, match)
            for similarity, match in zip(similarities, matches, strict=True)
        )


class Candidates:
    """The passages worth a closer look, by position."""

    def __init__(
        self,
        dense_ranks: Mapping[int, int],
        similarities: Mapping[int, float],
        keywords: KeywordQuery,
        chinese: NDArray[np.bool_],
        scorer: Scorer,
    ) -> None:
        """``dense_ranks``: places by meaning, from 1; ``similarities`` holds every passage that counts; ``chinese``
        ``(n,)``.
        """
        self.similarities = similarities
        self.matches = dict(zip(similarities, keywords.matches(list(similarities)), strict=True))
        self.dense_ranks = dense_ranks
        self._keywords = keywords
        self.scores = {
            position: scorer.score(similarity, "zh" if chinese[position] else "en", self.matches[position])
            for position, similarity in similarities.items()
        }

    def keyword_rank(self, position: int) -> int | None:
        """``Hit.keyword_rank``."""
        return self._keywords.rank(position)

    def best(self, k: int, inside: Collection[int] | None = None) -> list[int]:
        """The ``k`` highest scores, ties by position; of ``inside`` alone, where given."""
        found = self.scores if inside is None else self.scores.keys() & inside
        return sorted(found, key=lambda position: (-self.scores[position], position))[:k]
