"""A library of every format that there was, made by the program of its time and opened by this one."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryDamaged, LibraryUnusable
from index.repairing import repair_home
from index.search.hybrid import HybridIndex
from index.search.indexing import RECIPE
from index.store import migrations
from index.store.copies import restore
from index.store.library import FILE_NAME, Library
from index.store.schema import FORMAT, seal
from tests.index.fakes import DOSE_ZH, document, found, load_topics
from tests.index.processes import bound_by_permissions, finish, start

LIBRARIES = Path(__file__).parent / "libraries"
MADE_BY = {"1.0": "da01933", "1.1": "9dff987", "1.2": "1eb1fe2", "2": "7f1e1f0", "3": "4413e03", "4": "0ed0f3b"}
"""By format, the commit that brought it and whose code made the file: a new library, the topics' centres kept, the two
documents below added, model and dim set, and the backup of it."""
OLD = [format for format in MADE_BY if format != FORMAT]

SAFETY = document(
    "safety-zh",
    "安全性\n特瑞普利单抗(Toripalimab)的安全性良好，细胞因子释放综合征的发生率为51%[2]。",
    "剂量\n依沃西单抗的剂量为20 mg/kg，每3周一次。",
)
SURVIVAL = document(
    "survival-en",
    "Survival\nIn the phase III DeLLphi-304 trial, median overall survival was 13.6 months (95% CI 11.1–15.8) with "
    "tarlatamab and 8.3 months with chemotherapy [1]. The hazard ratio for death was 0.60 (95% CI 0.47–0.77; P<0.001).",
    "References\n1. Mountzios G, Sun L. Tarlatamab in small-cell lung cancer after platinum-based chemotherapy. "
    "N Engl J Med 2025;393:349-61. doi:10.1056/NEJMoa2502099",
)


def kept(format: str, home: Path) -> Path:
    """A copy of the library of a format as the one in ``home``; its file."""
    home.mkdir(exist_ok=True)
    return Path(shutil.copyfile(LIBRARIES / f"format-{format}.db", home / FILE_NAME))


def test_every_step_has_a_library_before_and_after_it() -> None:
    assert [*migrations.STEPS, FORMAT] == list(MADE_BY)
    for format in MADE_BY:
        connection = sqlite3.connect(f"file:{LIBRARIES}/format-{format}.db?mode=ro", uri=True)
        assert migrations.format_of(connection) == format
        connection.close()


@pytest.mark.parametrize("format", MADE_BY)
def test_a_library_of_any_format_is_searched_with_all_that_it_held(tmp_path: Path, format: str) -> None:
    connection = sqlite3.connect(kept(format, tmp_path))
    added = connection.execute("SELECT id, added FROM documents ORDER BY rowid").fetchall()
    connection.close()
    index = HybridIndex.open(tmp_path, load=load_topics)
    library = index.library
    assert index.problems() == []
    assert library.meta("format") == FORMAT
    assert [library.document(id) for id in library.recipes()] == [SAFETY, SURVIVAL]
    assert set(library.recipes().values()) == {RECIPE}
    assert [(entry.id, entry.source) for entry in library.entries()] == [
        ("safety-zh", "safety-zh.txt"), ("survival-en", "survival-en.txt"),
    ]  # fmt: skip
    assert [id for id, _ in added] == list(library.recipes())
    assert found(index, "survival", k=1) == found(index, "拓益 生存", k=1) == ["survival-en"]
    assert found(index, "toripalimab 的安全性", k=1) == ["safety-zh"]
    assert {"13.6", "8.3", "0.60"} <= {result.value_text for _, result in library.results()}
    assert library.reference("survival-en", 1).works[0].doi == "10.1056/NEJMoa2502099"
    assert library.centres().keys() == {(role, language) for role in ("query", "document") for language in ("zh", "en")}
    revision = library.meta("revision")
    library.close()
    again = HybridIndex.open(tmp_path, load=load_topics)
    assert again.library.meta("revision") == revision  # once is enough
    again.add(DOSE_ZH)
    assert again.problems() == []
    again.library.close()


@pytest.mark.parametrize("format", MADE_BY)
def test_a_backup_of_any_format_is_restored(tmp_path: Path, format: str) -> None:
    """By the library alone: no document is indexed again, and none is hurt."""
    backup = kept(format, tmp_path / "backups")
    before = backup.read_bytes()
    assert restore(backup, tmp_path) is None
    assert backup.read_bytes() == before
    library = Library(tmp_path)
    assert library.problems(6) == []
    assert [library.document(id) for id in library.recipes()] == [SAFETY, SURVIVAL]
    library.close()


def test_vectors_of_an_older_library_stay_and_its_sentences_take_fewer_bits(tmp_path: Path) -> None:
    connection = sqlite3.connect(kept("2", tmp_path))
    before = connection.execute("SELECT row, vector, sentence_vectors FROM passages ORDER BY row").fetchall()
    connection.close()
    library = Library(tmp_path)
    assert library.rows() == [row for row, _, _ in before]
    for row, vector, sentence_vectors in before:
        assert library.vector(row, 6).tolist() == np.frombuffer(vector, "<f4").tolist()
        sentences = np.frombuffer(sentence_vectors, "<f4").reshape(-1, 6)
        steps = np.abs(sentences).max(axis=1, keepdims=True) / 127
        assert (np.abs(library.sentence_vectors(row, 6) - sentences) <= 0.501 * steps).all()
    assert [library.text_owner(item.text) for item in (SAFETY, SURVIVAL)] == [SAFETY.id, SURVIVAL.id]
    assert [entry.characters for entry in library.entries()] == [len(SAFETY.text), len(SURVIVAL.text)]
    library.close()


# Refused

HURTS = {
    "a text": "UPDATE documents SET text = replace(text, '13.6', '12.6')",
    "a passage": "UPDATE passages SET topic = topic || 'x' WHERE row = 2",
    "a vector": "UPDATE passages SET vector = zeroblob(24) WHERE row = 2",
    "vectors of sentences": "UPDATE passages SET sentence_vectors = zeroblob(length(sentence_vectors)) WHERE row = 2",
    "a result": "UPDATE results SET entry = replace(entry, '13.6', '12.6')",
}


@pytest.mark.parametrize("statement", HURTS.values(), ids=HURTS.keys())
def test_what_was_hurt_before_the_migration_is_not_whole_after_it(tmp_path: Path, statement: str) -> None:
    """Nothing gets a new seal whose old one is broken."""
    path = kept("2", tmp_path)
    connection = sqlite3.connect(path)
    assert connection.execute(statement).rowcount
    connection.commit()
    connection.close()
    with pytest.raises(LibraryDamaged, match=r"malformed rows: .*`bsab check --repair`"):
        Library(tmp_path)
    repair_home(tmp_path, load=load_topics)
    index = HybridIndex.open(tmp_path, load=load_topics)
    assert index.problems() == []
    assert index.library.document(SAFETY.id) == SAFETY
    index.library.close()


@pytest.mark.parametrize("more", ["SELECT 1", "CREATE TABLE tomorrow(text)"], ids=["like ours", "with another table"])
def test_a_newer_library_says_to_update_the_program(tmp_path: Path, more: str) -> None:
    path = kept(FORMAT, tmp_path)
    connection = sqlite3.connect(path)
    newer = str(int(FORMAT) + 1)
    connection.execute("UPDATE meta SET value = ?, seal = ? WHERE key = 'format'", (newer, seal("format", newer)))
    connection.execute(more)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    message = rf"newer version of this program \(format {newer}; this one reads up to {FORMAT}\); update the program\.$"
    with pytest.raises(LibraryUnusable, match=message):
        HybridIndex.open(tmp_path, load=load_topics)
    with pytest.raises(LibraryUnusable, match=message):
        restore(path, tmp_path / "other")
    with pytest.raises(LibraryUnusable, match=message):  # nor is anything written over it
        restore(LIBRARIES / "format-1.0.db", tmp_path)
    assert path.read_bytes() == before


def test_a_format_that_nobody_wrote_is_damage(tmp_path: Path) -> None:
    """A changed bit makes no newer library: what says the format is sealed."""
    connection = sqlite3.connect(kept(FORMAT, tmp_path))
    newer = str(int(FORMAT) + 1)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (newer,))
    connection.commit()
    connection.close()
    with pytest.raises(LibraryDamaged, match=rf"its format is {newer}, not {FORMAT}\); `bsab check --repair`"):
        Library(tmp_path)


OPEN = """
import sys
from pathlib import Path
from index.errors import LibraryError
from index.store.library import Library
try:
    Library(Path(sys.argv[1]))
