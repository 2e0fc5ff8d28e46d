"""Files beside a document's own: its references, source checks and glossary, and its id and title.

``paper.txt`` may have ``paper.references.json``, ``paper.source_checks.json``, ``paper.glossary.tsv`` and
``paper.document.json`` ({"id": "…", "title": "…"}) in its folder. The bundled review is read in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from corpus.checks.source_checks import SourceCheck, parse_source_checks
from corpus.document import Document, Sidecars
from corpus.errors import CorpusError, MalformedRecord
from corpus.references.reference import Reference, parse_references
from corpus.vocabulary.concepts import Concept, read_glossary


def references_of(beside: Sidecars) -> dict[int, Reference]:
    """References by number; empty where no file tells."""
    return parse_references(beside.references) if beside.references else {}


def checks_of(beside: Sidecars) -> tuple[SourceCheck, ...]:
    """Source checks, in the order of their file."""
    return parse_source_checks(beside.source_checks) if beside.source_checks else ()


def concepts_of(beside: Sidecars) -> list[Concept]:
    """Concepts of the glossary."""
    return read_glossary(beside.glossary) if beside.glossary else []


_FILES: tuple[tuple[str, str, Callable[[Sidecars], object]], ...] = (
    ("references", "references.json", references_of),
    ("source_checks", "source_checks.json", checks_of),
    ("glossary", "glossary.tsv", concepts_of),
)


def with_sidecars(document: Document, path: Path) -> Document:
    """``document``, read from the file at ``path``, with what lies beside that.

    Raises:
        MalformedRecord: a file beside it is not of its form.
    """
    beside = Sidecars()
    for field, ending, parsed in _FILES:
        text = _text_of(path.with_suffix(f".{ending}"))
        beside = replace(beside, **{field: text})
        _well_formed(path.with_suffix(f".{ending}"), partial(parsed, beside))
    told = path.with_suffix(".document.json")
    text = _text_of(told)
    known: dict[str, Any] = _well_formed(told, lambda: dict(json.loads(text))) if text else {}
    id, title = (str(known.get(key) or "") for key in ("id", "title"))
    return replace(document, id=id or document.id, title=title or document.title, beside=beside)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedRecord(str(path), f"cannot be read ({type(error).__name__}); save it as UTF-8.") from None


def _well_formed(path: Path, parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except CorpusError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MalformedRecord(
            str(path), f"is not of its form ({type(error).__name__}: {error}); see README, “Files beside a document”."
        ) from None
