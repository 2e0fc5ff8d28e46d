"""Vectors of sentences in a byte a number: near enough, and the same however often they are narrowed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.store.rows import as_bytes, read_bytes

_SHAPES = st.tuples(st.integers(0, 5), st.integers(1, 9))
_NUMBERS = st.floats(-1, 1, width=32, allow_subnormal=False)


def unit(seed: int, n: int, dim: int) -> np.ndarray:
    """``(n, dim)`` rows of length 1."""
    drawn = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


@given(arrays.arrays(np.float32, _SHAPES, elements=_NUMBERS))
def test_every_number_is_within_half_a_step(vectors: np.ndarray) -> None:
    read = read_bytes(as_bytes(vectors), vectors.shape[1])
    assert read.shape == vectors.shape
    assert read.dtype == np.float32
    largest = np.abs(vectors).max(axis=1, initial=0, keepdims=True)
    assert (np.abs(read - vectors) <= largest / 254 * (1 + 1e-4) + 1e-12).all()
    assert ((read == 0) | (np.sign(read) == np.sign(vectors))).all()


@given(arrays.arrays(np.float32, _SHAPES, elements=_NUMBERS))
def test_narrowed_twice_is_narrowed_once(vectors: np.ndarray) -> None:
    """A document that is indexed again takes the vectors that it has."""
    once = as_bytes(vectors)
    assert as_bytes(read_bytes(once, vectors.shape[1])) == once


@pytest.mark.parametrize("dim", [1, 6, 384, 1024])
def test_real_vectors_narrowed_twice_are_narrowed_once(dim: int) -> None:
    vectors = unit(dim, 1_000, dim)
    once = as_bytes(vectors)
    assert len(once) == 1_000 * (dim + 4)
    assert as_bytes(read_bytes(once, dim)) == once


@pytest.mark.parametrize("dim", [6, 384])
def test_similarities_change_by_a_hundredth_at_most(dim: int) -> None:
    vectors, queries = unit(0, 500, dim), unit(1, 20, dim)
    assert np.abs(read_bytes(as_bytes(vectors), dim) @ queries.T - vectors @ queries.T).max() < 0.01


def test_a_vector_of_noughts_stays_one() -> None:
    noughts = np.zeros((2, 6), np.float32)
    assert read_bytes(as_bytes(noughts), 6).tolist() == noughts.tolist()


def test_rows_are_narrowed_each_by_itself() -> None:
    vectors = np.array([[1, 0.5], [1e-6, 0]], np.float32)
    alone = b"".join(as_bytes(row[np.newaxis]) for row in vectors)
    assert as_bytes(vectors) == alone
    assert read_bytes(alone, 2)[1, 0] == pytest.approx(1e-6, rel=1e-2)
