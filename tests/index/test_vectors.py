"""Nearest passages by inner product, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.vectors import VectorIndex
from tests.index.fakes import LIBRARY, found, make_index

# Rows 10, 20, 30 on three axes, and 40 between the first two.
ROWS = np.array([10, 20, 30, 40])
VECTORS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.8, 0.6, 0]], dtype=np.float32)
INDEX = VectorIndex(ROWS, VECTORS)
REVISION = "r1"


def vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(("position", "row"), list(enumerate(ROWS)))
def test_a_vector_is_nearest_to_itself(position: int, row: int) -> None:
    nearest, score = INDEX.nearest(VECTORS[position], 1)[0]
    assert nearest == row
    assert score == pytest.approx(1.0)


def test_order_and_scores_are_inner_products() -> None:
    # 0.9·e1 + 0.1·e2: row 10 gives 0.9, row 40 gives 0.9·0.8 + 0.1·0.6, row 20 gives 0.1, row 30 nothing.
    expected = [(10, 0.9), (40, 0.9 * 0.8 + 0.1 * 0.6), (20, 0.1), (30, 0.0)]
    assert INDEX.nearest(vector(0.9, 0.1, 0), 4) == [(row, pytest.approx(score)) for row, score in expected]


@pytest.mark.parametrize(("k", "length"), [(0, 0), (1, 1), (4, 4), (5, 4), (1000, 4)])
def test_no_more_than_there_are(k: int, length: int) -> None:
    assert len(INDEX.nearest(vector(1, 0, 0), k)) == length


def test_an_empty_index_finds_nothing() -> None:
    empty = VectorIndex(np.empty(0, np.int64), np.empty((0, 3), np.float32))
    assert len(empty) == 0
    assert empty.nearest(vector(1, 0, 0), 5) == []


@pytest.mark.parametrize("k", [1, 3, 50, 150, 400])
def test_ties_break_by_row(k: int) -> None:
    same = VectorIndex(np.arange(400) + 7, np.tile(vector(1, 0, 0), (400, 1)))
    assert [row for row, _ in same.nearest(vector(1, 0, 0), k)] == list(range(7, 7 + k))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 50))
def test_search_is_the_sorted_inner_products(seed: int, n: int, k: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 4)).astype(np.float32)
    query = random.normal(size=4).astype(np.float32)
    nearest = VectorIndex(np.arange(n), vectors).nearest(query, k)
    assert [score for _, score in nearest] == pytest.approx(sorted(vectors @ query, reverse=True)[:k], abs=1e-5)
    assert all(score == pytest.approx(float(vectors[row] @ query), abs=1e-5) for row, score in nearest)


# The file


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.faiss"
    INDEX.save(path, REVISION)
    return path


@pytest.mark.parametrize("count", [0, 4])
def test_what_is_saved_is_loaded(tmp_path: Path, count: int) -> None:
    path = tmp_path / "vectors.faiss"
    VectorIndex(ROWS[:count], VECTORS[:count]).save(path, REVISION)
    loaded = VectorIndex.load(path, REVISION)
    assert loaded is not None
    assert loaded.rows.tolist() == ROWS[:count].tolist()
    assert loaded.vectors.tolist() == VECTORS[:count].tolist()
    assert loaded.nearest(vector(0.9, 0.1, 0), 4) == INDEX.nearest(vector(0.9, 0.1, 0), 4)[:count]
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.faiss"]  # no partial file is left


def of_format(number: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        first, _, rest = data.partition(b"\n")
        return json.dumps({**json.loads(first), "format": number}).encode() + b"\n" + rest

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "truncated in the header": lambda data: data[:20],
    "truncated in the vectors": lambda data: data[:-10],
    "longer": lambda data: data + b"\0",
    "bit flipped in the vectors": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "not JSON": lambda data: b"FAISS" + data,
    "JSON, no object": lambda data: b"[1]\n" + data.partition(b"\n")[2],
    "JSON, no keys": lambda data: b"{}\n" + data.partition(b"\n")[2],
    "another format": of_format(2),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_no_index(saved: Path, damage: Callable[[bytes], bytes]) -> None:
    saved.write_bytes(damage(saved.read_bytes()))
    assert VectorIndex.load(saved, REVISION) is None
    assert not VectorIndex.is_whole(saved)


@pytest.mark.parametrize("byte", range(0, 257, 7))
def test_no_flipped_bit_goes_unseen(saved: Path, byte: int) -> None:
    data = bytearray(saved.read_bytes())
    assert len(data) == 257
    data[byte] ^= 1 << byte % 7
    saved.write_bytes(data)
    assert VectorIndex.load(saved, REVISION) is None


def test_a_missing_file_is_no_index(tmp_path: Path) -> None:
    assert VectorIndex.load(tmp_path / "none", REVISION) is None
    assert not VectorIndex.is_whole(tmp_path / "none")


def test_a_file_of_another_revision_is_whole_but_outdated(saved: Path) -> None:
    assert VectorIndex.load(saved, "r2") is None
    assert VectorIndex.is_whole(saved)


@pytest.mark.parametrize("damage", [*DAMAGES.values(), None], ids=[*DAMAGES, "missing"])
def test_the_library_makes_a_damaged_file_anew(tmp_path: Path, damage: Callable[[bytes], bytes] | None) -> None:
    index = make_index(tmp_path, *LIBRARY)
    before = found(index, "safety")
    path = tmp_path / "vectors.faiss"
    if damage:
        path.write_bytes(damage(path.read_bytes()))
        assert index.problems() == ["vectors.faiss is damaged; the next search rebuilds it."]
    else:
        path.unlink()
    index._loaded = None  # as a new process finds it
    assert found(index, "safety") == before
    assert VectorIndex.is_whole(path)
    assert index.problems() == []
    index.library.close()
