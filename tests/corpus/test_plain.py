"""The plain reader: headings found, broken lines mended, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.reading.cleaning import clean
from corpus.reading.plain import read_plain
from tests.corpus.texts import plain, squeezed, texts

WORDS = st.sampled_from(
    "肺癌 塔拉妥单抗 双特异性抗体 。 ， 1. 摘要 Tarlatamab mechanisms open-label PD-1 of . , (n=10) [25]".split()
)


@st.composite
def wrapped(draw: st.DrawFn) -> str:
    """Text broken at a width, in words too, with blank lines here and there."""
    text = " ".join(draw(st.lists(WORDS, min_size=1, max_size=60)))
    width = draw(st.integers(5, 40))
    ends = ("\n", "-\n", "\n\n")
    pieces = [text[i : i + width] for i in range(0, len(text), width)]
    return "".join(piece + draw(st.sampled_from(ends)) for piece in pieces)


@given(wrapped() | texts(unseen=False))
def test_only_blanks_and_hyphens_are_lost(text: str) -> None:
    document = read_plain(text, id="d", title="t", source="s")
    assert squeezed(document.text if document else "", drop="-") == squeezed(text, drop="-")


@given(wrapped() | texts())
def test_the_document_is_tidied_once(text: str) -> None:
    document = read_plain(text, id="d", title="t", source="s")
    if document:
        assert clean(document.text) == document.text
        assert document.text.endswith("\n")
        assert all(line == line.strip() != "" for line in document.text[:-1].split("\n"))


@given(texts())
def test_headings_are_lines_of_the_document(text: str) -> None:
    document = read_plain(text, id="d", title="t", source="s")
    for heading in document.headings if document else ():
        line = heading.span.of(document.text)  # type: ignore[union-attr]
        assert line in document.text.split("\n")  # type: ignore[union-attr]
        assert line.startswith(heading.number)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(
            "双抗有效。\n安全性可控。\n疗效更好。",
            "双抗有效。\n安全性可控。\n疗效更好。\n",
            id="zh: a paragraph a line",
        ),
        pytest.param(
            "It works.\n\nIt is safe.\n\nIt lasts.", "It works.\nIt is safe.\nIt lasts.\n", id="en: blank lines go"
        ),
        pytest.param(
            "1. 前言\n双特异性抗体可以在克服肿\n瘤异质性方面展现独特优势\n"
            "，且 it is well tolerated\ntoo。\n2. 机制\n好。",
            "1. 前言\n双特异性抗体可以在克服肿瘤异质性方面展现独特优势，且 it is well tolerated too。\n2. 机制\n好。\n",
            id="mixed: broken between headings",
        ),
        pytest.param(
            "双特异性抗体可以在克服肿\n瘤异质性方面展现独特优势\n且安全性好，疗效显著提高。\n"
            "DeLLphi-304 研究：该药在\n复发患者中显著延长生存期\n并已获批。",
            "双特异性抗体可以在克服肿瘤异质性方面展现独特优势且安全性好，疗效显著提高。\n"
            "DeLLphi-304 研究：该药在复发患者中显著延长生存期并已获批。\n",
            id="mixed: a trial's lead opens a paragraph",
        ),
    ],
)
def test_paragraphs(text: str, kept: str) -> None:
    assert plain(text).text == kept


@pytest.mark.parametrize(("text", "language"), [("双抗有效。", "zh"), ("It works well.", "en")])
def test_identity_and_language(text: str, language: str) -> None:
    document = read_plain(text, id="d", title="综述", source="a.txt")
    assert document is not None
    assert (document.id, document.title, document.source, document.language) == ("d", "综述", "a.txt", language)


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "\0\u200b\ufeff"], ids=["empty", "blank", "unseen"])
def test_nothing_to_read_is_no_document(text: str) -> None:
    assert read_plain(text, id="d", title="t", source="s") is None
