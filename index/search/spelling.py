"""One typing error in a Latin word forgiven: "hazzard ratio", "tarlatimab".

Only a word that neither the library nor the glossary nor an English dictionary holds is corrected, and only to
the one known word that is a single insertion, deletion, replacement or swap away (optimal string alignment
distance 1). Words with digits are names, where one character makes another trial; they stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from string import ascii_lowercase
from typing import Protocol

from corpus.vocabulary.drugs import drug_names
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, stem

# Shorter words have too many neighbours.
_LEAST = 5
# Longer ones are no words, and have thousands.
_MOST = 60
_WORD = re.compile(r"(?<![a-z0-9α-ω-])[a-z]+(?![a-z0-9α-ω-])")


class Words(Protocol):
    """Where the Latin words of documents are kept: ``index.store.library.Library``."""

    def spelled(self, words: Collection[str]) -> dict[str, bool]: ...
    def is_stem(self, stem: str) -> bool: ...


class Spelling:
    """Knows the Latin words of a library and of its vocabulary."""

    def __init__(self, library: Words, names: Mapping[str, bool]) -> None:
        """``names``: Latin words of the vocabulary, as ``Words.spelled`` gives those of documents."""
        self._library = library
        self._names = names
        self._stems = {stem(word) for word in names}

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
        # The name of a drug that the library lacks is no misspelt one of another.
        if not _LEAST <= len(word) <= _MOST or word in STOP_WORDS or word in drug_names() or self._is_known(word):
            return ""
        near = sorted(known for known, named in self._known(neighbours(word)).items() if not named)
        # Endings of one word are one candidate; two different words are a guess.
        near = [candidate for candidate in near[:3] if len(candidate) >= _LEAST and candidate[0] == word[0]]
        if near and any(form in _english() for form in (word, *_american(word))):
            return ""  # "fewer" is no misspelt "fever", "defence" none of "defense"
        return near[0] if len({stem(candidate) for candidate in near}) == 1 else ""

    def _is_known(self, word: str) -> bool:
        forms = {word, stem(word)}
        if any(form in self._names or form in self._stems for form in forms):
            return True
        return bool(self._library.spelled(forms)) or any(map(self._library.is_stem, forms))

    def _known(self, words: Collection[str]) -> dict[str, bool]:
        """Those of ``words`` that are known, and whether each is a short name anywhere."""
        found = self._library.spelled(words)
        for word in words:
            if word in self._names:
                found[word] = found.get(word, False) or self._names[word]
        return found


_COMMON = 100
"""Of the dictionary's counts, from which one is no typing error that its own sources made ("triall")."""
_BRITISH = (
    ("our", "or"), ("ence", "ense"), ("is", "iz"), ("ys", "yz"), ("tre", "ter"), ("ae", "e"), ("oe", "e"),
    ("ogue", "og"), ("lled", "led"), ("lling", "ling"), ("mme", "m"), ("que", "k"),
)  # fmt: skip
"""Parts of words as British authors spell them, and as American ones do, whom the dictionary follows."""


def _american(word: str) -> list[str]:
    """What a word may be in American spelling."""
    return [word.replace(british, american) for british, american in _BRITISH if british in word]


@cache
def _english() -> Collection[str]:
    """English words, spelt as Americans do, whatever the library holds; read when a first word may be misspelt."""
    from spellchecker import SpellChecker

    counted = SpellChecker(language="en").word_frequency
    return frozenset(word for word in counted.words() if counted[word] >= _COMMON)


def neighbours(word: str) -> set[str]:
    """All words of ``a`` to ``z`` at optimal string alignment distance 1: 53 for each letter."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    shorter = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in cuts if right for letter in ascii_lowercase}
    longer = {left + letter + right for left, right in cuts for letter in ascii_lowercase}
    return (shorter | swapped | replaced | longer) - {word}
