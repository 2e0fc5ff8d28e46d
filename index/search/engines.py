"""The two engines below a search, as far as it uses them: one compares vectors, one keeps the library.

Another one that has these members can stand there: ``tests/index/test_engines.py`` searches with one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from corpus.document import Language, Passage
from corpus.vocabulary.concepts import Concept
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.store.keywords import KeywordQuery, Unit


class VectorStore(Protocol):
    """Nearest passages by inner product, and a file beside the library that keeps them for one revision of it.

    ``index.search.vectors.VectorIndex`` is the one of the program.
    """

    file_name: ClassVar[str]
    rows: NDArray[np.int64]
    """``(n,)``, the passages' rows in the library."""
    vectors: Vectors
    """``(n, dim)``"""

    def __init__(self, rows: NDArray[np.int64], vectors: Vectors) -> None: ...

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """At most ``k`` rows with their inner product, best first, ties by row. ``vector`` is ``(dim,)``."""

    def save(self, path: Path, revision: str) -> None:
        """Write to ``path`` in one step.

        Raises:
            OSError: it cannot be written; the next search makes the same anew.
        """

    @classmethod
    def load(cls, path: Path, revision: str) -> Self | None:
        """The one saved at ``path`` for ``revision``; None where it is missing, outdated or damaged."""

    @classmethod
    def is_whole(cls, path: Path) -> bool:
        """Tell whether the file at ``path`` is undamaged, of whatever revision."""


class Store(Protocol):
    """Passages, and all that search keeps of them; ``index.store.library.Library`` says what each member gives."""

    home: Path

    def snapshot(self) -> AbstractContextManager[None]: ...
    def meta(self, key: str) -> str | None: ...
    def concepts(self) -> list[Concept]: ...
    def centres(self) -> Means: ...
    def texts(self) -> Iterable[str]: ...
    def rows(self) -> dict[int, Language]: ...
    def rows_under(self, sections: Collection[str]) -> list[int]: ...
    def rows_citing(self, number: int) -> list[int]: ...
    def passages(self, rows: Sequence[int]) -> list[Passage]: ...
    def lead(self, passage: Passage) -> Passage | None: ...
    def vectors(self, dim: int) -> tuple[NDArray[np.int64], Vectors]: ...
    def sentence_vectors(self, row: int, dim: int) -> Vectors: ...
    def keyword_query(self, units: Sequence[Unit]) -> KeywordQuery: ...
    def unknown(self, units: Iterable[Unit]) -> list[Unit]: ...
