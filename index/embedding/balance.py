"""Language centres: mean vectors taken out, so that meaning decides before language.

A multilingual model places a text first by its language, then by its meaning. Each vector minus
the mean of its language and role, scaled back to length 1, is compared across languages by what
it means (Libovický, Rosa and Fraser 2020, arXiv:2004.05160; Yang, Yang, Cer and Darve 2021,
doi:10.18653/v1/2021.emnlp-main.327). The means come from texts that are neither the library nor
a benchmark. Those of the bundled model ship with the program; for any other they are computed
from a parallel sample, whose two halves differ in language alone, and kept in the library.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.document import Language
from index.embedding.embedders import BUNDLED_MODEL, Embedder, Vectors

Role = Literal["query", "document"]
Means = dict[tuple[Role, Language], NDArray[np.float32]]
"""By role and language, each ``(dim,)`` float32, not of length 1."""

_ROLES: tuple[Role, ...] = ("query", "document")
_LANGUAGES: tuple[Language, ...] = ("zh", "en")
# Share of a centre that is taken out. All of it takes some meaning along: 0.75 is best on XQuAD
# across languages and within (docs/retrieval.md).
_STRENGTH = 0.75


@dataclass(frozen=True, slots=True)
class Centres:
    """Mean vectors by role and language; without any, vectors stay as they are."""

    means: Means
    strength: float = _STRENGTH
    """Share of a mean that is taken out, 0 to 1."""

    def centred(self, vectors: Vectors, role: Role, languages: Sequence[Language]) -> Vectors:
        """``vectors`` without their language's mean, of length 1 again; unchanged where there is none.

        ``vectors`` are ``(n, dim)``; ``languages`` has one entry for each row.
        """
        centred = vectors.copy()
        for row, language in enumerate(languages):
            mean = self.means.get((role, language))
            if mean is not None:
                centred[row] -= self.strength * mean
        unit: Vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return unit


def bundled_means() -> Means:
    """The means of the bundled model, from 200 passages and 300 questions a language (``benchmarks.centres``)."""
    with resources.files("index.embedding").joinpath("centres.npz").open("rb") as file, np.load(file) as arrays:
        return {(role, language): arrays[f"{role}_{language}"] for role in _ROLES for language in _LANGUAGES}


def compute_means(embedder: Embedder) -> Means:
    """The means of any model, from the parallel sample that ships with the program."""
    with resources.files("index.embedding").joinpath("parallel.tsv").open(encoding="utf-8") as lines:
        sample = list(csv.DictReader(lines, delimiter="\t"))
    encode = {"query": embedder.encode_query, "document": embedder.encode_document}
    return {
        (role, language): encode[role]([pair[language] for pair in sample if pair["role"] == role]).mean(axis=0)
        for role in _ROLES
        for language in _LANGUAGES
    }


def means_of(embedder: Embedder) -> Means:
    """The means of a model: shipped, or computed anew."""
    return bundled_means() if embedder.name == BUNDLED_MODEL else compute_means(embedder)
