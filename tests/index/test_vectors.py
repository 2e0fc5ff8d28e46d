"""Nearest passages by inner product, and the file that keeps them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.hybrid import HybridIndex
from index.search.vectors import VectorIndex
from index.store.copies import restore
from tests.index.fakes import LIBRARY, document, found, make_index

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


# What comes and goes


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 6), max_size=12), st.data())
def test_appended_and_removed_is_made_anew(seed: int, parts: list[int], data: st.DataObject) -> None:
    """Some passages come, some go, in turns; rows that are gone or never were are named among those that go."""
    random = np.random.default_rng(seed)
    index = VectorIndex(np.empty(0, np.int64), np.empty((0, 4), np.float32))
    held: dict[int, np.ndarray] = {}
    for last, n in enumerate(parts):
        rows = np.arange(n, dtype=np.int64) + 10 * last
        vectors = random.normal(size=(n, 4)).astype(np.float32)
        index.append(rows, vectors)
        held |= dict(zip(rows.tolist(), vectors, strict=True))
        gone = data.draw(st.sets(st.integers(0, 10 * last + 9), max_size=8))
        index.remove(gone)
        held = {row: vector for row, vector in held.items() if row not in gone}
    anew = VectorIndex(np.array(list(held), np.int64), np.array(list(held.values()), np.float32).reshape(-1, 4))
    assert len(index) == len(anew) == len(held)
    assert index.rows.tolist() == anew.rows.tolist()
    assert index.vectors.tolist() == anew.vectors.tolist()
    query = random.normal(size=4).astype(np.float32)
    for k in (1, 5, 100):
        assert index.nearest(query, k) == anew.nearest(query, k)


# The file

BESIDE = {"chinese": np.array([True, False, False, True]), "sum_zh": np.array([0.5, 1.5])}


def listed(kept: tuple[VectorIndex, str, dict[str, np.ndarray]]) -> list[object]:
    """All of it, to be compared."""
    index, revision, beside = kept
    arrays = {name: (str(array.dtype), array.tolist()) for name, array in beside.items()}
    return [index.rows.tolist(), index.vectors.tolist(), revision, arrays]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.faiss"
    INDEX.save(path, REVISION, BESIDE)
    return path


@pytest.mark.parametrize("count", [0, 4])
def test_what_is_saved_is_loaded(tmp_path: Path, count: int) -> None:
    path = tmp_path / "vectors.faiss"
    VectorIndex(ROWS[:count], VECTORS[:count]).save(path, REVISION, BESIDE)
    kept = VectorIndex.load(path)
    assert kept is not None
    assert listed(kept) == listed((VectorIndex(ROWS[:count], VECTORS[:count]), REVISION, BESIDE))
    assert kept[0].nearest(vector(0.9, 0.1, 0), 4) == INDEX.nearest(vector(0.9, 0.1, 0), 4)[:count]
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.faiss"]  # no partial file is left


def with_array(name: str, array: np.ndarray | None) -> Callable[[bytes], bytes]:
    """The file with another array, or without it, whole as an archive."""

    def change(data: bytes) -> bytes:
        with np.load(io.BytesIO(data)) as kept:
            arrays = {key: kept[key] for key in kept.files if key != name}
        made = io.BytesIO()
        np.savez(made, **arrays, **({} if array is None else {name: array}))  # type: ignore[arg-type]
        return made.getvalue()

    return change


def flipped(data: bytes) -> bytes:
    place = data.index(b"vectors.npy") + 200  # behind what the archive and NumPy say of the array
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def told(**values: object) -> Callable[[bytes], bytes]:
    """The file with other values of what it tells of itself; without those that are None."""

    def change(data: bytes) -> bytes:
        with np.load(io.BytesIO(data)) as kept:
            now = {key: value for key, value in (json.loads(str(kept["told"])) | values).items() if value is not None}
        return with_array("told", np.array(json.dumps(now)))(data)

    return change


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "truncated at the start": lambda data: data[:20],
    "truncated at the end": lambda data: data[:-10],
    "cut in half": lambda data: data[: len(data) // 2],
    "bit flipped in the vectors": flipped,
    "no archive": lambda data: b"FAISS" * 99,
    "an archive of nothing": lambda data: b"PK\5\6" + bytes(18),
    "a list, no object": with_array("told", np.array("[1]")),
    "no JSON": with_array("told", np.array("r1")),
    "no revision": told(revision=None),
    "no format": told(format=None),
    "another format": told(format=99),
    "an array more than there is": told(beside=["chinese", "none"]),
    "objects": with_array("told", np.array([{"format": 2}], dtype=object)),
    "no vectors": with_array("vectors", None),
    "no rows": with_array("rows", None),
    "fewer rows": with_array("rows", ROWS[:3]),
    "vectors of no dimension": with_array("vectors", VECTORS[:, 0]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_no_index(saved: Path, damage: Callable[[bytes], bytes]) -> None:
    before = saved.read_bytes()
    saved.write_bytes(damage(before))
    assert saved.read_bytes() != before
    assert VectorIndex.load(saved) is None


def test_no_flipped_bit_changes_what_is_loaded(saved: Path) -> None:
    """One that is not seen (in a time that the archive keeps) means nothing; every one of the directory is tried."""
    data = saved.read_bytes()
    directory = data.index(b"PK\1\2")
    places = [(byte, byte % 8) for byte in range(0, directory, 5)]
    places += [(byte, bit) for byte in range(directory, len(data)) for bit in range(8)]
    wrong = []
    for byte, bit in places:
        saved.write_bytes(data[:byte] + bytes([data[byte] ^ 1 << bit]) + data[byte + 1 :])
        try:
            kept = VectorIndex.load(saved)
        except Exception as error:
            wrong.append((byte, bit, repr(error)))
        else:
            if kept is not None and listed(kept) != listed((INDEX, REVISION, BESIDE)):
                wrong.append((byte, bit, "believed"))
    assert wrong == []


def test_a_missing_file_is_no_index(tmp_path: Path) -> None:
    assert VectorIndex.load(tmp_path / "none") is None


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
    assert VectorIndex.load(path) is not None
    assert index.problems() == []
    index.library.close()


# Brought up to the library

MORE = tuple(document(f"more-{n}", f"History {n}\nSurvival {n} and dose{' and dose' * n} of {n}.") for n in range(30))


def loaded(index: HybridIndex) -> list[object]:
    """What search has in memory, and what it finds and why."""
    hits = index.search("the dose and survival of 12, 历史", 50)
    kept = index._loaded
    assert kept is not None
    # Sums of numbers that come and go differ in their last bits.
    scores = [[round(score, 6) for score in (hit.score, hit.similarity, hit.coverage)] for hit in hits]
    return [
        kept.vectors.rows.tolist(), kept.vectors.vectors.tolist(), kept.chinese.tolist(), scores,
        [(hit.passage, hit.dense_rank, hit.keyword_rank) for hit in hits],
    ]  # fmt: skip


def changed(index: HybridIndex) -> None:
    index.add(document("late", "Dose\nThe dose of late comers."))
    index.remove(MORE[3].id)
    index.add(document(MORE[5].id, "安全\n安全性的历史。", "Dose\nAnother dose."))
    index.add(MORE[7])
    index.remove("late")
    index.remove(LIBRARY[0].id)


def outdated(home: Path) -> HybridIndex:
    """A library in ``home`` that has changed since the file beside it was written."""
    index = make_index(home, *LIBRARY, *MORE)
    index.search("safety")
    before = (home / "vectors.faiss").read_bytes()
    changed(index)
    assert (home / "vectors.faiss").read_bytes() == before
    return index


@pytest.mark.parametrize("kept", ["in memory", "in the file"])
def test_what_is_brought_up_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str) -> None:
    index = outdated(tmp_path)
    if kept == "in the file":
        index._loaded = None  # as a new process finds it
    with monkeypatch.context() as patch:
        patch.setattr(index, "_made_anew", lambda revision: 1 / 0)
        brought_up = loaded(index)
    (tmp_path / "vectors.faiss").unlink(missing_ok=True)
    index._loaded = None
    made_anew = loaded(index)
    assert brought_up == made_anew
    index.library.close()


def test_few_changes_are_not_written_and_many_are(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY, *MORE)
    index.search("safety")
    path = tmp_path / "vectors.faiss"
    index.add(document("one", "Dose\nThe dose of one."))
    index.search("safety")
    kept = VectorIndex.load(path)
    assert kept is not None
    assert kept[1] != index.library.meta("revision")
    for n in range(10):
        index.add(document(f"ten-{n}", f"Dose\nThe dose of ten {n}."))
    index.search("safety")
    kept = VectorIndex.load(path)
    assert kept is not None
    assert kept[1] == index.library.meta("revision")
    assert kept[0].rows.tolist() == index.library.rows()
    index.library.close()


@pytest.mark.parametrize("kept", ["in memory", "in the file"])
def test_what_is_of_another_library_is_not_believed(tmp_path: Path, kept: str) -> None:
    """A backup is restored: rows that came after it was made are given once more, to other passages."""
    index = make_index(tmp_path, *LIBRARY)
    index.library.set_meta(dim=str(index.embedder.dim))
    index.library.backup(tmp_path / "backup")
    index.add(document("before", "Dose\nA dose of before."))
    assert found(index, "dose", 2) == ["before", "dose-zh"]
    restore(tmp_path / "backup", tmp_path)
    other = make_index(tmp_path, document("after", "History\nThe history of after."))
    assert other.library.rows_of("after") == [len(LIBRARY) + 1]  # as "before" had
    if kept == "in the file":
        index._loaded = None
    assert found(index, "history", 1) == ["after"]
    assert "before" not in found(index, "dose", 9)
    assert loaded(index) == loaded(other)
    for opened in (index, other):
        opened.library.close()


def test_a_file_whose_spread_is_missing_is_made_anew(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    expected = found(index, "safety")
    path = tmp_path / "vectors.faiss"
    kept = VectorIndex.load(path)
    assert kept is not None
    vectors, revision, beside = kept
    for name in beside:
        vectors.save(path, revision, {other: array for other, array in beside.items() if other != name})
        index._loaded = None
        assert found(index, "safety") == expected
        again = VectorIndex.load(path)
        assert again is not None
        assert again[2].keys() == beside.keys()
    index.library.close()
