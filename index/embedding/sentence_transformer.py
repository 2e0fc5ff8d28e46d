"""Models that sentence-transformers can load. The only file that imports it, which takes 8 s.

A model is a folder or lies in the machine's model cache; none comes from the network.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedders import Vectors, printable
from index.errors import ModelUnavailable


class SentenceTransformerEmbedder:
    """A sentence-transformers model."""

    def __init__(self, name: str) -> None:
        """Load the model ``name``.

        Raises:
            ModelUnavailable: it is not on this machine, or cannot be loaded.
        """
        _stay_offline()
        from sentence_transformers import SentenceTransformer

        model = _load(lambda: SentenceTransformer(name, trust_remote_code=False, device="cpu"), name, "model")
        self._model = model
        self.name = name
        self.dim: int = model.get_embedding_dimension()
        # torch's modules are not safe to call from several threads at once on every model.
        self._lock = threading.Lock()

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of questions, with the model's own prompt for them."""
        return self._encode(self._model.encode_query, texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """``(n, dim)`` vectors of passages, with the model's own prompt for them."""
        return self._encode(self._model.encode_document, texts)

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dim), np.float32)
        with self._lock:
            vectors = encode([printable(t) for t in texts], normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


class CrossEncoderReranker:
    """A cross-encoder, which reads question and passage together."""

    def __init__(self, name: str) -> None:
        """Load the model ``name``.

        Raises:
            ModelUnavailable: it is not on this machine, or cannot be loaded.
        """
        _stay_offline()
        from sentence_transformers import CrossEncoder

        self._model = _load(
            lambda: CrossEncoder(name, trust_remote_code=False, device="cpu", num_labels=1), name, "reranker"
        )
        self._lock = threading.Lock()

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """``(n,)`` scores, higher is better, one for each passage in the order given."""
        if not passages:
            return np.empty(0, np.float32)
        pairs = [(printable(question), printable(passage)) for passage in passages]
        with self._lock:
            found = self._model.predict(pairs, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32).reshape(len(passages))


def _stay_offline() -> None:
    # The library asks a hub for newer files even where the model is a folder. Read at import.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    # Nor its progress bars beside our own.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def _load(load: Callable[[], Any], name: str, kind: str) -> Any:
    try:
        return load()
    except Exception as error:  # whatever its loaders raise, for a missing folder or broken weights
        first = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(
            f"The {kind} {name} cannot be loaded ({first}); give the folder of a sentence-transformers model."
        ) from error
