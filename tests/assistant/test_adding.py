"""Documents are added once, under ids of their own; files beside them may give an id, and may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.adding import Added, add_documents
from corpus.packs.packs import bundled_documents
from corpus.reading import read_path
from index.search.hybrid import HybridIndex, silent
from tests.index.fakes import make_index

GLOSSARY = "zh\ten\tabbr\tcategory\n安格赛单抗\tAngeximab\t\tdrug\n"


@pytest.fixture
def index(tmp_path: Path) -> HybridIndex:
    return make_index(tmp_path / "home")


def write(path: Path, text: str, **beside: str) -> Path:
    """A document, and the files beside it: ``details``, ``glossary``."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for kind, ending in (("details", "document.json"), ("glossary", "glossary.tsv")):
        if kind in beside:
            path.with_name(f"{path.stem}.{ending}").write_text(beside[kind], encoding="utf-8")
    return path


def add(index: HybridIndex, *paths: Path) -> Added:
    return add_documents(index, [item for path in paths for item in read_path(path)], silent)


def knows_the_drug(index: HybridIndex) -> bool:
    return bool(index.vocabulary.terms.find("安格赛单抗"))


def test_an_id_that_was_given_is_kept(index: HybridIndex, tmp_path: Path) -> None:
    first = write(tmp_path / "a" / "paper.txt", "The first.", details='{"id": "one"}')
    moved = write(tmp_path / "b" / "other.txt", "The first, corrected.", details='{"id": "one"}')
    assert add(index, first, first).ids == ("one",)
    assert add(index, first).ids == ("one",)
    assert add(index, moved).ids == ("one",)
    assert [index.library.document(id).text for id in index.library.recipes()] == ["The first, corrected.\n"]


def test_a_pack_added_twice_is_one_document(index: HybridIndex) -> None:
    ids = tuple(document.id for document in bundled_documents())
    assert add_documents(index, bundled_documents(), silent).ids == ids
    revision = index.library.meta("revision")
    assert add_documents(index, bundled_documents(), silent).ids == ids
    assert index.library.meta("revision") == revision


def test_one_id_is_not_given_to_two(index: HybridIndex, tmp_path: Path) -> None:
    write(tmp_path / "a" / "x.txt", "The first.", details='{"id": "one"}')
    write(tmp_path / "b" / "y.txt", "The second.", details='{"id": "one"}')
    made = add(index, tmp_path / "a", tmp_path / "b")
    assert made.ids == ("one",)
    assert [str(error).endswith("another document has the id 'one'; give each its own.") for error in made.skipped] == [
        True
    ]


def test_a_given_id_takes_no_document_s_place_that_came_by_it_in_another_way(
    index: HybridIndex, tmp_path: Path
) -> None:
    by_name = write(tmp_path / "a" / "one.txt", "The first.")
    given = write(tmp_path / "b" / "y.txt", "The second.", details='{"id": "one"}')
    record = write(tmp_path / "c" / "z.jsonl", '{"id": "one", "text": "The third."}')
    assert add(index, by_name).ids == ("one",)
    assert [len(add(index, path).skipped) for path in (given, record)] == [1, 1]
    index.remove("one")
    assert add(index, given).ids == ("one",)
    assert len(add(index, record).skipped) == 1
    assert add(index, by_name).ids == ("one-2",)


def test_what_stands_beside_a_document_may_come_later_and_change(index: HybridIndex, tmp_path: Path) -> None:
    write(tmp_path / "a" / "paper.txt", "Another paper.")
    path = write(tmp_path / "b" / "paper.txt", "It works.")
    assert add(index, tmp_path / "a", path).ids == ("paper", "paper-2")
    write(path, "It works.", glossary=GLOSSARY)
    assert add(index, path).ids == ("paper-2",)
    assert knows_the_drug(index)
    write(path, "It works.", glossary=GLOSSARY.replace("安格赛单抗", "贝格赛单抗"))
    assert add(index, path).ids == ("paper-2",)
    assert not knows_the_drug(index)


def test_a_copy_without_them_takes_nothing_away(index: HybridIndex, tmp_path: Path) -> None:
    add(index, write(tmp_path / "a" / "paper.txt", "It works.", glossary=GLOSSARY))
    assert add(index, write(tmp_path / "b" / "paper.txt", "It works.")).ids == ("paper",)
    assert knows_the_drug(index)
