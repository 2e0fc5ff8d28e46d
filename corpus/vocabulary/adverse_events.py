"""Adverse events: one row of ``adverse_events.tsv`` each."""

from __future__ import annotations

from corpus.vocabulary.concepts import Concept, concept_key
from corpus.vocabulary.notation import expanded, pattern
from corpus.vocabulary.tables import read_table

_COLUMNS = ("zh", "en", "abbreviation")


def adverse_event_names() -> str:
    """A regular expression for every name, over text folded by ``fold_width``."""
    cells = [row[column] for column in _COLUMNS for row in read_table("adverse_events") if row[column]]
    return pattern(" | ".join(cells))


def adverse_event_concepts() -> list[Concept]:
    """Each as a concept, named as the table names it first."""
    concepts = []
    for row in read_table("adverse_events"):
        names = tuple(name for column in _COLUMNS for name in expanded(row[column]))
        english = expanded(row["en"]) or expanded(row["zh"])
        concepts.append(Concept(concept_key(english[0]), names, "safety"))
    return concepts
