"""The documents of a library, as far as answers need to tell one from another."""

from __future__ import annotations

from collections.abc import Collection

from index.store.connection import LibraryFile
from index.store.rows import as_json


class DocumentTable:
    """Titles of documents, and which of them cite a reference number. Thread-safe."""

    def __init__(self, file: LibraryFile) -> None:
        """``file``: of the library."""
        self._file = file

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """The titles of documents, by id."""
        found = self._file.rows(
            "documents", "id, title", "WHERE id IN (SELECT value FROM json_each(?))", (as_json(list(ids)),)
        )
        return dict(found)

    def is_one(self) -> bool:
        """Whether there is one document at most, whose name then goes without saying."""
        with self._file.reading() as connection:
            return len(connection.execute("SELECT 1 FROM documents LIMIT 2").fetchall()) < 2

    def citing(self, number: int, most: int) -> list[str]:
        """The documents that cite a reference number, in the order of the library; the first ``most``."""
        found = self._file.rows(
            "markers", "document_id, min(row)", "WHERE number = ? GROUP BY document_id ORDER BY min(row) LIMIT ?",
            (number, most),
        )  # fmt: skip
        return [id for id, _ in found]

    def row_at(self, id: str, start: int) -> int | None:
        """The row of the passage that holds a character of a document, else of the one after it: a heading lies in
        none; None where there is no more."""
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT row FROM passages WHERE document_id = ? AND end > ? ORDER BY start LIMIT 1", (id, start)
            ).fetchone()
            return found[0] if found else None
