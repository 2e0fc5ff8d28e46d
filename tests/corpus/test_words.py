"""Folding and words: matching across width, script, case and hyphens, with the printed span kept."""

from __future__ import annotations

from itertools import pairwise

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, Segmenter, stem
from tests.corpus.texts import bundled_segmenter, texts


def forms(text: str) -> list[str]:
    return [word.form for word in bundled_segmenter().words(text)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("塔拉妥單抗治療", "塔拉妥单抗治疗", id="zh: Traditional"),
        pytest.param("頭髮乾淨，後來", "头发干净,后来", id="zh: by the phrase"),
        pytest.param("Tarlatamab PD‑1", "tarlatamab pd-1", id="en: case, dashes"),
        pytest.param("ﬁrst Ⅲ 5㎎", "first iii 5mg", id="en: compatibility forms"),
        pytest.param("Ｔａｒ（ＰＤ－１）", "tar(pd-1)", id="mixed: width"),
        pytest.param("50·3 患者’s", "50.3 患者's", id="mixed: raised point"),
        pytest.param("\0汉\ud800a", "\0汉?a", id="mixed: what is no text"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(texts() | st.text(st.characters()))
def test_origins_ascend_and_slice_right(text: str) -> None:
    folded = fold(text)
    assert len(folded.origins) == len(folded.text)
    assert all(a <= b for a, b in pairwise(folded.origins))
    for position, origin in enumerate(folded.origins):
        printed = folded.printed(position, position + 1)
        assert (printed.start, printed.end) == (origin, origin + 1)
        # OpenCC may choose another character by the phrase; the others are folded one by one.
        if not folded.text[position].isalpha() or folded.text[position].isascii():
            assert folded.text[position] in fold(printed.of(text)).text


@pytest.mark.parametrize("text", ["塔拉妥單抗 PD‑1；", "ﬁrst Ⅲ 5㎎ ", "\U0002f804\ud800汉，", "İ’s ≥50·3%"])
def test_a_long_text_folds_as_its_parts_do(text: str) -> None:
    part, times = fold(text), 200 // len(text)
    whole = fold(text * times)
    assert whole.text == part.text * times
    assert list(whole.origins) == [origin + len(text) * time for time in range(times) for origin in part.origins]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("小细胞肺癌", ["小细胞肺癌", "细胞", "肺癌"], id="zh: a compound and its parts"),
        pytest.param("为6.3个月", ["为", "6.3", "个", "月"], id="zh: a figure between characters"),
        pytest.param("50·3", ["50.3"], id="en: a raised point"),
        pytest.param("phase 3", ["phase", "3"], id="en: a counted noun is no name"),
        pytest.param("grade 3, top 5", ["grade", "3", "top", "5"], id="en: nor are these"),
        pytest.param("responding patients", ["respond", "patient"], id="en: stems"),
        pytest.param("ORR是40%", ["orr", "是", "40"], id="mixed"),
        pytest.param("ＥＧＦＲ×c-MET", ["egfr", "cmet", "met"], id="mixed: width and hyphen"),
        pytest.param("α-synuclein", ["αsynuclein", "synuclein"], id="en: Greek"),
        pytest.param("按CTCAE-5.0", ["按", "ctcae5.0", "ctcae", "5.0"], id="mixed: a figure inside a name"),
        pytest.param("ı ١ ()", [], id="no words"),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("form", "spellings"),
    [
        ("dellphi304", ["DeLLphi-304", "dellphi 304", "DELLPHI304", "ＤｅＬＬｐｈｉ－３０４", "DeLLphi‑304 研究"]),
        ("mariposa2", ["MARIPOSA2", "MARIPOSA-2", "在MARIPOSA 2中"]),
        ("塔拉妥单抗", ["塔拉妥单抗", "塔拉妥單抗", "用塔拉妥单抗治疗"]),
        ("respond", ["responded", "Responding", "患者responds"]),
    ],
)
def test_spellings_of_one_name_share_a_form(form: str, spellings: list[str]) -> None:
    assert [spelling for spelling in spellings if form not in forms(spelling)] == []


def test_a_segmenter_keeps_its_names_whole() -> None:
    assert "甲乙丙单抗" not in [w.form for w in Segmenter().words("甲乙丙单抗有效")]
    assert "甲乙丙单抗" in [w.form for w in Segmenter(["甲乙丙单抗 (ABC)"]).words("甲乙丙單抗有效")]


def test_learning_what_it_knows_changes_nothing() -> None:
    names = ["甲乙丙单抗 (ABC)", "化疗", "tarlatamab"]
    taught, again = Segmenter(names), Segmenter(names)
    assert taught.words("甲乙丙单抗化疗") == again.words("甲乙丙单抗化疗")
    again.learn([*names, "化疗"])
    jieba, jieba_again = taught._loaded()._tokenizer, again._loaded()._tokenizer
    assert (jieba_again.FREQ, jieba_again.total) == (jieba.FREQ, jieba.total)
    again.learn(["丁戊己单抗"])
    assert again.words("丁戊己单抗")[0].form == "丁戊己单抗"


@given(texts() | st.text(st.characters()))
def test_a_word_comes_from_its_span(text: str) -> None:
    words = bundled_segmenter().words(text)
    assert [w.span for w in words] == sorted((w.span for w in words), key=lambda s: (s.start, -s.end))
    for word in words:
        printed = "".join(c for c in fold(word.span.of(text)).text if c.isalnum())
        form = "".join(c for c in word.form if c.isalnum())
        assert form
        # A stem may change its last letter ("therapy", "therapi").
        assert printed.startswith(form[:-1])


@pytest.mark.parametrize(
    ("word", "ending_gone"), [("therapies", "therapi"), ("was", "was"), ("il6s", "il6s"), ("患者", "患者")]
)
def test_stem(word: str, ending_gone: str) -> None:
    assert stem(word) == ending_gone


@pytest.mark.parametrize("word", ["therapies", "interestingly", "x" * 60 + "ing", "患者"])
def test_a_stem_is_the_same_again(word: str) -> None:
    stemmer = snowballstemmer.stemmer("english")
    assert [stem(word), stem(word)] == [stemmer.stemWord(word)] * 2


def test_stop_words_are_folded() -> None:
    assert [word for word in STOP_WORDS if fold(word).text != word] == []
    assert {"the", "的", "which", "哪些"} <= STOP_WORDS
