"""Follow-ups: whether a question leaves its subject to those before it, and what those named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from assistant.understanding.cues import cue
from assistant.understanding.defining import defined_in
from corpus.reading.cleaning import clean
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex

MAX_CHARACTERS = 2000
"""Of a question; more is a document, which can be added instead."""
_FEW = 2
"""Words and concepts of a question that may say nothing but what the last one left out ("And the ORR?")."""
T = TypeVar("T")


def is_follow_up(text: str, size: int, history: Sequence[str], *, named: bool, asking: bool) -> bool:
    """Tell whether a question may leave its subject to those before it.

    What a thing is, is asked of the thing alone ("What is DLL3?").

    Args:
        size: its words and concepts.
        named: it names a thing of its own: a trial, a drug, a class, a target, a disease.
        asking: it asks for a measure, an attribute or an adverse event, which are of something.
    """
    thing = defined_in(text)
    if not history or (thing and not cue("follow_up").search(fold(thing).text)):
        return False
    return bool(cue("follow_up").search(fold(text).text)) or size <= _FEW or (asking and not named)


def named_before(history: Sequence[str], index: HybridIndex, find: Callable[[str], T | None]) -> T | None:
    """What ``find`` finds in the latest question before that holds any; None where none does.

    ``history``: questions, oldest first.
    """
    earlier = (index.correct(clean(text).strip()[:MAX_CHARACTERS]) for text in reversed(history))
    return next((found for text in earlier if (found := find(text))), None)
