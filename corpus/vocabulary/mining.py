"""Pairs of names that a text states itself: "埃万妥单抗(Amivantamab，…", "细胞因子释放综合征(CRS)", "PM8002 (BNT327)".

Precision comes first: a wrong pair makes two things one for every later search, a missing pair
costs one match. A pair is taken only where both its ends are certain:

* an English name and its abbreviation fit by letters (Schwartz and Hearst 2003, A simple algorithm
  for identifying abbreviation definitions in biomedical text, PSB 8:451-462)
* a Chinese name starts after punctuation or after a word that cannot be part of it
* a code beside a drug's name has two letters and two digits at least
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from corpus.language import HAN
from corpus.vocabulary.concepts import Concept, concept_key
from corpus.vocabulary.drugs import chinese_endings, english_endings, second_words
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS, Segmenter

# One pair of brackets without others in it, not longer than a name and what is said of it.
_BRACKETS = re.compile(r"[(（]([^()（）\n]{2,80})[)）]")
_SEPARATOR = re.compile(r"\s*[,，;；、]\s*")
_ABBREVIATION = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|[-/](?=[A-Za-z0-9])){1,9}")
_ENGLISH_NAME = re.compile(r"[A-Za-zα-ω][A-Za-z0-9α-ω-]*(?:[ /][A-Za-z0-9α-ω-]+){0,6}")
_CODE = re.compile(r"(?=(?:[A-Z0-9-]*[A-Z]){2})(?=(?:[A-Z0-9-]*\d){2})[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
_DRUG = re.compile(rf"[a-z-]{{3,}}(?:{english_endings()}|{second_words()})", re.IGNORECASE)
_TWO_WORD_DRUG = re.compile(r"[A-Za-z]{3,}mab [a-z]{4,}$")
_CHINESE_DRUG = re.compile(rf"[{HAN}]{{2,8}}(?:{chinese_endings()})")
_LATIN_BEFORE = re.compile(r"[A-Za-z0-9α-ω][A-Za-z0-9α-ω /-]*$")
_HAN_BEFORE = re.compile(rf"[{HAN}](?:[{HAN}·-]|[–—-](?=[{HAN}])){{1,19}}$")
# Words that end before a Chinese name begins. A name that is taken too long (患者的客观缓解率) does no
# harm, one that is cut too short (毒性) does, so that 的 and what may begin a name are not among them.
_LEFT_OF_NAME = frozenset(
    """
    和 与 及 或 以及 并 且 而 但 为 是 在 将 把 被 其 该 此 即 如 例如 包括 包含 称为 称作 名为 靶向 针对 采用
    使用 应用 接受 给予 评估 比较 对比 显示 发生 出现 引发 导致 介导 抑制 阻断 激活 结合 通过 携带 联合 发布 公布
    提出 开发 研发 获得 达到 用于 评价 根据 按照 由于 可 可能 研究 结果 年 月 日
    """.split()
)
# Characters of a Chinese name; what is longer is a clause.
_LONGEST = 16
# What stands in brackets and is no name: roman numerals, units, statistics, and words of any text ("an", "et al.").
_NOT_NAMES = STOP_WORDS | set("ii iii iv vi vii viii ix xi xii vs kg mg ml ng um mm cm kda fig table et led".split())
_MEASURE = re.compile(r"[=≥≤<>~%％±]|\d\s*(?:mg|kg|ml|个|例|年|月|周|天|岁)|^\s*[nNpP]\s*=")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names or more of one thing, as a text prints them."""

    names: tuple[str, ...]
    category: str
    """drug, or term"""


def mine_pairs(text: str) -> list[Pair]:
    """The pairs that a text states, in its order, each once."""
    found: dict[tuple[str, ...], Pair] = {}
    for brackets in _BRACKETS.finditer(text):
        if _MEASURE.search(brackets[1]):
            continue
        before = text[max(0, brackets.start() - 80) : brackets.start()].rstrip(" ")
        before = before[before.rfind("\n") + 1 :]
        parts = [part for part in _SEPARATOR.split(brackets[1].strip()) if part]
        for rule in _RULES if parts else ():
            if names := rule(before, parts):
                drug = any(_DRUG.fullmatch(n) or _CHINESE_DRUG.fullmatch(n) or _CODE.fullmatch(n) for n in names)
                found.setdefault(tuple(concept_key(n) for n in names), Pair(names, "drug" if drug else "term"))
                break
    return list(found.values())


def mine_concepts(text: str) -> list[Concept]:
    """The pairs of a text as concepts."""
    return [Concept.of(pair.names, pair.category) for pair in mine_pairs(text)]


# Rules: what stands before the brackets, and the parts inside, to names or nothing. In order of certainty.

_Names = tuple[str, ...]


