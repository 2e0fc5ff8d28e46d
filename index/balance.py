"""Language centres: mean vectors taken out, so that meaning decides before language.

A multilingual model places a text first by its language, then by its meaning. Each vector minus
the mean of its language and role, scaled back to length 1, is compared across languages by what
it means (Libovický, Rosa and Fraser 2020, arXiv:2004.05160; Yang, Yang, Cer and Darve 2021,
doi:10.18653/v1/2021.emnlp-main.327). The means come from texts that are neither the library nor
a benchmark; those of the bundled model ship with the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from corpus.document import Language
from index.embedders import BUNDLED_MODEL, Vectors

Role = str
"""``query`` or ``document``."""


@dataclass(frozen=True, slots=True)
class Centres:
    """Mean vectors by role and language; empty for a model that has none."""

    means: dict[tuple[Role, Language], NDArray[np.float32]]
    """Each ``(dim,)`` float32, not of length 1."""

    def centred(self, vectors: Vectors, role: Role, languages: Sequence[Language]) -> Vectors:
        """``vectors`` without their language's mean, of length 1 again; unchanged where there is none.

        ``languages`` has one entry for each row.
        """
        centred = vectors.copy()
        for row, language in enumerate(languages):
            mean = self.means.get((role, language))
            if mean is not None:
                centred[row] -= mean
        unit: Vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return unit


def centres_of(model: str) -> Centres:
    """The centres of a model: shipped for the bundled one, none for others so far."""
    if model != BUNDLED_MODEL:
        return Centres({})
    with resources.files("index").joinpath("centres.npz").open("rb") as file, np.load(file) as arrays:
        return Centres(
            {
                (role, language): arrays[f"{role}_{language}"]
                for role in ("query", "document")
                for language in ("zh", "en")
            }
        )
