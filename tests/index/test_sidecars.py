"""All that stood beside a document is known with it, and stays known when its files are gone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.packs.packs import bundled_documents
from corpus.reading import read_path
from corpus.vocabulary.concepts import Concept
from index.repairing import repair, repair_home
from index.search.hybrid import HybridIndex
from index.store.library import FILE_NAME
from index.store.schema import COLUMNS, seal
from tests.index.fakes import LIBRARY, document, load_topics, make_index

# A drug that nobody has made.
TEXT = (
    "1. Survival\nThe FIRST-1 trial compared angeximab with chemotherapy [3]. "
    "In the Angeximab group, median overall survival was 12.1 months.\n"
)
REFERENCES = [{"marker": 3, "status": "likely", "about": "安格赛单抗", "works": [{"title": "Angeximab at last"}]}]
CHECKS = [
    {"id": "S01", "quote": "median overall survival was 12.1 months", "kind": "number", "note_zh": "应为 12.7 个月。",
     "note_en": "It was 12.7 months.", "source": "doi:10.1/x", "certainty": "established"}
]  # fmt: skip
GLOSSARY = "zh\ten\tabbr\tcategory\n安格赛单抗\tAngeximab\tOS\tdrug\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A folder with a paper and all that may stand beside it."""
    folder = tmp_path / "paper"
    folder.mkdir()
    texts = {
        "txt": TEXT, "references.json": json.dumps(REFERENCES), "source_checks.json": json.dumps(CHECKS),
        "glossary.tsv": GLOSSARY, "document.json": '{"id": "angeximab-1", "title": "Angeximab"}',
    }  # fmt: skip
    for ending, text in texts.items():
        (folder / f"paper.{ending}").write_text(text, encoding="utf-8")
    return folder


def documents(folder: Path) -> list[Document]:
    return [item for item in read_path(folder) if isinstance(item, Document)]


def knows(index: HybridIndex) -> bool:
    """Tell whether all that stood beside the paper is known."""
    parts = [
        [work.title for work in index.library.reference("angeximab-1", 3).works] == ["Angeximab at last"],
        [check.id for check in index.library.checks("angeximab-1")] == ["S01"],
        [mention.concept.id for mention in index.vocabulary.terms.find("安格赛单抗")] == ["angeximab"],
        [entry.title for entry in index.library.entries() if entry.id == "angeximab-1"] == ["Angeximab"],
    ]
    assert len(set(parts)) == 1, parts
    return parts[0]


def change(home: Path, *statements: str) -> None:
    connection = sqlite3.connect(home / FILE_NAME)
    connection.create_function("seal", -1, seal)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


OUTDATED = ("UPDATE documents SET recipe = '0'", f"UPDATE documents SET seal = seal({COLUMNS['documents']})")


def test_all_of_it_is_known_and_goes_with_the_document(tmp_path: Path, paper: Path) -> None:
    index = make_index(tmp_path, *LIBRARY, *documents(paper))
    assert knows(index)
    # Its abbreviation is another thing's, which stays that thing's.
    assert [mention.concept.id for mention in index.vocabulary.terms.find("OS")] == ["overallsurvival"]
    index.remove("angeximab-1")
    assert not knows(index)
    index.add(document("angeximab-1", "Survival\nMedian overall survival was 12.1 months."))
    assert index.library.references() == {}
    assert index.library.checks("angeximab-1") == []
    index.library.close()


def test_it_outlives_its_files(tmp_path: Path, paper: Path) -> None:
    make_index(tmp_path, *LIBRARY, *documents(paper)).library.close()
    shutil.rmtree(paper)
    change(tmp_path, *OUTDATED)
    index = HybridIndex.open(tmp_path, load=load_topics)
    assert knows(index)
    repair(index)
    assert knows(index)
    assert index.problems() == []
    index.library.close()


