"""The review's departures from its sources, found in the text whatever its white space."""

from __future__ import annotations

import pytest

from corpus.checks.source_checks import SourceCheck
from corpus.segments.passages import split_passages
from tests.review import read_review, review_checks

PASSAGES = split_passages(read_review())


@pytest.mark.parametrize("check", review_checks(), ids=lambda check: check.id)
def test_every_check_belongs_to_one_passage(check: SourceCheck) -> None:
    places = [(passage, place) for passage in PASSAGES if (place := check.locate(passage.text))]
    assert len(places) == 1
    passage, place = places[0]
    assert "".join(place.of(passage.text).split()) == "".join(check.quote.split())


def test_there_are_fifteen_with_notes_in_both_languages() -> None:
    checks = review_checks()
    assert len({check.id for check in checks}) == 15
    assert all(check.note("zh") and check.note("en") and check.note("zh") != check.note("en") for check in checks)


@pytest.mark.parametrize(
    ("text", "found"),
    [("前文 ORR 为\n40% 。后文", "ORR 为\n40%"), ("ORR 为 41%", None), ("", None)],
    ids=["white space differs", "another figure", "nothing"],
)
def test_a_quote_is_located_white_space_aside(text: str, found: str | None) -> None:
    check = SourceCheck("T", "ORR为 40%", "number", "注", "note", "source", "established")
    place = check.locate(text)
    assert (place.of(text) if place else None) == found