def _drug_and_code(before: str, parts: list[str]) -> _Names:
    """Zenocutuzumab (MCLA-128), PM8002 (BNT327), Iza-Bren (BL-B01D1)"""
    word = _TWO_WORD_DRUG.search(before) or re.search(r"[A-Za-z][A-Za-z0-9-]*$", before)
    if not word or not _CODE.fullmatch(parts[0]):
        return ()
    named = (
        " " in word[0]
        or _DRUG.fullmatch(word[0])
        or _CODE.fullmatch(word[0])
        or re.fullmatch(r"[A-Z][a-z]+-[A-Z][a-z]+", word[0])
    )
    return (word[0], parts[0]) if named and word[0] != parts[0] else ()


def _english_and_abbreviation(before: str, parts: list[str]) -> _Names:
    """objective response rate (ORR)"""
    run = _LATIN_BEFORE.search(before)
    if not run or not _is_abbreviation(parts[0]):
        return ()
    name = long_form(run[0].strip(), parts[0])
    return (name, parts[0]) if name else ()


def _chinese_and_english(before: str, parts: list[str]) -> _Names:
    """依沃西单抗(Ivonescimab，PD-1 × VEGF), 细胞因子释放综合征(cytokine release syndrome, CRS), 客观缓解率(ORR)"""
    name = chinese_name(before)
    if not name or not _ENGLISH_NAME.fullmatch(parts[0]):
        return ()
    if len(parts) > 1 and _is_abbreviation(parts[1]) and long_form(parts[0], parts[1]) == parts[0]:
        return (name, parts[0], parts[1])
    # A second name is certain only as a drug's or an abbreviation; other words may say anything of the first.
    drugs = _CHINESE_DRUG.fullmatch(name) and (_DRUG.fullmatch(parts[0]) or _CODE.fullmatch(parts[0]))
    named = drugs or (_is_abbreviation(parts[0]) and not _CHINESE_DRUG.fullmatch(name)) or " " in parts[0]
    return (name, parts[0]) if named and len(parts) <= 2 else ()


def _english_and_chinese(before: str, parts: list[str]) -> _Names:
    """Tarlatamab(塔拉妥单抗)"""
    word = re.search(r"[A-Za-z][A-Za-z-]{3,}$", before)
    if word and _DRUG.fullmatch(word[0]) and _CHINESE_DRUG.fullmatch(parts[0]) and len(parts) == 1:
        return (parts[0], word[0])
    return ()


_RULES: tuple[Callable[[str, list[str]], _Names], ...] = (
    _drug_and_code,
    _english_and_abbreviation,
    _chinese_and_english,
    _english_and_chinese,
)


def _is_abbreviation(text: str) -> bool:
    """CRS, mPFS, BsAb, TRAEs; not a word, a numeral or a unit."""
    capitals = sum(c.isupper() for c in text)
    return bool(_ABBREVIATION.fullmatch(text)) and capitals >= 2 and fold(text).text not in _NOT_NAMES


def chinese_name(before: str) -> str:
    """The Chinese name that ends a text, where its start is certain, else ""."""
    run = _HAN_BEFORE.search(before)
    if not run:
        return ""
    start = 0
    for word in _segmenter().words(run[0]):
        if word.form in _LEFT_OF_NAME and word.span.end < len(run[0]):
            start = word.span.end
    name = run[0][start:].lstrip("的了")
    left = before[: run.start()].rstrip()
    # Latin letters right before may be the name's own beginning: "T 细胞衔接器", "Fc 段".
    certain = start > 0 or not left or not (left[-1].isascii() and (left[-1].isalnum() or left[-1] in ")]"))
    return name if certain and 2 <= len(name) <= _LONGEST and not ("的" in name and len(name) > 10) else ""


@cache
def _segmenter() -> Segmenter:
    return Segmenter()


def long_form(text: str, abbreviation: str) -> str:
    """The words at the end of ``text`` that an abbreviation stands for, else ""; Schwartz and Hearst (2003).

    Each letter of the abbreviation is found from its end, the first one at a word's start. The
    name has more words than the abbreviation's letters by two at most, and is no single letter.
    """
    letters = [c.lower() for c in abbreviation.removesuffix("s") if c.isalnum()]
    position = len(text) - 1
    for i in range(len(letters) - 1, -1, -1):
        while position >= 0 and (
            text[position].lower() != letters[i] or (i == 0 and position > 0 and text[position - 1].isalnum())
        ):
            position -= 1
        if position < 0:
            return ""
        position -= 1
    start = position + 1
    name = text[start:]
    words = re.split(r"[ -]", name)
    fits = len(letters) >= 2 and len(name) > len(abbreviation) and len(words) <= len(letters) + 2
    return name if fits and abbreviation.lower() not in fold(name).text.split() else ""
