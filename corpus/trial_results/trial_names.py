"""The trial that a paragraph speaks of: its name or registration number, and its phase."""

from __future__ import annotations

import re

_L, _R = r"(?<![A-Za-z0-9-])", r"(?![A-Za-z0-9])"
_NAME = r"[A-Za-z]{1,20}(?:[-/ ]?(?=[0-9A-Z])[A-Za-z0-9]{1,12}){0,3}"
_NAMED = (
    re.compile(rf"{_L}(?P<name>{_NAME}) ?(?:试验|研究|临床试验|临床研究)"),
    re.compile(
        rf"{_L}(?P<name>[A-Z][A-Za-z0-9]{{1,18}}(?:[- ][A-Z0-9][A-Za-z0-9]{{0,12}}){{0,3}}) (?:trial|study){_R}"
    ),
    re.compile(rf"(?:试验|研究|trial|study)[ (:]{{1,2}}(?P<name>{_NAME})(?=[) ,;])"),
)
_IS_NAME = re.compile(r"(?=.*[A-Z])(?:.*[0-9]|.*[A-Z].*[A-Z]|.*[a-z][A-Z])")
_NOT_NAMES = re.compile(
    r"(?i)^(?:phase|part|cohort|this|our|the|a|an|I{1,3}|IV|I+[ab]|Ib/I{1,2}|[IV1-4]{1,3}[abc]?|RCT|III?[ab]?"
    r"|NSCLC|SCLC|FDA|EGFR|CT|PK|.{0,9}phase.{0,9})$"
)
_REGISTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:NCT[0-9]{8}|ChiCTR[-A-Za-z0-9]{5,16}|ISRCTN[0-9]{8}|UMIN[0-9]{9})(?![0-9])"
)
# The number of a trial that has yet to report is not that of the figures.
_ELSEWHERE = re.compile(r"启动|正在|进行中|ongoing|under ?way|planned|recruiting")
_PHASE = re.compile(
    r"(?<![A-Za-z0-9])(?P<zh>I{1,3}V?|[1-4]|Ⅰ|Ⅱ|Ⅲ|Ⅳ|一|二|三)(?P<part>[abc]?)(?:/(?:I{1,3}|[1-4]|Ⅱ"
    r"|Ⅲ)[abc]?)? ?期(?!小细胞|非小|患者|肺癌|[- ]?I)"
    r"|[Pp]hase[ -](?P<en>I{1,3}V?|[1-4])(?P<letter>[abc]?)(?![A-Za-z0-9])"
)
_ROMAN = {
    "1": "I",
    "2": "II",
    "3": "III",
    "4": "IV",
    "Ⅰ": "I",
    "Ⅱ": "II",
    "Ⅲ": "III",
    "Ⅳ": "IV",
    "一": "I",
    "二": "II",
    "三": "III",
}


def trial_of(topic: str, paragraph: str) -> str | None:
    """The trial's name from a run-in heading or a folded paragraph, else its registration number, else None."""
    for text in (topic, paragraph):
        for pattern in _NAMED:
            for match in pattern.finditer(text):
                name = match["name"].strip()
                if _IS_NAME.match(name) and not _NOT_NAMES.match(name):
                    return name
    for found in _REGISTERED.finditer(paragraph):
        if not _ELSEWHERE.search(paragraph[found.end() : found.end() + 40]):
            return found[0]
    return None


def phase_of(paragraph: str) -> str | None:
    """The phase of the trial in Roman numerals, with the letter of its part: "Ib", "III"."""
    match = _PHASE.search(paragraph)
    if not match:
        return None
    number, part = (match["zh"], match["part"]) if match["zh"] else (match["en"], match["letter"])
    return _ROMAN.get(number, number) + part
