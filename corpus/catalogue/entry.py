"""What the catalogue holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from corpus.document import Span

Kind = Literal["trial", "drug", "target", "term"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a document says of a trial, a drug, a target or a term."""

    kind: Kind
    name: str
    """As the document first prints it; of a trial without a name its registration number, else the document's title."""
    key: str
    """The id of the concept that the name has, else ``concept_key`` of the name."""
    field: str
    """As ``rules.tsv`` has it ("blinding"), or one of "name", "code", "long form", "short form", "full name"."""
    value: str
    """As printed: a slice of the sentence."""
    span: Span
    """The sentence, or the heading, in ``Document.text``."""
