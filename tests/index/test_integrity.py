"""A changed bit is noticed, and what is whole is saved."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.reading import read_file
from index.errors import LibraryDamaged, LibraryError, LibraryUnusable
from index.repairing import repair, repair_home
from index.search.hybrid import HybridIndex
from index.store.copies import restore
from index.store.library import FILE_NAME, Library
from index.store.salvage import salvage
from index.store.schema import COLUMNS, FORMAT, seal, seals
from tests.index.fakes import LIBRARY, SURVIVAL_EN, document, found, load_topics, make_index


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of five documents, one of them of many pages. Read it, do not change it."""
    home = tmp_path_factory.mktemp("built")
    long = document("long", *(f"History {n}\n" + f"The history of study {n} is long. " * 60 for n in range(40)))
    index = make_index(home, *LIBRARY, long)
    index.library.set_meta(dim=str(index.embedder.dim))
    index.search("safety")
    index.library.close()
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of ``built`` to change, that nobody has open."""
    return Path(shutil.copytree(built, tmp_path / "home"))


def flip(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def opened(home: Path) -> HybridIndex:
    return HybridIndex.open(home, load=load_topics)


def test_a_changed_figure_is_never_quoted(home: Path) -> None:
    flip(home / FILE_NAME, b"survival to 13.6 months", b"survival to 12.6 months")
    index = opened(home)
    with pytest.raises(LibraryDamaged, match=r"'survival-en' is not what was written.*`bsab check --repair`"):
        index.search("survival")
    with pytest.raises(LibraryDamaged, match="survival-en"):
        index.library.document("survival-en")
    assert "依沃西单抗" in index.library.document("dose-zh").text  # the others are still there
    assert any("survival-en" in problem and "checksum" in problem for problem in index.problems())
    index.library.close()


@pytest.mark.parametrize(("table", "column"), [pair for pair in seals() if pair[0] != "checks"])
def test_every_part_is_verified(home: Path, table: str, column: str) -> None:
    covered = {"text_seal": "text", "vector_seal": "vector"}.get(column, COLUMNS[table].split(", ")[-1])
    connection = sqlite3.connect(home / FILE_NAME)
    if not connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
        values = ", ".join("'survival-en'" if c == "document_id" else "1" for c in COLUMNS[table].split(", "))
        connection.execute(f"INSERT INTO {table}({COLUMNS[table]}, seal) VALUES ({values}, 'of no row')")
    else:
        connection.execute(f"UPDATE {table} SET {covered} = CAST({covered} || 'x' AS BLOB) WHERE rowid = 1")
    connection.commit()
    connection.close()
    # What the library needs before it can answer anything is verified when it is opened.
    if table in ("meta", "documents") and column == "seal":
        with pytest.raises(LibraryDamaged, match=rf"checksum|its format is b'{FORMAT}x'"):
            opened(home)
        return
    index = opened(home)
    assert any("checksum" in problem for problem in index.problems()), index.problems()
    if table == "pairs":
        with pytest.raises(LibraryDamaged, match="checksum"):
            index.search("safety")
    index.library.close()


def test_the_text_is_read_again_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "paper.txt"
    file.write_text("Tarlatamab prolonged survival to 8.3 months.\n", encoding="utf-8")
    (paper,) = read_file(file)
    index = make_index(tmp_path / "home", *LIBRARY, paper)  # type: ignore[arg-type]
    index.library.close()
    flip(tmp_path / "home" / FILE_NAME, b"8.3 months", b"9.3 months")
    index = opened(tmp_path / "home")
    repaired = repair(index)
    assert (repaired.read_again, repaired.lost, repaired.aside) == (("paper",), (), None)
    assert index.problems() == []
    assert "8.3 months" in index.library.document("paper").text
    index.library.close()


@pytest.mark.slow
def test_what_cannot_be_saved_is_told_and_kept_aside(home: Path) -> None:
    flip(home / FILE_NAME, b"survival to 13.6 months", b"survival to 12.6 months")
    index = opened(home)
    repaired = repair(index)
    assert repaired.lost == (SURVIVAL_EN.id,)
    assert repaired.aside is not None
    assert repaired.aside.exists()
    assert index.problems() == []
    assert SURVIVAL_EN.id not in index.library.recipes()
    assert len(index.library.recipes()) == len(LIBRARY)
    index.library.close()


@pytest.mark.slow
def test_a_cut_file_gives_back_every_document_whose_pages_are_whole(home: Path) -> None:
    path = home / FILE_NAME
    index = opened(home)
    index.add_all([document(f"note-{n}", f"Dose {n}\n" + f"The dose of note {n}. " * 80) for n in range(20)])
    index.library.close()
    size = path.stat().st_size
    whole = {document.id for document in salvage(path).documents}
    assert len(whole) == len(LIBRARY) + 1 + 20
    os.truncate(path, size * 3 // 4)
    left = {document.id for document in salvage(path).documents}
    assert set() < left < whole
    with suppress(LibraryDamaged):
        opened(home).library.close()
    repaired = repair_home(home, load=load_topics)
    assert set(repaired.kept) == left
    index = opened(home)
    assert set(index.library.recipes()) == left
    assert index.problems() == []
    index.library.close()


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["no header", "no directory"])
def test_a_file_that_sqlite_gives_up(home: Path, damage: str) -> None:
    path = home / FILE_NAME
    data = bytearray(path.read_bytes())
    data[:100] = b"\xff" * 100 if damage == "no header" else data[:100]
    data[100:108] = data[100:108] if damage == "no header" else b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(LibraryDamaged, match="check --repair"):
        opened(home)
    assert set(repair_home(home, load=load_topics).kept) == {*(item.id for item in LIBRARY), "long"}
    index = opened(home)
    assert found(index, "survival", k=1) == [SURVIVAL_EN.id]
    index.library.close()


def test_what_is_no_library_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(os.urandom(20_000))
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(LibraryDamaged, match="nothing of a library"):
        repair_home(tmp_path, load=load_topics)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_trigger_of_a_stranger_is_not_trusted(home: Path) -> None:
    connection = sqlite3.connect(home / FILE_NAME)
    connection.execute("CREATE TRIGGER evil AFTER INSERT ON meta BEGIN DELETE FROM documents; END")
    connection.commit()
    connection.close()
    with pytest.raises(LibraryDamaged, match="no library does: evil"):
        Library(home)


def test_sqlite_is_told_to_trust_nothing(home: Path) -> None:
    library = Library(home)
    for pragma, expected in (("trusted_schema", 0), ("cell_size_check", 1), ("secure_delete", 1)):
        assert library._file.connection.execute(f"PRAGMA {pragma}").fetchone() == (expected,)
    library.close()


def test_seals_know_types_and_borders() -> None:
    values = [("1",), (1,), (1.0,), (b"1",), (None,), ("None",), ("a", "b"), ("ab", ""), ("", "ab"), ()]
    assert len({seal(*row) for row in values}) == len(values)


# Backups


def test_a_backup_of_a_library_in_use_is_restored(home: Path, tmp_path: Path) -> None:
    index = opened(home)
    index.library.backup(tmp_path / "copy.bsab")
    index.remove(SURVIVAL_EN.id)
    assert found(index, "survival", k=1) != [SURVIVAL_EN.id]
    assert restore(tmp_path / "copy.bsab", home) is None
    assert found(index, "survival", k=1) == [SURVIVAL_EN.id]  # in the process that had it open all the while
    assert index.problems() == []
    index.library.close()


def test_a_backup_takes_the_place_of_a_broken_file(home: Path, tmp_path: Path) -> None:
    library = Library(home)
    library.backup(tmp_path / "copy.bsab")
    library.close()
    (home / FILE_NAME).write_bytes(os.urandom(8192))
    aside = restore(tmp_path / "copy.bsab", home)
    assert aside is not None
    assert aside.exists()
    index = opened(home)
    assert index.problems() == []
    index.library.close()


def test_a_changed_backup_is_not_restored(home: Path, tmp_path: Path) -> None:
    library = Library(home)
    library.backup(tmp_path / "copy.bsab")
    library.close()
    before = (home / FILE_NAME).read_bytes()
    flip(tmp_path / "copy.bsab", b"13.6 months", b"12.6 months")
    with pytest.raises(LibraryDamaged, match="is not whole"):
        restore(tmp_path / "copy.bsab", home)
    (tmp_path / "empty").touch()
    for other in ("empty", "nothing there"):
        with pytest.raises(LibraryError):
            restore(tmp_path / other, home)
    assert (home / FILE_NAME).read_bytes() == before
    assert sorted(path.name for path in home.glob("workshop-*")) == []


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of 3 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)], check=False)
    if made.returncode:
        pytest.skip("may not mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["closed", "left open"])
def test_a_full_disk_reads_on_and_says_so(home: Path, small_disk: Path, kept: str) -> None:
    place = small_disk / "home"
    if kept == "closed":
        shutil.copytree(home, place)
    else:
        # As a process that was killed leaves it: with a log that nobody has brought in.
        library = Library(home)
        library.set_meta(note="in the log")
        shutil.copytree(home, place, ignore=shutil.ignore_patterns("*-shm"))
        library.close()
    index = opened(place)
    fill(small_disk)
    assert found(index, "survival", k=1) == [SURVIVAL_EN.id]
    with pytest.raises(LibraryUnusable, match="is full: nothing was changed, and what is there can still be read"):
        index.add(document("late", *(f"History {n}\n" + "It is long. " * 500 for n in range(40))))
    assert found(index, "survival", k=1) == [SURVIVAL_EN.id]
    index.library.close()
    again = opened(place)  # a new process
    assert found(again, "survival", k=1) == [SURVIVAL_EN.id]
    again.library.close()
