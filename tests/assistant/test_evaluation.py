"""Scores over questions with known answers, reckoned by hand; and that they equal the judge's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer, Evidence, NotFound, Reply
from assistant.evaluation import MEASURES, evaluate
from assistant.exchange.contract import reply_json
from corpus.document import Passage, Span

EVAL = Path(__file__).parents[3] / "shared" / "eval"


def question(id: str = "q", **fields: Any) -> dict[str, Any]:
    empty = {
        "lang": "zh",
        "question": "",
        "history": [],
        "sections": [],
        "evidence": [],
        "answer": [],
        "abstain": False,
    }
    return {"id": id, **empty, **fields}


def evidence(*places: tuple[str, str]) -> tuple[Evidence, ...]:
    """Passages as ``(section, text)``."""
    return tuple(
        Evidence(
            number,
            Passage(f"d#{number}", "d", section, (), "", "zh", Span(0, len(text)), text, (Span(0, len(text)),)),
            None, (), (),
        )
        for number, (section, text) in enumerate(places, start=1)
    )  # fmt: skip


def answer(text: str, *places: tuple[str, str], language: str = "zh") -> Answer:
    return Answer("", language, text, evidence(*places), ())  # type: ignore[arg-type]


REFUSED = NotFound("", "zh", "no_support", "没有", (), evidence(("4.1", "中位OS 13.6 个月")))

TABLE: list[tuple[str, dict[str, Any], Reply, dict[str, float]]] = [
    # (what it shows, question, reply, scores)
    ("evidence held, white space and width aside", question(evidence=["OS 13.6个月", "60%"]),
     answer("", ("1", "中位 OS 13.6 个月"), ("2", "６０％")),
     {"answers_rightly": 1, "retrieval": 1, "grounded": 1, "language": 1}),
    ("half of the evidence", question(evidence=["13.6", "8.3"]), answer("", ("1", "13.6")),
     {"answers_rightly": 1, "retrieval": 0, "grounded": 1, "language": 1}),
    ("first of three right", question(sections=["4.1"]), answer("", ("4.1", ""), ("5", ""), ("4", "")),
     {"answers_rightly": 1, "first": 1, "precision": 1 / 3, "grounded": 1, "language": 1}),
    ("a subsection is inside, a longer number is not", question(sections=["2.1"]),
     answer("", ("2.10", ""), ("2.1.3", "")),
     {"answers_rightly": 1, "first": 0, "precision": 1 / 2, "grounded": 1, "language": 1}),
    ("the sixth citation does not count", question(sections=["1"], evidence=["六"]),
     answer("", *[("1", "")] * 5, ("2", "六")),
     {"answers_rightly": 1, "retrieval": 0, "first": 1, "precision": 1, "grounded": 1, "language": 1}),
    ("every expression matches, case and width aside", question(answer=["13\\.6", "tarlatamab"]),
     answer("Ｔarlatamab １３.６", ("1", "13.6")),
     {"answers_rightly": 1, "answer": 1, "grounded": 1, "language": 1}),
    ("one expression does not", question(answer=["13\\.6", "8\\.3"]), answer("13.6", ("1", "13.6")),
     {"answers_rightly": 1, "answer": 0, "grounded": 1, "language": 1}),
    ("a figure from nowhere", question(), answer("OS 99 个月 [1]", ("1", "13.6")),
     {"answers_rightly": 1, "grounded": 0, "language": 1}),
    ("markers are no figures, the question's are known", question(question="12个月", history=["10 mg"]),
     answer("12 个月, 10 mg [3] [4-7]", ("1", "")),
     {"answers_rightly": 1, "grounded": 1, "language": 1}),
    ("the wrong language", question(lang="en"), answer("", ("1", "")),
     {"answers_rightly": 1, "grounded": 1, "language": 0}),
    ("nothing cited", question(sections=["1"], evidence=["x"]), answer(""),
     {"answers_rightly": 1, "retrieval": 0, "first": 0, "precision": 0, "grounded": 1, "language": 1}),
    ("refused though there is an answer", question(sections=["4.1"], evidence=["13.6"], answer=["没有"]), REFUSED,
     {"answers_rightly": 0, "retrieval": 1, "first": 1, "precision": 1, "answer": 0}),
    ("refused rightly", question(abstain=True), REFUSED, {"refuses_rightly": 1}),
    ("answered though there is none", question(abstain=True), answer("99", ("1", "")), {"refuses_rightly": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "reply", "scores"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_scores_of_one_reply(asked: dict[str, Any], reply: Reply, scores: dict[str, float]) -> None:
    found = evaluate([asked], [reply])
    assert found.shares == pytest.approx(scores)
    assert found.counts == dict.fromkeys(scores, 1)
    short = tuple(name for name in MEASURES if scores.get(name, 1) < 1)
    assert {id: sorted(names) for id, names in found.misses.items()} == ({"q": sorted(short)} if short else {})


def test_shares_are_means_over_the_questions_they_apply_to() -> None:
    questions = [question("a", answer=["x"]), question("b", answer=["y"]), question("c"), question("d", abstain=True)]
    replies = [answer("x"), answer("xxx"), answer("xx 长"), answer("xxxxxxxxx")]
    found = evaluate(questions, replies)
    assert found.shares["answer"] == 1 / 2
    assert found.counts == {"answers_rightly": 3, "answer": 2, "grounded": 3, "language": 3, "refuses_rightly": 1}
    assert found.median_characters == 3  # of 1, 3 and 4: what should have been refused does not count
    assert found.misses == {"b": ("answer",), "d": ("refuses_rightly",)}


def test_no_questions_have_no_scores() -> None:
    found = evaluate([], [])
    assert (found.shares, found.counts, found.median_characters, found.misses) == ({}, {}, 0.0, {})


def test_a_reply_for_each_question() -> None:
    with pytest.raises(ValueError, match="shorter"):
        evaluate([question()], [])


@pytest.mark.skipif(
    not (EVAL / "judge.py").is_file(), reason="the judge and its questions are not beside this checkout"
)
def test_our_figures_are_the_judges(assistant: Assistant, tmp_path: Path) -> None:
    lines = (EVAL / "review_dev.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines if line.strip()]
    replies = [assistant.ask(q["question"], q["history"]) for q in questions]
    answers = tmp_path / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as file:
        for asked, reply in zip(questions, replies, strict=True):
            print(json.dumps({"id": asked["id"], **reply_json(reply, 0.0)}), file=file)
    judged = subprocess.run(
        [sys.executable, EVAL / "judge.py", EVAL / "review_dev.jsonl", answers],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    theirs = {m[1]: (float(m[2]), int(m[3])) for m in re.finditer(r"^(\w+) +([\d.]+)  of (\d+)$", judged.stdout, re.M)}
    names = {"abstention_answerable": "answers_rightly", "abstention_unanswerable": "refuses_rightly"}
    ours = evaluate(questions, replies)
    assert {names.get(name, name): count for name, (_, count) in theirs.items()} == ours.counts
    assert {names.get(name, name): share for name, (share, _) in theirs.items()} == pytest.approx(ours.shares, abs=6e-4)
