"""Reference markers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.segments.markers import find_markers
from tests.corpus.texts import texts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("疗效显著[25]。", {"[25]": (25,)}, id="zh"),
        pytest.param("It works [11] [12].", {"[11]": (11,), "[12]": (12,)}, id="en: two"),
        pytest.param("Tarlatamab 有效[1, 3,5]", {"[1, 3,5]": (1, 3, 5)}, id="mixed: a list"),
        pytest.param("有效[1，3、5；7]", {"[1，3、5；7]": (1, 3, 5, 7)}, id="zh: full-width separators"),
        pytest.param("as shown [12-14]", {"[12-14]": (12, 13, 14)}, id="en: a range"),
        pytest.param("有效[12–14]和[2~3]", {"[12–14]": (12, 13, 14), "[2~3]": (2, 3)}, id="zh: other dashes"),
        pytest.param("【3】［9］", {"【3】": (3,), "［9］": (9,)}, id="zh: other brackets"),
        pytest.param("［１２－１４］", {"［１２－１４］": (12, 13, 14)}, id="zh: all full-width"),
        pytest.param("shown [12‑14]", {"[12‑14]": (12, 13, 14)}, id="en: hyphen that does not break"),
        pytest.param("[5, 5-6]", {"[5, 5-6]": (5, 6)}, id="en: each number once"),
        pytest.param("[ 7 ]", {"[ 7 ]": (7,)}, id="en: blanks"),
        pytest.param("[0] [2024] [1.5] [14-12] [NCT1] [] (25)", {}, id="en: none"),
        pytest.param("范围[10-300]，区间[0-5]，[三]", {}, id="zh: none"),
        pytest.param("肺癌[1,\n2] lung", {}, id="mixed: not over a line's end"),
    ],
)
def test_find_markers(text: str, found: dict[str, tuple[int, ...]]) -> None:
    assert {m.span.of(text): m.numbers for m in find_markers(text)} == found


NUMBERS = st.lists(st.integers(1, 999), min_size=1, max_size=8, unique=True)


@given(texts(), NUMBERS, st.sampled_from(",，、;；"), texts())
def test_markers_are_found_wherever_they_stand(before: str, numbers: list[int], comma: str, after: str) -> None:
    written = f"[{comma.join(map(str, numbers))}]"
    markers = find_markers(before + written + after)
    assert all(a.span.end <= b.span.start for a, b in pairwise(markers))
    assert [m.numbers for m in markers if m.span.start == len(before)] == [tuple(numbers)]
    # What stands around it is read as it would be without it.
    assert [m.numbers for m in markers] == [m.numbers for part in (before, written, after) for m in find_markers(part)]


def test_the_widest_range_is_thirty() -> None:
    assert find_markers("[1-30]")[0].numbers == tuple(range(1, 31))
    assert find_markers("[1-31]") == []
    assert find_markers("[" + "1-999," * 33_000 + "1]") == []
