"""A damaged library made anew from all of it that is whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.document import Document, Sidecars
from corpus.errors import CorpusError
from corpus.packs.packs import bundled_beside, bundled_concepts, bundled_document
from corpus.packs.sidecars import with_sidecars
from corpus.reading import read_apart
from index.embedding.balance import means_of
from index.embedding.embedders import Embedder
from index.embedding.loading import load_embedder
from index.errors import LibraryDamaged, LibraryUnusable
from index.search.hybrid import HybridIndex, silent
from index.search.indexing import Progress
from index.store.copies import workshop
from index.store.library import FILE_NAME, Library
from index.store.salvage import Salvaged, salvage
from index.store.upkeep import aside_of, put_in_place


@dataclass(frozen=True, slots=True)
class Repaired:
    """The outcome of a repair, document by document."""

    kept: tuple[str, ...]
    """Ids of the documents that were whole."""
    read_again: tuple[str, ...]
    """Ids of those whose text was hurt, and which were read once more from where they came."""
    lost: tuple[str, ...]
    """Ids of those that could not be."""
    aside: Path | None
    """The place of the damaged file, for it holds what was lost; None where nothing was."""


def repair(index: HybridIndex, progress: Progress = silent) -> Repaired:
    """Make an open library anew from its whole documents, in one step at the end.

    Raises:
        LibraryUnusable: it cannot be written, or was changed meanwhile.
    """
    library = index.library
    revision = library.meta("revision")
    found = salvage(library.path)
    documents, repaired = _saved(found)
    documents = [_with_kept(document, index) for document in documents]
    with workshop(library.home) as folder:
        made = _rebuilt(index.like(Library(folder)), documents, progress)
        if library.meta("revision") != revision:
            raise LibraryUnusable("The library was changed while it was repaired, and left as it is; repair it again.")
        aside = shutil.copyfile(library.path, aside_of(library.path)) if repaired.lost else None
        return replace(repaired, aside=index.replace(made) or aside)


def repair_home(
    home: Path,
    model: str | None = None,
    progress: Progress = silent,
    load: Callable[[str | None], Embedder] = load_embedder,
) -> Repaired:
    """The same for the library in ``home`` that cannot be opened.

    Raises:
        LibraryDamaged: nothing in the file is of a library.
        LibraryUnusable: the home cannot be written.
        ModelUnavailable: there is no such model on this machine.
    """
    path = home / FILE_NAME
    found = salvage(path)
    if not found.anything:
        raise LibraryDamaged(f"{path} holds nothing of a library; move it away, and add your documents again.")
    documents, repaired = _saved(found)
    documents = [_with_found(document) for document in documents]
    with workshop(home) as folder:
        index = HybridIndex(Library(folder), load(model or found.model), bundled_concepts())
        made = _rebuilt(index, documents, progress)
        return replace(repaired, aside=put_in_place(made, path))


def _rebuilt(index: HybridIndex, documents: Sequence[Document], progress: Progress) -> Path:
    """The file of a library that is new, filled with ``documents``."""
    try:
        index.library.keep_centres(means_of(index.embedder))
        index.add_all(documents, progress)
        index.library.set_meta(model=index.embedder.name, dim=str(index.embedder.dim))
    finally:
        index.library.close()
    return index.library.path


def _saved(found: Salvaged) -> tuple[list[Document], Repaired]:
    again = list(_read_again([*found.hurt, *((id, "") for id in found.lost)]))
    documents = [*found.documents, *again]
    held = {document.id for document in documents}
    lost = [id for id in (*(id for id, _ in found.hurt), *found.lost) if id not in held]
    kept = tuple(document.id for document in found.documents)
    return documents, Repaired(kept, tuple(document.id for document in again), tuple(lost), None)


def _read_again(hurt: Iterable[tuple[str, str]]) -> Iterator[Document]:
    """Documents from the files that they came from, as those are now, or from what ships with the program."""
    for id, source in hurt:
        path = Path(re.sub(r", line \d+$", "", source))
        if path.is_absolute() and path.is_file():
            # A record's source names its line, too.
            same = (item for item in read_apart([path]) if isinstance(item, Document) and item.source == source)
            if (document := next(same, None)) is not None:
                yield replace(document, id=id)
                continue
        if bundled := bundled_document(id):
            yield bundled


def _with_kept(document: Document, index: HybridIndex) -> Document:
    """A document with its sidecars, as its library kept them where that can still tell."""
    with suppress(LibraryDamaged):
        return document if document.beside != Sidecars() else replace(document, beside=index.beside(document))
    return _with_found(document)


def _with_found(document: Document) -> Document:
    """A document with the sidecars that stand beside its file now, or that ship with the program."""
    path = Path(document.source)
    if document.beside == Sidecars() and path.is_absolute() and path.is_file():
        with suppress(CorpusError):
            document = replace(document, beside=with_sidecars(document, path).beside)
    return document if document.beside != Sidecars() else replace(document, beside=bundled_beside(document))
