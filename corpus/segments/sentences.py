"""Text to sentences, Chinese, English and mixed.

A sentence ends at 。！？… and, where what follows begins a sentence, at . ! ?; its closing quotes,
brackets and reference markers belong to it. A semicolon does not end one: authors hang whole
enumerations on it, whose parts cannot be read alone. A line feed always ends one.
"""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.language import HAN
from corpus.segments.markers import MARKER

_CLOSERS = r"[\"'”’」』)\]）】]*"
_MARKERS = rf"(?:[^\S\n]?{MARKER})*"
_END = re.compile(rf"(?:[。！？][。！？!?]*|…++(?!\d)|[.!?]+){_CLOSERS}{_MARKERS}|\n+")
_OPENS = re.compile(rf"\s+[\"'“‘(\[（【]*(?:[A-Z0-9À-ÖØ-Þα-ωΑ-Ω≥≤<>~]|[{HAN}])|\s*$|\n|[{HAN}]")
# Words whose full stop ends no sentence, lower case, without it.
_ABBREVIATIONS = frozenset(
    """
    al e.g i.e eg ie vs viz cf ca approx resp fig figs tab eq eqs ref refs no nos vol pp p ch sec dr prof mr mrs
    ms st inc ltd co corp dept univ ed eds jan feb mar apr jun jul aug sep sept oct nov dec min max incl excl
    """.split()
)
_LAST_WORD = re.compile(r"[^\s(（\[【“‘\"']+$")
# "1." before an item of a list is part of the item.
_ITEM_NUMBER = re.compile(r"\s*[(（]?\d{1,2}(?:\.\d{1,2})*")
_INITIAL = re.compile(r"(?:^|[\s.(])[A-Z]$")


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of ``text``, in order, without the blanks between them.

    Every character that is not white space lies in exactly one span.
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, start, match):
            _add(text, start, match.end(), spans)
            start = match.end()
    _add(text, start, len(text), spans)
    return spans


def _is_end(text: str, start: int, match: re.Match[str]) -> bool:
    """True where the sentence that begins at ``start`` ends with ``match``."""
    if match[0][0] not in ".!?":
        return True
    if not _OPENS.match(text, match.end()):
        return False
    if match[0][0] != ".":
        return True
    if _ITEM_NUMBER.fullmatch(text, start, match.start()):
        return False
    before = text[max(0, match.start() - 40) : match.start()]
    word = _LAST_WORD.search(before)
    return not word or (word[0].lower() not in _ABBREVIATIONS and not _INITIAL.search(before))


def _add(text: str, start: int, end: int, spans: list[Span]) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append(Span(start, start + len(stripped)))