def test_a_library_beyond_opening_is_told_once_more_by_the_files(tmp_path: Path, paper: Path) -> None:
    index = make_index(tmp_path, *LIBRARY, *documents(paper), *bundled_documents())
    expected = index.library.references()
    index.library.close()
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    data[:100] = b"\xff" * 100
    (tmp_path / FILE_NAME).write_bytes(data)
    repair_home(tmp_path, load=load_topics)
    index = HybridIndex.open(tmp_path, load=load_topics)
    assert knows(index)
    assert index.library.references() == expected
    index.library.close()


def test_what_was_kept_and_is_hurt_is_read_again(tmp_path: Path, paper: Path) -> None:
    index = make_index(tmp_path, *LIBRARY, *documents(paper))
    change(tmp_path, "UPDATE meta SET value = value || ' ' WHERE key LIKE 'beside:%'")
    assert index.problems() != []
    repair(index)
    assert knows(index)
    assert index.problems() == []
    index.library.close()


def test_a_library_of_an_older_program_keeps_what_its_pack_told(tmp_path: Path) -> None:
    index = HybridIndex.open(tmp_path, load=load_topics)
    expected = index.library.references(), [index.library.checks(item.id) for item in bundled_documents()]
    index.library.close()
    change(tmp_path, "DELETE FROM meta WHERE key LIKE 'beside:%'", *OUTDATED)
    index = HybridIndex.open(tmp_path, load=load_topics)
    assert (index.library.references(), [index.library.checks(item.id) for item in bundled_documents()]) == expected
    assert expected[0]
    index.library.close()


# Names that make arms one

ARMS = {
    "zh": "FIRST-1 研究：比较安格赛单抗（Angeximab）与化疗。安格赛单抗组中位OS为12.1个月，化疗组为8.3个月。"
    "In the Angeximab group, median PFS was 6.2 months.",
    "en": "The FIRST-1 trial compared Angeximab (安格赛单抗) with chemotherapy. Median OS was 12.1 months in the "
    "Angeximab group and 8.3 months in the chemotherapy group. 安格赛单抗组中位PFS为6.2个月。",
}


def arms(index: HybridIndex, *values: str) -> list[str | None]:
    return [result.arm for _, result in index.library.results() if result.value_text in values]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_drug_with_both_names_in_its_text_is_one_arm(tmp_path: Path, language: str) -> None:
    index = make_index(tmp_path, document("trial", f"Survival\n{ARMS[language]}"))
    assert len(arms(index, "12.1", "6.2")) == 2
    assert len(set(arms(index, "12.1", "6.2"))) == 1
    index.library.close()


def test_known_names_make_one_arm_and_names_that_another_document_states_do_not(tmp_path: Path) -> None:
    nameless = ARMS["zh"].replace("（Angeximab）", "")
    index = make_index(tmp_path, document("trial", f"Survival\n{nameless}"))
    assert len(set(arms(index, "12.1", "6.2"))) == 2
    index.library.close()
    known = make_index(tmp_path / "known", concepts=(Concept.of(("安格赛单抗", "Angeximab"), "drug"),))
    known.add(document("trial", f"Survival\n{nameless}"))
    assert len(set(arms(known, "12.1", "6.2"))) == 1
    known.library.close()
    stated = make_index(tmp_path / "stated", document("names", "Names\n安格赛单抗（Angeximab）是一种药物。"))
    stated.add(document("trial", f"Survival\n{nameless}"))
    # Otherwise a document's results would hang on what was added before it, and stay when that is removed.
    assert len(set(arms(stated, "12.1", "6.2"))) == 2
    stated.library.close()


def test_slips_are_found_by_the_names_of_the_library(tmp_path: Path, paper: Path) -> None:
    (paper / "paper.txt").write_text(
        "1. Survival\n安格赛单抗有效[3]。\n缓冲液的离子强度影响蛋白的稳定性[3]。\nAngeximab was safe [3].\n",
        encoding="utf-8",
    )
    index = make_index(tmp_path, *documents(paper))
    assert [check.kind for check in index.library.checks("angeximab-1")] == ["number", "citation"]
    index.library.close()
