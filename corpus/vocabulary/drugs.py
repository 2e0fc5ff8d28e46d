"""Names of drugs: those of ``drugs.tsv`` in both languages, those of ``drug_names.txt``, and any that end as
``drug_endings.tsv`` says.

A Chinese name of a drug that is in no list is spelt in the few hundred characters that transcribe such names: its
beginning is where they begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

from corpus.document import Span
from corpus.language import HAN
from corpus.vocabulary.concepts import Concept, concept_key
from corpus.vocabulary.notation import expanded, names_in
from corpus.vocabulary.tables import read_table
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, Word

_ENGLISH_WORD = re.compile(r"(?<![a-z0-9])[a-z]{4,}(?:-[a-z]{3,})*(?![a-z])")
_BEGINNING = re.compile(r"[a-z-]{3,}")
_LONGEST = 10
"""Characters of a Chinese name before its ending."""


@cache
def drug_concepts() -> tuple[Concept, ...]:
    """The drugs of ``drugs.tsv``."""
    return tuple(
        Concept(concept_key(expanded(row["en"])[0]),
                tuple(name for column in ("zh", "en", "abbreviation") for name in expanded(row[column])), "drug")
        for row in read_table("drugs")
    )  # fmt: skip


@cache
def english_endings() -> str:
    """A regular expression for the ends of English names, lower case."""
    return _any("en")


@cache
def chinese_endings() -> str:
    """A regular expression for the ends of Chinese names, the longer first."""
    return _any("zh")


@cache
def second_words() -> str:
    """A regular expression for the second words of English names: what an antibody carries."""
    return _any("second")


def _any(column: str) -> str:
    return "|".join(map(re.escape, _endings(column)))


@cache
def _endings(column: str) -> tuple[str, ...]:
    """The names of a column of ``drug_endings.tsv``, each once, the longer first."""
    found = {name for row in read_table("drug_endings") for name in names_in(row[column])}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


@cache
def drug_names() -> frozenset[str]:
    """English names of one word, lower case: those of ``drug_names.txt`` and of ``drugs.tsv``."""
    listed = (resources.files("corpus.vocabulary") / "lists" / "drug_names.txt").read_text(encoding="utf-8").split()
    return frozenset(listed) | {name.lower() for concept in drug_concepts() for name in concept.names}


@cache
def _chinese_names() -> frozenset[str]:
    return frozenset(name for concept in drug_concepts() for name in concept.names if re.match(f"[{HAN}]", name))


@cache
def _transcribing() -> frozenset[str]:
    """The characters that Chinese names of drugs are spelt in."""
    # 白蛋白结合型 before a name describes, and spells none.
    spelt = (name for name in _chinese_names() if name.endswith(_endings("zh")) and "结合" not in name)
    return frozenset(character for name in spelt for character in name)


@cache
def _second_word() -> re.Pattern[str]:
    return re.compile(rf" (?:{second_words()}|[a-z]{{2,}}leucel)(?![a-z])")


@cache
def _chinese_ending() -> re.Pattern[str]:
    return re.compile(chinese_endings())


def is_drug_name(word: str) -> bool:
    """Whether a folded English word is, or ends as, the name of a drug."""
    # No regular expression of all endings: it takes 6 ms to compile.
    if word in drug_names():
        return True
    if not word.endswith(_endings("en")):  # most words, told a hundred times as quickly
        return False
    ends = (ending for ending in _endings("en") if word.endswith(ending))
    return any(_BEGINNING.fullmatch(word, 0, len(word) - len(ending)) for ending in ends)


def find_transcribed(text: str, words: Iterable[Word]) -> list[Span]:
    """Where ``text`` spells a Chinese name that no dictionary has, a drug's or another's, by the sound.

    ``words``: of the text, as ``Segmenter.words`` cuts it: what it does not know falls into single characters.
    """
    found: list[list[Word]] = [[]]
    end = 0
    for word in words:
        if word.span.start < end:
            continue  # a part of a compound
        spelt = _transcribing().issuperset(word.form) and word.form not in STOP_WORDS
        if not spelt or word.span.start != end:
            found.append([])
        if spelt:
            found[-1].append(word)
        end = word.span.end
    names = (run for run in found if _is_spelt([len(word.form) for word in run]))
    return [Span(run[0].span.start, run[-1].span.end) for run in names]


def _is_spelt(lengths: Sequence[int]) -> bool:
    """Whether words of those lengths are a name in pieces: three characters or more, most of them alone."""
    alone = lengths.count(1)
    return sum(lengths) >= 3 and alone >= 2 and 2 * alone >= sum(lengths)


def find_drug_names(text: str) -> list[Span]:
    """Where ``text`` names drugs, listed or not, in order; each as long as it can be."""
    folded = fold(text)
    found = [*_english(folded.text), *_chinese(folded.text)]
    return [folded.printed(start, end) for start, end in sorted(found)]


def _english(text: str) -> Iterator[tuple[int, int]]:
    last = 0
    for word in _ENGLISH_WORD.finditer(text):
        if word.start() < last:
            continue  # a second word
        second = _second_word().match(text, word.end())
        # Gene and cell therapies have two words: axicabtagene ciloleucel.
        if is_drug_name(word[0]) or (second and word[0].endswith("gene")):
            last = second.end() if second else word.end()
            yield word.start(), last


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for ending in _chinese_ending().finditer(text):
        taken = found[-1][1] if found else 0
        start = ending.start()
        while start > max(taken, ending.start() - _LONGEST) and text[start - 1] in _transcribing():
            start -= 1
        # 普利 ends 度普利 and stands inside 度普利尤单抗.
        if found and start == taken and text[slice(*found[-1])] not in _chinese_names():
            found[-1] = (found[-1][0], ending.end())
        else:
            start = _beginning(text, start, ending)
            if start < ending.start() or ending[0] in _chinese_names():
                found.append((start, ending.end()))
    yield from found


def _beginning(text: str, start: int, ending: re.Match[str]) -> int:
    """Where a name begins of which the characters from ``start`` on may be part."""
    listed = next((at for at in range(start, ending.start() + 1) if text[at : ending.end()] in _chinese_names()), None)
    # 康曲妥珠单抗: two characters more make another drug of a listed one; a single one is the end of a word (联合).
    if listed is not None and listed - start < 2:
        return listed
    # Words that join (那, 比) are characters of names, too: at the beginning they are no part of it.
    while text[start] in STOP_WORDS and ending.start() - start > 1:
        start += 1
    return start
