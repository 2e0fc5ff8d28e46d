"""What ships with the program: the review, its references, and the names of its field."""

from __future__ import annotations

from functools import cache
from importlib import resources

from corpus.checks.source_checks import SourceCheck, parse_source_checks
from corpus.document import Document
from corpus.reading.plain import read_plain
from corpus.references.reference import Reference, parse_references
from corpus.vocabulary.concepts import Concept, read_glossary
from corpus.vocabulary.general import general_concepts

REVIEW_ID = "bsab-review"
"""Document id of the bundled review."""

# The review's own title is not in its text; this one says what it is about.
_REVIEW_TITLE = "双特异性抗体与肺癌（综述）"


def read_review() -> Document:
    """The bundled Chinese review on bispecific antibodies in lung cancer."""
    document = read_plain(_text("packs/review/review.txt"), id=REVIEW_ID, title=_REVIEW_TITLE, source="review.txt")
    assert document is not None
    return document


@cache
def review_references() -> dict[int, Reference]:
    """The review's references by number."""
    return parse_references(_text("packs/review/references.json"))


@cache
def review_checks() -> tuple[SourceCheck, ...]:
    """Where the review departs from the papers it cites, or from itself."""
    return parse_source_checks(_text("packs/review/source_checks.json"))


@cache
def bundled_concepts() -> tuple[Concept, ...]:
    """Concepts of the review's glossary, then those of oncology trials in general."""
    return (*read_glossary(_text("packs/review/glossary.tsv")), *general_concepts())


def _text(name: str) -> str:
    return resources.files("corpus").joinpath(name).read_text(encoding="utf-8")
