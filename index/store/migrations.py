"""A library of an older format brought to the present one, a step at a time, all in one transaction.

The first three formats all call themselves "1" and are told apart by the tables that they lack. A library of each
format is kept in ``tests/index/libraries``, made by the program of its time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from index.store import keywords, schema


def format_of(connection: sqlite3.Connection) -> str | None:
    """The format that the file says it is of, "1.0", "1.1" or "1.2" for "1"; None where it says none."""
    found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    if found is None or found[0] != "1":
        return str(found[0]) if found else None
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return "1.2" if "results" in tables else "1.1" if "pairs" in tables else "1.0"


def is_newer(connection: sqlite3.Connection) -> bool:
    """Tell whether a later version of this program made the file: it says so, and what it says is sealed.

    So every format to come keeps the three columns of ``meta``.
    """
    format = format_of(connection) or ""
    if not format.isdecimal() or int(format) <= int(schema.FORMAT):
        return False
    (sealed,) = connection.execute(f"SELECT {schema.whole('meta')} FROM meta WHERE key = 'format'").fetchone()
    return bool(sealed)


def migrate(connection: sqlite3.Connection) -> None:
    """Take the library through every step to the present format.

    Closing a connection on which this failed leaves the file as it was.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute("BEGIN IMMEDIATE")
    # Asked inside: another process may have been quicker.
    while step := STEPS.get(format_of(connection) or ""):
        step(connection)
    connection.execute("COMMIT")
    connection.execute("PRAGMA legacy_alter_table = OFF")
    connection.execute("PRAGMA foreign_keys = ON")


def _to_1_1(connection: sqlite3.Connection) -> None:
    """Names that documents state, and means of any model; both are filled when the documents are indexed again."""
    connection.execute(
        """CREATE TABLE pairs(
            document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            names TEXT NOT NULL, category TEXT NOT NULL)"""
    )
    connection.execute("CREATE TABLE centres(role TEXT NOT NULL, language TEXT NOT NULL, mean BLOB NOT NULL)")


def _to_1_2(connection: sqlite3.Connection) -> None:
    """References, results and checks, filled when the documents are indexed again; words that blanks alone part."""
    connection.execute(
        """CREATE TABLE refs(
            document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            number INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY(document_id, number))"""
    )
    more = {"results": "start INTEGER NOT NULL, entry TEXT NOT NULL", "checks": "entry TEXT NOT NULL"}
    for table, columns in more.items():
        connection.execute(
            f"CREATE TABLE {table}(document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, {columns})"
        )
    words = connection.execute("SELECT rowid, body FROM words").fetchall()
    connection.execute("DROP TABLE words")
    connection.execute(keywords.SCHEMA)
    for row, body in words:
        keywords.add_words(connection, row, body)


def _to_2(connection: sqlite3.Connection) -> None:
    """Rows are sealed as they are; a document's text and a passage's vectors come last.

    Where a later format changes ``schema``, this step needs the tables of format 2 written out.
    """
    connection.execute("DROP INDEX passages_of")
    for table in schema.COLUMNS:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for statement in schema.STATEMENTS[:-1]:  # the last makes the words, which have no seal
        connection.execute(statement)
    more = {
        "documents": (", text_seal, text", ", seal(id, text), text"),
        "passages": (
            ", row, vector_seal, vector, sentence_vectors",
            ", row, seal(id, vector, sentence_vectors), vector, sentence_vectors",
        ),
    }
    for table, columns in schema.COLUMNS.items():
        into, values = more.get(table, ("", ""))
        seal = schema.sealing(table).replace("passages.document_id", "old_passages.document_id")
        connection.execute(
            f"INSERT INTO {table}({columns}, seal{into}) SELECT {columns}, {seal}{values} FROM old_{table} "
            "ORDER BY rowid"
        )
    for table in reversed(schema.COLUMNS):
        connection.execute(f"DROP TABLE old_{table}")
    connection.execute("UPDATE meta SET value = '2', seal = seal(key, '2') WHERE key = 'format'")


STEPS: dict[str, Callable[[sqlite3.Connection], None]] = {"1.0": _to_1_1, "1.1": _to_1_2, "1.2": _to_2}
"""By format, the step to the next one."""
