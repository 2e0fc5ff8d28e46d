"""The library on disk: nothing is lost, nothing is left over, and what is wrong is said."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.segments.passages import split_passages
from index.errors import LibraryDamaged, LibraryError, LibraryUnusable, UnknownDocument
from index.search.hybrid import HybridIndex
from index.search.indexing import RECIPE
from index.store.library import FILE_NAME, Library
from index.store.schema import FORMAT
from index.store.writing import Indexed
from tests.index.fakes import DOSE_ZH, LIBRARY, SAFETY_ZH, STRUCTURE_EN, SURVIVAL_EN, document, found, make_index
from tests.index.processes import LIMITED, bound_by_permissions, finish, start

TABLES = (
    "documents", "passages", "markers", "pairs", "refs", "results", "trials", "checks", "catalogue", "spellings",
    "words", "result_words",
)  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Iterator[HybridIndex]:
    index = make_index(tmp_path, *LIBRARY)
    yield index
    index.library.close()


def contents(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds, but for its revision."""
    with sqlite3.connect(home / FILE_NAME) as connection:
        held = {
            table: connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid").fetchall() for table in TABLES
        }
    connection.close()
    return held


def indexed(item: Document) -> list[Indexed]:
    return [
        Indexed(passage, "word", np.ones(2, np.float32), np.ones((len(passage.sentences), 2), np.float32))
        for passage in split_passages(item)
    ]


# Documents


def test_what_is_added_is_given_back(index: HybridIndex) -> None:
    library = index.library
    for item in LIBRARY:
        assert library.document(item.id) == item
        assert library.text_owner(item.text) == item.id
    assert library.text_owner("no such text") is None
    stored = library.passages(library.rows())
    assert stored == [passage for item in LIBRARY for passage in split_passages(item)]
    vectors = library.vectors(index.embedder.dim)
    assert vectors.rows.tolist() == library.rows()
    assert vectors.chinese.tolist() == [True, False, True, False]
    assert library.recipes() == {item.id: RECIPE for item in LIBRARY}


def test_entries_in_the_order_of_adding(index: HybridIndex) -> None:
    entries = index.library.entries()
    assert [(e.id, e.title, e.language, e.source) for e in entries] == [
        (item.id, item.title, item.language, item.source) for item in LIBRARY
    ]
    assert [(e.characters, e.sections, e.passages) for e in entries] == [(len(item.text), 1, 1) for item in LIBRARY]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", e.added) for e in entries)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), min_size=1, max_size=4))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    item = document("any", "\n".join(["标题 Title", *lines]))
    library = Library(tmp_path_factory.mktemp("any"))
    with library.transaction():
        library.state(item, RECIPE)
        library.fill(item.id, indexed(item))
    assert library.document("any") == item
    assert library.passages(library.rows()) == split_passages(item)
    library.close()


def test_replacing_leaves_nothing_of_the_old_text(index: HybridIndex, tmp_path: Path) -> None:
    index.add(document(SAFETY_ZH.id, "剂量\n埃万妥单抗的剂量[7]。"))
    held = contents(tmp_path)
    assert len(held["documents"]) == len(held["passages"]) == len(held["words"]) == len(LIBRARY)
    assert [(id, number) for _, id, number, _, _ in held["markers"]] == [
        (SURVIVAL_EN.id, 12), (SURVIVAL_EN.id, 14), (STRUCTURE_EN.id, 25), (SAFETY_ZH.id, 7),
    ]  # fmt: skip
    assert found(index, "安全", k=1) != [SAFETY_ZH.id]
    assert [hit.passage.document_id for hit in index.search("塔拉妥单抗") if hit.keyword_rank] == [SURVIVAL_EN.id]
    assert index.problems() == []


