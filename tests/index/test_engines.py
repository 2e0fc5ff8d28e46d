"""Another engine of vectors in FAISS's place gives the same hits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedding.embedders import Vectors
from index.search.engines import VectorStore
from tests.index.fakes import LIBRARY, document, make_index


class NumpyVectors:
    """Exact search by NumPy alone."""

    file_name: ClassVar[str] = "vectors.npz"

    def __init__(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        self.rows, self.vectors = rows, vectors

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        scores = self.vectors @ vector
        return [(int(self.rows[i]), float(scores[i])) for i in np.lexsort((self.rows, -scores))[:k]]

    def save(self, path: Path, revision: str) -> None:
        partial = path.with_name(f"{os.getpid()}.part.npz")
        np.savez(partial, rows=self.rows, vectors=self.vectors, revision=np.array(revision))
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path, revision: str) -> Self | None:
        try:
            with np.load(path) as kept:
                return cls(kept["rows"], kept["vectors"]) if str(kept["revision"]) == revision else None
        except (OSError, ValueError, KeyError):
            return None

    @classmethod
    def is_whole(cls, path: Path) -> bool:
        try:
            with np.load(path) as kept:
                return bool(kept["revision"]) and len(kept["rows"]) == len(kept["vectors"])
        except (OSError, ValueError, KeyError):
            return False


ENGINE: type[VectorStore] = NumpyVectors
MORE = tuple(
    document(f"more-{n}", f"安全\n安全性{'和剂量' * n}的说明。", f"History\nSurvival {n}. " * n) for n in range(1, 9)
)


def test_the_hits_are_those_of_faiss(tmp_path: Path) -> None:
    ours = make_index(tmp_path / "faiss", *LIBRARY, *MORE)
    other = make_index(tmp_path / "numpy", *LIBRARY, *MORE, engine=ENGINE)
    for question in ("safety", "塔拉妥单抗的生存", "dose of ivonescimab", "weather", "history 历史"):
        for k in (1, 5, 100):
            expected, hits = ours.search(question, k), other.search(question, k)
            assert [hit.passage for hit in hits] == [hit.passage for hit in expected]
            assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-4)
    assert [hit.passage for hit in other.citing(25, "safety")] == [hit.passage for hit in ours.citing(25, "safety")]
    for index in (ours, other):
        index.library.close()


def test_its_file_is_kept_used_and_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index(tmp_path, *LIBRARY, engine=ENGINE)
    expected = index.search("safety")
    path = tmp_path / "vectors.npz"
    assert path.exists()
    assert not (tmp_path / "vectors.faiss").exists()
    monkeypatch.setattr(index.library, "vectors", lambda dim: 1 / 0)
    index._loaded = None  # as a new process finds it
    assert index.search("safety") == expected
    monkeypatch.undo()
    path.write_bytes(b"PK")
    assert index.problems() == ["vectors.npz is damaged; the next search rebuilds it."]
    index._loaded = None
    assert index.search("safety") == expected
    assert index.problems() == []
    index.library.close()
