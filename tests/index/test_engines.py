"""Another engine of vectors in FAISS's place gives the same hits."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from index.embedding.embedders import Vectors
from index.search.engines import VectorStore
from index.search.vectors import VectorIndex
from tests.index.fakes import LIBRARY, document, make_index


class NumpyVectors:
    """Exact search by NumPy alone."""

    file_name: ClassVar[str] = "vectors.npz"

    def __init__(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        self.rows, self.vectors = rows, vectors

    def append(self, rows: NDArray[np.int64], vectors: Vectors) -> None:
        self.rows, self.vectors = np.concatenate([self.rows, rows]), np.concatenate([self.vectors, vectors])

    def remove(self, rows: Collection[int]) -> None:
        left = ~np.isin(self.rows, list(rows))
        self.rows, self.vectors = self.rows[left], self.vectors[left]

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        scores = self.vectors @ vector
        return [(int(self.rows[i]), float(scores[i])) for i in np.lexsort((self.rows, -scores))[:k]]

    def save(self, path: Path, revision: str, beside: dict[str, NDArray[Any]]) -> None:
        partial = path.with_name(f"{os.getpid()}.part.npz")
        np.savez(partial, allow_pickle=False, own_rows=self.rows, own_vectors=self.vectors,
                 own_revision=np.array(revision), **beside)  # fmt: skip
        os.replace(partial, path)

    @classmethod
    def load(cls, path: Path) -> tuple[Self, str, dict[str, NDArray[Any]]] | None:
        try:
            with np.load(path) as kept:
                beside = {name: kept[name] for name in kept.files if not name.startswith("own_")}
                return cls(kept["own_rows"], kept["own_vectors"]), str(kept["own_revision"]), beside
        except (OSError, ValueError, KeyError):
            return None


ENGINE: type[VectorStore] = NumpyVectors
MORE = tuple(
    document(f"more-{n}", f"安全\n安全性{'和剂量' * n}的说明。", f"History\nSurvival {n}. " * n) for n in range(1, 9)
)


QUESTIONS = ("safety", "塔拉妥单抗的生存", "dose of ivonescimab", "weather", "history 历史")


@pytest.mark.parametrize("changed", [False, True], ids=["made anew", "brought up"])
def test_the_hits_are_those_of_faiss(tmp_path: Path, changed: bool) -> None:
    indexes = [
        make_index(tmp_path / name, *LIBRARY, *MORE, engine=engine)
        for name, engine in (("faiss", VectorIndex), ("numpy", ENGINE))
    ]
    ours, other = indexes
    if changed:
        for index in indexes:
            index.search("safety")  # what is loaded now is brought up to what follows
            index.remove(MORE[3].id)
            index.add(MORE[5])
            index.add(document("late", "Safety\nThe safety of late comers [25]."))
    for question in QUESTIONS:
        for k in (1, 5, 100):
            expected, hits = ours.search(question, k), other.search(question, k)
            assert [hit.passage for hit in hits] == [hit.passage for hit in expected]
            assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected], abs=1e-4)
    cited = [hit.passage.document_id for hit in ours.citing(25, "safety")]
    assert cited == ["safety-zh", "structure-en", *["late"] * changed]
    assert [hit.passage.document_id for hit in other.citing(25, "safety")] == cited
    for index in indexes:
        index.library.close()


def test_its_file_is_kept_used_and_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index(tmp_path, *LIBRARY, engine=ENGINE)
    expected = index.search("safety")
    path = tmp_path / "vectors.npz"
    assert path.exists()
    assert not (tmp_path / "vectors.faiss").exists()
    monkeypatch.setattr(index.library, "vectors", lambda dim, after=0: 1 / 0)
    index._loaded = None  # as a new process finds it
    assert index.search("safety") == expected
    monkeypatch.undo()
    path.write_bytes(b"PK")
    assert index.problems() == ["vectors.npz is damaged; the next search rebuilds it."]
    index._loaded = None
    assert index.search("safety") == expected
    assert index.problems() == []
    index.library.close()
