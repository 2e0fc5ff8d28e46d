"""The catalogue as JSON and as lines: each drug, term or trial with all that documents say of it."""

from __future__ import annotations

from typing import Any

from corpus.catalogue.entry import Kind
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms
from index.store.library import Library

Json = dict[str, Any]

NAMING = ("name", "code", "short form", "long form")
"""Fields that are names themselves."""


def catalogue_json(library: Library, terms: Terms, kind: Kind, named: str = "") -> list[Json]:
    """Things of a kind in the order of the library, those that several documents name made one; ``named``: those that
    have it in a name.
    """
    rows = library.catalogue(kind)
    things: dict[str, Json] = {}
    for row, sentence in zip(rows, library.catalogue.sentences(rows), strict=True):
        entry = row.entry
        concept = terms.meaning(entry.key)
        thing = things.setdefault(
            concept.id if concept else entry.key, {"name": entry.name, "names": [entry.name], "fields": []}
        )
        if entry.field in NAMING and concept_key(entry.value) not in map(concept_key, thing["names"]):
            thing["names"].append(entry.value)
        thing["fields"].append(
            {"field": entry.field, "value": entry.value, "document": row.document_id, "section": row.section,
             "sentence": sentence}
        )  # fmt: skip
    wanted = concept_key(named)
    return [thing for thing in things.values() if any(wanted in concept_key(name) for name in thing["names"])]


def catalogue_text(thing: Json) -> str:
    """One thing on one line: its names, then its fields, each with its values."""
    told: dict[str, dict[str, None]] = {}
    for field in thing["fields"]:
        if field["field"] not in NAMING:
            told.setdefault(field["field"], {})[" ".join(field["value"].split())] = None
    fields = [f"{name}: {', '.join(values)}" for name, values in told.items()]
    return "\t".join([" · ".join(thing["names"]), *fields])
