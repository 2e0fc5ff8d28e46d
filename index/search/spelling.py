"""One typing error in a Latin word forgiven: "hazzard ratio", "tarlatimab".

Only a word that neither the library nor the glossary holds is corrected, and only to the one known
word that is a single insertion, deletion, replacement or swap away (optimal string alignment
distance 1). Words with digits are names, where one character makes another trial; they stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.vocabulary.drugs import drug_names
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, stem

# Shorter words have too many neighbours.
_LEAST = 5
_LATIN_WORD = re.compile(r"[a-z]+")
_WORD = re.compile(r"(?<![a-z0-9α-ω-])[a-z]+(?![a-z0-9α-ω-])")


class Spelling:
    """Knows the Latin words of a library and of the glossary."""

    def __init__(self, words: Iterable[str], names: Iterable[str] = ()) -> None:
        """``words`` are folded, plain Latin ones of them count; none is corrected to one of ``names``."""
        known = {word for word in words if word.isascii() and word.isalpha()}
        self._words = sorted(known - set(names))
        self._known = known | {stem(word) for word in known}

    @classmethod
    def of(cls, texts: Iterable[str]) -> Spelling:
        """Knows the Latin words of ``texts``."""
        words: set[str] = set()
        names: set[str] = set()
        for text in texts:
            folded = fold(text)
            for match in _LATIN_WORD.finditer(folded.text):
                words.add(match[0])
                printed = folded.printed(*match.span()).of(text)
                # A short name in capitals of its own is too near to ordinary words: "energy" is no misspelt eNRGy.
                if len(match[0]) <= _LEAST and printed not in (match[0], match[0].capitalize()):
                    names.add(match[0])
        return cls(words, names)

    def correct(self, text: str) -> str:
        """``text`` with its unknown Latin words replaced by the only known ones that are one error away."""
        folded = fold(text)
        parts, last = [], 0
        for match in _WORD.finditer(folded.text):
            if corrected := self._correction(match[0]):
                span = folded.printed(*match.span())
                parts += [text[last : span.start], corrected]
                last = span.end
        return "".join([*parts, text[last:]])

    def _correction(self, word: str) -> str:
        known = word in self._known or stem(word) in self._known
        # The name of a drug that the library lacks is no misspelt one of another.
        if len(word) < _LEAST or known or word in STOP_WORDS or word in drug_names():
            return ""
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=1, limit=3)
        # Endings of one word are one candidate; two different words are a guess.
        near = [candidate for candidate, _, _ in found if len(candidate) >= _LEAST and candidate[0] == word[0]]
        return near[0] if len({stem(candidate) for candidate in near}) == 1 else ""
