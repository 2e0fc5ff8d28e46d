"""The library: one SQLite file that holds documents, passages, vectors, words and markers.

It is the truth; what FAISS keeps is a cache of it. Writing is one transaction a document, so that
a full disk or a pulled plug loses nothing that was there. A library in a folder that cannot be
written to, or on a full disk, is opened for reading. Every row is verified when it is read
(``schema.py``): what a disk has changed is never handed out.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Heading, Language, Passage, Span
from corpus.references.reference import (
    Reference,
    read_reference_json,
    reference_json,
    unresolved,
)
from corpus.segments.markers import find_markers
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_result import read_result_json, result_json
from corpus.vocabulary.concepts import Concept
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.errors import LibraryDamaged, LibraryError, LibraryUnusable, UnknownDocument
from index.store import keywords, schema

FILE_NAME = "library.db"


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage with all that search keeps of it."""

    passage: Passage
    body: str
    """Words and concepts, as ``Vocabulary.body`` makes them."""
    vector: NDArray[np.float32]
    """``(dim,)``, length 1, language centre taken out."""
    sentence_vectors: Vectors
    """``(sentences, dim)``, the same for each sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as a list of the library shows it."""

    id: str
    title: str
    language: Language
    source: str
    added: str
    """UTC, ``YYYY-MM-DD HH:MM:SS``."""
    characters: int
    sections: int
    passages: int


