"""A library of an older format brought to the present one, a step at a time, all in one transaction.

The first three formats all call themselves "1" and are told apart by the tables that they lack. A library of each
format is kept in ``tests/index/libraries``, made by the program of its time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np

from index.store import keywords, schema
from index.store.rows import as_bytes, text_hash


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
    connection.execute(keywords.SCHEMAS["words"])
    for row, body in words:
        keywords.add_words(connection, row, body)


_SEALED_2 = {
    "meta": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
    "documents": "id TEXT PRIMARY KEY, title TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL, "
    "headings TEXT NOT NULL, recipe TEXT NOT NULL, added TEXT NOT NULL",
    "passages": "id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, "
    "section TEXT NOT NULL, trail TEXT NOT NULL, topic TEXT NOT NULL, language TEXT NOT NULL, start INTEGER NOT NULL, "
    "end INTEGER NOT NULL, sentences TEXT NOT NULL",
    "markers": "document_id TEXT NOT NULL, number INTEGER NOT NULL, "
    "row INTEGER NOT NULL REFERENCES passages(row) ON DELETE CASCADE",
    "pairs": "document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, "
    "names TEXT NOT NULL, category TEXT NOT NULL",
    "refs": "document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, "
    "number INTEGER NOT NULL, entry TEXT NOT NULL",
    "results": "document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, "
    "start INTEGER NOT NULL, entry TEXT NOT NULL",
    "checks": "document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, entry TEXT NOT NULL",
    "centres": "role TEXT NOT NULL, language TEXT NOT NULL, mean BLOB NOT NULL",
}
"""The columns of format 2 that a row's seal covers."""


def _to_2(connection: sqlite3.Connection) -> None:
    """Rows are sealed as they are; a document's text and a passage's vectors come last."""
    connection.execute("DROP INDEX passages_of")
    after = {
        "documents": ", text_seal TEXT NOT NULL, text TEXT NOT NULL",
        "passages": ", vector_seal TEXT NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL, "
        "row INTEGER PRIMARY KEY",
        "markers": ", PRIMARY KEY(document_id, number, row)",
        "refs": ", PRIMARY KEY(document_id, number)",
    }
    more = {
        "documents": (", text_seal, text", ", seal(id, text), text"),
        "passages": (
            ", row, vector_seal, vector, sentence_vectors",
            ", row, seal(id, vector, sentence_vectors), vector, sentence_vectors",
        ),
    }
    for table in _SEALED_2:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    for table, sealed in _SEALED_2.items():
        connection.execute(f"CREATE TABLE {table}({sealed}, seal TEXT NOT NULL{after.get(table, '')})")
        columns = _columns(sealed)
        into, values = more.get(table, ("", ""))
        text = f", {_SLICE.format('old_passages')}" if table == "passages" else ""
        connection.execute(
            f"INSERT INTO {table}({columns}, seal{into}) SELECT {columns}, seal({columns}{text}){values} "
            f"FROM old_{table} ORDER BY rowid"
        )
    for table in reversed(_SEALED_2):
        connection.execute(f"DROP TABLE old_{table}")
    connection.execute("CREATE INDEX passages_of ON passages(document_id, start)")
    connection.execute("UPDATE meta SET value = '2', seal = seal(key, '2') WHERE key = 'format'")


_SLICE = "(SELECT substr(text, start + 1, end - start) FROM documents WHERE documents.id = {}.document_id)"


def _columns(definition: str) -> str:
    """The names of defined columns."""
    return ", ".join(column.split()[0] for column in definition.split(", "))


def _to_3(connection: sqlite3.Connection) -> None:
    """What is derived from documents is kept with them, and filled when they are indexed again, with their vectors."""
    hurt = [
        (table, count)
        for table, sealed in _SEALED_2.items()
        if (
            count := connection.execute(
                f"SELECT count(*) FROM {table} WHERE {_unlike_its_seal(table, sealed)}"
            ).fetchone()[0]
        )
    ]
    if hurt:
        raise sqlite3.DatabaseError(f"malformed rows: {', '.join(f'{count} of {table}' for table, count in hurt)}")
    connection.execute("DROP INDEX passages_of")
    for table in _SEALED_2:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    connection.execute("DROP TABLE words")
    schema.make_tables(connection)
    copied = {
        "meta": ("key, value, seal", "key, value, seal"),
        "documents": (
            "id, title, language, source, headings, recipe, added, characters, text_hash, seal, text_seal, text",
            "id, title, language, source, headings, recipe, added, length(text), text_hash(text), "
            "seal(id, title, language, source, headings, recipe, added, length(text), text_hash(text)), text_seal, "
            "text",
        ),
        "passages": (
            f"row, {schema.COLUMNS['passages']}, seal, vector_seal, vector, sentence_vectors",
            f"row, {schema.COLUMNS['passages']}, seal, seal(id, vector, narrow(vector, sentence_vectors)), vector, "
            "narrow(vector, sentence_vectors)",
        ),
        "results": ("document_id, start, trial, entry, seal", "document_id, start, '', entry, "
                    "seal(document_id, start, '', entry)"),
    }  # fmt: skip
    connection.create_function("text_hash", 1, text_hash, deterministic=True)
    connection.create_function("narrow", 2, _narrow, deterministic=True)
    for table, sealed in _SEALED_2.items():
        same = f"{_columns(sealed)}, seal"
        into, values = copied.get(table, (same, same))
        connection.execute(f"INSERT INTO {table}({into}) SELECT {values} FROM old_{table} ORDER BY rowid")
    for table in reversed(_SEALED_2):
        connection.execute(f"DROP TABLE old_{table}")
    connection.execute("UPDATE meta SET value = '3', seal = seal(key, '3') WHERE key = 'format'")
    # The words, too, are written when the documents are indexed again; what has none meanwhile is found by meaning.
    of: dict[keywords.Table, str] = {"words": "passages", "result_words": "results"}
    for table, owner in of.items():
        for (row,) in connection.execute(f"SELECT row FROM {owner}").fetchall():
            keywords.add_words(connection, row, "", table)


def _to_4(connection: sqlite3.Connection) -> None:
    """The catalogue, filled when the documents are indexed again."""
    schema.make_tables(connection)
    connection.execute("UPDATE meta SET value = '4', seal = seal(key, '4') WHERE key = 'format'")


def _unlike_its_seal(table: str, sealed: str) -> str:
    text = f", {_SLICE.format(table)}" if table == "passages" else ""
    more = {
        "documents": " OR text_seal IS NOT seal(id, text)",
        "passages": " OR vector_seal IS NOT seal(id, vector, sentence_vectors)",
    }
    return f"seal IS NOT seal({_columns(sealed)}{text}){more.get(table, '')}"


def _narrow(vector: bytes, sentence_vectors: bytes) -> bytes:
    """The vectors of sentences in a byte a number."""
    dim = len(vector) // 4
    return as_bytes(np.frombuffer(sentence_vectors, "<f4").reshape(-1, dim)) if dim else b""


STEPS: dict[str, Callable[[sqlite3.Connection], None]] = {
    "1.0": _to_1_1,
    "1.1": _to_1_2,
    "1.2": _to_2,
    "2": _to_3,
    "3": _to_4,
}
"""By format, the step to the next one."""
