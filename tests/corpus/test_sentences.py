"""Sentences, Chinese, English and mixed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.segments.sentences import split_sentences
from tests.corpus.texts import cases, squeezed, texts


@pytest.mark.parametrize(("text", "sentences"), [pytest.param(i, e, id=t) for t, i, e in cases("sentences.md")])
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [span.of(text) for span in split_sentences(text)] == sentences


@given(texts() | st.text())
def test_sentences_hold_every_character_once_and_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert "".join(squeezed(span.of(text)) for span in spans) == squeezed(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(texts() | st.text())
def test_sentences_have_no_blanks_around_and_no_line_feed_inside(text: str) -> None:
    for span in split_sentences(text):
        sentence = span.of(text)
        assert sentence
        assert sentence == sentence.strip()
        assert "\n" not in sentence