class Library:
    """One library on disk. Thread-safe; several processes may share it."""

    def __init__(self, home: Path) -> None:
        """Open the library in the folder ``home``, making both where there are none.

        Raises:
            LibraryUnusable: the folder cannot be made, read or, for a new library, written.
            LibraryDamaged: its file is not a library of this format.
        """
        self.home = home
        self.path = home / FILE_NAME
        self._lock = threading.RLock()
        self.read_only = False
        self._connection = self._open()

    # Opening and closing

    def _open(self) -> sqlite3.Connection:
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
                raise self._told(error) from None
        # A folder without write access, or a full disk: SQLite cannot make its side files there, so none may be needed.
        self.read_only = True
        try:
            if not self._side_file().exists():
                return self._connect("mode=ro&immutable=1")
            if not os.access(self._side_file(), os.W_OK):
                raise LibraryUnusable(
                    f"The library in {self.home} was left open and cannot be written; make the folder writable once."
                )
            # Its last changes are in the log still, which alone, without sharing, is read with no further file.
            return self._connect("mode=rw", "PRAGMA locking_mode = EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise self._told(error) from None

    def _side_file(self) -> Path:
        return self.path.with_name(FILE_NAME + "-wal")

    def _connect(self, mode: str, *pragmas: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{mode}", uri=True, timeout=30, check_same_thread=False,
            isolation_level=None,
        )  # fmt: skip
        try:
            for pragma in pragmas:
                connection.execute(pragma)
            schema.prepare(connection)
            format = self._made(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            if "no such" in str(error):  # table, or column of a table that has our name
                raise self._foreign("it is another program's database") from None
            if isinstance(told := self._told(error), LibraryDamaged):
                raise told from None
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self._told(error) from None
        except LibraryError:
            connection.close()
            raise
        if format != schema.FORMAT:
            refused = self._foreign if schema.strangers(connection) else self._damaged
            connection.close()
            raise refused(f"its format is {format or 'unknown'}, not {schema.FORMAT}")
        return connection

    def _made(self, connection: sqlite3.Connection) -> str | None:
        """The format of the library, which is made where there is none and brought up to date where it is older."""
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute("BEGIN IMMEDIATE")
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                schema.create(connection)
            connection.execute("COMMIT")
        format = _format(connection)
        if format == "1":
            if self.read_only:
                raise LibraryUnusable(
                    f"The library in {self.home} is of an older make and cannot be written; make it writable once."
                )
            self._migrate(connection)
            format = _format(connection)
        if format == schema.FORMAT:
            if strangers := schema.strangers(connection):
                raise self._damaged(f"it holds what no library does: {', '.join(strangers)}")
            # Only now: another program's database is left as it is.
            if not self.read_only:
                connection.execute("PRAGMA journal_mode = WAL")
        return format

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute("BEGIN IMMEDIATE")
        if _format(connection) == "1":  # unless another process was quicker
            schema.migrate(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        connection.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _damaged(self, problem: str) -> LibraryDamaged:
        return LibraryDamaged(
            f"{self.path} cannot be read ({problem}); `bsab check --repair` saves what is whole, "
            "`bsab restore` brings a backup back."
        )

    def _foreign(self, problem: str) -> LibraryDamaged:
        return LibraryDamaged(f"{self.path} cannot be read ({problem}); move it away, and add your documents again.")

    def _told(self, error: sqlite3.Error) -> LibraryError:
        """What SQLite's error means for whoever uses the library."""
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
            return self._damaged(str(error))
        return LibraryUnusable(
            f"The library in {self.home} cannot be used ({error}); check its free space and permissions, "
            "or name another folder with --home."
        )

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise self._told(error) from None

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """For queries alone, whose values are taken apart inside."""
        with self._connected() as connection:
            try:
                yield connection
            except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
                # A value that is not of its column's kind: in a query that verifies no seal, for it reads all rows.
                raise self._damaged(f"it holds what was never written: {error}") from error

    def _rows(self, table: str, columns: str, rest: str = "", values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a table as they were written.

        Raises:
            LibraryDamaged: one of them is not.
        """
        owner = "document_id" if "document_id" in schema.COLUMNS[table] else "id" if table == "documents" else "NULL"
        with self._reading() as connection:
            found = connection.execute(
                f"SELECT {columns}, {owner}, {schema.whole(table)} FROM {table} {rest}", values
            ).fetchall()
        return [self._whole(row) for row in found]

    def _whole(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row without its last two values: the document it belongs to, and whether it is what was written."""
        *values, owner, whole = row
        if not whole:
            told = f"the document {owner!r}" if owner else "what the library keeps of itself"
            raise self._damaged(f"{told} is not what was written: its checksum fails")
        return tuple(values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside is of one state of the library, whatever others write meanwhile."""
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        self._refuse_read_only()
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute(
                    "UPDATE meta SET value = ?1, seal = seal(key, ?1) WHERE key = 'revision'", (uuid.uuid4().hex,)
                )
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    # What is kept about the library itself

    def meta(self, key: str) -> str | None:
        """A value kept by ``set_meta``; ``revision`` changes with every change to the library."""
        found = self._rows("meta", "value", "WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_meta(self, **values: str) -> None:
        """Keep values under their names."""
        with self._writing() as connection:
            _keep(connection, values)

    # Documents

    def add(
        self,
        document: Document,
        indexed: Iterable[Indexed],
        recipe: str,
        concepts: Iterable[Concept] = (),
        references: Iterable[Reference] = (),
        results: Iterable[TrialResult] = (),
        checks: Iterable[SourceCheck] = (),
    ) -> None:
        """Store a document with its passages, the concepts that it states, its references, results and checks.

        It takes the place of one with the same id.
        """
        with self._writing() as connection:
            self._drop(connection, document.id)
            headings = [(h.level, h.number, h.title, h.span.start, h.span.end) for h in document.headings]
            added = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
            connection.execute(
                "INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, seal(?1, ?2, ?3, ?4, ?5, ?6, ?7), "
                "seal(?1, ?8), ?8)",
                (document.id, document.title, document.language, document.source, _json(headings), recipe, added,
                 document.text),
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO pairs VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
                [(document.id, _json(c.names), c.category) for c in concepts],
            )
            connection.executemany(
                "INSERT INTO refs VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
                [(document.id, reference.marker, reference_json(reference)) for reference in references],
            )
            connection.executemany(
                "INSERT INTO results VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
                [(document.id, result.span.start, result_json(result)) for result in results],
            )
            connection.executemany(
                "INSERT INTO checks VALUES (?1, ?2, seal(?1, ?2))",
                [(document.id, _json(asdict(check))) for check in checks],
            )
            for item in indexed:
                passage = item.passage
                row = connection.execute(
                    """INSERT INTO passages(id, document_id, section, trail, topic, language, start, end, sentences,
                    seal, vector_seal, vector, sentence_vectors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                    seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10), seal(?1, ?11, ?12), ?11, ?12)""",
                    (passage.id, document.id, passage.section, _json(passage.trail), passage.topic, passage.language,
                     passage.span.start, passage.span.end, _json([(s.start, s.end) for s in passage.sentences]),
                     passage.text, _blob(item.vector), _blob(item.sentence_vectors)),
                ).lastrowid  # fmt: skip
                assert row is not None
                keywords.add_words(connection, row, item.body)
                numbers = {n for marker in find_markers(passage.text) for n in marker.numbers}
                connection.executemany(
                    "INSERT INTO markers VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
                    [(document.id, number, row) for number in numbers],
                )

    def remove(self, document_id: str) -> None:
        """Take a document out.

        Raises:
            UnknownDocument: there is none with that id.
        """
        with self._writing() as connection:
            if not self._drop(connection, document_id):
                raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")

    def _drop(self, connection: sqlite3.Connection, document_id: str) -> bool:
        rows = [r for (r,) in connection.execute("SELECT row FROM passages WHERE document_id = ?", (document_id,))]
        keywords.remove_words(connection, rows)
        return connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0

    def entries(self) -> list[Entry]:
        """All documents, oldest first."""
        found = self._rows(
            "documents",
            "id, title, language, source, added, length(text), json_array_length(headings), "
            "(SELECT count(*) FROM passages WHERE document_id = documents.id)",
            "ORDER BY documents.rowid",
        )
        return [Entry(*row) for row in found]

    def document(self, document_id: str) -> Document:
        """A document with its text.

        Raises:
            UnknownDocument: there is none with that id.
            LibraryDamaged: it is not what was written.
        """
        found = self._rows(
            "documents", f"title, language, text, headings, source, id, {schema.whole('documents', 'text_seal')}",
            "WHERE id = ?", (document_id,),
        )  # fmt: skip
        if not found:
            raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")
        title, language, text, headings, source = self._whole(found[0])
        return Document(document_id, title, language, text, read_headings(headings), source)

    def recipes(self) -> dict[str, str]:
        """By document id, how it was cut and indexed."""
        return dict(self._rows("documents", "id, recipe", "ORDER BY rowid"))

    def text_owner(self, text: str) -> str | None:
        """The id of a document with exactly this text, if there is one."""
        with self._reading() as connection:
            found = connection.execute("SELECT id FROM documents WHERE text = ?", (text,)).fetchone()
        return found[0] if found else None

    # Passages

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        with self._reading() as connection:
            return [self._passage(connection, row) for row in rows]

    def _passages_by_row(self, rows: Iterable[int]) -> dict[int, Passage]:
        wanted = list(dict.fromkeys(rows))
        return dict(zip(wanted, self.passages(wanted), strict=True))

    def _passage(self, connection: sqlite3.Connection, row: int) -> Passage:
        found = connection.execute(
            f"SELECT {schema.COLUMNS['passages']}, {schema.SLICE}, document_id, {schema.whole('passages')} "
            "FROM passages WHERE row = ?",
            (row,),
        ).fetchone()
        if found is None:
            raise self._damaged("a passage is gone")
        return _passage(self._whole(found))

    def lead(self, passage: Passage) -> Passage | None:
        """The passage that opens the run-in paragraph that ``passage`` goes on with; None where it opens it."""
        if not passage.topic or passage.text.startswith(passage.topic):
            return None
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT row FROM passages WHERE document_id = ? AND topic = ? AND start < ? ORDER BY start DESC",
                (passage.document_id, passage.topic, passage.span.start),
            ).fetchall()
            earlier = (self.passages(row)[0] for row in rows)
            return next((found for found in earlier if found.text.startswith(passage.topic)), None)

    def rows(self) -> dict[int, Language]:
        """Every passage's row and language, by row."""
        with self._reading() as connection:
            found = dict(connection.execute("SELECT row, language FROM passages ORDER BY row"))
            if not set(found.values()) <= {"zh", "en"}:
                raise ValueError("a passage in no language")
            return found

    def sections(self) -> list[str]:
        """The labels of all sections that hold a passage, each once, in the order of the library."""
        with self._reading() as connection:
            found = connection.execute("SELECT section FROM passages GROUP BY section ORDER BY min(row)")
            return [str(section) for (section,) in found]

    def title_of(self, sections: Collection[str]) -> str:
        """The titles of the first passage in any of ``sections``; "" where there is none."""
        rows = self.rows_under(sections)
        return " ".join(self.passages(rows[:1])[0].trail) if rows else ""

    def rows_under(self, sections: Collection[str]) -> list[int]:
        """Rows of the passages in any of ``sections``, or in a section below one ("4" holds "4.1")."""
        with self._reading() as connection:
            found = connection.execute("SELECT row, section FROM passages ORDER BY row").fetchall()
            return [row for row, section in found if is_under(section, sections)]

    def rows_citing(self, number: int) -> list[int]:
        """Rows of the passages that cite a reference number, in the order of their documents."""
        return [row for (row,) in self._rows("markers", "row", "WHERE number = ? ORDER BY row", (number,))]

    def vectors(self, dim: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows ``(n,)`` and passage vectors ``(n, dim)``, by row.

        Raises:
            LibraryDamaged: a vector is not of that length.
        """
        with self._reading() as connection:
            found = connection.execute("SELECT row, vector FROM passages ORDER BY row").fetchall()
            if any(len(blob) != 4 * dim for _, blob in found):
                raise ValueError("broken vectors")
            rows = np.array([row for row, _ in found], dtype=np.int64)
            vectors = np.frombuffer(b"".join(blob for _, blob in found), "<f4").reshape(len(found), dim)
            # Quicker than their seals: a changed bit that matters changes a length.
            if not (np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3).all():
                raise ValueError("broken vectors")
            return rows, vectors.astype(np.float32)

    def sentence_vectors(self, row: int, dim: int) -> Vectors:
        """``(sentences, dim)`` vectors of one passage's sentences.

        Raises:
            LibraryDamaged: they are not one of that length for each sentence.
        """
        with self._reading() as connection:
            found = connection.execute(
                "SELECT sentence_vectors, json_array_length(sentences), document_id, "
                f"{schema.whole('passages', 'vector_seal')} FROM passages WHERE row = ?",
                (row,),
            ).fetchone()
            blob, sentences = self._whole(found)
            if len(blob) != 4 * dim * sentences:
                raise ValueError("broken vectors")
            return np.frombuffer(blob, "<f4").reshape(-1, dim).astype(np.float32)

    # References

    def references(self) -> dict[tuple[str, int], Reference]:
        """What is known of reference numbers, by document id and number, in the order of the documents."""
        found = self._rows("refs", "document_id, number, entry", "ORDER BY rowid")
        return {(id, number): read_reference_json(entry) for id, number, entry in found}

    def reference(self, document_id: str, number: int) -> Reference:
        """What a document's reference number stands for; unresolved where nothing is known of it."""
        found = self._rows("refs", "entry", "WHERE document_id = ? AND number = ?", (document_id, number))
        return read_reference_json(found[0][0]) if found else unresolved(number)

    def citations(self, numbers: Collection[int] | None = None) -> list[tuple[Passage, int]]:
        """Passages with each reference number that they carry, in the order of the library; of ``numbers`` alone,
        where given.
        """
        found = self._rows("markers", "row, number", "ORDER BY row, number")
        wanted = [(row, number) for row, number in found if numbers is None or number in numbers]
        passages = self._passages_by_row(row for row, _ in wanted)
        return [(passages[row], number) for row, number in wanted]

    # Trial results

    def results(self) -> list[tuple[Passage, TrialResult]]:
        """All trial results with the passage that each stands in, in the order of the library."""
        found = self._rows(
            "results",
            """(SELECT row FROM passages p WHERE p.document_id = results.document_id AND p.start <= results.start
            ORDER BY p.start DESC LIMIT 1), entry""",
            "ORDER BY rowid",
        )
        passages = self._passages_by_row(row for row, _ in found)
        return [(passages[row], read_result_json(entry)) for row, entry in found]

    def results_in(self, passage: Passage) -> list[TrialResult]:
        """The trial results of a passage, in its order."""
        found = self._rows(
            "results", "entry", "WHERE document_id = ? AND start >= ? AND start < ? ORDER BY rowid",
            (passage.document_id, passage.span.start, passage.span.end),
        )  # fmt: skip
        return [read_result_json(entry) for (entry,) in found]

    def checks(self, document_id: str) -> list[SourceCheck]:
        """Where a document departs from its sources, or from itself."""
        found = self._rows("checks", "entry", "WHERE document_id = ? ORDER BY rowid", (document_id,))
        return [SourceCheck(**json.loads(entry)) for (entry,) in found]

    # Concepts and centres

    def concepts(self) -> list[Concept]:
        """The concepts that documents state, in the order of the documents."""
        found = self._rows("pairs", "names, category", "ORDER BY rowid")
        return [Concept.of(tuple(json.loads(names)), category) for names, category in found]

    def centres(self) -> Means:
        """The mean vectors kept by ``keep_centres``; empty where there are none."""
        found = self._rows("centres", "role, language, mean")
        return {(role, language): np.frombuffer(mean, "<f4").astype(np.float32) for role, language, mean in found}

    def keep_centres(self, means: Means) -> None:
        """Keep mean vectors, in place of those kept before."""
        with self._writing() as connection:
            connection.execute("DELETE FROM centres")
            connection.executemany(
                "INSERT INTO centres VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
                [(role, language, _blob(mean)) for (role, language), mean in means.items()],
            )

    def texts(self) -> Iterator[str]:
        """The text of every document."""
        with self._reading() as connection:
            found = connection.execute("SELECT text FROM documents ORDER BY rowid").fetchall()
        return (text for (text,) in found)

    # Words

    def keyword_query(self, units: Sequence[keywords.Unit]) -> keywords.KeywordQuery:
        """What the passages hold of a question's units."""
        languages = self.rows()
        with self._reading() as connection:
            return keywords.KeywordQuery(connection, units, languages)

    def unknown(self, units: Iterable[keywords.Unit]) -> list[keywords.Unit]:
        """Those of ``units`` that no passage holds; the absence of a thing is known where the thing is."""
        with self._reading() as connection:
            return [unit for unit in units if not keywords.rows_with(connection, unit.opposite or unit.key)]

    def rewrite_words(self, bodies: Iterable[tuple[int, str]], **meta: str) -> None:
        """Replace the whole keyword index by ``(row, body)`` pairs and keep ``meta`` with it.

        ``bodies`` is read inside the transaction: what it then reads of the library, no other process changes.
        """
        with self._writing() as connection:
            self._empty_words(connection)
            for row, body in bodies:
                keywords.add_words(connection, row, body)
            _keep(connection, meta)

    def _empty_words(self, connection: sqlite3.Connection) -> None:
        # A broken FTS5 table takes no DELETE, and one of an older make cuts words in another way.
        connection.execute("DROP TABLE words")
        connection.execute(keywords.SCHEMA)

    # Health

    def problems(self, dim: int) -> list[str]:
        """What is wrong with the file, each a sentence; empty where all is well."""
        found = []
        for look in (_structure, _hurt, lambda connection: _passages_short(connection, dim)):
            try:
                with self._reading() as connection:
                    found += list(look(connection))
            except LibraryDamaged as error:
                found.append(str(error))
        return found

    # Copies

    def backup(self, path: Path) -> None:
        """Write the library as it is now, whatever others write meanwhile, to ``path``, in one step.

        Raises:
            LibraryUnusable: it cannot be written there.
        """
        partial = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            copy = sqlite3.connect(partial)
            try:
                with self._reading() as connection:
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

    def replace(self, path: Path) -> Path | None:
        """Become the library at ``path``, in one step, for everybody who has this one open.

        Returns:
            Where the file went that was too damaged to be written into; None where it was written into.

        Raises:
            LibraryUnusable: this library cannot be written.
        """
        with self._lock:
            try:
                self._refuse_read_only()
                source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
                try:
                    source.backup(self._connection)
                finally:
                    source.close()
                return None
            except sqlite3.OperationalError as error:
                raise self._told(error) from None
            except sqlite3.DatabaseError:
                self._connection.close()
                aside = put_in_place(path, self.path)
                self._connection = self._open()
                return aside

    def _refuse_read_only(self) -> None:
        if self.read_only:
            raise LibraryUnusable(f"{self.home} cannot be written to; make it writable, or name another with --home.")


def aside_of(path: Path) -> Path:
    """Where a damaged file is kept: beside it, under the time of now."""
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


def _format(connection: sqlite3.Connection) -> str | None:
    found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return str(found[0]) if found else None


def _keep(connection: sqlite3.Connection, values: Mapping[str, str]) -> None:
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?1, ?2, seal(?1, ?2))", values.items())


def _structure(connection: sqlite3.Connection) -> Iterator[str]:
    """What SQLite itself finds."""
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"SQLite: {line}"
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"SQLite: a row of {table} has no parent"
    try:
        connection.execute("INSERT INTO words(words) VALUES ('integrity-check')")
    except sqlite3.OperationalError:
        pass  # a library open for reading only
    except sqlite3.DatabaseError:
        yield "The keyword index is broken."


def _hurt(connection: sqlite3.Connection) -> Iterator[str]:
    """Rows that are not what was written."""
    for table, column in schema.seals():
        owner = "document_id" if "document_id" in schema.COLUMNS[table] else schema.COLUMNS[table].split(",")[0]
        found = connection.execute(
            f"SELECT {owner}, count(*) FROM {table} WHERE NOT {schema.whole(table, column)} GROUP BY 1"
        )
        for name, count in found:
            part = "text" if column == "text_seal" else table
            yield f"{name}: {count} of its {part} not what was written; the checksum fails."


def _passages_short(connection: sqlite3.Connection, dim: int) -> Iterator[str]:
    """Passages that lack a part, or their document."""
    passages = connection.execute(
        """SELECT p.id, length(vector), length(sentence_vectors), json_array_length(sentences), end,
        length(text), row IN (SELECT rowid FROM words)
        FROM passages p LEFT JOIN documents d ON d.id = document_id"""
    ).fetchall()
    for id, vector, sentence_vectors, sentences, end, characters, has_words in passages:
        if vector != 4 * dim or sentence_vectors != 4 * dim * sentences:
            yield f"Passage {id} has broken vectors."
        if characters is None or end > characters:
            yield f"Passage {id} lies outside its document."
        if not has_words:
            yield f"Passage {id} is not in the keyword index."
    if connection.execute("SELECT count(*) FROM words").fetchone()[0] > len(passages):
        yield "The keyword index holds passages that are gone."


def is_under(section: str, sections: Collection[str]) -> bool:
    """Whether a section is one of ``sections``, or below one."""
    return any(section == above or section.startswith(f"{above}.") for above in sections)


def _blob(vectors: NDArray[np.float32]) -> bytes:
    return vectors.astype("<f4").tobytes()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_headings(line: str) -> tuple[Heading, ...]:
    """Headings as ``Library.add`` keeps them."""
    return tuple(Heading(level, number, name, Span(start, end)) for level, number, name, start, end in json.loads(line))


def _passage(found: tuple[Any, ...]) -> Passage:
    id, document_id, section, trail, topic, language, start, end, sentences, text = found
    return Passage(
        id=id,
        document_id=document_id,
        section=section,
        trail=tuple(json.loads(trail)),
        topic=topic,
        language=language,
        span=Span(start, end),
        text=text,
        sentences=tuple(Span(*pair) for pair in json.loads(sentences)),
    )
