"""The list that reference numbers stand for."""

from __future__ import annotations

import json

import pytest

from corpus.packs.sidecar_formats import parse_references

ENTRIES = [
    {"marker": 1, "status": "unresolved", "about": "癌症负担", "works": []},
    {
        "marker": 25,
        "status": "resolved",
        "about": "Tarlatamab 与化疗",
        "note": "one number, two works",
        "works": [
            {"title": "Tarlatamab in SCLC", "authors": "Mountzios G et al.", "journal": "NEJM", "year": 2025,
             "doi": "10.1056/NEJMoa2502099", "pmid": "1", "volume": "393", "nct": "", "unknown": "x"},
            {"title": "双特异性抗体"},
        ],
    },
]  # fmt: skip


def test_references_come_by_their_number() -> None:
    references = parse_references(json.dumps(ENTRIES))
    assert list(references) == [1, 25]
    assert references[1].works == ()
    assert (references[1].status, references[1].about, references[1].note) == ("unresolved", "癌症负担", "")
    assert references[25].note == "one number, two works"


def test_what_is_not_recorded_is_empty() -> None:
    full, bare = parse_references(json.dumps(ENTRIES))[25].works
    assert (full.year, full.doi, full.details) == (2025, "10.1056/NEJMoa2502099", {"volume": "393"})
    assert (bare.title, bare.authors, bare.journal) == ("双特异性抗体", "", "")
    assert (bare.year, bare.doi, bare.pmid, bare.details) == (None, None, None, {})


@pytest.mark.parametrize("lost", ["marker", "status", "about", "works"])
def test_an_entry_without_its_parts_is_refused(lost: str) -> None:
    entry = {key: value for key, value in ENTRIES[0].items() if key != lost}
    with pytest.raises(ValueError, match=f'^entry 1: write "{lost}" as '):
        parse_references(json.dumps([entry]))
