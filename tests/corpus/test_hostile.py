"""200 kB of the same, and what is no text at all: every step ends, none raises."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import TooMuch
from corpus.language import language_of
from corpus.reading.cleaning import clean
from corpus.reading.headings import Outline, run_in_heading
from corpus.reading.markdown import read_markdown
from corpus.reading.plain import read_plain
from corpus.segments.markers import find_markers
from corpus.segments.passages import split_passages
from corpus.segments.sentences import split_sentences
from tests.corpus.texts import bundled_segmenter, bundled_terms, squeezed, texts

LENGTH = 200_000
"""Characters. A pattern that tries every pair of places takes hours, one that goes straight on less than a second."""

PIECES = [
    "(", "[", "【", "[1,", "[1-9", ". ", "。", "…", '."', "!?", "0", "1.", "1. ", "a", "a-", "A.", "al. ", "|", "> ",
    "肺", "肺 ", "-", "'", "非", "小细胞", "non ", "\n", "a\n", "1. 肺\n", "DeLLphi-304 研究", "研究：", " ",
    "\0", "\x1b", "\ud800", "\u202e", "Ｔ", "ﬃ", "\u0301", "😀",
]  # fmt: skip

STEPS: dict[str, Callable[[str], Any]] = {
    "language": language_of,
    "sentences": split_sentences,
    "headings": lambda text: Outline().heading(text, after_end=True),
    "run-in heading": run_in_heading,
    "markers": find_markers,
    "terms": lambda text: bundled_terms().find(text),
    "words": lambda text: bundled_segmenter().words(text),
}


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_every_step_ends(piece: str) -> None:
    # The "x" keeps a pattern that is tied to the end from matching at once.
    text = piece * (LENGTH // len(piece)) + "x"
    for step in STEPS.values():
        step(text)


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_the_plain_reader_ends_and_loses_nothing(piece: str) -> None:
    text = piece * (LENGTH // len(piece))
    document = read_plain(text, id="d", title="t", source="s")
    assert squeezed(document.text if document else "", drop="-") == squeezed(clean(text), drop="-")
    if document:
        passages = split_passages(document)
        headings = "".join(h.span.of(document.text) for h in document.headings)
        assert sum(len(squeezed(p.text)) for p in passages) + len(squeezed(headings)) == len(squeezed(document.text))


@pytest.mark.parametrize("piece", [*PIECES, "*", "_ ", "`", "![", "[a](", "<", "&", "- ", "|a\n|-\n"], ids=ascii)
def test_the_markdown_reader_ends(piece: str) -> None:
    # The parser goes straight on too, but slowly.
    text = piece * (LENGTH // 20 // len(piece))
    if piece in ("1. ", "> ", "- ", "*"):
        with suppress(TooMuch):  # a thousand lists in one another
            read_markdown(text, id="d", title="t", source="s")
        return
    document = read_markdown(text, id="d", title="t", source="s")
    assert document is None or isinstance(document, Document)


@given(text=texts() | st.text(st.characters()))
def test_every_step_finds_what_stands_in_the_text(text: str) -> None:
    found = {name: step(text) for name, step in STEPS.items()}
    assert found == {name: step(text) for name, step in STEPS.items()}
    assert found["language"] in ("zh", "en")
    # A title is set without the blanks between its characters, a lead without those around it.
    assert squeezed(found["run-in heading"]) in squeezed(text)
    if heading := found["headings"]:
        assert squeezed(heading.number + heading.title) in squeezed(text) or heading.title == heading.number
    spans = {
        "sentences": found["sentences"],
        **{name: [item.span for item in found[name]] for name in ("markers", "terms", "words")},
    }
    for name, places in spans.items():
        assert [place.start for place in places] == sorted(place.start for place in places), name
        assert all(0 <= place.start < place.end <= len(text) for place in places), name
        assert all(squeezed(place.of(text)) for place in places), name
