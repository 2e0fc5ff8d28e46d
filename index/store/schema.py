"""The tables of a library. Every row is sealed: a checksum over all that it holds, verified whenever it is read.

A disk that flips a bit, or another program that writes into the file, changes a row but not its seal. What FTS5 keeps
has checks of its own; the seals cover the rest.
"""

from __future__ import annotations

import hashlib
import sqlite3
from functools import cache

from index.store import keywords

FORMAT = "4"
"""Of the database; ``migrations`` brings an older one up to it, a newer one is refused."""

# A document's text comes last: of a row that is cut short, what comes before it can still be read.
STATEMENTS = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, seal TEXT NOT NULL)",
    """CREATE TABLE documents(
        id TEXT PRIMARY KEY, title TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL,
        headings TEXT NOT NULL, recipe TEXT NOT NULL, added TEXT NOT NULL, characters INTEGER NOT NULL,
        text_hash TEXT NOT NULL, seal TEXT NOT NULL, text_seal TEXT NOT NULL, text TEXT NOT NULL)""",
    "CREATE INDEX documents_alike ON documents(text_hash)",
    # A row is never used twice: what was made of one that is gone cannot be taken for another's.
    """CREATE TABLE passages(
        row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        section TEXT NOT NULL, trail TEXT NOT NULL, topic TEXT NOT NULL, language TEXT NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL, seal TEXT NOT NULL,
        vector_seal TEXT NOT NULL, vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL)""",
    "CREATE INDEX passages_of ON passages(document_id, start)",
    "CREATE INDEX passages_under ON passages(section)",
    """CREATE TABLE markers(
        document_id TEXT NOT NULL, number INTEGER NOT NULL,
        row INTEGER NOT NULL REFERENCES passages(row) ON DELETE CASCADE, seal TEXT NOT NULL,
        PRIMARY KEY(document_id, number, row))""",
    "CREATE INDEX markers_numbered ON markers(number, row)",
    "CREATE INDEX markers_in ON markers(row)",
    """CREATE TABLE pairs(
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        names TEXT NOT NULL, category TEXT NOT NULL, seal TEXT NOT NULL)""",
    "CREATE INDEX pairs_of ON pairs(document_id)",
    "CREATE INDEX pairs_alike ON pairs(names, category)",
    """CREATE TABLE refs(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL, entry TEXT NOT NULL, seal TEXT NOT NULL, PRIMARY KEY(document_id, number))""",
    """CREATE TABLE results(
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, start INTEGER NOT NULL,
        trial TEXT NOT NULL, entry TEXT NOT NULL, seal TEXT NOT NULL)""",
    "CREATE INDEX results_of ON results(document_id, start)",
    "CREATE INDEX results_of_trial ON results(trial)",
    """CREATE TABLE trials(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        name TEXT NOT NULL, key TEXT NOT NULL, topic TEXT NOT NULL, whole INTEGER NOT NULL, row INTEGER NOT NULL,
        seal TEXT NOT NULL)""",
    "CREATE INDEX trials_of ON trials(document_id)",
    "CREATE INDEX trials_by_key ON trials(key)",
    "CREATE INDEX trials_by_name ON trials(name)",
    "CREATE INDEX trials_in_order ON trials(topic = '', row)",
    """CREATE TABLE checks(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, entry TEXT NOT NULL,
        seal TEXT NOT NULL)""",
    "CREATE INDEX checks_of ON checks(document_id)",
    """CREATE TABLE catalogue(
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        kind TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, seal TEXT NOT NULL)""",
    "CREATE INDEX catalogue_of ON catalogue(document_id)",
    "CREATE INDEX catalogue_by_key ON catalogue(kind, key)",
    "CREATE INDEX catalogue_by_field ON catalogue(kind, field, value COLLATE NOCASE)",
    """CREATE TABLE spellings(
        word TEXT PRIMARY KEY, stem TEXT NOT NULL, documents INTEGER NOT NULL, names INTEGER NOT NULL,
        seal TEXT NOT NULL)""",
    "CREATE INDEX spellings_stem ON spellings(stem)",
    "CREATE TABLE centres(role TEXT NOT NULL, language TEXT NOT NULL, mean BLOB NOT NULL, seal TEXT NOT NULL)",
    """CREATE TABLE changes(
        revision TEXT PRIMARY KEY, last_row INTEGER NOT NULL, last_gone INTEGER NOT NULL, seal TEXT NOT NULL)""",
    "CREATE TABLE gone(number INTEGER PRIMARY KEY AUTOINCREMENT, row INTEGER NOT NULL, seal TEXT NOT NULL)",
    *keywords.SCHEMAS.values(),
)

