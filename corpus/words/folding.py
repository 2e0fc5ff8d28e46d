"""Texts folded for matching alone; what is stored and shown stays as printed.

``fold`` folds width and compatibility forms (NFKC), Traditional to Simplified (OpenCC), dashes and case, and remembers
where each character came from. ``fold_width`` keeps case and length, for patterns that tell names by their capitals.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from corpus.document import Span
from corpus.language import HAN

_HAN = re.compile(f"[{HAN}]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-") | {"·": ".", "’": "'", "'": "'"})
_SAME = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SAME |= dict.fromkeys(map(ord, "–—−‒‐‑﹣"), ord("-"))
_SAME |= dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\n\t"), ord(" "))
_SAME |= {ord("〜"): ord("~"), ord("∼"): ord("~"), ord("≧"): ord("≥"), ord("≦"): ord("≤"), ord("⩾"): ord("≥")}
_SAME |= {ord("⩽"): ord("≤"), ord("﹤"): ord("<"), ord("﹥"): ord(">"), ord("【"): ord("("), ord("】"): ord(")")}
_SAME |= {ord("’"): ord("'")}
# The Lancet's raised decimal point.
_RAISED = re.compile(r"(?<=[0-9])[·∙・•‧](?=[0-9])")


def fold_width(text: str) -> str:
    """``text`` with full-width forms, dashes, blanks and raised decimal points made plain; same length."""
    return _RAISED.sub(".", text.translate(_SAME))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded for matching."""

    text: str
    origins: tuple[int, ...]
    """For each character of ``text``, where in the text as printed it came from; ascending."""

    def printed(self, start: int, end: int) -> Span:
        """The span in the text as printed of ``text[start:end]``, which is not empty."""
        return Span(self.origins[start], self.origins[end - 1] + 1)


@cache
def _simplify() -> Any:
    import opencc

    return opencc.OpenCC("t2s").convert


def fold(text: str) -> Folded:
    """Fold width, compatibility forms, dashes, Traditional characters and case."""
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))))
    characters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).translate(_DASHES).lower():
            characters.append(folded)
            origins.append(position)
    # OpenCC takes UTF-8, which has no lone surrogates: they become question marks.
    folded_text = "".join(characters).encode("utf-8", "replace").decode("utf-8")
    simplified = _simplify()(folded_text) if _HAN.search(folded_text) else folded_text
    # OpenCC keeps the length but for a few phrases; those stay as they are.
    if len(simplified) != len(folded_text):
        simplified = "".join(_single(c) for c in folded_text)
    return Folded(simplified, tuple(origins))


def _single(character: str) -> str:
    simplified: str = _simplify()(character)
    return simplified if len(simplified) == 1 else character
