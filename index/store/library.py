"""The library: one SQLite file that holds documents, passages, vectors, words and markers.

It is the truth; what FAISS keeps is a cache of it. Writing is one transaction a document, so that
a full disk or a pulled plug loses nothing that was there. A library in a folder that cannot be
written to, or on a full disk, is opened for reading. Every row is verified when it is read
(``schema.py``): what a disk has changed is never handed out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Language, Passage
from corpus.references.reference import Reference, read_reference_json, unresolved
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_result import read_result_json
from corpus.vocabulary.concepts import Concept
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.errors import UnknownDocument
from index.store import keywords, schema, upkeep, writing
from index.store.connection import LibraryFile
from index.store.rows import as_json, read_bytes, read_headings, read_passage, text_hash
from index.store.tables.catalogue import CatalogueTable
from index.store.tables.documents import DocumentTable
from index.store.trials import TrialTables
from index.store.writing import Facts, Indexed

FILE_NAME = "library.db"


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


@dataclass(frozen=True, slots=True)
class Stored:
    """Passages as search compares them, by row."""

    rows: NDArray[np.int64]
    """``(n,)``, ascending"""
    chinese: NDArray[np.bool_]
    """``(n,)``: Chinese, else English"""
    vectors: Vectors
    """``(n, dim)``"""


class Library:
    """One library on disk. Thread-safe; several processes may share it."""

    def __init__(self, home: Path) -> None:
        """Open the library in the folder ``home``, making both where there are none.

        Raises:
            LibraryUnusable: the folder cannot be made, read or, for a new library, written; or a newer program made it.
            LibraryDamaged: its file is not a library.
        """
        self.home = home
        self.path = home / FILE_NAME
        self._file = LibraryFile(self.path)
        self.trials, self.catalogue = TrialTables(self._file), CatalogueTable(self._file)
        self.documents = DocumentTable(self._file)
        """What it holds of trials; what documents say of trials, drugs, targets and terms."""

    @property
    def read_only(self) -> bool:
        """True where the library can be read only: its folder takes no writing, or its disk is full."""
        return self._file.read_only

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def transaction(self) -> AbstractContextManager[object]:
        """A block whose changes are made all together, or not at all; nobody else changes the library meanwhile.

        Raises:
            LibraryError: the library cannot be written, or SQLite refused.
        """
        return self._file.writing()

    def snapshot(self) -> AbstractContextManager[None]:
        """A block whose reads are all of one state of the library, whatever others write meanwhile."""
        return self._file.snapshot()

    def meta(self, key: str) -> str | None:
        """A value kept by ``set_meta``; ``revision`` changes with every change to the library."""
        found = self._file.rows("meta", "value", "WHERE key = ?", (key,))
        return found[0][0] if found else None

    def set_meta(self, **values: str) -> None:
        """Keep values under their names."""
        with self._file.writing() as connection:
            writing.write_meta(connection, values)

    # Documents

    def state(self, document: Document, recipe: str, concepts: Sequence[Concept] = (), *, again: bool = False) -> None:
        """Store a document and the names that it states, in place of one with the same id; ``fill`` gives the rest.

        ``again``: it is the same document, whose names keep their places among all.
        """
        with self._file.writing() as connection:
            writing.state_document(connection, document, recipe, concepts, again)

    def fill(self, document_id: str, indexed: Iterable[Indexed], facts: Facts = Facts()) -> None:
        """Store the passages of a document, and what it states besides names, in the transaction of its ``state``."""
        with self._file.writing() as connection:
            writing.fill_document(connection, document_id, indexed, facts)

    def remove(self, document_id: str) -> None:
        """Take a document out.

        Raises:
            UnknownDocument: there is none with that id.
        """
        with self._file.writing() as connection:
            if not writing.drop_document(connection, document_id):
                raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")

    def entries(self) -> list[Entry]:
        """All documents, oldest first."""
        found = self._file.rows(
            "documents",
            "id, title, language, source, added, characters, json_array_length(headings), "
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
        found = self._file.rows(
            "documents", f"title, language, text, headings, source, id, {schema.whole('documents', 'text_seal')}",
            "WHERE id = ?", (document_id,),
        )  # fmt: skip
        if not found:
            raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")
        title, language, text, headings, source = self._file.whole(found[0])
        return Document(document_id, title, language, text, read_headings(headings), source)

    def rows_of(self, document_id: str) -> list[int]:
        """Rows of a document's passages, in its order."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT row FROM passages WHERE document_id = ? ORDER BY start", (document_id,))
            return [row for (row,) in found]

    def vector(self, row: int, dim: int) -> NDArray[np.float32]:
        """``(dim,)``: the vector of one passage."""
        with self._file.reading() as connection:
            found = connection.execute(
                f"SELECT vector, document_id, {schema.whole('passages', 'vector_seal')} FROM passages WHERE row = ?",
                (row,),
            ).fetchone()
            (blob,) = self._file.whole(found)
            return np.frombuffer(blob, "<f4", dim).astype(np.float32)

    def recipe(self, document_id: str) -> str | None:
        """How a document was cut and indexed; None where there is none with that id."""
        found = self._file.rows("documents", "recipe", "WHERE id = ?", (document_id,))
        return found[0][0] if found else None

    def recipes(self) -> dict[str, str]:
        """By document id, how it was cut and indexed."""
        return dict(self._file.rows("documents", "id, recipe", "ORDER BY rowid"))

    def text_owner(self, text: str) -> str | None:
        """The id of a document with exactly this text, if there is one."""
        found = self._file.rows("documents", "id", "WHERE text_hash = ? ORDER BY rowid LIMIT 1", (text_hash(text),))
        return found[0][0] if found else None

    def source(self, document_id: str) -> str | None:
        """Where a document came from; None where there is none with that id."""
        found = self._file.rows("documents", "source", "WHERE id = ?", (document_id,))
        return found[0][0] if found else None

    def counts(self) -> tuple[int, int, int]:
        """The number of documents, passages and references with an entry."""
        with self._file.reading() as connection:
            counted = [f"(SELECT count(*) FROM {table})" for table in ("documents", "passages", "refs")]
            documents, passages, references = connection.execute(f"SELECT {', '.join(counted)}").fetchone()
            return documents, passages, references

    # Passages

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        with self._file.reading() as connection:
            return [self._passage(connection, row) for row in rows]

    def passages_by_row(self, rows: Iterable[int]) -> dict[int, Passage]:
        """The passages of ``rows``, each read once, in that order."""
        wanted = list(dict.fromkeys(rows))
        return dict(zip(wanted, self.passages(wanted), strict=True))

    def _passage(self, connection: sqlite3.Connection, row: int) -> Passage:
        found = connection.execute(
            f"SELECT {schema.COLUMNS['passages']}, {schema.SLICE}, document_id, {schema.whole('passages')} "
            "FROM passages WHERE row = ?",
            (row,),
        ).fetchone()
        if found is None:
            raise self._file.damaged("a passage is gone")
        return read_passage(self._file.whole(found))

    def lead(self, passage: Passage) -> Passage | None:
        """The passage that opens the run-in paragraph that ``passage`` goes on with; None where it opens it."""
        if not passage.topic or passage.text.startswith(passage.topic):
            return None
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT row FROM passages WHERE document_id = ? AND topic = ? AND start < ? ORDER BY start DESC",
                (passage.document_id, passage.topic, passage.span.start),
            ).fetchall()
            earlier = (self.passages(row)[0] for row in rows)
            return next((found for found in earlier if found.text.startswith(passage.topic)), None)

    def rows(self) -> list[int]:
        """Every passage's row."""
        with self._file.reading() as connection:
            return [row for (row,) in connection.execute("SELECT row FROM passages ORDER BY row")]

    def sections(self) -> list[str]:
        """The labels of all sections that hold a passage, each once."""
        with self._file.reading() as connection:
            # From one to the next in the index, whatever stands between them.
            found = connection.execute(
                """WITH RECURSIVE labels(section) AS (SELECT min(section) FROM passages UNION ALL
                SELECT (SELECT min(p.section) FROM passages p WHERE p.section > labels.section) FROM labels
                WHERE section IS NOT NULL) SELECT section FROM labels WHERE section IS NOT NULL"""
            )
            return [str(section) for (section,) in found]

    def titles(self) -> dict[str, str]:
        """By the label of each section that holds a passage, the first one's title, in the order of the library."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT section, trail FROM passages WHERE row IN (SELECT min(row) FROM passages GROUP BY section) "
                "ORDER BY row"
            )
            return {section: (json.loads(trail) or [""])[-1] for section, trail in found}

    def title_of(self, sections: Collection[str]) -> str:
        """The titles of the first passage in any of ``sections``; "" where there is none."""
        rows = self.rows_under(sections)
        return " ".join(self.passages(rows[:1])[0].trail) if rows else ""

    def rows_under(self, sections: Collection[str]) -> list[int]:
        """Rows of the passages in any of ``sections``, or in a section below one ("4" holds "4.1"), ascending."""
        rows: set[int] = set()
        with self._file.reading() as connection:
            for section in sections:
                below = (section, f"{section}.", f"{section}/")  # the sign after the full stop
                found = connection.execute(
                    "SELECT row FROM passages WHERE section = ? OR (section >= ? AND section < ?)", below
                )
                rows.update(row for (row,) in found)
        return sorted(rows)

    def rows_citing(self, number: int, document_id: str | None = None) -> list[int]:
        """Rows of the passages that cite a reference number, in the order of their documents; of one, where given."""
        one = "AND document_id = ?" if document_id else ""
        values = (number, *([document_id] if document_id else ()))
        found = self._file.rows("markers", "row", f"WHERE number = ? {one} ORDER BY row", values)
        return [row for (row,) in found]

    def vectors(self, dim: int, after: int = 0) -> Stored:
        """The vectors of the passages whose row is above ``after``, by row.

        Raises:
            LibraryDamaged: a vector is not of that length.
        """
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT row, language, vector FROM passages WHERE row > ? ORDER BY row", (after,)
            ).fetchall()
            if any(len(blob) != 4 * dim or language not in get_args(Language) for _, language, blob in found):
                raise ValueError("broken vectors")
            rows = np.array([row for row, _, _ in found], dtype=np.int64)
            chinese = np.array([language == "zh" for _, language, _ in found], dtype=bool)
            vectors = np.frombuffer(b"".join(blob for *_, blob in found), "<f4").reshape(len(found), dim)
            # Quicker than their seals: a changed bit that matters changes a length.
            if not (np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3).all():
                raise ValueError("broken vectors")
            return Stored(rows, chinese, vectors.astype(np.float32))

    def had(self, revision: str) -> bool:
        """Tell whether this was a revision of the library: of one that was restored, what came after it never was."""
        return bool(self._file.rows("changes", "revision", "WHERE revision = ?", (revision,)))

    def changes(self, since: str, dim: int) -> tuple[Stored, list[int]] | None:
        """The passages that came after the revision ``since``, and the rows of those that went.

        None where there was no such revision.
        """
        found = self._file.rows("changes", "last_row, last_gone", "WHERE revision = ?", (since,))
        if not found:
            return None
        ((last_row, last_gone),) = found
        gone = self._file.rows("gone", "row", "WHERE number > ?", (last_gone,))
        return self.vectors(dim, last_row), [row for (row,) in gone]

    def sentence_vectors(self, row: int, dim: int) -> Vectors:
        """``(sentences, dim)`` vectors of one passage's sentences.

        Raises:
            LibraryDamaged: they are not one of that length for each sentence.
        """
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT sentence_vectors, json_array_length(sentences), document_id, "
                f"{schema.whole('passages', 'vector_seal')} FROM passages WHERE row = ?",
                (row,),
            ).fetchone()
            blob, sentences = self._file.whole(found)
            if len(blob) != (4 + dim) * sentences:
                raise ValueError("broken vectors")
            return read_bytes(blob, dim)

    # References

    def references(self) -> dict[tuple[str, int], Reference]:
        """All that is known of reference numbers, by document id and number, in the order of the documents."""
        found = self._file.rows("refs", "document_id, number, entry", "ORDER BY rowid")
        return {(id, number): read_reference_json(entry) for id, number, entry in found}

    def reference(self, document_id: str, number: int) -> Reference:
        """The work that a document's reference number stands for; unresolved where nothing is known of it."""
        found = self._file.rows("refs", "entry", "WHERE document_id = ? AND number = ?", (document_id, number))
        return read_reference_json(found[0][0]) if found else unresolved(number)

    def citations(self, numbers: Collection[int] | None = None) -> list[tuple[Passage, int]]:
        """Passages with each reference number that they carry, in the order of the library; of ``numbers`` alone,
        where given.
        """
        found = self._file.rows("markers", "row, number", "ORDER BY row, number")
        wanted = [(row, number) for row, number in found if numbers is None or number in numbers]
        passages = self.passages_by_row(row for row, _ in wanted)
        return [(passages[row], number) for row, number in wanted]

    # Trial results

    def results(self) -> list[tuple[Passage, TrialResult]]:
        """All trial results with the passage that each stands in, in the order of the library."""
        found = self._file.rows(
            "results",
            """(SELECT row FROM passages p WHERE p.document_id = results.document_id AND p.start <= results.start
            ORDER BY p.start DESC LIMIT 1), entry""",
            "ORDER BY rowid",
        )
        passages = self.passages_by_row(row for row, _ in found)
        return [(passages[row], read_result_json(entry)) for row, entry in found]

    def results_in(self, passage: Passage) -> list[TrialResult]:
        """The trial results of a passage, in its order."""
        found = self._file.rows(
            "results", "entry", "WHERE document_id = ? AND start >= ? AND start < ? ORDER BY rowid",
            (passage.document_id, passage.span.start, passage.span.end),
        )  # fmt: skip
        return [read_result_json(entry) for (entry,) in found]

    def checks(self, document_id: str) -> list[SourceCheck]:
        """Places where a document departs from its sources, or from itself."""
        found = self._file.rows("checks", "entry", "WHERE document_id = ? ORDER BY rowid", (document_id,))
        return [SourceCheck(**json.loads(entry)) for (entry,) in found]

    # Concepts and centres

    def concepts(self, after: int = 0) -> list[Concept]:
        """The concepts that documents state, in the order of the documents, each once; ``after``: a ``last_pair``."""
        found = self._file.rows(
            "pairs", "names, category",
            "WHERE number IN (SELECT min(number) FROM pairs WHERE number > ? GROUP BY names, category) ORDER BY number",
            (after,),
        )  # fmt: skip
        return [Concept.of(tuple(json.loads(names)), category) for names, category in found]

    def last_pair(self) -> int:
        """The number of the last concept that a document stated; ``concepts`` gives those after it."""
        with self._file.reading() as connection:
            return int(connection.execute("SELECT coalesce(max(number), 0) FROM pairs").fetchone()[0])

    def centres(self) -> Means:
        """The mean vectors kept by ``keep_centres``; empty where there are none."""
        found = self._file.rows("centres", "role, language, mean")
        return {(role, language): np.frombuffer(mean, "<f4").astype(np.float32) for role, language, mean in found}

    def keep_centres(self, means: Means) -> None:
        """Keep mean vectors, in place of those kept before."""
        with self._file.writing() as connection:
            writing.write_centres(connection, means)

    # Words

    def rows_with(self, key: str) -> NDArray[np.int64]:
        """Rows of the passages that hold a unit's key, ascending."""
        with self._file.reading() as connection:
            return keywords.rows_with(connection, key)

    def rows_with_all(self, keys: Sequence[str], most: int = -1) -> list[int]:
        """Rows of the passages that hold every one of ``keys``, ascending; at most ``most``, -1 for all."""
        with self._file.reading() as connection:
            return keywords.rows_matching(connection, " AND ".join(map(keywords.quoted, keys)), most) if keys else []

    def unknown(self, units: Iterable[keywords.Unit]) -> list[keywords.Unit]:
        """Those of ``units`` that no passage holds; the absence of a thing is known where the thing is."""
        return [unit for unit in units if not self.rows_with_all([unit.opposite or unit.key], 1)]

    def spelled(self, words: Collection[str]) -> dict[str, bool]:
        """Those of ``words`` that documents print; True for short names in capitals of their own."""
        found = self._file.rows(
            "spellings", "word, names > 0", "WHERE word IN (SELECT value FROM json_each(?))", (as_json(list(words)),)
        )
        return {word: bool(named) for word, named in found}

    def is_stem(self, stem: str) -> bool:
        """Tell whether a word of a document has this stem."""
        return bool(self._file.rows("spellings", "word", "WHERE stem = ? LIMIT 1", (stem,)))

    def printing(self, names: Iterable[str], table: keywords.Table = "words") -> list[int]:
        """Rows of the passages, or of the results, that may print one of ``names``, ascending."""
        rows: set[int] = set()
        with self._file.reading() as connection:
            for query in filter(None, map(keywords.printing, names)):
                rows.update(keywords.rows_matching(connection, query, table=table))
        return sorted(rows)

    def words_of(self, row: int, table: keywords.Table = "words") -> str:
        """The words under which a passage, or a result, is indexed."""
        with self._file.reading() as connection:
            return keywords.words_of(connection, row, table)

    def rewrite(self, bodies: Iterable[tuple[keywords.Table, int, str]]) -> None:
        """Index passages and results anew: by table and row, what ``Vocabulary.indexed`` makes of them."""
        with self._file.writing() as connection:
            for table, row, body in bodies:
                keywords.write_words(connection, row, body, table)

    def rewrite_all(self, bodies: Iterable[tuple[keywords.Table, int, str]], **meta: str) -> None:
        """Replace the whole keyword index and keep ``meta`` with it.

        ``bodies`` is read inside the transaction: what it then reads of the library, no other process changes.
        """
        with self._file.writing() as connection:
            writing.write_words(connection, bodies)
            writing.write_meta(connection, meta)

    # Upkeep

    def problems(self, dim: int, progress: upkeep.Progress = lambda done, total: None) -> list[str]:
        """The faults of the file, each a sentence; empty where all is well."""
        return upkeep.problems(self._file, dim, progress)

    def backup(self, path: Path) -> None:
        """Write the library as it is now, whatever others write meanwhile, to ``path``, in one step.

        Raises:
            LibraryUnusable: it cannot be written there.
        """
        upkeep.backup(self._file, path)

    def replace(self, path: Path) -> Path | None:
        """Become the library at ``path``, in one step, for everybody who has this one open.

        Returns:
            Where the file went that was too damaged to be written into; None where it was written into.

        Raises:
            LibraryUnusable: this library cannot be written.
        """
        return upkeep.replace(self._file, path)


def is_under(section: str, sections: Collection[str]) -> bool:
    """Tell whether a section is one of ``sections``, or below one."""
    return any(section == above or section.startswith(f"{above}.") for above in sections)
