"""Files beside a document's own: references, source checks, glossary, translation, and id, title and language.

``paper.txt`` may have ``paper.references.json``, ``paper.source_checks.json``, ``paper.glossary.tsv``,
``paper.translation.json`` and ``paper.document.json`` in its folder (``corpus.packs.sidecar_formats``). The bundled
review is read in the same way.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Sidecars
from corpus.errors import MalformedSidecar
from corpus.packs.sidecar_formats import (
    Details,
    parse_details,
    parse_glossary,
    parse_references,
    parse_source_checks,
    parse_translation,
    sentence_key,
)
from corpus.reading.opening import read_text
from corpus.references.reference import Reference
from corpus.vocabulary.concepts import Concept

_LARGEST = 5_000_000
"""Bytes of one such file at most; a thousand references have about one million."""


def references_of(beside: Sidecars) -> dict[int, Reference]:
    """References by number; empty where no file tells."""
    return parse_references(beside.references) if beside.references else {}


def checks_of(beside: Sidecars) -> tuple[SourceCheck, ...]:
    """Source checks, in the order of their file."""
    return parse_source_checks(beside.source_checks) if beside.source_checks else ()


def concepts_of(beside: Sidecars) -> list[Concept]:
    """Concepts of the glossary."""
    return parse_glossary(beside.glossary) if beside.glossary else []


def details_of(beside: Sidecars) -> Details:
    """Id, title and language that the document is given."""
    return parse_details(beside.details) if beside.details else Details()


def translation_of(beside: Sidecars) -> dict[str, str]:
    """Translations of sentences by their ``sentence_key``; empty where no file tells."""
    return parse_translation(beside.translation) if beside.translation else {}


_FILES: dict[str, tuple[str, Callable[[Sidecars], object]]] = {
    "references": ("references.json", references_of),
    "source_checks": ("source_checks.json", checks_of),
    "glossary": ("glossary.tsv", concepts_of),
    "details": ("document.json", details_of),
    "translation": ("translation.json", translation_of),
}
"""By the field that holds its text: the ending of a file's name, and its reader."""


def is_sidecar(path: Path) -> bool:
    """True where a file's name is that of one beside a document."""
    return path.name.endswith(tuple(f".{ending}" for ending, _ in _FILES.values()))


def sidecars_beside(path: Path) -> Sidecars:
    """What lies beside the document's file at ``path``, unread.

    Raises:
        CorpusError: a file cannot be read.
    """
    # False, too, for a name that is longer than names may be.
    held = {field: place for field in _FILES if os.path.exists(place := _place(path, field))}
    return Sidecars(**{field: read_text(place, _LARGEST) for field, place in held.items()})


def _place(path: Path, field: str) -> Path:
    return path.with_name(f"{path.stem}.{_FILES[field][0]}")


def with_sidecars(document: Document, path: Path) -> Document:
    """``document``, read from the file at ``path``, with what lies beside that, under the id and title given there.

    Raises:
        MalformedSidecar: a file beside it is not of its form.
        CorpusError: one cannot be read.
    """
    beside = sidecars_beside(path)
    for field, (_, parsed) in _FILES.items():
        try:
            parsed(beside)
        except ValueError as error:
            raise MalformedSidecar(str(_place(path, field)), str(error)) from None
    text = sentence_key(document.text)
    for original in translation_of(beside):
        if original not in text:
            raise MalformedSidecar(
                str(_place(path, "translation")), f"copy each original from the text, where there is no “{original}”."
            )
    told = details_of(beside)
    return replace(
        document,
        id=told.id or document.id,
        title=told.title or document.title,
        language=told.language or document.language,
        beside=beside,
    )
