"""Documents into the library, each once, under an id of its own."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace

from corpus.document import Document
from corpus.errors import CorpusError, MalformedRecord
from corpus.packs.packs import bundled_document
from index.search.hybrid import HybridIndex
from index.search.indexing import Progress


@dataclass(frozen=True, slots=True)
class Added:
    """What became of files."""

    ids: tuple[str, ...]
    """Documents that the library now holds, in the order of the files."""
    skipped: tuple[CorpusError, ...]
    """What could not be read, and why."""
    known: tuple[tuple[str, str], ...]
    """Sources whose text the library held already, and the document that holds it."""


def add_documents(index: HybridIndex, found: Iterable[Document | CorpusError], progress: Progress) -> Added:
    """Index and store what was read; each file that could not be read is told, the others are added.

    Raises:
        LibraryError: the library cannot be read or written.
    """
    added: dict[str, None] = {}
    new: list[Document] = []
    owners: dict[str, str] = {}
    skipped: list[CorpusError] = []
    known: list[tuple[str, str]] = []
    for item in found:
        if isinstance(item, CorpusError):
            skipped.append(item)
            continue
        owner = owners.get(item.text) or index.library.text_owner(item.text)
        if owner and owner != item.id:
            known.append((item.source, owner))
            continue
        if _is_record(item) and (item.id in added or bundled_document(item.id)):
            skipped.append(MalformedRecord(item.source, f"another document has the id {item.id!r}; give each its own."))
            continue
        document = item if owner or _is_record(item) else _with_free_id(item, index, added)
        added[document.id] = None
        if not owner:
            new.append(document)
        owners[document.text] = document.id
    index.add_all(new, progress)
    return Added(tuple(added), tuple(skipped), tuple(known))


def _is_record(document: Document) -> bool:
    """True where a document is a line of a JSONL file, which gives its own id."""
    return bool(re.search(r", line \d+$", document.source))


def _with_free_id(document: Document, index: HybridIndex, added: Container[str]) -> Document:
    """``document`` under an id of its own: another file's document of the same name is not replaced.

    ``added``: ids of this run, whose files are others, in other folders, even where they share a name.
    """
    sources = {entry.id: entry.source for entry in index.library.entries()}
    id, number = document.id, 1
    while id in added or (id in sources and sources[id] != document.source):
        number += 1
        id = f"{document.id}-{number}"
    return replace(document, id=id)
