"""Requests that a library of papers is not for: advice on one's own treatment, instructions to the program."""

from __future__ import annotations

from typing import Literal

from assistant.understanding.cues import cue
from corpus.words.folding import fold

Intent = Literal["advice", "instruction"]


def intent_of(question: str) -> Intent | None:
    """The kind of a question that no passage can answer; None for a question to the library."""
    text = fold(question).text
    if cue("instruction").search(text):
        return "instruction"
    return "advice" if cue("advice").search(text) else None
