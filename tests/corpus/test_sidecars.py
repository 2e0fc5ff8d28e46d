"""What lies beside a document's file: its references, source checks, glossary, id and title."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.document import Document, Sidecars
from corpus.errors import CorpusError, MalformedSidecar
from corpus.packs.packs import bundled_document, bundled_documents
from corpus.packs.sidecars import checks_of, concepts_of, references_of
from corpus.reading import read_path
from tests.index.fakes import make_index

TEXT = "安格赛单抗是一种双抗[1]。在 ALPHA-1 研究中，安格赛单抗组中位无进展生存期为 9.1 个月，化疗组为 5.2 个月。"
REFERENCES = [
    {"marker": 1, "status": "resolved", "about": "it", "works": [{"title": "Angeximab in lung cancer", "year": 2024}]}
]
CHECKS = [
    {"id": "S01", "quote": "安格赛单抗是一种双抗", "kind": "drug", "note_zh": "注", "note_en": "note",
     "source": "doi:10.1/x", "certainty": "established"},
]  # fmt: skip
GLOSSARY = "zh\ten\tabbr\tcategory\torigin\n安格赛单抗\tAngeximab\t\tdrug\tcurated\n"


def write(folder: Path) -> Path:
    (folder / "paper.txt").write_text(TEXT, encoding="utf-8")
    (folder / "paper.references.json").write_text(json.dumps(REFERENCES), encoding="utf-8")
    (folder / "paper.source_checks.json").write_text(json.dumps(CHECKS, ensure_ascii=False), encoding="utf-8")
    (folder / "paper.glossary.tsv").write_text(GLOSSARY, encoding="utf-8")
    (folder / "paper.document.json").write_text('{"id": "angeximab", "title": "A review"}', encoding="utf-8")
    return folder / "paper.txt"


def only(path: Path) -> Document | CorpusError:
    (found,) = read_path(path)
    return found


def test_a_document_comes_with_what_lies_beside_it(tmp_path: Path) -> None:
    document = only(write(tmp_path))
    assert isinstance(document, Document)
    assert (document.id, document.title) == ("angeximab", "A review")
    assert references_of(document.beside)[1].works[0].title == "Angeximab in lung cancer"
    assert [check.id for check in checks_of(document.beside)] == ["S01"]
    assert concepts_of(document.beside)[0].names == ("安格赛单抗", "Angeximab")


def test_a_folder_holds_one_document_for_all_its_files(tmp_path: Path) -> None:
    write(tmp_path)
    assert isinstance(only(tmp_path), Document)


def test_a_document_with_nothing_beside_it_has_nothing(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("A note.", encoding="utf-8")
    document = only(tmp_path / "note.txt")
    assert isinstance(document, Document)
    assert document.beside == Sidecars()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paper.references.json", "{"),
        ("paper.references.json", '[{"marker": 1}]'),
        ("paper.source_checks.json", '{"id": 1}'),
        ("paper.glossary.tsv", "chinese\tenglish\n双抗\tBsAb\n"),
        ("paper.document.json", "[1]"),
    ],
)
def test_a_file_of_another_form_is_told_by_its_name(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = only(path)
    assert isinstance(found, MalformedSidecar)
    assert name in str(found)


def test_what_lay_beside_a_document_outlives_its_files(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    document = only(write(tmp_path / "files"))
    assert isinstance(document, Document)
    index = make_index(tmp_path / "home")
    index.add(document)
    for file in (tmp_path / "files").iterdir():
        file.unlink()
    kept = index.library.document("angeximab")
    index.add(kept)  # as a program of another recipe does
    assert index.library.reference("angeximab", 1).works
    assert [check.id for check in index.library.checks("angeximab")][:1] == ["S01"]
    index.library.close()


def test_two_names_that_a_text_states_are_one_arm(tmp_path: Path) -> None:
    text = (
        "安格赛单抗（Angeximab）是一种双抗。ALPHA-1 研究比较了安格赛单抗与化疗。"
        "安格赛单抗组中位无进展生存期为 9.1 个月，化疗组为 5.2 个月。Angeximab 组客观缓解率为 41%，化疗组为 20%。"
    )
    (tmp_path / "note.txt").write_text(text, encoding="utf-8")
    document = only(tmp_path / "note.txt")
    assert isinstance(document, Document)
    index = make_index(tmp_path / "home")
    index.add(document)
    arms = {result.arm for passage, result in index.library.results() if passage.document_id == "note"}
    assert arms == {"安格赛单抗", "化疗"}
    index.library.close()


def test_the_review_is_read_as_any_other() -> None:
    assert [document.id for document in bundled_documents()] == ["bsab-review"]
    review = bundled_document("bsab-review")
    assert review
    assert review.title == "双特异性抗体与肺癌（综述）"
    assert references_of(review.beside)
    assert bundled_document("none") is None
