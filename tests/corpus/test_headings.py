"""Heading lines and run-in headings of plain text."""

from __future__ import annotations

import pytest

from corpus.reading.cleaning import clean
from corpus.reading.headings import Outline, run_in_heading
from tests.corpus.texts import cases, plain


@pytest.mark.parametrize(("text", "expected"), [pytest.param(i, e, id=t) for t, i, e in cases("headings.md")])
def test_headings(text: str, expected: list[str]) -> None:
    document = plain(text)
    assert [f"{h.level} / {h.number} / {h.title}" for h in document.headings] == expected
    assert all(h.span.of(document.text) in clean(text).split("\n") for h in document.headings)


@pytest.mark.parametrize(
    ("line", "title"), [("1. 前言", "前言"), ("1. Introduction", "Introduction"), ("1 PD-1 抗体", "PD-1 抗体")]
)
def test_a_numbered_heading_stands_after_an_end(line: str, title: str) -> None:
    found = Outline().heading(line, after_end=True)
    assert found is not None
    assert found.title == title
    assert Outline().heading(line, after_end=False) is None


@pytest.mark.parametrize("line", ["摘 要", "ABSTRACT", "Results:", "讨论："])
def test_a_named_heading_stands_anywhere(line: str) -> None:
    assert Outline().heading(line, after_end=False) is not None


@pytest.mark.parametrize("title", ["机" * 90, "word " * 20], ids=["zh", "en"])
def test_a_heading_is_short(title: str) -> None:
    assert Outline().heading(f"1. {title}", after_end=True) is None


@pytest.mark.parametrize(
    ("paragraph", "topic"),
    [
        ("DeLLphi-304 研究：纳入患者。", "DeLLphi-304 研究"),
        ("eNRGy研究: 纳入患者。", "eNRGy研究"),
        ("HARMONi-A 試驗：納入患者。", "HARMONi-A 試驗"),
        ("MARIPOSA trial: patients were enrolled.", "MARIPOSA trial"),
        ("The phase III PAPILLON Study: patients.", "The phase III PAPILLON Study"),
        ("III 期 DeLLphi-304 试验：Tarlatamab 组。", "III 期 DeLLphi-304 试验"),
        ("本研究：纳入患者。", ""),
        ("Our study: patients.", ""),
        ("该药有效。DeLLphi-304 研究：纳入患者。", ""),
        ("DeLLphi-304 研究纳入患者：共 509 例。", ""),
        ("", ""),
    ],
)
def test_run_in_heading(paragraph: str, topic: str) -> None:
    assert run_in_heading(paragraph) == topic
