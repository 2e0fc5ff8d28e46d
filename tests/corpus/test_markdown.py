"""The Markdown reader: what a reader of the rendered page sees."""

from __future__ import annotations

import pytest
from hypothesis import given

from corpus.document import Document
from corpus.reading.cleaning import clean
from corpus.reading.markdown import read_markdown
from tests.corpus.texts import texts


def markdown(text: str) -> Document:
    document = read_markdown(text, id="d", title="file", source="s")
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("双抗*有效*，\n安全。", "双抗有效，安全。\n", id="zh: a broken line is mended"),
        pytest.param("It **works**\nand lasts.", "It works and lasts.\n", id="en: a broken line is mended"),
        pytest.param("见 [PubMed](http://x) 与 `PD-1`", "见 PubMed 与 PD-1\n", id="mixed: links and code"),
        pytest.param("![生存曲线](a.png) shown", "生存曲线 shown\n", id="mixed: an image's text"),
        pytest.param(
            "| 药 | ORR |\n|--|--|\n| 埃万妥单抗 | 40% |", "药 | ORR\n埃万妥单抗 | 40%\n", id="mixed: a table"
        ),
        pytest.param("- 疗效\n- safety\n  profile", "疗效\nsafety profile\n", id="mixed: a list"),
        pytest.param("一行  \ntwo\\\n三", "一行\ntwo\n三\n", id="mixed: lines broken on purpose"),
        pytest.param("<b>显著</b> works", "<b>显著</b> works\n", id="mixed: HTML as typed"),
        pytest.param("<div>\n显著\n</div>", "<div>\n显著\n</div>\n", id="zh: a block of HTML as typed"),
        pytest.param("OS&nbsp;&nbsp;为&#x202e;13&#10;个月", "OS 为13\n个月\n", id="mixed: entities are tidied too"),
        pytest.param("塔拉\u200b妥单抗\u3000\u3000works\0", "塔拉妥单抗 works\n", id="mixed: tidied"),
    ],
)
def test_visible_text(text: str, seen: str) -> None:
    assert markdown(text).text == seen


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        pytest.param("# 综述\n\n## 2.1. 方法\n\n正文", ["1//综述", "2/2.1/方法"], id="zh"),
        pytest.param("Review\n===\n\n### 3 Results", ["1//Review", "3/3/Results"], id="en: underlined"),
        pytest.param(
            "## PD-1 与 *VEGF*\n\n```\n# 不是\n```\n\n    # not one", ["2//PD-1 与 VEGF"], id="mixed: code is none"
        ),
        pytest.param("#肺癌\n\n1. 前言", [], id="mixed: plain forms are none"),
    ],
)
def test_headings(text: str, headings: list[str]) -> None:
    document = markdown(text)
    assert [f"{h.level}/{h.number}/{h.title}" for h in document.headings] == headings
    assert all(h.title in h.span.of(document.text) for h in document.headings)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# 双抗综述\n\n正文", "双抗综述"),
        ("# A Review\n\nText", "A Review"),
        ("## 方法\n\ntext", "file"),
        ("Text first\n\n# 结果", "file"),
    ],
)
def test_a_top_heading_that_stands_first_is_the_title(text: str, title: str) -> None:
    assert markdown(text).title == title


@given(texts())
def test_the_document_is_tidied(text: str) -> None:
    document = read_markdown(text, id="d", title="t", source="s")
    if document:
        assert clean(document.text) == document.text
        assert all(line == line.strip() != "" for line in document.text[:-1].split("\n"))


@pytest.mark.parametrize("text", ["", "\n \n", "---", "\u200b"])
def test_nothing_to_read_is_no_document(text: str) -> None:
    assert read_markdown(text, id="d", title="t", source="s") is None
