"""A model's name to the model."""

from __future__ import annotations

from index.embedding.embedders import BUNDLED_MODEL, BundledEmbedder, Embedder
from index.search.selection import Reranker


def load_embedder(name: str | None = None) -> Embedder:
    """The embedder of a model: the bundled one, or any that sentence-transformers can load.

    Raises:
        ModelUnavailable: there is no such model on this machine.
    """
    if name is None or name == BUNDLED_MODEL:
        return BundledEmbedder()
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name)


def load_reranker(name: str) -> Reranker:
    """A cross-encoder that sentence-transformers can load.

    Raises:
        ModelUnavailable: there is no such model on this machine.
    """
    from index.embedding.sentence_transformer import CrossEncoderReranker

    return CrossEncoderReranker(name)