COLUMNS = {
    "meta": "key, value",
    "documents": "id, title, language, source, headings, recipe, added, characters, text_hash",
    "passages": "id, document_id, section, trail, topic, language, start, end, sentences",
    "markers": "document_id, number, row",
    "pairs": "document_id, names, category",
    "refs": "document_id, number, entry",
    "results": "document_id, start, trial, entry",
    "trials": "document_id, name, key, topic, whole, row",
    "checks": "document_id, entry",
    "catalogue": "document_id, kind, name, key, field, value, start, end",
    "spellings": "word, stem, documents, names",
    "centres": "role, language, mean",
    "changes": "revision, last_row, last_gone",
    "gone": "row",
}
"""By table, the columns that its ``seal`` covers; a passage's covers its text too."""

SLICE = "(SELECT substr(text, start + 1, end - start) FROM documents WHERE documents.id = passages.document_id)"
"""A passage's text, where ``passages`` is read."""

_SHADOWS = ("words_", "result_words_")
"""Beginnings of the names of tables that FTS5 makes for itself."""

_SEALED = {table: [("seal", columns)] for table, columns in COLUMNS.items()} | {
    "documents": [("seal", COLUMNS["documents"]), ("text_seal", "id, text")],
    "passages": [("seal", f"{COLUMNS['passages']}, {SLICE}"), ("vector_seal", "id, vector, sentence_vectors")],
}


def sealing(table: str, column: str = "seal") -> str:
    """The SQL that makes a seal of a row of ``table``."""
    return f"seal({dict(_SEALED[table])[column]})"


def whole(table: str, column: str = "seal") -> str:
    """The SQL that says whether a row of ``table`` is what was written: 1, or 0."""
    return f"{column} IS {sealing(table, column)}"


def seals() -> list[tuple[str, str]]:
    """Every table with each of its seals."""
    return [(table, column) for table, sealed in _SEALED.items() for column, _ in sealed]


def seal(*values: str | int | float | bytes | None) -> str:
    """The checksum of a row's values, types included (BLAKE2b of 16 bytes, RFC 7693), in hexadecimal.

    It finds accidents. Whoever can write into the file can make a seal as well.
    """
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        digest.update(f"{type(value).__name__} {len(data)} ".encode())
        digest.update(data)
    return digest.hexdigest()


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection all that a library needs: the seals, and distrust of what the file holds."""
    connection.create_function("seal", -1, seal, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is removed is gone from the file, and salvage finds no more


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables and indexes that there are not, all empty, inside the caller's transaction."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for statement in STATEMENTS:
        if _named(statement) not in there:
            connection.execute(statement)


def _named(statement: str) -> str:
    """The table or index that a statement makes."""
    return statement.split("(")[0].split(" ON ")[0].split(" USING ")[0].split()[-1]


def create(connection: sqlite3.Connection) -> None:
    """Make a new library, inside the caller's transaction."""
    make_tables(connection)
    for key, value in (("format", FORMAT), ("revision", "new")):
        connection.execute("INSERT INTO meta VALUES (?1, ?2, seal(?1, ?2))", (key, value))


def strangers(connection: sqlite3.Connection) -> list[str]:
    """Names of what the file defines and no library does, or otherwise: tables, indexes, views, triggers."""
    found = set(connection.execute("SELECT type, name, sql FROM sqlite_master"))
    # Which tables FTS5 keeps its index in is the same in all versions; what they are defined by is not.
    unlike = {
        name
        for type, name, sql in found ^ _expected()
        if not (name.startswith(_SHADOWS) and (type, name) in _shadows())
    }
    return sorted(str(name) for name in unlike)


@cache
def _expected() -> frozenset[tuple[str, str, str]]:
    connection = sqlite3.connect(":memory:")
    try:
        prepare(connection)
        create(connection)
        return frozenset(connection.execute("SELECT type, name, sql FROM sqlite_master"))
    finally:
        connection.close()


def _shadows() -> set[tuple[str, str]]:
    return {(type, name) for type, name, _ in _expected() if str(name).startswith(_SHADOWS)}
