"""A dictionary of words, read as far as texts need it: parsed whole, jieba's takes a second and 50 MiB."""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_left

_TOTALS = {"7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8": 60_101_967}
"""The sum of all frequencies, by the SHA-256 of the dictionary: jieba 0.42.1's. Adding them up takes 0.1 s."""
_AFTER = b"\xff"
"""After whatever follows in UTF-8."""


class WordList:
    """All words of a dictionary, as its lines hold them. Nothing changes it: segmenters share one."""

    def __init__(self, data: bytes) -> None:
        """``data``: UTF-8, "word frequency tag" a line; of a word that stands twice, the frequency is one of the two.

        Raises:
            ValueError, IndexError: a line has no frequency.
        """
        self._lines = sorted(data.splitlines())
        self.total = _TOTALS.get(hashlib.sha256(data).hexdigest()) or sum(int(line.split()[1]) for line in self._lines)
        """The sum of all frequencies."""

    def starting(self, key: str) -> dict[str, int]:
        """Frequencies: of a character, that of it alone; of more, those of all words that start so.

        What those start with stands there too, with 0 where it is no word, and so does the key.
        """
        start = (key if len(key) > 1 else f"{key} ").encode()
        found = {key: 0}
        for line in self._lines[bisect_left(self._lines, start) : bisect_left(self._lines, start + _AFTER)]:
            word, frequency = line.decode().split(" ", 2)[:2]
            found[word] = int(frequency)
            for end in range(len(key) + 1, len(word)):
                found.setdefault(word[:end], 0)
        return found


class LazyDictionary:
    """The words of a list that begin with any two characters of the texts seen so far.

    Of a text that was given to ``load``, ``frequencies`` tells all that the whole list would. Thread-safe: what starts
    with a pair is added in one step and never again, so that words which others add stay.
    """

    def __init__(self, words: WordList) -> None:
        self.frequencies: dict[str, int] = {}
        """By word; 0 for what only begins one, and for a pair or a character that begins none."""
        self._words = words
        self._lock = threading.Lock()

    def load(self, text: str) -> None:
        """Add the words that a run of Chinese characters may hold."""
        known = self.frequencies
        keys = {*text, *(text[start : start + 2] for start in range(len(text) - 1))}
        if missing := [key for key in keys if key not in known]:
            with self._lock:
                for key in missing:
                    if key not in known:
                        known.update(self._words.starting(key))
