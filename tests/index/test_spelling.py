"""Typing errors forgiven: one in a Latin word that nobody knows; everything else stays verbatim."""

from __future__ import annotations

from collections.abc import Collection
from itertools import product
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.words.segmenting import stem
from index.search.spelling import Spelling, neighbours
from index.store.writing import spelled

KNOWN = (
    "hazard ratio tarlatamab amivantamab zenocutuzumab survival median trial trials toxicity toxicities "
    "dellphi keynote combine confine crs pembrolizumab"
).split()  # fmt: skip


class Words:
    """A library that prints these words, and no others."""

    def __init__(self, *texts: str) -> None:
        self._spelled = spelled(texts)
        self._stems = {stem(word) for word in self._spelled}

    def spelled(self, words: Collection[str]) -> dict[str, bool]:
        return {word: self._spelled[word] for word in words if word in self._spelled}

    def is_stem(self, stem: str) -> bool:
        return stem in self._stems


SPELLING = Spelling(Words(*KNOWN), {})
OF_NAMES = Spelling(Words(), spelled(KNOWN))
"""The same words, known beforehand."""


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("hazzard ratio", "hazard ratio"),
        ("hazrd", "hazard"),
        ("hazatd", "hazard"),
        ("hzaard", "hazard"),
        ("Tarlatimab's safety", "tarlatamab's safety"),
        ("tarlatimab的安全性如何？", "tarlatamab的安全性如何？"),
        ("比较Tarlatimab 与amivantamb（mPFS）", "比较tarlatamab 与amivantamab（mPFS）"),
        ("ｔａｒｌａｔｉｍａｂ的安全性", "tarlatamab的安全性"),
        ("塔拉妥單抗 hazzard ratio", "塔拉妥單抗 hazard ratio"),
        ("triall 的结果", "trial 的结果"),
    ],
    ids=["en one more", "en one less", "en another", "en swapped", "en capital", "mixed beside a character",
         "mixed two words", "mixed full width", "mixed Traditional", "mixed endings of one word"],
)  # fmt: skip
def test_one_error_is_forgiven(text: str, corrected: str) -> None:
    assert SPELLING.correct(text) == corrected
    assert OF_NAMES.correct(text) == corrected


@pytest.mark.parametrize(
    "text",
    [
        "DeLLphi-305",
        "dellphi305 和 keynote042",
        "KEYNOTE-042",
        "Dellphy-304",
        "tarlatim4b",
        "α-hazzard",
        "tarlatamab hazard ratio",
        "trialing",
        "crss",
        "rati",
        "comfine",
        "which",
        "hhazzard",
        "bazard",
        "塔拉妥单杭的安全姓",
        "",
    ],
    ids=["another trial", "another trial, one word", "another trial in capitals", "a trial's name misspelt",
         "a digit within", "a part of a compound", "known", "a known word's ending", "short, known stem", "short",
         "two as near", "a stop word", "two errors", "an error in the first letter", "zh", "nothing"],
)  # fmt: skip
def test_what_is_no_certain_error_stays(text: str) -> None:
    assert SPELLING.correct(text) == text
    assert OF_NAMES.correct(text) == text


@given(st.text(st.characters(codec=None) | st.sampled_from("hazard ratio 塔安，（"), max_size=40))
def test_without_latin_words_to_know_every_text_stays(text: str) -> None:
    assert Spelling(Words(), {}).correct(text) == text


@given(
    st.text(st.characters(exclude_categories=["L", "M", "N", "P"]), max_size=8),
    st.sampled_from(["安全性", " ", "（", "：\n"]),
)
def test_what_stands_around_a_correction_stays_verbatim(before: str, after: str) -> None:
    assert SPELLING.correct(f"{before} hazzard{after}{before}") == f"{before} hazard{after}{before}"


@given(st.lists(st.sampled_from([*KNOWN, "hazzard", "tarlatimab", "塔拉妥单抗", "KEYNOTE-042", "？"]), max_size=6))
def test_corrected_text_is_correct(words: list[str]) -> None:
    corrected = SPELLING.correct(" ".join(words))
    assert SPELLING.correct(corrected) == corrected


@given(st.data())
def test_every_single_error_in_a_lone_name_is_found(data: st.DataObject) -> None:
    name = "zenocutuzumab"
    place = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    swapped = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    wrong = data.draw(
        st.sampled_from([name[:place] + name[place + 1 :], name[:place] + letter + name[place:],
                         name[:place] + letter + name[place + 1 :], swapped])
    )  # fmt: skip
    assert Spelling(Words(name, "antibody"), {}).correct(wrong) == name
    assert Spelling(Words("antibody"), {name: False}).correct(wrong) == name


# One error


def distance(one: str, other: str) -> int:
    """Optimal string alignment: insertions, deletions, replacements and swaps of neighbours (Boytsov 2011)."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        rows.append([i])
        for j, b in enumerate(other, start=1):
            least = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                least = min(least, rows[i - 2][j - 2] + 1)
            rows[i].append(least)
    return rows[-1][-1]


@pytest.mark.parametrize("word", ["", "a", "b", "aa", "ab", "abc", "aba", "abcd"])
def test_neighbours_are_all_words_at_distance_one(word: str) -> None:
    """Of those of "a" to "d", all that there are; of the others, those with a letter more or another."""
    near = neighbours(word)
    every = ("".join(letters) for n in range(6) for letters in product("abcd", repeat=n))
    assert {other for other in near if set(other) <= set("abcd")} == {o for o in every if distance(word, o) == 1}
    for letter in set(ascii_lowercase) - set("abcd"):  # as good as any other that the word lacks
        as_z = {other.replace(letter, "z") for other in near if set(other) <= {*"abcd", letter}}
        assert as_z == {other for other in near if set(other) <= {*"abcd", "z"}}


@given(st.text(ascii_lowercase, max_size=12), st.data())
def test_every_neighbour_is_one_error_away(word: str, data: st.DataObject) -> None:
    near = neighbours(word)
    assert near <= set(map(str.lower, near))
    assert all(other.isascii() and other.isalpha() for other in near - {""})
    other = data.draw(st.sampled_from(sorted(near)))
    assert distance(word, other) == 1
    assert word in neighbours(other)


@given(st.text("abz", max_size=6), st.text("abz", max_size=6))
def test_a_word_is_a_neighbour_where_it_is_one_error_away(word: str, other: str) -> None:
    assert (other in neighbours(word)) == (distance(word, other) == 1)


# Short names


@pytest.mark.parametrize(
    ("texts", "asked", "corrected"),
    [
        (("eNRGy was a trial.",), "energy", "energy"),
        (("The zelto was high.",), "zelta", "zelto"),
        (("Zelto was high.",), "zelta", "zelto"),
        (("The zelto was high.", "zELTo was a trial."), "zelta", "zelta"),
        (("TARLATAMAB was given.",), "tarlatimab", "tarlatamab"),
    ],
    ids=["a short name", "a word", "a word that begins a sentence", "both", "a long name"],
)
def test_no_word_is_a_misspelt_short_name_in_capitals(texts: tuple[str, ...], asked: str, corrected: str) -> None:
    for words, names in ((texts, ()), ((), texts), (texts, texts), (texts[:1], texts[1:])):
        assert Spelling(Words(*words), spelled(names)).correct(asked) == corrected
