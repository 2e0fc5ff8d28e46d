"""What ships with the program: a folder for each pack, a document with the files beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path

from corpus.document import Document, Sidecars
from corpus.packs.sidecars import concepts_of, sidecars_beside
from corpus.reading.files import READABLE, read_file
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.general import general_concepts


@cache
def bundled_documents() -> tuple[Document, ...]:
    """The documents of all packs, by the names of their folders and files."""
    documents = []
    with resources.as_file(resources.files(__package__)) as folder:
        for path in _texts(folder):
            for item in read_file(path):
                if not isinstance(item, Document):
                    raise item
                # Where the program is installed says nothing of the document.
                documents.append(replace(item, source=path.name))
    return tuple(documents)


def _texts(folder: Path) -> list[Path]:
    """The files of all packs that are documents themselves."""
    return [path for path in sorted(folder.glob("*/*")) if path.suffix in READABLE]


def bundled_document(id: str) -> Document | None:
    """The bundled document of that id; None where there is none."""
    return next((document for document in bundled_documents() if document.id == id), None)


def bundled_beside(document: Document) -> Sidecars:
    """The sidecars that a pack holds of this text under its id; empty where none does."""
    bundled = bundled_document(document.id)
    return bundled.beside if bundled and bundled.text == document.text else Sidecars()


@cache
def bundled_concepts() -> tuple[Concept, ...]:
    """Concepts of the packs' glossaries, then those of oncology trials in general."""
    with resources.as_file(resources.files(__package__)) as folder:
        beside = [sidecars_beside(path) for path in _texts(folder)]
    return (*(concept for found in beside for concept in concepts_of(found)), *general_concepts())
