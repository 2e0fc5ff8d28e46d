"""One way of writing for what may be written in several, so that words can be held against digits.

"at six months" is "at 6 months", 半年 is 6 个月, 每公斤 20 毫克 is 20 mg/kg. Only what is judged is written
so, never what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from corpus.words.folding import fold_script, fold_width

_L, _R = r"(?<![a-z])", r"(?![a-z])"
_ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""".split()
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(reversed(_ONES))})"
_ENGLISH = re.compile(
    rf"{_L}(?P<hundreds>(?:{'|'.join(_ONES[1:10])}) hundred(?: and)? ?)?(?P<small>{_SMALL})?"
    rf"(?: point (?P<decimal>{'|'.join(_ONES[:10])}))?{_R}",
    re.I,
)
_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_CHINESE = re.compile(
    r"(?P<digits>[零一二两三四五六七八九十百]{1,5})"
    r"(?= ?(?:个月|年|例|周|天|次|级|%|条|倍|成(?!多|左右)|个(?!体|别|性|人)|臂|款|种|期|项|线))"
)
_HALF_YEAR, _PER_KILO = re.compile("半年"), re.compile(r"每(?:公斤|千克)(?:体重)? ?([0-9.]+) ?(?:毫克|mg)")
_PER_KILO_EN = re.compile(r"([0-9.]+) ?(?:mg|milligrams?) per (?:kilogram|kg)(?: of body ?weight)?")
_YEARS = re.compile(r"(?<![0-9])([1-5])[- ]?(?:年(?!龄)|years?(?![a-z]))")


def numbers_in_words(folded: str) -> Iterator[tuple[Decimal, str, int]]:
    """The numbers that a folded text writes in words, each with its words and where they begin."""
    for match in _ENGLISH.finditer(folded):
        if match[0].strip():
            yield _english(match), match[0].strip(), match.start()
    for match in _CHINESE.finditer(folded):
        yield Decimal(_chinese(match["digits"])), match[0], match.start()


def in_digits(text: str) -> str:
    """``text`` with its numbers, times and doses written in digits."""
    folded = fold_script(fold_width(text))
    folded = _HALF_YEAR.sub("6个月", folded)
    folded = _ENGLISH.sub(
        lambda m: f"{_english(m):f}" if m[0].strip() and m[0].strip().lower() != "one" else m[0], folded
    )
    folded = _CHINESE.sub(lambda m: str(_chinese(m["digits"])), folded)
    folded = _PER_KILO.sub(r"\1 mg/kg", folded)
    return _PER_KILO_EN.sub(r"\1 mg/kg", folded)


def in_months(text: str) -> str:
    """``text`` with its first few years as months."""
    return _YEARS.sub(lambda m: f"{int(m[1]) * 12} months", text)


def _english(match: re.Match[str]) -> Decimal:
    hundreds = _ONES.index(match["hundreds"].lower().split()[0]) * 100 if match["hundreds"] else 0
    parts = re.split("[ -]", (match["small"] or "").lower())
    small = sum(_TENS.get(part, _ONES.index(part) if part in _ONES else 0) for part in parts)
    decimal = f".{_ONES.index(match['decimal'].lower())}" if match["decimal"] else ""
    return Decimal(f"{hundreds + small}{decimal}")


def _chinese(text: str) -> int:
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = _HAN_DIGITS.get(hundreds[-1:], 0) * 100
    if ten:
        return value + (_HAN_DIGITS.get(tens[-1:], 1) if tens else 1) * 10 + _HAN_DIGITS.get(ones[-1:], 0)
    return value + int("".join(str(_HAN_DIGITS.get(c, 0)) for c in rest) or 0)
