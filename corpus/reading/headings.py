"""Heading lines of plain text.

Adding a form of heading is one row of ``_FORMS``. A numbered line is a heading only where its
number follows from those before it, so that "15 kDa" or "2025 年…" at the start of a broken line
is not one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language import HAN

_CHINESE_NUMBER = "一二三四五六七八九十百"
_NAMED = frozenset(
    """
    摘要 引言 前言 背景 方法 资料与方法 结果 讨论 结论 结语 展望 致谢 参考文献 利益冲突 abstract summary
    introduction background methods results discussion conclusion conclusions references bibliography
    acknowledgements acknowledgments keywords 关键词
    """.split()
) | {"materials and methods", "patients and methods"}

# (form, level or None where the number's parts tell it, the form)
_FORMS: tuple[tuple[str, int | None, re.Pattern[str]], ...] = (
    ("numbered", None, re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})(?P<dot>[.．]?)\s+(?P<title>\S.*)")),
    ("numbered", None, re.compile(rf"(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{0,4}})(?P<dot>[.．])(?P<title>[{HAN}].*)")),
    ("chapter", 1, re.compile(rf"(?P<number>第[{_CHINESE_NUMBER}\d]+[章节部]分?)\s*(?P<title>.*)")),
    ("chapter", 1, re.compile(rf"(?P<number>[{_CHINESE_NUMBER}]{{1,3}})、\s*(?P<title>\S.*)")),
    ("chapter", 2, re.compile(rf"(?P<number>[（(][{_CHINESE_NUMBER}]{{1,3}}[)）])\s*(?P<title>\S.*)")),
    ("chapter", 1, re.compile(r"(?P<number>[IVX]{1,5})\.\s+(?P<title>[A-Z].*)")),
)
_TITLE_LENGTH = 90
_RUN_IN = re.compile(r"(?P<lead>[^\s:：，。；,;.][^:：，。；,;]{0,60}?\s?(?:研究|试验|試驗|trial|study))\s?[:：]", re.I)
_NAME = re.compile(r"[A-Za-z]+[A-Za-z-]*\d|[A-Z][A-Za-z]*[A-Z]")


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """What a heading line says."""

    level: int
    number: str
    title: str


class Outline:
    """Recognises heading lines in the order of a text, remembering where the numbering stands."""

    def __init__(self) -> None:
        self._last: tuple[int, ...] = ()

    def heading(self, line: str, *, after_end: bool) -> HeadingLine | None:
        """The heading that a stripped line is, or None.

        ``after_end``: the text before the line came to an end (a sentence, a heading, the top).
        """
        named = _squeeze(line.rstrip(":："))
        if named.lower() in _NAMED:
            return HeadingLine(1, "", named)
        if not after_end or len(line) > _TITLE_LENGTH or re.search(r"[。！？!?;；,，、]$|[^.]\.$", line):
            return None
        for form, level, pattern in _FORMS:
            match = pattern.fullmatch(line)
            if not match:
                continue
            if form == "numbered":
                parts = tuple(int(part) for part in match["number"].split("."))
                if not self._follows(parts, dotted=bool(match["dot"])) or not match["title"][0].isalpha():
                    continue
                self._last = parts
                level = len(parts)
            assert level is not None
            return HeadingLine(level, match["number"], match["title"].strip() or match["number"])
        return None

    def _follows(self, parts: tuple[int, ...], *, dotted: bool) -> bool:
        """True where a number is the next one, a child of the last, or the next of a level above."""
        if not self._last:
            return parts[0] <= 1 or dotted or len(parts) > 1
        if parts == (*self._last, 1):
            return True
        depth = len(parts) - 1
        # A step of two forgives one heading that the extraction lost.
        return (
            depth < len(self._last)
            and parts[:depth] == self._last[:depth]
            and 1 <= parts[depth] - self._last[depth] <= 2
        )


def run_in_heading(paragraph: str) -> str:
    """The trial that opens a paragraph ("DeLLphi-304 研究：…"), without its colon, or "".

    It must hold a name (letters with a digit, or with a second capital), so that "本研究：" or
    "Our study:" opens nothing.
    """
    match = _RUN_IN.match(paragraph)
    return match["lead"].strip() if match and _NAME.search(match["lead"]) else ""


def _squeeze(line: str) -> str:
    """Drop the blanks that typesetters put between the characters of a Chinese title."""
    return re.sub(f"(?<=[{HAN}]) +(?=[{HAN}])", "", line.strip())
