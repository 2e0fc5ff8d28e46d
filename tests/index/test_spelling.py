"""Typing errors forgiven: one in a Latin word that nobody knows; everything else stays verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.spelling import Spelling

KNOWN = (
    "hazard ratio tarlatamab amivantamab zenocutuzumab survival median trial trials toxicity toxicities "
    "dellphi keynote combine confine crs pembrolizumab"
).split()  # fmt: skip
SPELLING = Spelling(KNOWN)


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


@given(st.text(st.characters(codec=None) | st.sampled_from("hazard ratio 塔安，（"), max_size=40))
def test_without_latin_words_to_know_every_text_stays(text: str) -> None:
    assert Spelling([]).correct(text) == text


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
    assert Spelling([name, "antibody"]).correct(wrong) == name
