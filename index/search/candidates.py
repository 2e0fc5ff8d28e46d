"""Passages that either search found, with what each search says of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    """The passages worth a closer look."""

    def __init__(
        self,
        dense: Sequence[tuple[int, float]],
        matches: dict[int, KeywordMatch],
        similarities: dict[int, float],
        languages: dict[int, Language],
        scorer: Scorer,
    ) -> None:
        """``dense`` and ``matches`` are best first; ``similarities`` holds every row of either that counts."""
        self.matches = matches
        self.similarities = similarities
        self.dense_ranks = {row: rank for rank, (row, _) in enumerate(dense, start=1)}
        self.keyword_ranks = {
            row: rank for rank, row in enumerate((row for row, match in matches.items() if match.shared), start=1)
        }
        self.scores = {
            row: scorer.score(similarity, languages[row], matches.get(row)) for row, similarity in similarities.items()
        }

    def best(self, k: int, inside: Collection[int] | None = None) -> list[int]:
        """Rows of the ``k`` highest scores, ties by row; of ``inside`` alone, where given."""
        rows = self.scores if inside is None else self.scores.keys() & inside
        return sorted(rows, key=lambda row: (-self.scores[row], row))[:k]
