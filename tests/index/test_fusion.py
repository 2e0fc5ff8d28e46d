"""Meaning and words put together, by the formulas of the design's section 5."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.fusion import FusionOptions, Moments, Spread, keyword_vote
from index.store.keywords import KeywordMatch

OPTIONS = FusionOptions(vote=6, floor=0.4, floor_across=0.5, full_weight=4, shrinkage=20)


def match(coverage: float, weight: float = 4.0) -> KeywordMatch:
    return KeywordMatch(weight, coverage, ())


@pytest.mark.parametrize(
    ("found", "within", "across"),
    [
        (None, 0, 0),
        (match(0), 0, 0),
        (match(0.4), 0, 0),
        (match(0.5), 6 * (0.5 - 0.4), 0),
        (match(0.6), 6 * (0.6 - 0.4), 6 * (0.6 - 0.5)),
        (match(1), 6 * (1 - 0.4), 6 * (1 - 0.5)),
        (match(1, weight=8), 6 * (1 - 0.4), 6 * (1 - 0.5)),
        (match(1, weight=1), 6 * (1 - 0.4) * 1 / 4, 6 * (1 - 0.5) * 1 / 4),
        (match(1, weight=0), 0, 0),
        (match(-0.25, weight=-1), 6 * -0.25, 6 * -0.25),
    ],
    ids=["no match", "nothing", "at the floor", "above it", "above both", "all", "more than enough", "one common word",
         "no weight", "what speaks against it"],
)  # fmt: skip
def test_the_vote_of_keywords(found: KeywordMatch | None, within: float, across: float) -> None:
    assert keyword_vote(found, OPTIONS, across=False) == pytest.approx(within)
    assert keyword_vote(found, OPTIONS, across=True) == pytest.approx(across)


@given(st.floats(0, 0.4), st.floats(0, 100), st.booleans())
def test_keywords_are_silent_under_the_floor(coverage: float, weight: float, across: bool) -> None:
    assert keyword_vote(match(coverage, weight), OPTIONS, across=across) == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 20), st.floats(0, 20), st.booleans())
def test_more_shared_words_never_cost_a_vote(low: float, high: float, light: float, heavy: float, across: bool) -> None:
    low, high, light, heavy = min(low, high), max(low, high), min(light, heavy), max(light, heavy)
    less = keyword_vote(match(low, light), OPTIONS, across=across)
    assert less <= keyword_vote(match(high, heavy), OPTIONS, across=across)


@given(st.floats(0, 1), st.floats(0, 20))
def test_words_across_languages_prove_no_more(coverage: float, weight: float) -> None:
    found = match(coverage, weight)
    assert keyword_vote(found, OPTIONS, across=True) <= keyword_vote(found, OPTIONS, across=False)


def drawn(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """``(n, 4)`` vectors and a question's."""
    random = np.random.default_rng(seed)
    return random.normal(size=(n, 4)).astype(np.float32), random.normal(size=4).astype(np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_moments_give_the_mean_and_spread_of_any_question(seed: int, n: int) -> None:
    """Mean and deviation of ``vectors @ query`` without computing the products."""
    vectors, query = drawn(seed, n)
    products = vectors @ query
    moments = Moments.of(vectors)
    assert moments.count == n
    assert moments.location(query) == pytest.approx((products.mean(), max(products.std(), 0.05)), abs=1e-3)


def test_one_passage_has_the_least_spread() -> None:
    only = np.array([[1, 0]], dtype=np.float32)
    assert Moments.of(only).location(np.array([0.6, 0.8], np.float32)) == pytest.approx((0.6, 0.05))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(0, 40), st.floats(0, 100))
def test_the_scale_of_a_language_leans_on_the_library_where_it_has_few_passages(
    seed: int, zh: int, en: int, shrinkage: float
) -> None:
    vectors, query = drawn(seed, zh + en)
    chinese = np.arange(zh + en) < zh
    scale = Spread.of(vectors, chinese).scale(query, shrinkage)
    pooled = Moments.of(vectors).location(query)
    assert scale.keys() == {"zh"} | ({"en"} if en else set())
    for language, n, of_language in (("zh", zh, chinese), ("en", en, ~chinese)):
        if n:
            own = Moments.of(vectors[of_language]).location(query)
            share = n / (n + shrinkage)
            expected = [share * mine + (1 - share) * all_ for mine, all_ in zip(own, pooled, strict=True)]
            assert scale[language] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("lone", "many"), [("en", "zh"), ("zh", "en")])
def test_a_lone_passage_is_judged_by_the_library(lone: str, many: str) -> None:
    """1 passage beside 30: by its own moments alone it would be the mean, 0 deviations away, for any question."""
    random = np.random.default_rng(0)
    vectors = random.normal(scale=0.3, size=(31, 4)).astype(np.float32)
    vectors[0] = [1, 0, 0, 0]
    spread = Spread.of(vectors, (np.arange(31) < 1) == (lone == "zh"))
    near, far = np.array([1, 0, 0, 0], np.float32), np.array([-1, 0, 0, 0], np.float32)
    for query, sign in ((near, 1), (far, -1)):
        mean, deviation = spread.scale(query, OPTIONS.shrinkage)[lone]
        standard = (float(vectors[0] @ query) - mean) / deviation
        assert np.isfinite(standard)
        assert 1 < sign * standard < 5
        # As if it were one of the others, within half a deviation.
        other_mean, other_deviation = spread.scale(query, OPTIONS.shrinkage)[many]
        assert standard == pytest.approx((float(vectors[0] @ query) - other_mean) / other_deviation, abs=0.5)


def test_one_language_is_its_own_library() -> None:
    vectors, query = drawn(1, 30)
    chinese = np.ones(30, bool)
    assert Spread.of(vectors, chinese).scale(query)["zh"] == pytest.approx(Moments.of(vectors).location(query))


# What comes and goes


@given(st.integers(0, 2**32 - 1), st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_the_spread_of_what_is_left_is_that_of_it_made_anew(seed: int, zh: list[bool], data: st.DataObject) -> None:
    """Passages come in two parts, and some of both go: the sums are those of what is there."""
    vectors, query = drawn(seed, len(zh))
    chinese = np.array(zh)
    first = data.draw(st.integers(0, len(zh)))
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=len(zh), max_size=len(zh))))
    grown = Spread.of(vectors[:first], chinese[:first]).with_passages(vectors[first:], chinese[first:])
    left = grown.without(vectors[gone], chinese[gone])
    anew = Spread.of(vectors[~gone], chinese[~gone])
    assert left.languages.keys() == anew.languages.keys()
    for language, moments in anew.languages.items():
        assert left.languages[language].count == moments.count
        assert left.languages[language].location(query) == pytest.approx(moments.location(query), abs=1e-6)


@given(st.integers(0, 2**32 - 1), st.lists(st.booleans(), max_size=9))
def test_a_spread_is_read_as_it_was_kept(seed: int, zh: list[bool]) -> None:
    vectors, query = drawn(seed, len(zh))
    spread = Spread.of(vectors, np.array(zh, bool))
    again = Spread.read(spread.arrays())
    assert again.languages.keys() == spread.languages.keys()
    for language, moments in spread.languages.items():
        assert again.languages[language].location(query) == moments.location(query)
    for name in spread.arrays():
        with pytest.raises(KeyError):
            Spread.read({kept: array for kept, array in spread.arrays().items() if kept != name})
