"""Any model that sentence-transformers can load. The only file that imports it, which takes 8 s."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.embedders import Vectors, printable
from index.errors import ModelUnavailable


class SentenceTransformerEmbedder:
    """A sentence-transformers model, from a folder or from the machine's model cache; never from the network."""

    def __init__(self, name: str) -> None:
        """Load the model ``name``.

        Raises:
            ModelUnavailable: it is not on this machine, or cannot be loaded.
        """
        # The library asks a hub for newer files even where the model is a folder.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer

        try:
            model: Any = SentenceTransformer(name, trust_remote_code=False, device="cpu")
        except Exception as error:  # whatever its loaders raise, for a missing folder or broken weights
            first = str(error).strip().partition("\n")[0]
            raise ModelUnavailable(
                f"The model {name} cannot be loaded ({first}); give the folder of a sentence-transformers model."
            ) from error
        self._model = model
        self.name = name
        self.dim: int = self._model.get_embedding_dimension()
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
