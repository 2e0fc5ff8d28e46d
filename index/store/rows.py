"""Values of the columns: JSON and vectors as they are kept, and documents' parts made of them again."""

from __future__ import annotations

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


def read_blob(blob: bytes, dim: int) -> Vectors:
    """``(n, dim)`` vectors as ``as_blob`` keeps them."""
    return np.frombuffer(blob, "<f4").reshape(-1, dim).astype(np.float32)


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
