"""Reference markers as they stand in a text: ``[25]``, ``[11] [12]``, ``[12-14]``, ``【3】``, ``［9］``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.document import Span

_DASH = r"\-‐‑–—−－~～"
_BLANKS = r"[^\S\n]*"
MARKER = rf"[\[［【]{_BLANKS}\d{{1,3}}(?:{_BLANKS}[,，、;；{_DASH}]{_BLANKS}\d{{1,3}})*{_BLANKS}[\]］】]"
"""The form of a marker, on one line, without groups."""

_MARKER = re.compile(MARKER)
_RANGE = re.compile(rf"(\d{{1,3}})(?:{_BLANKS}[{_DASH}]{_BLANKS}(\d{{1,3}}))?")
# A wider "range" is a figure in brackets, such as an interval, not a list of references.
_WIDEST_RANGE = 30


@dataclass(frozen=True, slots=True)
class Marker:
    """One pair of brackets with reference numbers."""

    numbers: tuple[int, ...]
    """As the text counts its references, from 1; ranges filled in."""
    span: Span
    """Brackets included, in the text that was searched."""


def find_markers(text: str) -> list[Marker]:
    """The reference markers of ``text``, in order."""
    markers = []
    for match in _MARKER.finditer(text):
        numbers: list[int] = []
        for part in _RANGE.finditer(match[0]):
            low, high = int(part[1]), int(part[2] or part[1])
            numbers.extend(range(low, high + 1))
            if len(numbers) > _WIDEST_RANGE:
                break
        if numbers and 0 not in numbers and len(numbers) <= _WIDEST_RANGE:
            markers.append(Marker(tuple(dict.fromkeys(numbers)), Span(*match.span())))
    return markers