def test_nothing_of_a_removed_document_is_left(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    for item in LIBRARY:
        index.library.remove(item.id)
    assert contents(tmp_path) == {table: [] for table in TABLES}
    assert found(index, "safety") == []
    assert index.citing(25, "safety") == []
    assert index.problems() == []
    index.library.close()


@pytest.mark.parametrize("verb", ["remove", "document"])
def test_an_unknown_id_is_named(index: HybridIndex, verb: str) -> None:
    with pytest.raises(UnknownDocument, match=r"^No document has the id '没有'; `bsab list` shows them all\.$"):
        getattr(index.library, verb)("没有")


def test_the_revision_changes_with_every_change(index: HybridIndex) -> None:
    library = index.library
    seen = [library.meta("revision")]
    for change in (lambda: index.add(DOSE_ZH), lambda: library.remove(DOSE_ZH.id), lambda: library.set_meta(note="1")):
        change()
        seen.append(library.meta("revision"))
    assert len(set(seen)) == len(seen)
    index.search("safety")
    assert library.meta("revision") == seen[-1]


# Failures midway


@pytest.mark.parametrize("item", [SAFETY_ZH, document("new", "新的\n新的文档。")], ids=["replace", "new"])
def test_a_failed_add_leaves_the_old_state_whole(index: HybridIndex, tmp_path: Path, item: Document) -> None:
    def broken() -> Iterator[Indexed]:
        yield from indexed(item)
        raise RuntimeError("power cut")

    def add() -> None:
        with index.library.transaction():
            index.library.state(item, RECIPE)
            index.library.fill(item.id, broken())

    before = contents(tmp_path)
    with pytest.raises(RuntimeError, match="power cut"):
        add()
    assert contents(tmp_path) == before
    assert found(index, "安全", k=1) == [SAFETY_ZH.id]


def test_a_failing_embedder_leaves_the_old_state_whole(
    index: HybridIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(tmp_path)
    monkeypatch.setattr(index.embedder, "encode_document", lambda texts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        index.add(document(SAFETY_ZH.id, "安全性\n另一种安全性。"))
    assert contents(tmp_path) == before


FILL = (
    LIMITED
    + """
from pathlib import Path
from index.errors import LibraryError
from tests.index.fakes import LIBRARY, document, make_index
index = make_index(Path(sys.argv[2]), *LIBRARY)
try:
    for n in range(1000):
        index.add(document(f"long{n}", "长\\n" + "很长的一句话。" * 5000))
except LibraryError as error:
    print(n, type(error).__name__, error)
    print(len(index.library.entries()))
"""
)


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_there(tmp_path: Path) -> None:
    status, out, err = finish(start(FILL, 2_000_000, tmp_path))
    assert (status, err) == (0, "")
    failure, left = out.splitlines()
    number, name, message = failure.split(" ", 2)
    assert name == "LibraryUnusable"
    assert re.search(r"cannot be used \(.*\); check its free space and permissions, or name another folder", message)
    assert int(left) == len(LIBRARY) + int(number)

    reopened = make_index(tmp_path)
    assert [entry.id for entry in reopened.library.entries()] == [item.id for item in LIBRARY] + [
        f"long{n}" for n in range(int(number))
    ]
    assert reopened.problems() == []
    reopened.library.close()


# Places


@pytest.mark.parametrize("name", ["a b", "百分之100%", "#1?", "new/deep/er", "'quoted\""])
def test_a_home_of_any_name(tmp_path: Path, name: str) -> None:
    library = Library(tmp_path / name)
    assert (tmp_path / name / FILE_NAME).is_file()
    assert not library.read_only
    library.close()


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    with pytest.raises(LibraryUnusable, match=r"^The folder .*file cannot be used \(.+\); name another with --home\.$"):
        Library(tmp_path / "file")
    with pytest.raises(LibraryUnusable, match="cannot be used"):
        Library(tmp_path / "file" / "below")


READ_ONLY = """
import sys
from pathlib import Path
from index.errors import LibraryError
from index.search.hybrid import HybridIndex
from tests.index.fakes import SAFETY_ZH, found, load_topics
try:
    index = HybridIndex.open(Path(sys.argv[1]), load=load_topics)
    print(index.library.read_only, found(index, "安全", k=1), index.problems())
    index.add(SAFETY_ZH)
except LibraryError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["whole", "cache missing"])
def test_a_folder_that_cannot_be_written_is_read(tmp_path: Path, kept: str) -> None:
    home = tmp_path / "home"
    index = make_index(home, *LIBRARY)
    index.search("安全")
    index.library.close()
    if kept == "cache missing":
        (home / "vectors.faiss").unlink()
    before = sorted(home.iterdir())
    home.chmod(0o555)
    try:
        status, out, err = finish(start(READ_ONLY, home, prefix=bound_by_permissions()))
    finally:
        home.chmod(0o755)
    assert (status, err) == (0, "")
    read, refused = out.splitlines()
    assert read == f"True ['{SAFETY_ZH.id}'] []"
    assert refused == f"LibraryUnusable {home} cannot be written to; make it writable, or name another with --home."
    assert sorted(home.iterdir()) == before


def test_a_new_library_where_nothing_can_be_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    status, out, err = finish(start(READ_ONLY, home, prefix=bound_by_permissions()))
    home.chmod(0o755)
    assert (status, err) == (0, "")
    assert re.match(
        r"LibraryUnusable The library in .* cannot be used \(.*\); check its free space and permissions", out
    )


# Damage


def another_program(path: Path, statement: str) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def of_format(path: Path, number: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (number,))
    connection.commit()
    connection.close()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "random bytes": (lambda path: path.write_bytes(os.urandom(8192)), "file is not a database"),
    "text": (lambda path: path.write_text("肺癌\n" * 1000, encoding="utf-8"), "file is not a database"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:5000]), "malformed"),
    "overwritten": (
        lambda path: path.write_bytes(path.read_bytes()[:200] + b"\xff" * 8000),
        "malformed|not a database",
    ),
    "another program's": (lambda path: another_program(path, "CREATE TABLE notes(text)"), "another program's database"),
    "its own meta": (lambda path: another_program(path, "CREATE TABLE meta(text)"), "another program's database"),
    "meta of others": (lambda path: another_program(path, "CREATE TABLE meta(key, value)"), "its format is unknown"),
    "newer format": (lambda path: of_format(path, "99"), f"its format is 99, not {FORMAT}"),
}


@pytest.mark.parametrize(("damage", "problem"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_library_says_so(tmp_path: Path, damage: Callable[[Path], object], problem: str) -> None:
    make_index(tmp_path, *LIBRARY).library.close()
    path = tmp_path / FILE_NAME
    damage(path)
    before = path.read_bytes()
    with pytest.raises(
        LibraryDamaged, match=rf"cannot be read \(.*({problem}).*\); (move it away, and add|`bsab check --repair`)"
    ):
        Library(tmp_path)
    assert path.read_bytes() == before  # nothing is made worse


def test_an_empty_file_becomes_a_library(tmp_path: Path) -> None:
    """SQLite leaves one when it is stopped before its first write."""
    (tmp_path / FILE_NAME).touch()
    library = Library(tmp_path)
    assert library.entries() == []
    library.close()


def test_a_page_that_breaks_while_it_is_open(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY, *(document(f"more{n}", "更多\n" + "安全性。" * 500) for n in range(5)))
    index.library.close()
    path = tmp_path / FILE_NAME
    library = Library(tmp_path)
    data = bytearray(path.read_bytes())
    for page in range(3 * 4096, len(data), 4096):
        data[page : page + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(LibraryError, match=r"(move it away|`bsab check --repair`|check its free space)"):
        library.vectors(6)
    library.close()


# Several at once


ADD = """
import sys
from pathlib import Path
from tests.index.fakes import document, make_index
index = make_index(Path(sys.argv[1]))
for n in range(15):
    index.add(document(f"{sys.argv[2]}-{n}", f"安全\\n{sys.argv[2]}{n} 的安全性[25]。"))
index.library.close()
"""


@pytest.mark.slow
def test_processes_that_add_at_once_lose_nothing(tmp_path: Path) -> None:
    """The library is new to all three of them."""
    writers = [start(ADD, tmp_path, name) for name in "abc"]
    assert [finish(writer) for writer in writers] == [(0, "", "")] * 3
    index = make_index(tmp_path)
    assert sorted(index.library.recipes()) == sorted(f"{name}-{n}" for name in "abc" for n in range(15))
    assert len(index.search("安全", k=100)) == 45
    assert len(index.library.rows_citing(25)) == 45
    assert index.problems() == []
    index.library.close()


@pytest.mark.slow
def test_threads_search_while_another_adds(index: HybridIndex) -> None:
    """Each search sees one state of the library: a document is there once, old or new."""
    failures: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                ids = found(index, "safety 安全", k=20)
                assert sorted(set(ids)) == sorted(ids)
                assert set(ids) == {item.id for item in LIBRARY}
                assert ids[0] == SAFETY_ZH.id
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(40):
        index.add(LIBRARY[n % len(LIBRARY)])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
