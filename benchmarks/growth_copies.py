"""A library multiplied in SQLite, row by row: python -m benchmarks.growth_copies HOME COPIES

Filling a library of 100,000 passages takes an hour of a processor. What asking costs there can be measured sooner on a
smaller one, each document of which stands there several times under other ids: as many rows, and the same tables. What
adding costs cannot: no name is new.
"""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path

from index.store import schema
from index.store.library import Library

_ID = "{} || '~{}'"


def multiply(home: Path, copies: int) -> int:
    """Let each document of the library in ``home`` stand there ``copies`` times; the passages that there are then."""
    library = Library(home)
    try:
        for number in range(1, copies):
            with library.transaction():
                _copy(library._file.connection, number)
        return library.counts()[1]
    finally:
        library.close()


def _copy(connection: sqlite3.Connection, number: int) -> None:
    """Write all that is no copy itself once more."""
    passages, results = (
        connection.execute(f"SELECT max(row) FROM {table}").fetchone()[0] for table in ("passages", "results")
    )
    id, document_id = (_ID.format(column, number) for column in ("id", "document_id"))
    changed = {
        "documents": {"id": id},
        "passages": {
            "row": f"row + {passages}",
            "id": f"{document_id} || substr(id, length(document_id) + 1)",
            "document_id": document_id,
        },
        "markers": {"document_id": document_id, "row": f"row + {passages}"},
        "refs": {"document_id": document_id},
        "results": {"row": f"row + {results}", "document_id": document_id},
        "trials": {
            "document_id": document_id,
            "row": f"row + CASE WHEN topic = '' THEN {results} ELSE {passages} END",
        },
        "checks": {"document_id": document_id},
    }
    for table, columns in changed.items():
        _copy_table(connection, table, columns, number)
    for table, shift in (("words", passages), ("result_words", results)):
        of = "passages" if table == "words" else "results"
        connection.execute(
            f"INSERT INTO {table}(rowid, body) SELECT w.rowid + {shift}, body FROM {table} w "
            f"JOIN {of} ON row = w.rowid WHERE document_id NOT LIKE '%~%'"
        )


def _copy_table(connection: sqlite3.Connection, table: str, changed: dict[str, str], number: int) -> None:
    columns = [str(column[1]) for column in connection.execute(f"PRAGMA table_info({table})")]
    own = "id" if table == "documents" else "document_id"
    values = [changed.get(column, column) for column in columns]
    connection.execute(
        f"INSERT INTO {table}({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {own} NOT LIKE '%~%'"
    )
    for seals, column in schema.seals():
        if seals == table:
            connection.execute(
                f"UPDATE {table} SET {column} = {schema.sealing(table, column)} WHERE {own} LIKE '%~{number}'"
            )


def main() -> None:
    """Multiply one library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="the library's folder; it is changed")
    parser.add_argument("copies", type=int, help="how often each document shall stand there")
    arguments = parser.parse_args()
    print(multiply(arguments.home, arguments.copies), "passages")


if __name__ == "__main__":
    main()
