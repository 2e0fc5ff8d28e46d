"""An embedder that remembers: a benchmark embeds each text once, however many libraries hold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.embedding.embedders import Embedder, Vectors


class CachingEmbedder:
    """Another embedder's vectors, kept by text; with ``path``, kept between runs too."""

    def __init__(self, embedder: Embedder, path: Path | None = None) -> None:
        self.name = embedder.name
        self.dim = embedder.dim
        self._embedder = embedder
        self._path = path
        self._kept: dict[str, np.ndarray] = {}
        if path and path.exists():
            with np.load(path) as arrays:
                self._kept = dict(zip(arrays["texts"].tolist(), arrays["vectors"], strict=True))

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of questions."""
        return self._encode("query: ", texts, self._embedder.encode_query)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of passages."""
        return self._encode("passage: ", texts, self._embedder.encode_document)

    def _encode(self, role: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if role + text not in self._kept]
        for text, vector in zip(new, encode(new), strict=True):
            self._kept[role + text] = vector
        return np.array([self._kept[role + text] for text in texts], dtype=np.float32).reshape(-1, self.dim)

    def save(self) -> None:
        """Keep the vectors at ``path`` for the next run."""
        if self._path and self._kept:
            np.savez(self._path, texts=np.array(list(self._kept)), vectors=np.stack(list(self._kept.values())))
