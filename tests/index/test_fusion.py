"""Meaning and words put together, by the formulas of the design's section 5."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import FusionOptions, Moments, keyword_vote
from index.keywords import KeywordMatch

OPTIONS = FusionOptions(vote=6, floor=0.4, full_weight=4)


def match(coverage: float, weight: float = 4.0) -> KeywordMatch:
    return KeywordMatch(weight, coverage, ())


@pytest.mark.parametrize(
    ("found", "vote"),
    [
        (None, 0),
        (match(0), 0),
        (match(0.4), 0),
        (match(0.5), 6 * (0.5 - 0.4)),
        (match(1), 6 * (1 - 0.4)),
        (match(1, weight=8), 6 * (1 - 0.4)),
        (match(1, weight=1), 6 * (1 - 0.4) * 1 / 4),
        (match(1, weight=0), 0),
    ],
    ids=["no match", "nothing", "at the floor", "above it", "all", "more than enough", "one common word", "no weight"],
)
def test_the_vote_of_keywords(found: KeywordMatch | None, vote: float) -> None:
    assert keyword_vote(found, OPTIONS) == pytest.approx(vote)


@given(st.floats(0, 0.4), st.floats(0, 100))
def test_keywords_are_silent_under_the_floor(coverage: float, weight: float) -> None:
    assert keyword_vote(match(coverage, weight), OPTIONS) == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 20), st.floats(0, 20))
def test_more_shared_words_never_cost_a_vote(low: float, high: float, light: float, heavy: float) -> None:
    low, high, light, heavy = min(low, high), max(low, high), min(light, heavy), max(light, heavy)
    assert keyword_vote(match(low, light), OPTIONS) <= keyword_vote(match(high, heavy), OPTIONS)


@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_moments_give_the_mean_and_spread_of_any_question(seed: int, n: int) -> None:
    """Mean and variance of ``vectors @ query`` without computing the products."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(n, 4)).astype(np.float32)
    query = random.normal(size=4).astype(np.float32)
    products = vectors @ query
    standard = Moments.of(vectors).standard(query, products)
    expected = (products - products.mean()) / max(products.std(), 0.05)
    assert standard == pytest.approx(expected, abs=1e-2)


def test_one_passage_has_the_least_spread() -> None:
    only = np.array([[1, 0]], dtype=np.float32)
    query = np.array([0.6, 0.8], dtype=np.float32)
    # Its similarity is the mean: nought; another one counts in steps of 0.05.
    standard = Moments.of(only).standard(query, np.array([0.6, 0.7], np.float32))
    assert standard == pytest.approx(np.array([0, (0.7 - 0.6) / 0.05]), abs=1e-4)
