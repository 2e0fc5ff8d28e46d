"""Names as a table writes them, short enough for a clinician to read, to patterns and to plain names.

    |          parts one name from the next
    [x]        may be left out: [m]PFS
    (a/b)      one of: (objective/overall) response
    -          in English, a hyphen or a blank: progression-free
    a blank    beside a Chinese character, may be missing
    <word>     any one word
    ~          begins a regular expression, for what this cannot say

A Latin name stands alone: no Latin letter before it or after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.language import HAN

_LATIN = re.compile(r"[A-Za-z]")
_IS_HAN = re.compile(f"[{HAN}]")
_OPENED = re.compile(r"[\[(]")
_BRACKETS = str.maketrans("", "", "[]()/<>")


def names_in(cell: str) -> list[str]:
    """The names of a cell, as it writes them."""
    return [name for part in cell.split(" | ") if (name := part.strip())]


@cache
def pattern(cell: str) -> str:
    """A regular expression without groups for all names of a cell; one that matches nothing for an empty cell."""
    return "|".join(_pattern(name) for name in names_in(cell)) or "(?!)"


def _pattern(name: str) -> str:
    if name.startswith("~"):
        return f"(?:{name[1:]})"
    words = name.translate(_BRACKETS)
    left = "(?<![A-Za-z])" if _LATIN.match(words) else ""
    right = "(?![A-Za-z])" if _LATIN.match(words[-1]) else ""
    return f"{left}{''.join(_translated(name))}{right}"


def _translated(name: str) -> Iterator[str]:
    depth: list[str] = []
    for place, character in enumerate(name):
        if character in "[(":
            depth.append(character)
            yield "(?:"
        elif character == "]" and depth.pop():
            yield ")?"
        elif character == ")" and depth.pop():
            yield ")"
        elif character == "/" and depth and depth[-1] == "(":
            yield "|"
        elif character == " ":
            beside = [side.translate(_BRACKETS) for side in (name[:place], name[place + 1 :])]
            yield " ?" if _IS_HAN.search(beside[0][-1:] + beside[1][:1]) else " "
        elif character == "-":
            yield "[- ]"
        elif character == "<":
            yield r"\w{1,12}"
        elif not _inside_word(name, place):
            yield re.escape(character)


def _inside_word(name: str, place: int) -> bool:
    """Whether a character is of ``<word>``."""
    opened = name.rfind("<", 0, place + 1)
    return opened >= 0 and name.find(">", opened) >= place


def expanded(cell: str) -> tuple[str, ...]:
    """Every plain name that a cell stands for, each once, those first that leave the most out of it.

    Regular expressions and ``<word>`` stand for none.
    """
    plain = [name for name in names_in(cell) if not name.startswith("~") and "<" not in name]
    return tuple(dict.fromkeys(text for name in plain for text in _choices(name)))


def _choices(name: str) -> list[str]:
    opened = _OPENED.search(name)
    if not opened:
        return [name]
    start, depth = opened.start(), 0
    parts = [start + 1]
    for place in range(start, len(name)):
        if name[place] in "[(":
            depth += 1
        elif name[place] in "])":
            depth -= 1
        if depth == 1 and name[place] == "/" and name[start] == "(":
            parts.append(place + 1)
        if depth == 0:
            break
    inside = [name[a : b - 1] for a, b in zip(parts, [*parts[1:], place + 1], strict=True)]
    inside = ["", *inside] if name[start] == "[" else inside
    return [name[:start] + text for each in inside for text in _choices(each + name[place + 1 :])]


@cache
def hints(cell: str) -> tuple[str, ...]:
    """Strings one of which, at least, is in every text that ``pattern`` matches; none where that cannot be told.

    Looking for them first is many times as quick.
    """
    if any(name.startswith("~") or "<" in name for name in names_in(cell)):
        return ()
    return tuple(dict.fromkeys(max(re.split(r"[\s-]", name), key=len) for name in expanded(cell)))
