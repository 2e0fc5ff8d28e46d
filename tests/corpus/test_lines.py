"""Broken lines: when a text has them, and how they are mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.reading.lines import is_finished, is_wrapped, join, rejoin, width
from tests.corpus.texts import cases, squeezed, texts


@pytest.mark.parametrize(("text", "paragraphs"), [pytest.param(i, e, id=t) for t, i, e in cases("lines.md")])
def test_rejoin(text: str, paragraphs: list[str]) -> None:
    assert rejoin(text.split("\n")) == paragraphs


@pytest.mark.parametrize(
    ("left", "right", "whole"),
    [
        pytest.param("肺", "癌", "肺癌", id="zh"),
        pytest.param("lung", "cancer", "lung cancer", id="en"),
        pytest.param("DLL3", "和", "DLL3和", id="mixed"),
        pytest.param("mecha-", "nisms", "mechanisms", id="en: broken word"),
        pytest.param("Amivantamab-", "Lazertinib", "Amivantamab-Lazertinib", id="en: two names"),
        pytest.param("open-", "label", "open-label", id="en: two words of the text"),
        pytest.param("PD-", "1", "PD-1", id="en: before a figure"),
        pytest.param("DeLLphi3-", "study", "DeLLphi3-study", id="en: after a figure"),
        pytest.param("抗体–", "药物", "抗体–药物", id="zh: dash"),
        pytest.param("(", "EGFR", "(EGFR", id="en: bracket opens"),
        pytest.param("40", "%，", "40%，", id="mixed: per cent"),
        pytest.param("", "癌", "癌", id="zh: nothing before"),
        pytest.param("lung", "", "lung", id="en: nothing after"),
    ],
)
def test_join(left: str, right: str, whole: str) -> None:
    assert join(left, right, {"open", "label"}) == whole


@pytest.mark.parametrize(
    ("left", "right", "vocabulary", "whole"),
    [
        pytest.param("well-", "known", {"well-known"}, "well-known", id="compound elsewhere"),
        pytest.param("an-", "other", {"an", "other", "another"}, "another", id="word elsewhere"),
    ],
)
def test_join_asks_the_text(left: str, right: str, vocabulary: set[str], whole: str) -> None:
    assert join(left, right, vocabulary) == whole


@pytest.mark.parametrize(
    ("line", "finished"),
    [
        ("治疗有效。", True),
        ("治疗有效。”）", True),
        ("It works.", True),
        ('It works."]', True),
        ("Tarlatamab 研究：", True),
        ("治疗有效，", False),
        ("the mecha-", False),
        ("为 13.6 个", False),
    ],
)
def test_is_finished(line: str, finished: bool) -> None:
    assert is_finished(line) is finished


@pytest.mark.parametrize(
    ("lines", "wrapped"),
    [
        pytest.param(["双特异性抗体在克服", "肿瘤异质性方面展现", "优势。"], True, id="zh: broken"),
        pytest.param(["Antibodies bind to", "two antigens in the", "same cell."], True, id="en: broken"),
        pytest.param(["双特异性抗体有效。", "肿瘤异质性显著。", "优势明显可见。"], False, id="zh: a paragraph a line"),
        pytest.param(
            ["Antibodies bind well.", "Two antigens are hit.", "It works."], False, id="en: a paragraph a line"
        ),
        pytest.param(
            ["肺癌 lung " * 40, "抗体 drug " * 40, "靶点 target " * 40], False, id="mixed: too wide to be wrapped"
        ),
        pytest.param(["肺癌治疗", "lung cancer"], False, id="mixed: too few to tell"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_is_wrapped(lines: list[str], wrapped: bool) -> None:
    assert is_wrapped(lines) is wrapped


@pytest.mark.parametrize(("line", "columns"), [("肺癌", 4), ("lung", 4), ("Ｔar肺", 6), ("", 0)])
def test_width(line: str, columns: int) -> None:
    assert width(line) == columns


@given(texts(unseen=False))
def test_rejoining_loses_only_blanks_and_hyphens(text: str) -> None:
    lines = [line.strip() for line in text.split("\n")]
    assert squeezed("".join(rejoin(lines)), drop="-") == squeezed(text, drop="-")


WRAPPED = ["abc def\n" * 20 + "a" * 100_000 + "1-\nb", "word " * 12 + "mecha-\n\n", "a-\n", "肺\n", "a.\n\nabc\n\n"]


@given(st.sampled_from(WRAPPED))
def test_hostile_lines_are_mended_in_time_that_grows_with_them(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    lines = [line.strip() for line in text.split("\n")]
    assert squeezed("".join(rejoin(lines)), drop="-") == squeezed(text, drop="-")
