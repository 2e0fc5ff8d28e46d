"""Texts folded for matching alone; what is stored and shown stays as printed.

``fold`` folds width and compatibility forms (NFKC), Traditional to Simplified (OpenCC), dashes and case, and remembers
where each character came from. ``fold_width`` keeps case and length, for patterns that tell names by their capitals.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
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

_REGIONAL = (
    ("无恶化存活", "无进展生存"),
    ("无疾病恶化", "无疾病进展"),
    ("存活", "生存"),
    ("病人", "患者"),
    ("追踪", "随访"),
)
_LONGEST_NAME = 100
"""Characters, at most, of a text that is kept with what it folds to."""


def fold_width(text: str) -> str:
    """``text`` with full-width forms, dashes, blanks and raised decimal points made plain; same length."""
    return _RAISED.sub(".", text.translate(_SAME))


def fold_script(text: str) -> str:
    """``text`` with Traditional characters made Simplified, and what Taiwan and Hong Kong call survival and patients
    called as on the mainland; same length."""
    if not _HAN.search(text):
        return text
    simplified: str = _simplify()(text.encode("utf-8", "replace").decode("utf-8"))
    simplified = simplified if len(simplified) == len(text) else "".join(map(_single, text))
    for theirs, ours in _REGIONAL:
        simplified = simplified.replace(theirs, ours)
    return simplified


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


class _Characters(dict[int, str]):
    """Characters folded one by one, by their codes; those of the basic plane are worked out once."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).translate(_DASHES).lower()
        # OpenCC takes UTF-8, which has no lone surrogates: they become question marks.
        folded = folded.encode("utf-8", "replace").decode("utf-8")
        if code <= 0xFFFF:
            self[code] = folded
        return folded


_characters = _Characters()


def fold(text: str) -> Folded:
    """Fold width, compatibility forms, dashes, Traditional characters and case."""
    # Names are folded again and again, longer texts are not.
    return _kept(text) if len(text) <= _LONGEST_NAME else _folded(text)


def _folded(text: str) -> Folded:
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))))
    folded = text.translate(_characters)
    simplified = _simplify()(folded) if _HAN.search(folded) else folded
    # OpenCC keeps the length but for a few phrases; those stay as they are.
    if len(simplified) != len(folded):
        simplified = "".join(map(_single, folded))
    return Folded(simplified, _origins(text, len(folded)))


_kept = lru_cache(maxsize=8192)(_folded)


def _origins(text: str, length: int) -> tuple[int, ...]:
    # A character folds to one at least: where there are as many as before, each stands in its place.
    if length == len(text):
        return tuple(range(length))
    return tuple(place for place, character in enumerate(text) for _ in _characters[ord(character)])


def _single(character: str) -> str:
    simplified: str = _simplify()(character)
    return simplified if len(simplified) == 1 else character
