"""Reference numbers to the works that they stand for."""

from __future__ import annotations

from corpus.bundled import REVIEW_ID, review_references
from corpus.document import Passage
from corpus.markers import find_markers
from corpus.references import Reference


def reference(document_id: str, number: int) -> Reference:
    """What a document's reference number stands for; unresolved where nothing is known of it."""
    known = review_references().get(number) if document_id == REVIEW_ID else None
    return known or Reference(number, "unresolved", "", (), "")


def references_in(passage: Passage) -> tuple[Reference, ...]:
    """The references that a passage carries, in its order, each once."""
    numbers = dict.fromkeys(n for marker in find_markers(passage.text) for n in marker.numbers)
    return tuple(reference(passage.document_id, number) for number in numbers)
