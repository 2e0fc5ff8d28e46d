"""Meaning and words put together: one score for a passage.

Plain rank fusion lets any passage in the question's language that shares a few words outrank the
right passage in the other language (recall@5 falls from 0.92 to 0.14). Here
similarity decides, in standard deviations of the question's similarity to the passages of one
language, and keywords add a vote only where a passage holds most of what the question names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedders import Vectors
from index.store.keywords import KeywordMatch

# Few passages have no spread of their own to speak of.
_SHRINKAGE = 20.0


@dataclass(frozen=True, slots=True)
class FusionOptions:
    """Weights of the parts. Origin: ``benchmarks.crosslingual`` on seeds 0 to 2 (docs/retrieval.md)."""

    vote: float = 5.0
    """Standard deviations that full coverage is worth, before the floor is taken off."""
    floor: float = 0.4
    """Coverage below which keywords are silent."""
    floor_across: float = 0.5
    """The same for a passage in another language than the question's, where fewer words could match and
    a few that do prove less."""
    full_weight: float = 4.0
    """Summed idf at which a vote counts in full: one common word is no proof, one rare name is."""
    shrinkage: float = _SHRINKAGE
    """Passages of a language at which its own spread and the whole library's count alike; infinite where only
    the latter shall count."""


def keyword_vote(match: KeywordMatch | None, options: FusionOptions, *, across: bool) -> float:
    """Standard deviations that keywords add for a text that shares this much with the question.

    ``across``: the text is in another language than the question. What speaks against a text counts in full.
    """
    if match is None:
        return 0.0
    floor = options.floor_across if across else options.floor
    if match.weight < 0:
        return options.vote * match.coverage
    return options.vote * max(0.0, match.coverage - floor) * min(1.0, match.weight / options.full_weight)


# A library of one passage has no spread; that of centred e5 vectors is usually twice this.
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and covariance of vectors: they give the spread of any question's similarity to them."""

    count: int
    mean: NDArray[np.float32]
    """``(dim,)``"""
    covariance: NDArray[np.float32]
    """``(dim, dim)``"""

    @classmethod
    def of(cls, vectors: Vectors) -> Moments:
        """The moments of ``(n, dim)`` vectors, n at least 1."""
        mean = vectors.mean(axis=0)
        return cls(len(vectors), mean, (vectors - mean).T @ (vectors - mean) / len(vectors))

    def location(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the similarity of ``query`` ``(dim,)`` to the vectors."""
        variance = max(0.0, float(query @ self.covariance @ query))
        return float(query @ self.mean), max(variance**0.5, _LEAST_SPREAD)


@dataclass(frozen=True, slots=True)
class Spread:
    """Similarity of a library's passages to anything, language by language.

    A similarity counts in standard deviations of its own language's, so that a language whose
    passages all lie a little nearer to a question does not fill the top.
    """

    pooled: Moments
    languages: dict[str, Moments]

    @classmethod
    def of(cls, vectors: Vectors, languages: Sequence[str]) -> Spread:
        """The spread of ``(n, dim)`` vectors, n at least 1; ``languages`` has one entry for each."""
        kinds = np.array(languages)
        return cls(
            Moments.of(vectors),
            {language: Moments.of(vectors[kinds == language]) for language in dict.fromkeys(languages)},
        )

    def scale(self, query: NDArray[np.float32], shrinkage: float = _SHRINKAGE) -> dict[str, tuple[float, float]]:
        """By language, mean and standard deviation of the similarity of ``query`` to its passages."""
        mean, deviation = self.pooled.location(query)
        scale = {}
        for language, moments in self.languages.items():
            own_mean, own_deviation = moments.location(query)
            share = moments.count / (moments.count + shrinkage)
            scale[language] = (
                share * own_mean + (1 - share) * mean,
                share * own_deviation + (1 - share) * deviation,
            )
        return scale
