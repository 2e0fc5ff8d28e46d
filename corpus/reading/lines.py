"""Broken lines back to paragraphs.

Text taken out of a PDF, or typed for a narrow screen, breaks its lines inside sentences and words,
and may leave a blank line after each. ``is_wrapped`` tells such a text from one that keeps a
paragraph a line; ``rejoin`` mends it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise
from statistics import quantiles

from corpus.language import HAN

_FINISHED = re.compile(r"[。！？!?.:：…][\"'”’」』)\]）】]*$")
_TIGHT = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef“”‘’…]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Looked back on from the end of a line, however long it has grown: longer than any word.
_TAIL = 60
# A line that reaches this share of the text's usual width was broken for want of room.
_FULL = 0.8


def width(line: str) -> int:
    """Columns a line takes: two for each wide character."""
    return sum(map(_columns, line))


@lru_cache(maxsize=8192)
def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def is_finished(line: str) -> bool:
    """True where a sentence ends with the line."""
    return bool(_FINISHED.search(line[-_TAIL:]))


def is_wrapped(lines: Sequence[str]) -> bool:
    """True where most long lines end in the middle of a sentence."""
    filled = [line for line in lines if line]
    if len(filled) < 3:
        return False
    full = _full_width(filled)
    # Of one-paragraph lines, lengths differ widely; of wrapped ones, nearly all long ones agree.
    long = [line for line in filled if width(line) >= full]
    unfinished = [line for line in long if not is_finished(line)]
    return full <= 200 and len(unfinished) > len(long) / 2


def rejoin(lines: Sequence[str]) -> list[str]:
    """Paragraphs of a wrapped text. ``lines`` are stripped; an empty one is a blank line.

    A line goes on in the next unless a sentence ends with it and either the line is short or a
    blank line follows. Where blank lines stand in the middle of sentences too, they say nothing.
    """
    filled = [line for line in lines if line]
    if not filled:
        return []
    full = _full_width(filled)
    blanks_matter = not _blanks_inside_sentences(lines)
    vocabulary = _vocabulary(filled)
    paragraphs: list[Joined] = []
    ended = True
    for line in lines:
        if not line:
            ended = ended or (blanks_matter and bool(paragraphs) and is_finished(paragraphs[-1].tail))
            continue
        if ended:
            paragraphs.append(Joined(line))
        else:
            paragraphs[-1].join(line, vocabulary)
        ended = is_finished(line) and width(line) < full
    return [paragraph.text() for paragraph in paragraphs]


class Joined:
    """A text that grows piece by piece; what stands far from its end is not copied again."""

    def __init__(self, text: str = "") -> None:
        self._done: list[str] = []
        self.tail = text
        """Its end: as much as ``join`` and ``is_finished`` look at, or more."""

    def join(self, right: str, vocabulary: Set[str] = frozenset()) -> None:
        """Go on after a broken line (``join``)."""
        self._keep(join(self.tail, right, vocabulary))

    def append(self, right: str) -> None:
        """Go on where no line was broken."""
        self._keep(self.tail + right)

    def text(self) -> str:
        """All of it."""
        return "".join([*self._done, self.tail])

    def _keep(self, tail: str) -> None:
        self._done.append(tail[: -_TAIL - 1])
        self.tail = tail[-_TAIL - 1 :]


def join(left: str, right: str, vocabulary: Set[str] = frozenset()) -> str:
    """Two pieces of a broken line.

    A Chinese character on either side takes no space, a hyphen neither. The hyphen goes where it
    only broke a word ("mecha-" + "nisms") and stays in a name ("Amivantamab-" + "Lazertinib") and
    in a compound of two words of the ``vocabulary`` ("open-" + "label").
    """
    if left.endswith("-") and right[:1].isalpha() and not _TIGHT.match(right):
        first = _last_word(left[:-1])
        second = _WORD.match(right)
        if first and second and right[0].islower() and first.isalpha():
            whole, compound = f"{first}{second[0]}".lower(), f"{first}-{second[0]}".lower()
            both = first.lower() in vocabulary and second[0].lower() in vocabulary
            if not (compound in vocabulary or (both and whole not in vocabulary)):
                return left[:-1] + right
        return left + right
    if not left or not right or _TIGHT.match(left[-1]) or _TIGHT.match(right[0]):
        return left + right
    if left[-1] in "-–/(（[" or right[0] in ")）],.;%":
        return left + right
    return f"{left} {right}"


def _vocabulary(filled: Sequence[str]) -> Set[str]:
    """Words and hyphenated compounds, lower case, without the halves of those broken at a line end."""
    words: set[str] = set()
    after_hyphen = False
    for line in filled:
        found = _WORD.findall(line)
        broken = line.endswith("-")
        words.update(word.lower() for word in found[after_hyphen : len(found) - broken])
        after_hyphen = broken
    return words


def _last_word(text: str) -> str:
    match = re.search(r"[^\W\d_]+$", text[-_TAIL:])
    return match[0] if match else ""


def _full_width(filled: Sequence[str]) -> float:
    widths = sorted(width(line) for line in filled)
    usual = quantiles(widths, n=10)[8] if len(widths) > 1 else widths[0]
    return _FULL * usual


def _blanks_inside_sentences(lines: Sequence[str]) -> bool:
    pairs = [(a, b) for a, b in pairwise(lines) if a and not b]
    inside = sum(not is_finished(a) for a, _ in pairs)
    return bool(pairs) and inside > len(pairs) * 0.3
