"""The tidying: what cannot be seen goes, what can be seen stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.reading.cleaning import clean
from tests.corpus.texts import squeezed, texts


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        pytest.param("塔拉\u200b妥单抗\ufeff", "塔拉妥单抗", id="zh: zero width"),
        pytest.param("tar\xadlata\u2060mab", "tarlatamab", id="en: soft hyphen, word joiner"),
        pytest.param("HR \u202e06.0\u202c vs \u20660.60\u2069 对照", "HR 06.0 vs 0.60 对照", id="mixed: direction"),
        pytest.param("肺\0癌\x07\x1b\x7f\x9f", "肺癌", id="zh: control characters"),
        pytest.param("lung\ud800 cancer\udfff", "lung cancer", id="en: lone surrogates"),
        pytest.param("a\U000e0041b\ufff9肺", "ab肺", id="mixed: tags and annotations"),
        pytest.param("肺癌\r\n治疗\r抗体\x0b药\x0c物", "肺癌\n治疗\n抗体\n药\n物", id="zh: line ends"),
        pytest.param("a\u2028b\u2029c\x85d\x1ce", "a\nb\nc\nd\ne", id="en: line ends"),
        pytest.param("肺癌\u3000\u3000治疗\xa0 \tof\u2009lung", "肺癌 治疗 of lung", id="mixed: blanks"),
        pytest.param("a \u200b b", "a b", id="en: blanks around the unseen"),
        pytest.param("Ｔａｒ（肺癌）ﬁ㎎ Ⅲ × ≥ é 😀", "Ｔａｒ（肺癌）ﬁ㎎ Ⅲ × ≥ é 😀", id="mixed: width and forms stay"),
    ],
)
def test_clean(text: str, tidied: str) -> None:
    assert clean(text) == tidied


@given(texts() | st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(texts(unseen=False))
def test_clean_loses_nothing_that_is_seen(text: str) -> None:
    assert squeezed(clean(text)) == squeezed(text)


@given(texts() | st.text(st.characters()))
def test_clean_text_fits_in_utf_8_without_nul(text: str) -> None:
    assert b"\0" not in clean(text).encode("utf-8")
