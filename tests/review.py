"""The bundled review, as tests know it."""

from __future__ import annotations

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document
from corpus.packs.packs import bundled_document
from corpus.packs.sidecars import checks_of, references_of
from corpus.references.reference import Reference

REVIEW_ID = "bsab-review"


def read_review() -> Document:
    document = bundled_document(REVIEW_ID)
    assert document
    return document


def review_references() -> dict[int, Reference]:
    return references_of(read_review().beside)


def review_checks() -> tuple[SourceCheck, ...]:
    return checks_of(read_review().beside)
