"""The catalogue of a library, looked up by kind, by thing and by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from corpus.catalogue.entry import Entry, Kind
from corpus.document import Span
from index.store import schema
from index.store.connection import LibraryFile
from index.store.rows import as_json

_HERE = "FROM passages p WHERE p.document_id = catalogue.document_id AND p.start"
# Of the passage that a span lies in; a heading lies in none, and what follows it is of its section.
_SECTION = (
    f"coalesce((SELECT CASE WHEN p.end >= catalogue.end THEN p.section END {_HERE} <= catalogue.start "
    f"ORDER BY p.start DESC LIMIT 1), (SELECT p.section {_HERE} >= catalogue.end ORDER BY p.start LIMIT 1), '')"
)


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One thing that a document says, and where."""

    document_id: str
    section: str
    """``Section.label`` of its sentence; "" where it has none."""
    entry: Entry


class CatalogueTable:
    """What the documents of a library say of trials, drugs, targets and terms. Thread-safe."""

    def __init__(self, file: LibraryFile) -> None:
        """``file``: of the library."""
        self._file = file

    def __call__(
        self,
        kind: Kind,
        key: str | Collection[str] | None = None,
        field: str | None = None,
        values: Collection[str] | None = None,
    ) -> list[CatalogueRow]:
        """What is said of things of a kind, in the order of the library.

        ``key``: of one thing, or of several, where given; ``field``: that field alone; ``values``: those of a field
        that are one of them, whatever their case.
        """
        given: list[str] = [kind]
        where = "WHERE kind = ?"
        if key is not None:
            where += " AND key IN (SELECT value FROM json_each(?))"
            given.append(as_json([key] if isinstance(key, str) else list(key)))
        if field is not None:
            where += " AND field = ?"
            given.append(field)
        if values is not None:
            where += " AND value COLLATE NOCASE IN (SELECT value FROM json_each(?))"
            given.append(as_json(list(values)))
        columns = f"document_id, {_SECTION}, name, key, field, value, start, end"
        return [
            CatalogueRow(id, section, Entry(kind, name, of, told, value, Span(start, end)))
            for id, section, name, of, told, value, start, end in self._file.rows(
                "catalogue", columns, f"{where} ORDER BY row", given
            )
        ]

    def sentences(self, rows: Iterable[CatalogueRow]) -> list[str]:
        """The sentence, or the heading, of each; every document is read once.

        Raises:
            LibraryDamaged: a text is not what was written.
        """
        rows = list(rows)
        wanted = as_json(list(dict.fromkeys(row.document_id for row in rows)))
        found = self._file.rows(
            "documents", f"id, text, id, {schema.whole('documents', 'text_seal')}",
            "WHERE id IN (SELECT value FROM json_each(?))", (wanted,),
        )  # fmt: skip
        texts = dict(self._file.whole(row) for row in found)
        return [row.entry.span.of(texts[row.document_id]) for row in rows]
