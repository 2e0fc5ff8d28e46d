"""The file of a library: opened, read, written in transactions, and SQLite's errors told to its user."""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import LibraryDamaged, LibraryError, LibraryUnusable
from index.store import migrations, schema


class LibraryFile:
    """One SQLite file and the connection to it. Thread-safe; several processes may share the file."""

    def __init__(self, path: Path) -> None:
        """Open the library at ``path``, making it and its folder where there are none.

        Raises:
            LibraryUnusable: the folder cannot be made, read or, for a new library, written; or a newer program made it.
            LibraryDamaged: it is not a library.
        """
        self.path = path
        self.home = path.parent
        self.lock = threading.RLock()
        self.open()

    # Opening and closing

    def open(self) -> None:
        """Connect to what is at ``path`` now.

        Raises:
            LibraryUnusable, LibraryDamaged: as for a new one.
        """
        self.read_only = False
        self.connection = self._opened()

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self.connection.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if not self.path.exists():
                raise LibraryUnusable(
                    f"The folder {self.home} cannot be used ({error.strerror}); name another with --home."
                ) from None
        try:
            return self._connect("mode=rwc")
        except sqlite3.OperationalError as error:
            if not self.path.exists() or "locked" in str(error):
                raise self.told(error) from None
        # A folder without write access, or a full disk: SQLite cannot make its side files there, so none may be needed.
        self.read_only = True
        try:
            log = self.path.with_name(f"{self.path.name}-wal")
            if not log.exists():
                return self._connect("mode=ro&immutable=1")
            if not os.access(log, os.W_OK):
                raise LibraryUnusable(
                    f"The library in {self.home} was left open and cannot be written; make the folder writable once."
                )
            # Its last changes are in the log still, which alone, without sharing, is read with no further file.
            return self._connect("mode=rw", "PRAGMA locking_mode = EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise self.told(error) from None

    def _connect(self, mode: str, *pragmas: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}", uri=True, timeout=30, check_same_thread=False,
            isolation_level=None,
        )  # fmt: skip
        try:
            for pragma in pragmas:
                connection.execute(pragma)
            schema.prepare(connection)
            self._make(connection)
            return connection
        except BaseException as error:
            connection.close()
            if not isinstance(error, sqlite3.DatabaseError):
                raise
            operational = isinstance(error, sqlite3.OperationalError)
            if operational and "no such" in str(error):  # table, or column of a table that has our name
                raise self._foreign("it is another program's database") from None
            told = self.told(error)
            if operational and not isinstance(told, LibraryDamaged):
                raise  # it may be opened for reading
            raise told from None

    def _make(self, connection: sqlite3.Connection) -> None:
        """See that the file is a library of the present format: a new one is made, an older one brought up to it."""
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                schema.create(connection)
            connection.execute("COMMIT")
        if migrations.format_of(connection) in migrations.STEPS:
            if self.read_only:
                raise LibraryUnusable(
                    f"The library in {self.home} is of an older make and cannot be written; make it writable once."
                )
            migrations.migrate(connection)
        self._refuse_others(connection, migrations.format_of(connection))
        # Only now: another program's database is left as it is.
        if not self.read_only:
            connection.execute("PRAGMA journal_mode = WAL")

    def _refuse_others(self, connection: sqlite3.Connection, format: str | None) -> None:
        strangers = schema.strangers(connection)
        if format == schema.FORMAT:
            if strangers:
                raise self.damaged(f"it holds what no library does: {', '.join(strangers)}")
            return
        if migrations.is_newer(connection):
            raise LibraryUnusable(
                f"The library in {self.home} was made by a newer version of this program "
                f"(format {format}; this one reads up to {schema.FORMAT}); update the program."
            )
        refused = self._foreign if strangers else self.damaged
        raise refused(f"its format is {format or 'unknown'}, not {schema.FORMAT}")

    # Errors

    def damaged(self, problem: str) -> LibraryDamaged:
        """The error for a file that is broken."""
        return LibraryDamaged(
            f"{self.path} cannot be read ({problem}); `bsab check --repair` saves what is whole, "
            "`bsab restore` brings a backup back."
        )

    def _foreign(self, problem: str) -> LibraryDamaged:
        return LibraryDamaged(f"{self.path} cannot be read ({problem}); move it away, and add your documents again.")

    def told(self, error: sqlite3.Error) -> LibraryError:
        """The meaning of SQLite's error for whoever uses the library."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return LibraryUnusable(
                f"The disk that holds {self.home} is full: nothing was changed, and what is there can still be read; "
                "free some space, and try again."
            )
        operational = isinstance(error, sqlite3.OperationalError)
        # Python itself raises the last two, without a code: of a text that is no UTF-8, and of a seal over it.
        broken = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or any(
            sign in str(error) for sign in ("no such", "malformed", "decode", "user-defined function", "vtable")
        )
        if broken or not operational:
            return self.damaged(str(error))
        return LibraryUnusable(
            f"The library in {self.home} cannot be used ({error}); check its free space and permissions, "
            "or name another folder with --home."
        )

    def refuse_read_only(self) -> None:
        """Pass where the library can be written.

        Raises:
            LibraryUnusable: it cannot.
        """
        if self.read_only:
            raise LibraryUnusable(f"{self.home} cannot be written to; make it writable, or name another with --home.")

    # Reading

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time.

        Raises:
            LibraryError: SQLite refused, told by ``told``.
        """
        with self.lock:
            try:
                yield self.connection
            except sqlite3.Error as error:
                raise self.told(error) from None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for queries alone, whose values are taken apart inside.

        Raises:
            LibraryError: SQLite refused, or a value is not of its column's kind.
        """
        with self.connected() as connection:
            try:
                yield connection
            except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
                # In a query that verifies no seal, for it reads all rows.
                raise self.damaged(f"it holds what was never written: {error}") from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A block whose reads are all of one state of the library, whatever others write meanwhile."""
        with self.connected() as connection:
            if connection.in_transaction:  # inside another block
                yield
                return
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.execute("COMMIT")

    def rows(self, table: str, columns: str, rest: str = "", values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a table as they were written.

        Raises:
            LibraryDamaged: one of them is not.
        """
        owner = "document_id" if "document_id" in schema.COLUMNS[table] else "id" if table == "documents" else "NULL"
        with self.reading() as connection:
            found = connection.execute(
                f"SELECT {columns}, {owner}, {schema.whole(table)} FROM {table} {rest}", values
            ).fetchall()
        return [self.whole(row) for row in found]

    def whole(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row without its last two values: the document it belongs to, and whether it is what was written.

        Raises:
            LibraryDamaged: it is not.
        """
        *values, owner, whole = row
        if not whole:
            told = f"the document {owner!r}" if owner else "what the library keeps of itself"
            raise self.damaged(f"{told} is not what was written: its checksum fails")
        return tuple(values)

    # Writing

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all of it or nothing, which gives the library a new revision.

        A block inside another is part of that one's transaction.

        Raises:
            LibraryError: the library cannot be written, or SQLite refused.
        """
        self.refuse_read_only()
        with self.connected() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                revision = _new_revision(connection)  # first: what is made of the library inside is of this one
                yield connection
                _keep_change(connection, revision)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def _new_revision(connection: sqlite3.Connection) -> str:
    revision = uuid.uuid4().hex
    connection.execute("UPDATE meta SET value = ?1, seal = seal(key, ?1) WHERE key = 'revision'", (revision,))
    return revision


def _keep_change(connection: sqlite3.Connection, revision: str) -> None:
    """Keep with a revision what tells later which passages came and went since."""
    last = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
    connection.execute(
        "INSERT INTO changes VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        (revision, last.get("passages", 0), last.get("gone", 0)),
    )
