"""The library: one SQLite file that holds documents, passages, vectors, words and markers.

It is the truth; what FAISS keeps is a cache of it. Writing is one transaction a document, so that
a full disk or a pulled plug loses nothing that was there. A library in a folder that cannot be
written to, or on a full disk, is opened for reading. Every row is verified when it is read
(``schema.py``): what a disk has changed is never handed out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

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
from index.store.rows import read_blob, read_headings, read_passage
from index.store.writing import Indexed

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

    @property
    def read_only(self) -> bool:
        """True where the library can be read only: its folder takes no writing, or its disk is full."""
        return self._file.read_only

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

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
        with self._file.writing() as connection:
            writing.drop_document(connection, document.id)
            writing.add_document(connection, document, recipe)
            writing.add_facts(connection, document.id, concepts, references, results, checks)
            for item in indexed:
                writing.add_passage(connection, item)

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
        found = self._file.rows(
            "documents", f"title, language, text, headings, source, id, {schema.whole('documents', 'text_seal')}",
            "WHERE id = ?", (document_id,),
        )  # fmt: skip
        if not found:
            raise UnknownDocument(f"No document has the id {document_id!r}; `bsab list` shows them all.")
        title, language, text, headings, source = self._file.whole(found[0])
        return Document(document_id, title, language, text, read_headings(headings), source)

    def recipes(self) -> dict[str, str]:
        """By document id, how it was cut and indexed."""
        return dict(self._file.rows("documents", "id, recipe", "ORDER BY rowid"))

    def text_owner(self, text: str) -> str | None:
        """The id of a document with exactly this text, if there is one."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT id FROM documents WHERE text = ?", (text,)).fetchone()
        return found[0] if found else None

    # Passages

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of ``rows``, in that order."""
        with self._file.reading() as connection:
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

    def rows(self) -> dict[int, Language]:
        """Every passage's row and language, by row."""
        with self._file.reading() as connection:
            found = dict(connection.execute("SELECT row, language FROM passages ORDER BY row"))
            if not set(found.values()) <= {"zh", "en"}:
                raise ValueError("a passage in no language")
            return found

    def sections(self) -> list[str]:
        """The labels of all sections that hold a passage, each once, in the order of the library."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT section FROM passages GROUP BY section ORDER BY min(row)")
            return [str(section) for (section,) in found]

    def title_of(self, sections: Collection[str]) -> str:
        """The titles of the first passage in any of ``sections``; "" where there is none."""
        rows = self.rows_under(sections)
        return " ".join(self.passages(rows[:1])[0].trail) if rows else ""

    def rows_under(self, sections: Collection[str]) -> list[int]:
        """Rows of the passages in any of ``sections``, or in a section below one ("4" holds "4.1")."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT row, section FROM passages ORDER BY row").fetchall()
            return [row for row, section in found if is_under(section, sections)]

    def rows_citing(self, number: int) -> list[int]:
        """Rows of the passages that cite a reference number, in the order of their documents."""
        return [row for (row,) in self._file.rows("markers", "row", "WHERE number = ? ORDER BY row", (number,))]

    def vectors(self, dim: int) -> tuple[NDArray[np.int64], Vectors]:
        """Rows ``(n,)`` and passage vectors ``(n, dim)``, by row.

        Raises:
            LibraryDamaged: a vector is not of that length.
        """
        with self._file.reading() as connection:
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
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT sentence_vectors, json_array_length(sentences), document_id, "
                f"{schema.whole('passages', 'vector_seal')} FROM passages WHERE row = ?",
                (row,),
            ).fetchone()
            blob, sentences = self._file.whole(found)
            if len(blob) != 4 * dim * sentences:
                raise ValueError("broken vectors")
            return read_blob(blob, dim)

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
        passages = self._passages_by_row(row for row, _ in wanted)
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
        passages = self._passages_by_row(row for row, _ in found)
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

    def concepts(self) -> list[Concept]:
        """The concepts that documents state, in the order of the documents."""
        found = self._file.rows("pairs", "names, category", "ORDER BY rowid")
        return [Concept.of(tuple(json.loads(names)), category) for names, category in found]

    def centres(self) -> Means:
        """The mean vectors kept by ``keep_centres``; empty where there are none."""
        found = self._file.rows("centres", "role, language, mean")
        return {(role, language): np.frombuffer(mean, "<f4").astype(np.float32) for role, language, mean in found}

    def keep_centres(self, means: Means) -> None:
        """Keep mean vectors, in place of those kept before."""
        with self._file.writing() as connection:
            writing.write_centres(connection, means)

    def texts(self) -> Iterator[str]:
        """The text of every document."""
        with self._file.reading() as connection:
            found = connection.execute("SELECT text FROM documents ORDER BY rowid").fetchall()
        return (text for (text,) in found)

    # Words

    def keyword_query(self, units: Sequence[keywords.Unit]) -> keywords.KeywordQuery:
        """A question's units, weighed by the passages that hold them."""
        languages = self.rows()
        with self._file.reading() as connection:
            return keywords.KeywordQuery(partial(keywords.rows_with, connection), units, languages)

    def unknown(self, units: Iterable[keywords.Unit]) -> list[keywords.Unit]:
        """Those of ``units`` that no passage holds; the absence of a thing is known where the thing is."""
        with self._file.reading() as connection:
            return [unit for unit in units if not keywords.rows_with(connection, unit.opposite or unit.key)]

    def rewrite_words(self, bodies: Iterable[tuple[int, str]], **meta: str) -> None:
        """Replace the whole keyword index by ``(row, body)`` pairs and keep ``meta`` with it.

        ``bodies`` is read inside the transaction: what it then reads of the library, no other process changes.
        """
        with self._file.writing() as connection:
            writing.write_words(connection, bodies)
            writing.write_meta(connection, meta)

    # Upkeep

    def problems(self, dim: int) -> list[str]:
        """The faults of the file, each a sentence; empty where all is well."""
        return upkeep.problems(self._file, dim)

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
