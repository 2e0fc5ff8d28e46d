"""Documents into the library, each once, under an id of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from corpus.document import Document, Sidecars
from corpus.errors import CorpusError, MalformedRecord
from corpus.packs.sidecars import details_of
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
    source = index.library.source
    for item in found:
        if isinstance(item, CorpusError):
            skipped.append(item)
            continue
        owner = owners.get(item.text) or index.library.text_owner(item.text)
        giver = _id_giver(item)
        if owner and giver == "name" and source(owner) == item.source:
            item = replace(item, id=owner)  # the same file again, whose name was another's
        if owner and owner != item.id:
            known.append((item.source, owner))
            continue
        repeated = item.id in added and (giver == "record" or not owner)
        if giver != "name" and (repeated or _is_anothers(item, index)):
            skipped.append(MalformedRecord(item.source, f"another document has the id {item.id!r}; give each its own."))
            continue
        document = item if owner or giver != "name" else _with_free_id(item, added, source)
        if not owner or (document.id not in added and _has_changed_beside(document, index)):
            new.append(document)
        added[document.id] = None
        owners[document.text] = document.id
    index.add_all(new, progress)
    return Added(tuple(added), tuple(skipped), tuple(known))


def _id_giver(document: Document) -> Literal["record", "sidecar", "name"]:
    """The giver of a document's id: a line of a JSONL file, a file beside its own, or its own file's name."""
    if re.search(r", line \d+$", document.source):
        return "record"
    return "sidecar" if details_of(document.beside).id else "name"


def _is_anothers(document: Document, index: HybridIndex) -> bool:
    """True where the library holds one of the same id that came by it in another way: that one is not replaced."""
    if index.library.source(document.id) in (None, document.source):
        return False
    return _id_giver(_held(document.id, index)) != _id_giver(document)


def _held(id: str, index: HybridIndex) -> Document:
    """A document of the library with its sidecars."""
    document = index.library.document(id)
    return replace(document, beside=index.beside(document))


def _has_changed_beside(document: Document, index: HybridIndex) -> bool:
    """True where others stand beside a document than when it was added; a copy without any says nothing of them."""
    return document.beside not in (Sidecars(), index.beside(document))


def _with_free_id(document: Document, added: Container[str], source: Callable[[str], str | None]) -> Document:
    """``document`` under an id of its own: another file's document of the same name is not replaced.

    ``added``: ids of this run, whose files are others, in other folders, even where they share a name.
    ``source``: where the document of an id came from; None where the library has none.
    """
    id, number = document.id, 1
    while id in added or source(id) not in (None, document.source):
        number += 1
        id = f"{document.id}-{number}"
    return replace(document, id=id)
