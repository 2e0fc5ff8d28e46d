"""The bundled review, read as its reader sees it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from importlib import resources

import pytest

from corpus.document import Document, Passage
from corpus.packs.packs import bundled_concepts
from corpus.segments.markers import find_markers
from corpus.segments.passages import split_passages
from tests.corpus.texts import squeezed
from tests.review import REVIEW_ID, read_review, review_references

HEADINGS = """
摘要 Abstract 1 2 2.1 2.1.1 2.1.2 2.1.3 2.1.4 2.2 2.2.1 2.2.2 2.3 3 3.1 3.2 3.3 4 4.1 4.2 4.3 5 6
""".split()


@pytest.fixture(scope="module")
def document() -> Document:
    return read_review()


@pytest.fixture(scope="module")
def passages(document: Document) -> list[Passage]:
    return split_passages(document)


def review_file(name: str) -> str:
    return resources.files("corpus").joinpath("packs", "review", name).read_text(encoding="utf-8")


def test_identity(document: Document) -> None:
    assert (document.id, document.language) == (REVIEW_ID, "zh")
    assert {"双特异性抗体", "肺癌"} <= set(re.findall("双特异性抗体|肺癌", document.title))


def test_the_23_headings(document: Document) -> None:
    assert len(HEADINGS) == 23
    assert [h.number or h.title for h in document.headings] == HEADINGS
    assert [h.level for h in document.headings] == [label.count(".") + 1 for label in HEADINGS]


def test_nothing_of_the_file_is_lost_but_blanks_and_hyphens(document: Document) -> None:
    assert squeezed(document.text, drop="-") == squeezed(review_file("review.txt"), drop="-")


@pytest.mark.parametrize(
    "phrase",
    [
        pytest.param("Delta样配体 3", id="mixed: a name over a line's end"),
        pytest.param("Amivantamab-Lazertinib", id="en: two names keep their hyphen"),
        pytest.param("structural characteristics, mechanisms of action", id="en: a broken word loses it"),
        pytest.param("drug development targeting EGFR/MET", id="en: so does this one"),
        pytest.param("在克服肿瘤异质性、提升治疗精准性方面展现独特优势，", id="zh: lines run on"),
        pytest.param("发病率和死亡率最高的恶性肿瘤[1]。", id="zh: a marker on the next line"),
    ],
)
def test_broken_lines_are_mended(document: Document, phrase: str) -> None:
    assert phrase in document.text


@pytest.mark.parametrize("torn", ["mecha-", "target-", "devel-"])
def test_no_torn_word_is_left(document: Document, torn: str) -> None:
    assert not re.search(rf"{torn}\s", document.text)
    assert f"{torn}\n" in review_file("review.txt")


def test_no_passage_holds_two_trials(passages: list[Passage]) -> None:
    leads = [re.findall(r"(?m)^[^\n，。：:]*研究\s?[：:]", passage.text) for passage in passages]
    assert sum(map(len, leads)) > 5
    assert max(map(len, leads)) == 1


def test_quoted_sentences_are_sentences_of_their_section(passages: list[Passage]) -> None:
    ours: dict[str, set[str]] = defaultdict(set)
    for passage in passages:
        ours[passage.section] |= {squeezed(passage.sentence(s)) for s in passage.sentences}
    quoted = [
        (cited["section"], squeezed(cited["sentence"]))
        for entry in json.loads(review_file("review.references.json"))
        for cited in entry["cited_in"]
    ]
    assert quoted
    assert [quote for section, quote in quoted if quote not in ours[section]] == []


def test_every_marker_has_its_reference_and_every_reference_its_marker(document: Document) -> None:
    cited = {number for marker in find_markers(document.text) for number in marker.numbers}
    assert cited == set(review_references())


def test_the_concepts_name_the_review_s_drugs_in_both_languages() -> None:
    names = {name for concept in bundled_concepts() for name in concept.names}
    assert {"塔拉妥单抗", "Tarlatamab", "埃万妥单抗", "Amivantamab", "化疗", "chemotherapy"} <= names
