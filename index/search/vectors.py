"""Nearest passages by inner product. The only file that imports faiss.

The FAISS index is a cache of the library's vectors. Passages that come are appended to it and those that go are taken
from it; its file says of which revision it is, and the library what changed since.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from index.embedding.embedders import Vectors

_FORMAT = 2


class VectorIndex:
    """Exact search over passage vectors (``IndexFlatIP``): 13 ms at 100,000 of 384 numbers, on one thread."""

    file_name: ClassVar[str] = "vectors.faiss"

    def __init__(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        """``rows`` are the passages' rows in the library, ``(n,)``, ascending; ``vectors`` theirs, ``(n, dim)``."""
        import faiss

        self.rows = rows
        self._index: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def vectors(self) -> Vectors:
        """``(n, dim)``, by row: FAISS's own, valid until the next change."""
        import faiss

        if not len(self):
            return np.empty((0, self._index.d), np.float32)
        flat: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self._index.d)
        return flat.reshape(len(self), self._index.d)

    def append(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        """Take in passages whose rows are above all that are there."""
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        self.rows = np.concatenate([self.rows, rows])

    def remove(self, rows: Collection[int]) -> None:
        """Take out passages; rows that are not there are passed over."""
        import faiss

        gone = np.isin(self.rows, np.fromiter(rows, np.int64, len(rows)))
        self._index.remove_ids(faiss.IDSelectorBatch(np.nonzero(gone)[0]))
        self.rows = self.rows[~gone]

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """At most ``k`` rows with their inner product, best first, ties by row. ``vector`` is ``(dim,)``."""
        import faiss

        k = min(k, len(self))
        if k < 1:
            return []
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # for one vector, several only wait for one another
        try:
            scores, positions = self._index.search(vector.reshape(1, -1).astype(np.float32), k)
        finally:
            faiss.omp_set_num_threads(threads)  # the embedding model's, too
        found = [(int(self.rows[p]), float(s)) for s, p in zip(scores[0], positions[0], strict=True) if p >= 0]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def save(self, path: Path, revision: str, beside: dict[str, NDArray[Any]]) -> None:
        """Write to ``path`` in one step; a reader sees the old file or the new one, never half.

        ``beside``: arrays that are kept with it.
        """
        partial = path.with_name(f"{path.name}.{os.getpid()}.part")
        told = np.array(json.dumps({"format": _FORMAT, "revision": revision, "beside": list(beside)}))
        try:
            with partial.open("wb") as file:
                np.savez(file, allow_pickle=False, told=told, rows=self.rows, vectors=self.vectors, **beside)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> tuple[Self, str, dict[str, NDArray[Any]]] | None:
        """The index saved at ``path``, its revision and what is kept beside; None where it is missing or damaged."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:  # it has checksums of its own
                told = json.loads(str(kept["told"]))
                rows, vectors = kept["rows"], kept["vectors"]
                beside = {name: kept[name] for name in told["beside"]}
            if told["format"] != _FORMAT or vectors.ndim != 2 or rows.shape != vectors.shape[:1]:
                return None
            return cls(rows.astype(np.int64), vectors), str(told["revision"]), beside
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError, RuntimeError):
            return None
