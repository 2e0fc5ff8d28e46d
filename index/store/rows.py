"""Values of the columns: JSON and vectors as they are kept, and documents' parts made of them again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.document import Heading, Passage, Span
from index.embedding.embedders import Vectors


def as_json(value: object) -> str:
    """A value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False)


def as_blob(vectors: NDArray[np.float32]) -> bytes:
    """Vectors of any shape, row after row, four bytes a number."""
    return vectors.astype("<f4").tobytes()


def as_bytes(vectors: Vectors) -> bytes:
    """``(n, dim)`` vectors, each as its scale (four bytes) and a signed byte a number: a quarter of ``as_blob``.

    A number is off by half a step at most: 1/254 of its vector's largest.
    """
    scales = np.abs(vectors).max(axis=1, initial=1e-12, keepdims=True).astype("<f4") / np.float32(127)
    steps = np.rint(vectors / scales).astype(np.int8)
    return np.hstack([scales.astype("<f4").view(np.int8), steps]).tobytes()


def read_bytes(blob: bytes, dim: int) -> Vectors:
    """``(n, dim)`` vectors as ``as_bytes`` keeps them."""
    rows = np.frombuffer(blob, np.int8).reshape(-1, dim + 4)
    return np.ascontiguousarray(rows[:, :4]).view("<f4") * rows[:, 4:].astype(np.float32)


def text_hash(text: str) -> str:
    """The same for texts that are the same, and for no others (BLAKE2b of 16 bytes, in hexadecimal)."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_headings(line: str) -> tuple[Heading, ...]:
    """Headings from their column."""
    return tuple(Heading(level, number, name, Span(start, end)) for level, number, name, start, end in json.loads(line))


def read_passage(row: Sequence[Any]) -> Passage:
    """A passage from the columns that its seal covers, and its text."""
    id, document_id, section, trail, topic, language, start, end, sentences, text = row
    return Passage(
        id=id,
        document_id=document_id,
        section=section,
        trail=tuple(json.loads(trail)),
        topic=topic,
        language=language,
        span=Span(start, end),
        text=text,
        sentences=tuple(Span(*pair) for pair in json.loads(sentences)),
    )
