"""Passages: whole sentences, up to a budget, of one section and one trial."""

from __future__ import annotations

import pytest
from hypothesis import given

from corpus.document import Document
from corpus.reading.headings import run_in_heading
from corpus.segments.passages import PassageOptions, size, split_passages
from corpus.segments.sections import split_sections
from tests.corpus.texts import cases, documents, plain

SMALL = PassageOptions(budget=16)


@pytest.mark.parametrize(("text", "expected"), [pytest.param(i, e, id=t) for t, i, e in cases("passages.md")])
def test_passages(text: str, expected: list[str]) -> None:
    passages = split_passages(plain(text), SMALL)
    assert [f"{p.section} | {p.topic} | {p.text}".replace("\n", "¶") for p in passages] == expected


@given(documents())
def test_text_and_sentences_are_slices_of_the_document(document: Document) -> None:
    for passage in split_passages(document, SMALL):
        assert passage.text == passage.span.of(document.text)
        assert passage.id == f"{document.id}#{passage.span.start}-{passage.span.end}"
        assert passage.span.start == passage.sentences[0].start
        assert passage.span.end == passage.sentences[-1].end
        assert [passage.sentence(s) for s in passage.sentences] == [s.of(document.text) for s in passage.sentences]


@given(documents())
def test_every_character_outside_headings_lies_in_one_passage(document: Document) -> None:
    held = [0] * len(document.text)
    for passage in split_passages(document, SMALL):
        for position in range(passage.span.start, passage.span.end):
            held[position] += 1
    in_heading = {position for h in document.headings for position in range(h.span.start, h.span.end)}
    for position, character in enumerate(document.text):
        if not character.isspace():
            assert held[position] == (position not in in_heading)


@given(documents())
def test_a_passage_lies_in_one_section_and_one_trial(document: Document) -> None:
    sections = split_sections(document)
    for passage in split_passages(document, PassageOptions(budget=1000)):
        around = [s for s in sections if s.body.start <= passage.span.start and passage.span.end <= s.body.end]
        assert [(s.label, s.trail) for s in around] == [(passage.section, passage.trail)]
        leads = [run_in_heading(line) for line in passage.text.split("\n")]
        assert leads[0] == passage.topic
        assert not any(leads[1:])


@given(documents())
def test_only_a_single_sentence_may_exceed_the_budget(document: Document) -> None:
    for passage in split_passages(document, SMALL):
        assert len(passage.sentences) == 1 or size(passage.text) <= SMALL.budget


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("肺癌患者。", 5),
        ("Lung cancer, treated.", 5),
        ("DLL3 和 CD3", 3),
        ("塔拉妥单抗(Tarlatamab)", 8),
        ("", 0),
        (" \n", 0),
    ],
)
def test_size(text: str, units: int) -> None:
    assert size(text) == units


@pytest.mark.parametrize(
    ("text", "languages"), [("1. 前言\n双抗结合两个抗原。\n2. Methods\nThe drug binds to two antigens.", ["zh", "en"])]
)
def test_each_passage_has_its_own_language(text: str, languages: list[str]) -> None:
    assert [p.language for p in split_passages(plain(text))] == languages
