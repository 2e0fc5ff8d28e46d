"""The library: one SQLite file that holds documents, passages, vectors, words and markers.

It is the truth; what FAISS keeps is a cache of it. Writing is one transaction a document, so that
a full disk or a pulled plug loses nothing that was there. A library in a folder that cannot be
written to is opened for reading.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Heading, Language, Passage, Span
from corpus.markers import find_markers
from corpus.references import Reference, read_reference_json, reference_json, unresolved
from corpus.results import TrialResult
from corpus.results.records import read_result_json, result_json
from corpus.source_checks import SourceCheck
from corpus.terms import Concept
from index import keywords
from index.balance import Means
from index.embedders import Vectors
from index.errors import LibraryDamaged, LibraryUnusable, UnknownDocument

FORMAT = "1"
"""Of the database; another one is refused."""

FILE_NAME = "library.db"

_SCHEMA = (
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE documents(
        id TEXT PRIMARY KEY, title TEXT NOT NULL, language TEXT NOT NULL, source TEXT NOT NULL,
        text TEXT NOT NULL, headings TEXT NOT NULL, recipe TEXT NOT NULL,
        added TEXT NOT NULL DEFAULT (datetime('now')))""",
    """CREATE TABLE passages(
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        section TEXT NOT NULL, trail TEXT NOT NULL, topic TEXT NOT NULL, language TEXT NOT NULL,
        start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL,
        vector BLOB NOT NULL, sentence_vectors BLOB NOT NULL)""",
    "CREATE INDEX passages_of ON passages(document_id, start)",
    """CREATE TABLE markers(
        document_id TEXT NOT NULL, number INTEGER NOT NULL,
        row INTEGER NOT NULL REFERENCES passages(row) ON DELETE CASCADE, PRIMARY KEY(document_id, number, row))""",
    """CREATE TABLE pairs(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        names TEXT NOT NULL, category TEXT NOT NULL)""",
    """CREATE TABLE refs(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY(document_id, number))""",
    """CREATE TABLE results(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, start INTEGER NOT NULL,
        entry TEXT NOT NULL)""",
    """CREATE TABLE checks(
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE, entry TEXT NOT NULL)""",
    "CREATE TABLE centres(role TEXT NOT NULL, language TEXT NOT NULL, mean BLOB NOT NULL)",
    keywords.SCHEMA,
)


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
            return self._connect(f"{self.path.absolute().as_uri()}?mode=rwc")
        except sqlite3.OperationalError as error:
            if not self.path.exists() or "locked" in str(error):
                raise self._unusable(error) from None
        # A folder without write access: SQLite cannot make its side files there, so none may be needed.
        if self.path.with_name(FILE_NAME + "-wal").exists():
            raise LibraryUnusable(
                f"The library in {self.home} was left open and cannot be written; make the folder writable once."
            )
        self.read_only = True
        try:
            return self._connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1")
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from None

    def _connect(self, uri: str) -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=30, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                connection.execute("BEGIN IMMEDIATE")
                if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    connection.execute("INSERT INTO meta VALUES ('format', ?), ('revision', 'new')", (FORMAT,))
                connection.execute("COMMIT")
            found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
            # Only now: another program's database is left as it is.
            if found == (FORMAT,) and not self.read_only:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            connection.close()
            if "no such" in str(error):  # table, or column of a table that has our name
                raise self._damaged("it is another program's database") from None
            raise
        except sqlite3.DatabaseError as error:
            connection.close()
            raise self._damaged(str(error)) from None
        if found is None or found[0] != FORMAT:
            connection.close()
            raise self._damaged(f"its format is {found[0] if found else 'unknown'}, not {FORMAT}")
        return connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _damaged(self, problem: str) -> LibraryDamaged:
        return LibraryDamaged(f"{self.path} cannot be read ({problem}); move it away, and add your documents again.")

    def _unusable(self, error: sqlite3.Error) -> LibraryUnusable:
        return LibraryUnusable(
            f"The library in {self.home} cannot be used ({error}); check its free space and permissions, "
            "or name another folder with --home."
        )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.OperationalError as error:
                raise self._unusable(error) from None
            except sqlite3.DatabaseError as error:
                raise self._damaged(str(error)) from None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read inside is of one state of the library, whatever others write meanwhile."""
        with self._reading() as connection:
            connection.execute("BEGIN")
            try:
                yield
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        if self.read_only:
            raise LibraryUnusable(f"{self.home} cannot be written to; make it writable, or name another with --home.")
        with self._reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("UPDATE meta SET value = ? WHERE key = 'revision'", (uuid.uuid4().hex,))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    # What is kept about the library itself

    def meta(self, key: str) -> str | None:
        """A value kept by ``set_meta``; ``revision`` changes with every change to the library."""
        with self._reading() as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def set_meta(self, **values: str) -> None:
        """Keep values under their names."""
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

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
            connection.execute(
                """INSERT INTO documents(id, title, language, source, text, headings, recipe)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (document.id, document.title, document.language, document.source, document.text,
                 json.dumps(headings, ensure_ascii=False), recipe),
            )  # fmt: skip
            connection.executemany(
                "INSERT INTO pairs VALUES (?, ?, ?)",
                [(document.id, json.dumps(c.names, ensure_ascii=False), c.category) for c in concepts],
            )
            connection.executemany(
                "INSERT INTO refs VALUES (?, ?, ?)",
                [(document.id, reference.marker, reference_json(reference)) for reference in references],
            )
            connection.executemany(
                "INSERT INTO results VALUES (?, ?, ?)",
                [(document.id, result.span.start, result_json(result)) for result in results],
            )
            connection.executemany(
                "INSERT INTO checks VALUES (?, ?)",
                [(document.id, json.dumps(asdict(check), ensure_ascii=False)) for check in checks],
            )
            for item in indexed:
                passage = item.passage
                row = connection.execute(
                    """INSERT INTO passages(id, document_id, section, trail, topic, language, start, end, sentences,
                    vector, sentence_vectors) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    (passage.id, document.id, passage.section, json.dumps(passage.trail, ensure_ascii=False),
                     passage.topic, passage.language, passage.span.start, passage.span.end,
                     json.dumps([(s.start, s.end) for s in passage.sentences]),
                     _blob(item.vector), _blob(item.sentence_vectors)),
                ).lastrowid  # fmt: skip
                assert row is not None
                keywords.add_words(connection, row, item.body)
                numbers = {n for marker in find_markers(passage.text) for n in marker.numbers}
                connection.executemany(
                    "INSERT INTO markers VALUES (?, ?, ?)", [(document.id, number, row) for number in numbers]
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
        with self._reading() as connection:
            found = connection.execute(
                """SELECT id, title, language, source, added, length(text), json_array_length(headings),
                (SELECT count(*) FROM passages WHERE document_id = documents.id)
                FROM documents ORDER BY documents.rowid"""
            ).fetchall()
        return [Entry(*row) for row in found]

    def document(self, document_id: str) -> Document:
        """A document with its text.

        Raises:
            UnknownDocument: there is none with that id.
        """
        with self._reading() as connection:
            found = connection.execute(
                "SELECT title, language, text, headings, source FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        if not found:
            raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")
        title, language, text, headings, source = found
        parsed = tuple(
            Heading(level, number, name, Span(start, end)) for level, number, name, start, end in json.loads(headings)
        )
        return Document(document_id, title, language, text, parsed, source)

    def recipes(self) -> dict[str, str]:
        """By document id, how it was cut and indexed."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT id, recipe FROM documents ORDER BY rowid"))

    def text_owner(self, text: str) -> str | None:
        """The id of a document with exactly this text, if there is one."""
        with self._reading() as connection:
            found = connection.execute("SELECT id FROM documents WHERE text = ?", (text,)).fetchone()
        return found[0] if found else None

    # Passages

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        with self._reading() as connection:
            return [_passage(self._passage_row(connection, row)) for row in rows]

    def _passages_by_row(self, rows: Iterable[int]) -> dict[int, Passage]:
        wanted = list(dict.fromkeys(rows))
        return dict(zip(wanted, self.passages(wanted), strict=True))

    def _passage_row(self, connection: sqlite3.Connection, row: int) -> tuple[str, ...]:
        found: tuple[str, ...] = connection.execute(
            """SELECT p.id, document_id, section, trail, topic, p.language, start, end,
            substr(text, start + 1, end - start), sentences
            FROM passages p JOIN documents d ON d.id = document_id WHERE row = ?""",
            (row,),
        ).fetchone()
        return found

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
            return dict(connection.execute("SELECT row, language FROM passages ORDER BY row"))

    def sections(self) -> list[str]:
        """The labels of all sections that hold a passage, each once, in the order of the library."""
        with self._reading() as connection:
            found = connection.execute("SELECT section FROM passages GROUP BY section ORDER BY min(row)")
            return [section for (section,) in found]

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
        with self._reading() as connection:
            found = connection.execute("SELECT row FROM markers WHERE number = ? ORDER BY row", (number,))
            return [row for (row,) in found]

    def vectors(self, dim: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows ``(n,)`` and passage vectors ``(n, dim)``, by row.

        Raises:
            LibraryDamaged: a vector is not of that length.
        """
        with self._reading() as connection:
            found = connection.execute("SELECT row, vector FROM passages ORDER BY row").fetchall()
        if any(len(blob) != 4 * dim for _, blob in found):
            raise LibraryDamaged(f"{self.path} holds broken vectors; run `bsab check --repair`.")
        rows = np.array([row for row, _ in found], dtype=np.int64)
        return rows, np.frombuffer(b"".join(blob for _, blob in found), "<f4").reshape(len(found), dim).astype(
            np.float32
        )

    def sentence_vectors(self, row: int, dim: int) -> Vectors:
        """``(sentences, dim)`` vectors of one passage's sentences.

        Raises:
            LibraryDamaged: they are not one of that length for each sentence.
        """
        with self._reading() as connection:
            blob, sentences = connection.execute(
                "SELECT sentence_vectors, json_array_length(sentences) FROM passages WHERE row = ?", (row,)
            ).fetchone()
        if len(blob) != 4 * dim * sentences:
            raise LibraryDamaged(f"{self.path} holds broken vectors; run `bsab check --repair`.")
        return np.frombuffer(blob, "<f4").reshape(-1, dim).astype(np.float32)

    # References

    def references(self) -> dict[tuple[str, int], Reference]:
        """What is known of reference numbers, by document id and number, in the order of the documents."""
        with self._reading() as connection:
            found = connection.execute("SELECT document_id, number, entry FROM refs ORDER BY rowid").fetchall()
        return {(id, number): read_reference_json(entry) for id, number, entry in found}

    def reference(self, document_id: str, number: int) -> Reference:
        """What a document's reference number stands for; unresolved where nothing is known of it."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT entry FROM refs WHERE document_id = ? AND number = ?", (document_id, number)
            ).fetchone()
        return read_reference_json(found[0]) if found else unresolved(number)

    def citations(self, numbers: Collection[int] | None = None) -> list[tuple[Passage, int]]:
        """Passages with each reference number that they carry, in the order of the library; of ``numbers`` alone,
        where given.
        """
        with self._reading() as connection:
            found = connection.execute("SELECT row, number FROM markers ORDER BY row, number").fetchall()
            wanted = [(row, number) for row, number in found if numbers is None or number in numbers]
            passages = self._passages_by_row(row for row, _ in wanted)
        return [(passages[row], number) for row, number in wanted]

    # Trial results

    def results(self) -> list[tuple[Passage, TrialResult]]:
        """All trial results with the passage that each stands in, in the order of the library."""
        with self._reading() as connection:
            found = connection.execute(
                """SELECT (SELECT row FROM passages p WHERE p.document_id = r.document_id AND p.start <= r.start
                    ORDER BY p.start DESC LIMIT 1), entry
                FROM results r ORDER BY rowid"""
            ).fetchall()
            passages = self._passages_by_row(row for row, _ in found)
        return [(passages[row], read_result_json(entry)) for row, entry in found]

    def results_in(self, passage: Passage) -> list[TrialResult]:
        """The trial results of a passage, in its order."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT entry FROM results WHERE document_id = ? AND start >= ? AND start < ? ORDER BY rowid",
                (passage.document_id, passage.span.start, passage.span.end),
            )
            return [read_result_json(entry) for (entry,) in found]

    def checks(self, document_id: str) -> list[SourceCheck]:
        """Where a document departs from its sources, or from itself."""
        with self._reading() as connection:
            found = connection.execute("SELECT entry FROM checks WHERE document_id = ?", (document_id,)).fetchall()
        return [SourceCheck(**json.loads(entry)) for (entry,) in found]

    # Concepts and centres

    def concepts(self) -> list[Concept]:
        """The concepts that documents state, in the order of the documents."""
        with self._reading() as connection:
            found = connection.execute("SELECT names, category FROM pairs ORDER BY rowid").fetchall()
        return [Concept.of(tuple(json.loads(names)), category) for names, category in found]

    def centres(self) -> Means:
        """The mean vectors kept by ``keep_centres``; empty where there are none."""
        with self._reading() as connection:
            found = connection.execute("SELECT role, language, mean FROM centres").fetchall()
        return {(role, language): np.frombuffer(mean, "<f4").astype(np.float32) for role, language, mean in found}

    def keep_centres(self, means: Means) -> None:
        """Keep mean vectors, in place of those kept before."""
        with self._writing() as connection:
            connection.execute("DELETE FROM centres")
            connection.executemany(
                "INSERT INTO centres VALUES (?, ?, ?)",
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
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

    def _empty_words(self, connection: sqlite3.Connection) -> None:
        # A broken FTS5 table takes no DELETE, and one of an older make cuts words in another way.
        connection.execute("DROP TABLE words")
        connection.execute(keywords.SCHEMA)

    # Health

    def clear_derived(self, **meta: str) -> None:
        """Empty the keyword index, drop passages without a document, and keep ``meta``: the first step of a repair."""
        with self._writing() as connection:
            self._empty_words(connection)
            for table in ("passages", "markers", "pairs", "refs", "results", "checks"):
                connection.execute(f"DELETE FROM {table} WHERE document_id NOT IN (SELECT id FROM documents)")
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())

    def problems(self, dim: int) -> list[str]:
        """What is wrong with the file, each a sentence; empty where all is well."""
        with self._reading() as connection:
            found = [f"SQLite: {line}" for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
            found += [
                f"SQLite: a row of {table} has no parent"
                for table, *_ in connection.execute("PRAGMA foreign_key_check")
            ]
            try:
                connection.execute("INSERT INTO words(words) VALUES ('integrity-check')")
            except sqlite3.OperationalError:
                pass  # a library open for reading only
            except sqlite3.DatabaseError:
                found.append("The keyword index is broken.")
            passages = connection.execute(
                """SELECT p.id, length(vector), length(sentence_vectors), json_array_length(sentences), end,
                length(text), row IN (SELECT rowid FROM words)
                FROM passages p LEFT JOIN documents d ON d.id = document_id"""
            ).fetchall()
            words = connection.execute("SELECT count(*) FROM words").fetchone()[0]
        for id, vector, sentence_vectors, sentences, end, characters, has_words in passages:
            if vector != 4 * dim or sentence_vectors != 4 * dim * sentences:
                found.append(f"Passage {id} has broken vectors.")
            if characters is None or end > characters:
                found.append(f"Passage {id} lies outside its document.")
            if not has_words:
                found.append(f"Passage {id} is not in the keyword index.")
        if words > len(passages):
            found.append("The keyword index holds passages that are gone.")
        return found


def is_under(section: str, sections: Collection[str]) -> bool:
    """Whether a section is one of ``sections``, or below one."""
    return any(section == above or section.startswith(f"{above}.") for above in sections)


def _blob(vectors: NDArray[np.float32]) -> bytes:
    return vectors.astype("<f4").tobytes()


def _passage(found: tuple[str, ...]) -> Passage:
    id, document_id, section, trail, topic, language, start, end, text, sentences = found
    return Passage(
        id=id,
        document_id=document_id,
        section=section,
        trail=tuple(json.loads(trail)),
        topic=topic,
        language=language,  # type: ignore[arg-type]
        span=Span(int(start), int(end)),
        text=text,
        sentences=tuple(Span(*pair) for pair in json.loads(sentences)),
    )
