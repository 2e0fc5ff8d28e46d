"""Text to sentences, Chinese, English and mixed.

A sentence ends at 。！？… and, where what follows begins a sentence, at . ! ?; its closing quotes,
brackets and reference markers belong to it. A semicolon does not end one: authors hang whole
enumerations on it, whose parts cannot be read alone. A line feed always ends one.
"""

from __future__ import annotations

import re

from corpus.document import Span
from corpus.language import HAN

_CLOSERS = r"[\"'”’」』)\]）】]*"
_MARKERS = r"(?:\s?[\[［【]\d{1,3}(?:\s?[,，、;\-–~]\s?\d{1,3})*[\]］】])*"
_END = re.compile(rf"(?:[。！？]+|…+(?!\d)|[.!?]+){_CLOSERS}{_MARKERS}|\n+")
_OPENS = re.compile(rf"\s+[\"'“‘(\[（【]*(?:[A-Z0-9À-ÖØ-Þα-ωΑ-Ω≥≤<>~]|[{HAN}])|\s*$|\n|[{HAN}]")
# Words whose full stop ends no sentence, lower case, without it.
_ABBREVIATIONS = frozenset(
    """
    al e.g i.e eg ie vs viz cf ca approx resp fig figs tab eq eqs ref refs no nos vol pp p ch sec dr prof mr mrs
    ms st inc ltd co corp dept univ ed eds jan feb mar apr jun jul aug sep sept oct nov dec min max incl excl
    """.split()
)
# Those that do end one where a capital follows two words of the next sentence, as "et al. The …".
_LAST_WORD = re.compile(r"[^\s(（\[【“‘\"']+$")
_INITIAL = re.compile(r"(?:^|[\s.(])[A-Z]$")


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences of ``text``, in order, without the blanks between them.

    Every character that is not white space lies in exactly one span.
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if _is_end(text, match):
            _add(text, start, match.end(), spans)
            start = match.end()
    _add(text, start, len(text), spans)
    return spans


def _is_end(text: str, match: re.Match[str]) -> bool:
    if match[0][0] not in ".!?":
        return True
    if not _OPENS.match(text, match.end()):
        return False
    if match[0][0] != ".":
        return True
    before = text[max(0, match.start() - 40) : match.start()]
    word = _LAST_WORD.search(before)
    if not word:
        return True
    last = word[0].lower()
    if last == "al":
        # "et al. [25] reported" goes on; "et al. The trial" does not say, and is left whole.
        return "\n" in text[match.end() : match.end() + 1] or match.end() == len(text)
    return last not in _ABBREVIATIONS and not _INITIAL.search(before)


def _add(text: str, start: int, end: int, spans: list[Span]) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append(Span(start, start + len(stripped)))
