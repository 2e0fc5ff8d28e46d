"""Meaning and words put together: one score for a passage.

Plain rank fusion lets any passage in the question's language that shares a few words outrank the
right passage in the other language (recall@5 falls from 0.92 to 0.14; design, section 5). Here
similarity decides, in standard deviations of the question's similarity to the whole library, and
keywords add a vote only where a passage holds most of what the question names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedders import Vectors
from index.keywords import KeywordMatch


@dataclass(frozen=True, slots=True)
class FusionOptions:
    """Weights of the parts. Origin: design, section 5, last row of its table on plain rank fusion."""

    vote: float = 6.0
    """Standard deviations that full coverage is worth, before the floor is taken off."""
    floor: float = 0.4
    """Coverage below which keywords are silent."""
    full_weight: float = 4.0
    """Summed idf at which a vote counts in full: one common word is no proof, one rare name is."""


def keyword_vote(match: KeywordMatch | None, options: FusionOptions) -> float:
    """Standard deviations that keywords add for a text that shares this much with the question."""
    if match is None:
        return 0.0
    return options.vote * max(0.0, match.coverage - options.floor) * min(1.0, match.weight / options.full_weight)


# A library of one passage has no spread; that of centred e5 vectors is usually twice this.
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and covariance of a library's vectors: they give the spread of any question's similarities."""

    mean: NDArray[np.float32]
    """``(dim,)``"""
    covariance: NDArray[np.float32]
    """``(dim, dim)``"""

    @classmethod
    def of(cls, vectors: Vectors) -> Moments:
        """The moments of ``(n, dim)`` vectors, n at least 1."""
        mean = vectors.mean(axis=0)
        return cls(mean, (vectors - mean).T @ (vectors - mean) / len(vectors))

    def standard(self, query: NDArray[np.float32], similarity: NDArray[np.float32]) -> NDArray[np.float32]:
        """``similarity`` of vectors to ``query`` in standard deviations from the library's mean."""
        variance = float(query @ self.covariance @ query)
        standard: NDArray[np.float32] = (similarity - float(query @ self.mean)) / max(variance**0.5, _LEAST_SPREAD)
        return standard
