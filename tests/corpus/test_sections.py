"""Sections tile the document."""

from __future__ import annotations

import pytest
from hypothesis import given

from corpus.document import Document
from corpus.segments.sections import split_sections
from tests.corpus.texts import documents, plain


@given(documents())
def test_sections_tile_the_document(document: Document) -> None:
    sections = split_sections(document)
    assert "".join(s.span.of(document.text) for s in sections) == document.text
    assert sections[0].span.start == 0
    assert [s.span.end for s in sections[:-1]] == [s.span.start for s in sections[1:]]


@given(documents())
def test_a_body_is_its_section_without_the_heading(document: Document) -> None:
    headed = [s for s in split_sections(document) if s.trail]
    assert len(headed) == len(document.headings)
    for section, heading in zip(headed, document.headings, strict=True):
        assert (section.number, section.trail[-1]) == (heading.number, heading.title)
        assert heading.span.of(document.text) + section.body.of(document.text) == section.span.of(document.text)


@pytest.mark.parametrize(
    ("text", "trails"),
    [
        pytest.param(
            "1. 前言\n正文。\n2. 机制\n正文。\n2.1 桥接\n正文。\n2.1.1 免疫\n正文。\n2.2 分类\n正文。\n3. 展望\n正文。",
            [("前言",), ("机制",), ("机制", "桥接"), ("机制", "桥接", "免疫"), ("机制", "分类"), ("展望",)],
            id="zh",
        ),
        pytest.param(
            "1. Introduction\nText.\n1.1 Aims\nText.\n2. Methods\nText.",
            [("Introduction",), ("Introduction", "Aims"), ("Methods",)],
            id="en",
        ),
        pytest.param("开篇。\nAbstract\nText.\n1. 前言\n正文。", [(), ("Abstract",), ("前言",)], id="mixed"),
        pytest.param("双抗有效。It works.", [()], id="mixed: no heading"),
    ],
)
def test_trails(text: str, trails: list[tuple[str, ...]]) -> None:
    assert [section.trail for section in split_sections(plain(text))] == trails


def test_a_label_is_the_number_else_the_title_else_nothing() -> None:
    assert [s.label for s in split_sections(plain("开篇。\n摘要\n正文。\n1. Aims\nText."))] == ["", "摘要", "1"]
