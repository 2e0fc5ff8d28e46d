"""Conversations kept in SQLite, to be reopened, searched, exported and deleted.

In a file of its own beside the library: deleting a conversation never touches the library, and a library
that is shared or read-only has nobody's questions in it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.exchange.contract import Json
from corpus.words.folding import fold
from index.errors import LibraryDamaged, LibraryUnusable
from index.store.schema import seal

FILE_NAME = "history.sqlite3"
_TITLE = 80
"""Characters of a title at most."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, asked TEXT NOT NULL, question TEXT NOT NULL,
    reply TEXT NOT NULL, folded TEXT NOT NULL, visitor TEXT NOT NULL, rating INTEGER, comment TEXT,
    seal TEXT, PRIMARY KEY (conversation, number))
"""
_OF = "(? IS NULL OR visitor = ?)"
"""Whose turns: all where no visitor is given; any other value, whatever it is, is compared as a value."""
_COLUMNS = "conversation, number, question, reply, asked, rating, comment, seal"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its reply."""

    question: str
    """As typed."""
    reply: Json
    """``assistant.exchange.contract.reply_json`` of the reply given then."""
    asked: str
    """ISO 8601, UTC."""
    rating: int | None = None
    """1 for a good answer, -1 for a bad one, None where the reader gave none."""
    comment: str = ""
    """The reader's words with the rating."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Questions that follow one another."""

    id: str
    """Random, not to be guessed."""
    turns: tuple[Turn, ...]
    """Oldest first, one at least."""

    @property
    def title(self) -> str:
        """The first question, cut."""
        return _title(self.turns[0].question)

    @property
    def questions(self) -> list[str]:
        """The questions asked, oldest first: the ``history`` of the next question."""
        return [turn.question for turn in self.turns]


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation as a list shows it."""

    id: str
    title: str
    asked: str
    """When its last question was: ISO 8601, UTC."""


class History:
    """The conversations of one home. Thread-safe; several processes may share it."""

    def __init__(self, home: Path) -> None:
        """Open the history in the folder ``home``, making it where there is none.

        Raises:
            LibraryUnusable: the file cannot be made or written.
            LibraryDamaged: it is no database, or another program's.
        """
        self.path = home / FILE_NAME
        self._lock = threading.RLock()
        try:
            home.mkdir(parents=True, exist_ok=True)
            # What someone asks is theirs: nobody else on the machine reads it.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise LibraryUnusable(
                f"{self.path} cannot be used ({error.strerror}); name another folder with --home."
            ) from None
        self._connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        with self._using() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last answer
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file, too
            connection.execute(_SCHEMA)
            connection.execute("SELECT visitor FROM turns LIMIT 1")
            connection.execute("CREATE INDEX IF NOT EXISTS turns_of ON turns(visitor)")
            # One of an older make, whose turns have no seal.
            if "seal" not in {row[1] for row in connection.execute("PRAGMA table_info(turns)")}:
                connection.execute("ALTER TABLE turns ADD COLUMN seal TEXT")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def add(
        self, conversation: str | None, question: str, reply: Json, visitor: str | None = None, again: bool = False
    ) -> str:
        """Keep a turn; returns the id of its conversation, a new one where ``conversation`` is None.

        Args:
            visitor: whose it is, where several share the page; None for whoever owns the home.
            again: whether it takes the place of the last turn.

        Raises:
            UsageError: there is no such conversation.
            LibraryError: the file cannot be used, or is not what was written.
        """
        id = conversation or uuid.uuid4().hex
        asked = datetime.now(UTC).isoformat(timespec="seconds")
        printed = question.encode("utf-8", "replace").decode()
        folded = _fold(f"{question}\n{reply.get('answer') or ''}")
        with self._using() as connection:
            connection.execute("BEGIN IMMEDIATE")  # two answers at once are two turns
            try:
                number = len(self.conversation(conversation, visitor).turns) - again if conversation else 0
                self._insert(connection, id, number, asked, printed, reply, folded, visitor)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        return id

    def _insert(
        self, connection: sqlite3.Connection, id: str, number: int, asked: str, question: str, reply: Json, folded: str,
        visitor: str | None,
    ) -> None:  # fmt: skip
        written = json.dumps(reply, ensure_ascii=True)
        owner = connection.execute("SELECT visitor FROM turns WHERE conversation = ? LIMIT 1", (id,)).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)",
            (id, number, asked, question, written, folded, owner[0] if owner else visitor or "",
             seal(id, number, question, written)),
        )  # fmt: skip

    def conversations(self, words: str = "", visitor: str | None = None) -> list[Conversation]:
        """All conversations, the last started first; those whose questions or answers hold all of ``words``.

        ``visitor``: whose, where given.

        Raises:
            LibraryError: the file cannot be used, or is not what was written.
        """
        with self._using() as connection:
            rows = connection.execute(
                f"SELECT folded, {_COLUMNS} FROM turns WHERE {_OF} ORDER BY rowid", (visitor, visitor)
            ).fetchall()
        texts: dict[str, str] = {}
        for folded, id, *_ in rows:
            texts[id] = f"{texts.get(id, '')}\n{folded}"
        wanted = _fold(words).split()
        found = _conversations((row[1:] for row in rows), self.path)
        return [held for held in reversed(found) if all(word in texts[held.id] for word in wanted)]

    def listed(self, words: str = "", visitor: str | None = None, limit: int = -1) -> list[Listed]:
        """The same as a list shows them, no reply of theirs read; ``limit``: at most so many, where not negative.

        Raises:
            LibraryError: the file cannot be used.
        """
        wanted = _fold(words).split()
        having = " AND ".join(["1", *["instr(group_concat(folded, char(10)), ?) > 0"] * len(wanted)])
        with self._using() as connection:
            found = connection.execute(
                "SELECT conversation, max(CASE number WHEN 0 THEN question END), max(asked), min(rowid) FROM turns "
                f"WHERE {_OF} GROUP BY conversation HAVING {having} ORDER BY 4 DESC LIMIT ?",
                (visitor, visitor, *wanted, limit),
            ).fetchall()
        return [Listed(id, _title(question or ""), asked) for id, question, asked, _ in found]

    def conversation(self, id: str, visitor: str | None = None) -> Conversation:
        """One conversation; the visitor's own, where one is given.

        Raises:
            UsageError: there is none with that id.
            LibraryError: the file cannot be used, or is not what was written.
        """
        with self._using() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM turns WHERE conversation = ? AND {_OF} ORDER BY number", (id, visitor, visitor)
            ).fetchall()
        if not rows:
            raise UsageError(f"no conversation {id!r}; `bsab history` lists them.")
        return _conversations(rows, self.path)[0]

    def rate(self, id: str, number: int, rating: int, comment: str = "", visitor: str | None = None) -> None:
        """Keep what the reader thinks of an answer; the last word counts.

        Args:
            number: of the turn, from 0.
            rating: 1 for a good answer, -1 for a bad one.

        Raises:
            UsageError: there is no such turn.
            LibraryError: the file cannot be used, or is not what was written.
        """
        if not 0 <= number < len(self.conversation(id, visitor).turns):
            raise UsageError(f"conversation {id!r} has no answer {number + 1}.")
        printed = comment.encode("utf-8", "replace").decode()
        with self._using() as connection:
            connection.execute(
                "UPDATE turns SET rating = ?, comment = ? WHERE conversation = ? AND number = ?",
                (rating, printed, id, number),
            )

    def delete(self, id: str, visitor: str | None = None) -> None:
        """Delete a conversation for good.

        Raises:
            UsageError: there is none with that id.
            LibraryError: the file cannot be used.
        """
        with self._using() as connection:
            gone = connection.execute(f"DELETE FROM turns WHERE conversation = ? AND {_OF}", (id, visitor, visitor))
            if not gone.rowcount:
                raise UsageError(f"no conversation {id!r}; `bsab history` lists them.")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def delete_all(self, visitor: str | None = None) -> int:
        """Delete all conversations, or a visitor's, for good; returns how many there were.

        Raises:
            LibraryError: the file cannot be used.
        """
        with self._using() as connection:
            counted = f"SELECT count(DISTINCT conversation) FROM turns WHERE {_OF}"
            count: int = connection.execute(counted, (visitor, visitor)).fetchone()[0]
            connection.execute(f"DELETE FROM turns WHERE {_OF}", (visitor, visitor))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.OperationalError as error:
                if "no such column" in str(error):
                    raise self._damaged(error) from None
                raise LibraryUnusable(
                    f"{self.path} cannot be used ({error}); check its free space and permissions."
                ) from None
            except sqlite3.DatabaseError as error:
                raise self._damaged(error) from None

    def _damaged(self, error: sqlite3.Error) -> LibraryDamaged:
        return LibraryDamaged(f"{self.path} cannot be read ({error}); move it away, a new one is made then.")


def _conversations(rows: Iterable[Sequence[Any]], path: Path) -> list[Conversation]:
    """Rows of ``_COLUMNS``, each conversation's in order, as conversations, the first started first.

    Raises:
        LibraryDamaged: a turn is not what was written.
    """
    turns: dict[str, list[Turn]] = {}
    for id, number, question, reply, asked, rating, comment, sealed in rows:
        if sealed is not None and sealed != seal(id, number, question, reply):
            raise LibraryDamaged(
                f"{path}: a conversation is not what was written, its checksum fails; "
                "delete it with `bsab history --delete`."
            )
        turns.setdefault(id, []).append(Turn(question, json.loads(reply), asked, rating, comment or ""))
    return [Conversation(id, tuple(held)) for id, held in turns.items()]


def _title(question: str) -> str:
    question = " ".join(question.split())
    return question if len(question) <= _TITLE else question[: _TITLE - 1] + "…"


def _fold(text: str) -> str:
    return fold(text).text
