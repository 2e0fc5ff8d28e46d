"""The two engines below a search, as far as it uses them: one compares vectors, one keeps the library.

Another one that has these members can stand there: ``tests/index/test_engines.py`` searches with one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from corpus.document import Passage
from corpus.vocabulary.concepts import Concept
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.store.keywords import Unit
from index.store.library import Stored


class VectorStore(Protocol):
    """Nearest passages by inner product, and a file beside the library that keeps them as of one revision of it.

    ``index.search.vectors.VectorIndex`` is the one of the program.
    """

    file_name: ClassVar[str]
    rows: NDArray[np.int64]
    """``(n,)``, the passages' rows in the library, ascending."""

    @property
    def vectors(self) -> Vectors:
        """``(n, dim)``, valid until the next change."""

    def __init__(self, rows: NDArray[np.int64], vectors: Vectors) -> None: ...

    def append(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        """Take in passages whose rows are above all that are there."""

    def remove(self, rows: Collection[int]) -> None:
        """Take out passages; rows that are not there are passed over."""

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """At most ``k`` rows with their inner product, best first, ties by row. ``vector`` is ``(dim,)``."""

    def save(self, path: Path, revision: str, beside: dict[str, NDArray[Any]]) -> None:
        """Write to ``path`` in one step, with arrays to be kept beside.

        Raises:
            OSError: it cannot be written; the next search makes the same anew.
        """

    @classmethod
    def load(cls, path: Path) -> tuple[Self, str, dict[str, NDArray[Any]]] | None:
        """The one saved at ``path``, its revision and what is kept beside; None where it is missing or damaged."""


class Store(Protocol):
    """Passages, and all that search keeps of them; ``index.store.library.Library`` says what each member gives."""

    home: Path

    def snapshot(self) -> AbstractContextManager[None]: ...
    def meta(self, key: str) -> str | None: ...
    def concepts(self, after: int = 0) -> list[Concept]: ...
    def last_pair(self) -> int: ...
    def centres(self) -> Means: ...
    def spelled(self, words: Collection[str]) -> dict[str, bool]: ...
    def is_stem(self, stem: str) -> bool: ...
    def rows_under(self, sections: Collection[str]) -> list[int]: ...
    def rows_citing(self, number: int, document_id: str | None = None) -> list[int]: ...
    def rows_with(self, key: str) -> NDArray[np.int64]: ...
    def rows_with_all(self, keys: Sequence[str], most: int = -1) -> list[int]: ...
    def passages(self, rows: Sequence[int]) -> list[Passage]: ...
    def lead(self, passage: Passage) -> Passage | None: ...
    def vectors(self, dim: int, after: int = 0) -> Stored: ...
    def had(self, revision: str) -> bool: ...
    def changes(self, since: str, dim: int) -> tuple[Stored, list[int]] | None: ...
    def sentence_vectors(self, row: int, dim: int) -> Vectors: ...
    def unknown(self, units: Iterable[Unit]) -> list[Unit]: ...
