"""Meaning and words put together: one score for a passage.

Plain rank fusion lets any passage in the question's language that shares a few words outrank the
right passage in the other language (recall@5 falls from 0.92 to 0.14). Here
similarity decides, in standard deviations of the question's similarity to the passages of one
language, and keywords add a vote only where a passage holds most of what the question names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

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


_PARTS = ("count", "sum", "products")
"""Of ``Moments``."""
# A library of one passage has no spread; that of centred e5 vectors is usually twice this.
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums of vectors and of their products: they give the spread of any question's similarity to them."""

    count: int
    sum: NDArray[np.float64]
    """``(dim,)``"""
    products: NDArray[np.float64]
    """``(dim, dim)``: the sum of each vector's outer product with itself."""

    @classmethod
    def of(cls, vectors: Vectors) -> Moments:
        """The moments of ``(n, dim)`` vectors."""
        exact = vectors.astype(np.float64)
        return cls(len(vectors), exact.sum(axis=0), exact.T @ exact)

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.count + other.count, self.sum + other.sum, self.products + other.products)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.count - other.count, self.sum - other.sum, self.products - other.products)

    def location(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the similarity of ``query`` ``(dim,)`` to the vectors, one at least."""
        exact = query.astype(np.float64)
        mean = float(exact @ self.sum) / self.count
        variance = float(exact @ self.products @ exact) / self.count - mean**2
        return mean, max(max(0.0, variance) ** 0.5, _LEAST_SPREAD)


@dataclass(frozen=True)
class Spread:
    """Similarity of a library's passages to anything, language by language.

    A similarity counts in standard deviations of its own language's, so that a language whose
    passages all lie a little nearer to a question does not fill the top.
    """

    languages: dict[str, Moments]
    """Of those that have a passage."""

    @classmethod
    def of(cls, vectors: Vectors, chinese: NDArray[np.bool_]) -> Spread:
        """The spread of ``(n, dim)`` vectors; ``chinese`` ``(n,)``: which are of Chinese passages."""
        return cls({}).with_passages(vectors, chinese)

    def with_passages(self, vectors: Vectors, chinese: NDArray[np.bool_]) -> Spread:
        """The spread once ``(n, dim)`` vectors more are there."""
        languages = dict(self.languages)
        for language, those in (("zh", chinese), ("en", ~chinese)):
            if those.any():
                new = Moments.of(vectors[those])
                languages[language] = languages[language] + new if language in languages else new
        return Spread(languages)

    def without(self, vectors: Vectors, chinese: NDArray[np.bool_]) -> Spread:
        """The spread once ``(n, dim)`` of its vectors are gone."""
        gone = Spread.of(vectors, chinese).languages
        left = {name: moments - gone[name] if name in gone else moments for name, moments in self.languages.items()}
        return Spread({name: moments for name, moments in left.items() if moments.count})

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """All of it, to be kept; ``read`` makes the same of it."""
        return {
            f"{part}_{language}": np.asarray(getattr(moments, part), np.float64)
            for language, moments in self.languages.items()
            for part in _PARTS
        }

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[np.float64]]) -> Spread:
        """What ``arrays`` gave.

        Raises:
            KeyError: a part is missing.
        """
        languages = dict.fromkeys(name.partition("_")[2] for name in arrays)
        return cls(
            {
                language: Moments(
                    int(arrays[f"count_{language}"]), *(arrays[f"{part}_{language}"] for part in _PARTS[1:])
                )
                for language in languages
            }
        )

    @cached_property
    def pooled(self) -> Moments:
        """Of all passages, one at least."""
        first, *others = self.languages.values()
        return reduce(add, others, first)

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
