"""The works that a document's reference numbers stand for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["resolved", "likely", "unresolved"]


@dataclass(frozen=True, slots=True)
class Work:
    """A published work."""

    title: str
    authors: str
    """As recorded, often "First AB et al."."""
    journal: str
    year: int | None
    doi: str | None
    """Without a resolver's address ("10.1056/NEJMoa2502099")."""
    pmid: str | None
    details: dict[str, Any]
    """What else is recorded: volume, issue, pages, pmcid, nct."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One number of a document's reference list."""

    marker: int
    status: Status
    """resolved: the text names the work; likely: the content fits one work; unresolved: nothing
    singles one out, and no work is given."""
    about: str
    """What the document cites it for, in the document's words."""
    works: tuple[Work, ...]
    note: str
    """What a reader must know, such as one number used for two works; often empty."""


def unresolved(marker: int) -> Reference:
    """A reference of which nothing is known."""
    return Reference(marker, "unresolved", "", (), "")


def reference_json(reference: Reference) -> str:
    """A reference as one line of JSON, for ``read_reference_json``."""
    return json.dumps(asdict(reference), ensure_ascii=False)


def read_reference_json(line: str) -> Reference:
    """A reference as ``reference_json`` wrote it."""
    entry = json.loads(line)
    return Reference(**{**entry, "works": tuple(Work(**work) for work in entry["works"])})
