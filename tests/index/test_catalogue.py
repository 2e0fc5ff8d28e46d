"""The catalogue in a library: looked up by kind, by thing and by field, and gone with its document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.search.hybrid import HybridIndex
from index.store.library import Library
from tests.index.fakes import document, load_topics, make_index
from tests.index.test_migrations import LIBRARIES, kept

ENGLISH = document(
    "quor-en",
    "Quorvimab (XQ4410), a CD19 × CD20 bispecific antibody\nQuorvimab was approved by the FDA in May 2023.",
    "Trials\nThe ORBIT-5 trial was a randomised, double-blind study (NCT01234567).",
)
CHINESE = document("quor-zh", "奎尔\nQuorvimab由远山生物研发，靶向 CD19 和 CD20。")


@pytest.fixture
def index(tmp_path: Path) -> Iterator[HybridIndex]:
    index = make_index(tmp_path, ENGLISH, CHINESE)
    yield index
    index.library.close()


def values(library: Library, *asked: object) -> list[tuple[str, str]]:
    return [(row.document_id, row.entry.value) for row in library.catalogue(*asked)]  # type: ignore[arg-type]


def test_fields_are_looked_up_by_kind_thing_and_field(index: HybridIndex) -> None:
    library = index.library
    both = [("quor-en", "CD19"), ("quor-en", "CD20"), ("quor-zh", "CD19"), ("quor-zh", "CD20")]
    assert values(library, "drug", "quorvimab", "target") == both
    assert values(library, "drug", ["quorvimab", "nothing"], "target") == both
    assert values(library, "drug", None, "maker") == [("quor-zh", "远山生物")]
    assert ("quor-en", "approved by the FDA in May 2023") in values(library, "drug", "quorvimab")
    assert values(library, "trial", "orbit5", "blinding") == [("quor-en", "double-blind")]
    assert values(library, "drug", "nothing") == values(library, "drug", []) == []
    assert values(library, "trial", "quorvimab") == []


def test_a_field_says_where_it_stands(index: HybridIndex) -> None:
    rows = index.library.catalogue("drug", "quorvimab")
    titled = next(row for row in rows if row.entry.value == "CD19")
    approved = next(row for row in rows if row.entry.field == "approval")
    assert titled.section == approved.section == "1"  # a heading is of its own section
    assert [row.section for row in index.library.catalogue("trial")] == ["2"] * 4
    sentences = index.library.catalogue.sentences([titled, approved])
    assert sentences[0].startswith("Quorvimab (XQ4410)")
    assert sentences[1] == "Quorvimab was approved by the FDA in May 2023."


def test_the_catalogue_goes_with_its_document_and_comes_anew(index: HybridIndex) -> None:
    index.add(document("quor-zh", "奎尔\nQuorvimab由近水生物研发。"))
    assert values(index.library, "drug", None, "maker") == [("quor-zh", "近水生物")]
    index.remove("quor-en")
    assert {row.document_id for row in index.library.catalogue("drug")} == {"quor-zh"}
    assert index.problems() == []


def test_what_a_document_says_does_not_hang_on_others(tmp_path: Path) -> None:
    told = []
    for name, documents in (("alone", [CHINESE]), ("after", [ENGLISH, CHINESE])):
        index = make_index(tmp_path / name, *documents)
        told.append([row for row in index.library.catalogue("drug") if row.document_id == CHINESE.id])
        index.library.close()
    assert told[0] == told[1] != []


def test_a_library_of_an_older_format_gets_its_catalogue(tmp_path: Path) -> None:
    assert (LIBRARIES / "format-3.db").exists()
    kept("3", tmp_path)
    index = HybridIndex.open(tmp_path, load=load_topics)
    assert values(index.library, "trial", "dellphi304", "phase") == [("survival-en", "III")]
    assert ("safety-zh", "Toripalimab") in values(index.library, "drug", "toripalimab", "name")
    index.library.close()


def test_reading_a_thing_reads_no_whole_table(index: HybridIndex) -> None:
    with index.library._file.reading() as connection:
        for where in ("kind = 'drug' AND key IN (SELECT value FROM json_each('[]'))", "kind = 'drug' AND field = 'x'"):
            plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM catalogue WHERE {where} ORDER BY row")
            assert not any(step.startswith("SCAN catalogue") for *_, step in plan)
