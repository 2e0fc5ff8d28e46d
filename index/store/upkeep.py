"""A library's file looked through, copied, and given up for another one."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryDamaged, LibraryUnusable
from index.store import keywords, schema
from index.store.connection import LibraryFile

Progress = Callable[[int, int], None]
"""Called with the rows looked at so far, and all that there are."""
_STRIDE = 5_000
"""Rows that are looked at between two steps of the progress."""


def problems(file: LibraryFile, dim: int, progress: Progress) -> list[str]:
    """The faults of the file, each a sentence; empty where all is well."""
    found = []
    for look in (
        _structure,
        lambda connection: _hurt(connection, progress),
        lambda connection: _passages_short(connection, dim),
    ):
        try:
            with file.reading() as connection:
                found += list(look(connection))
        except LibraryDamaged as error:
            found.append(str(error))
    return found


def _structure(connection: sqlite3.Connection) -> Iterator[str]:
    """Faults that SQLite itself finds."""
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"SQLite: {line}"
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"SQLite: a row of {table} has no parent"
    for table in keywords.SCHEMAS:
        try:
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")
        except sqlite3.OperationalError:
            pass  # a library open for reading only
        except sqlite3.DatabaseError:
            yield "The keyword index is broken."


def _hurt(connection: sqlite3.Connection, progress: Progress) -> Iterator[str]:
    """Rows that are not what was written."""
    ends = {
        table: connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
        for table, _ in schema.seals()
    }
    total, done = sum(ends[table] for table, _ in schema.seals()), 0
    for table, column in schema.seals():
        owner = "document_id" if "document_id" in schema.COLUMNS[table] else schema.COLUMNS[table].split(",")[0]
        hurt: Counter[str] = Counter()
        for start in range(0, ends[table] + 1, _STRIDE):
            found = connection.execute(
                f"SELECT {owner}, count(*) FROM {table} WHERE rowid >= ? AND rowid < ? "
                f"AND NOT {schema.whole(table, column)} GROUP BY 1",
                (start, start + _STRIDE),
            )
            hurt.update(dict(found))
            progress(done + min(start + _STRIDE, ends[table]), total)
        done += ends[table]
        part = "text" if column == "text_seal" else table
        yield from (f"{name}: {count} of its {part} not what was written; the checksum fails."
                    for name, count in hurt.items())  # fmt: skip


def _passages_short(connection: sqlite3.Connection, dim: int) -> Iterator[str]:
    """Passages that lack a part, or their document."""
    passages = connection.execute(
        """SELECT p.id, length(vector), length(sentence_vectors), json_array_length(sentences), end,
        characters, row IN (SELECT rowid FROM words)
        FROM passages p LEFT JOIN documents d ON d.id = document_id"""
    )
    count = 0
    for id, vector, sentence_vectors, sentences, end, characters, has_words in passages:
        count += 1
        if vector != 4 * dim or sentence_vectors != (4 + dim) * sentences:
            yield f"Passage {id} has broken vectors."
        if characters is None or end > characters:
            yield f"Passage {id} lies outside its document."
        if not has_words:
            yield f"Passage {id} is not in the keyword index."
    if connection.execute("SELECT count(*) FROM words").fetchone()[0] > count:
        yield "The keyword index holds passages that are gone."
    (results, words) = connection.execute(
        "SELECT (SELECT count(*) FROM results), (SELECT count(*) FROM result_words)"
    ).fetchone()
    if results != words:
        yield "The keyword index does not fit the trial results."


def backup(file: LibraryFile, path: Path) -> None:
    """Write the library as it is now to ``path``, in one step.

    Raises:
        LibraryUnusable: it cannot be written there.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        copy = sqlite3.connect(partial)
        try:
            with file.reading() as connection:
                connection.backup(copy)
            # Of a copy nobody keeps a log: it is one file.
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
        os.replace(partial, path)
    except (OSError, LibraryUnusable, sqlite3.Error) as error:
        raise LibraryUnusable(f"{path} cannot be written ({error}); free space or choose another place.") from None
    finally:
        partial.unlink(missing_ok=True)


def replace(file: LibraryFile, path: Path) -> Path | None:
    """Write the library at ``path`` over this one, in one step; returns where a file went that took no writing.

    Raises:
        LibraryUnusable: this library cannot be written.
    """
    with file.lock:
        try:
            file.refuse_read_only()
            source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            try:
                source.backup(file.connection)
            finally:
                source.close()
            return None
        except sqlite3.OperationalError as error:
            raise file.told(error) from None
        except sqlite3.DatabaseError:
            file.close()
            aside = put_in_place(path, file.path)
            file.open()
            return aside


def aside_of(path: Path) -> Path:
    """The place where a damaged file is kept: beside it, under the time of now."""
    return path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")


def put_in_place(path: Path, damaged: Path) -> Path:
    """Move the library file at ``path`` to where a damaged one stands; returns where that one went."""
    aside = aside_of(damaged)
    for ending in ("-wal", "-shm"):
        with_log = damaged.with_name(damaged.name + ending)
        if with_log.exists():
            os.replace(with_log, aside.with_name(aside.name + ending))
    os.replace(damaged, aside)
    os.replace(path, damaged)
    return aside