except LibraryError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("format", OLD)
def test_an_old_library_that_cannot_be_written_is_told(tmp_path: Path, format: str) -> None:
    home = tmp_path / "home"
    path = kept(format, home)
    before = path.read_bytes()
    home.chmod(0o555)
    try:
        status, out, err = finish(start(OPEN, home, prefix=bound_by_permissions()))
    finally:
        home.chmod(0o755)
    assert (status, err) == (0, "")
    assert re.fullmatch(
        r"LibraryUnusable The library in .*home is of an older make and cannot be written; make it writable once\.\n",
        out,
    )
    assert path.read_bytes() == before


# Failures midway


@pytest.mark.parametrize("format", OLD)
def test_a_migration_that_fails_in_its_last_step_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    path = kept(format, tmp_path)
    before = path.read_bytes()
    last = list(migrations.STEPS)[-1]
    step = migrations.STEPS[last]

    def failing(connection: sqlite3.Connection) -> None:
        step(connection)
        raise RuntimeError("midway")

    monkeypatch.setitem(migrations.STEPS, last, failing)
    with pytest.raises(RuntimeError, match="midway"):
        Library(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]
    assert path.read_bytes() == before
    monkeypatch.undo()
    library = Library(tmp_path)
    assert library.problems(6) == []
    library.close()


KILLED = """
import os, sys
from pathlib import Path
from index.store import migrations
from index.store.library import Library
last = list(migrations.STEPS)[-1]
step = migrations.STEPS[last]
def slow(step):
    def run(connection):
        connection.execute("PRAGMA cache_size = 1")  # what is written reaches the disk before it is committed
        step(connection)
    return run
def killed(connection):
    step(connection)
    os._exit(9)
migrations.STEPS.update({format: slow(each) for format, each in migrations.STEPS.items()})
migrations.STEPS[last] = slow(killed)
Library(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("format", OLD)
def test_a_process_killed_in_the_last_step_loses_nothing(tmp_path: Path, format: str) -> None:
    path = kept(format, tmp_path)
    before = path.read_bytes()
    assert finish(start(KILLED, tmp_path)) == (9, "", "")
    assert path.read_bytes() != before
    connection = sqlite3.connect(path)
    assert migrations.format_of(connection) == format
    connection.close()
    assert path.read_bytes() == before
    library = Library(tmp_path)
    assert library.problems(6) == []
    library.close()


def test_two_that_open_an_old_library_at_once_both_get_it(tmp_path: Path) -> None:
    kept("1.0", tmp_path)
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(Library, [tmp_path] * 2))
    for library in opened:
        assert library.problems(6) == []
        library.close()
    assert os.listdir(tmp_path) == [FILE_NAME]
