"""References looked up both ways, exported, and shown with what is known of them."""

from __future__ import annotations

import json
from pathlib import Path

import bibtexparser
import pytest
import rispy

from assistant.answering.assistant import Assistant
from assistant.answering.cited_references import cited_references, find_references
from assistant.answering.reply import Answer
from assistant.cli import main as cli
from assistant.exchange.citation_formats import bibtex, ris
from corpus.references.reference import Reference, Work
from index.search.hybrid import HybridIndex
from tests.review import REVIEW_ID, review_checks

ADDED = """1. Introduction
Glofitamab was given to 155 patients [2].
References
1. Nobody cites this. A first title. Blood 2019;1:1-2.
2. Dickinson MJ, Carlo-Stella C, et al. Glofitamab for relapsed lymphoma.
N Engl J Med. 2022;387:2220-31. doi:10.1056/NEJMoa2206913
"""


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("PALOMA-3", [18]),
        ("paloma 3", [18]),
        ("Mountzios", [25]),
        ("NCT05184712", [20]),
        ("塔拉妥單抗 化疗", [25]),
        ("zanidatamab", [7]),
        ("KEYNOTE-024", []),
        ("", []),
    ],
)
def test_words_lead_to_references(review: HybridIndex, asked: str, numbers: list[int]) -> None:
    found = [cited.reference.marker for cited in find_references(review, asked)]
    assert set(numbers) <= set(found)
    assert bool(found) == bool(numbers)


def test_a_number_leads_to_every_sentence_that_cites_it(review: HybridIndex) -> None:
    (cited,) = cited_references(review, [25])
    assert [passage.section for passage, _ in cited.citing] == ["4.1", "5"]
    assert all("[25]" in passage.sentence(span) for passage, span in cited.citing)


def test_every_number_of_the_review_is_there_with_its_status(review: HybridIndex) -> None:
    found = {cited.reference.marker: cited for cited in cited_references(review)}
    assert sorted(found) == list(range(1, 32))
    assert all(cited.citing for cited in found.values())
    assert all(not cited.reference.works for cited in found.values() if cited.reference.status == "unresolved")
    assert "two unrelated works" in found[27].reference.note


def test_what_is_written_can_be_read_back(review: HybridIndex) -> None:
    pairs = [(cited.document_id, cited.reference) for cited in cited_references(review)]
    works = [work for _, reference in pairs for work in reference.works]
    entries = bibtexparser.parse_string(bibtex(pairs)).entries
    assert [entry["title"].strip("{}") for entry in entries] == [work.title for work in works]
    assert [entry.get("TI", entry.get("title")) for entry in rispy.loads(ris(pairs))] == [w.title for w in works]
    assert [entry.get("doi") for entry in rispy.loads(ris(pairs))] == [work.doi for work in works]


def test_a_likely_work_is_exported_as_not_certain(review: HybridIndex) -> None:
    (cited,) = cited_references(review, [4])
    assert "not certain" in bibtex([(cited.document_id, cited.reference)])


def test_an_added_documents_own_list_is_used(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = tmp_path / "glofitamab.txt"
    paper.write_text(ADDED, encoding="utf-8")
    assert cli.main(["add", str(paper), "--home", str(home)], serve=lambda _: None) == 0
    capsys.readouterr()
    assert cli.main(["cite", "2", "--home", str(home), "--json"], serve=lambda _: None) == 0
    found = {r["document"]: r for r in json.loads(capsys.readouterr().out)["references"]}
    assert found[REVIEW_ID]["status"] == "unresolved"
    assert found["glofitamab"]["works"][0]["doi"] == "10.1056/NEJMoa2206913"
    assert [place["section"] for place in found["glofitamab"]["cited_in"]] == ["1"]
    # The list itself is data: no answer quotes it, and it cites nothing.
    index = HybridIndex.open(home)
    assert all("Nobody cites this" not in hit.passage.text for hit in index.search("Nobody cites this. A first title"))
    reply = Assistant(index).ask("How many patients were given glofitamab?")
    assert isinstance(reply, Answer)
    assert reply.evidence[0].references[0].works[0].title == "Glofitamab for relapsed lymphoma"


def test_a_reference_that_nobody_has_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["cite", "99", "--home", str(home)], serve=lambda _: None) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("question", "checks"),
    [
        pytest.param("What was the median overall survival with tarlatamab in DeLLphi-304?", {"S01"}, id="en"),
        pytest.param("PM8002的III期试验注册号是什么？", {"S02"}, id="zh"),
        pytest.param("HARMONi-A研究的客观缓解率", set(), id="none"),
    ],
)
def test_an_answer_carries_the_notes_of_its_sentences(assistant: Assistant, question: str, checks: set[str]) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Answer)
    assert {check.id for check in reply.notes} >= checks
    quoted = "".join("".join(quote.split()) for item in reply.evidence for quote in item.quoted())
    told = {check.id for check in review_checks() if "".join(check.quote.split()) in quoted}
    assert {check.id for check in reply.notes} == told


def test_a_brace_in_a_title_breaks_no_bibtex() -> None:
    titles = ["One { in a title", "Two } {", "Three \\} @article{x,", "Whole"]
    works = [
        Work(title, "Lin {A", "J {of", year=2025, doi="10.1/{x", pmid=None, details={"pages": "1-}"})
        for title in titles
    ]
    text = bibtex((f"d{n}", Reference(n, "resolved", "", (work,), "")) for n, work in enumerate(works))
    parsed = bibtexparser.parse_string(text)
    assert parsed.failed_blocks == []
    assert [entry.key for entry in parsed.entries] == ["d0-0", "d1-1", "d2-2", "d3-3"]
    assert "title = {{Whole}}" in text
    assert text.count("{") == text.count("}")
