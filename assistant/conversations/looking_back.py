"""What a follow-up takes from earlier answers: "the second one", "that study", "the other class", 它.

What earlier questions name is taken from them (``assistant.understanding.follow_ups``). What only their answers name is
found by answering them again: answers are the same every time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from assistant.answering.reply import Answer, NotFound
from assistant.trials.groups import Trials
from assistant.understanding.cues import cue
from corpus.trial_results.trial_names import name_in
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMERALS = "一二三四五"
_ONE_OF = re.compile(
    rf"\bthe (?P<en>{'|'.join(_ORDINALS)}|last|latter|former)"
    r"(?: (?:one|trial|study|drug|antibody|target|mechanism|type))?"
    rf"(?! (?:line|author|time|dose|week|month|year|phase|generation))\b(?:-named)?|"
    rf"第(?P<zh>[{_NUMERALS}])(?:个|种|项|款)?(?:研究|试验|药物?|靶点|机制|类型)?(?![线期代年月次周])|"
    r"(?P<side>前者|后者|(?:前|后|最后)一(?:个|种|项)(?:研究|试验|药物?|靶点|机制)?)",
    re.I,
)
_EARLIEST = re.compile(
    r"\bthe (?:first|original|initial) (?:trial|study)(?: (?:we|I|you) \w+(?: \w+)?)?\b|"
    r"(?:最开始|最初|最早|一开始|开头)(?:提到|说|问|讲)?的?(?:那|这)?(?:个|项)?(?:研究|试验)|第一个(?:研究|试验)",
    re.I,
)
_THAT_TRIAL = re.compile(
    r"\b(?:back to )?th(?:at|is) (?:trial|study)\b|(?:这|那|该)(?:个|项)?(?:研究|试验)|"
    r"(?:回到|刚才|前面)(?:刚才|前面)?(?:提到|说)?的?(?:那|这)?(?:个|项)?(?:研究|试验)",
    re.I,
)
_THE_OTHER = re.compile(r"\bthe other (?:class|type|kind|group|one)\b|另(?:外)?一(?:类|种|个)", re.I)
_ASKS_A_DRUG = re.compile(
    r"\b(?:which|what) (?:\w+ ){0,2}(?:drug|antibody|bispecific|molecule|agent)\b|"
    r"(?:哪一?[种个款]|什么|代表)(?:药物?|双抗|抗体|分子)",
    re.I,
)
_ABSENT = re.compile(
    r"\b(?:without|lacking|that lack|that do not contain|not containing)(?: an?| the)?\b|不含有?|缺乏|无(?=Fc)", re.I
)
_PRESENT = re.compile(
    r"\b(?:with|containing|that contain|that keep|that retain)(?: an?| the| their| its)?\b|含有?|保留", re.I
)


class Conversation:
    """The questions before one, with what they leave to earlier answers put in its place."""

    def __init__(
        self, index: HybridIndex, trials: Trials, ask: Callable[[str, Sequence[str]], Answer | NotFound]
    ) -> None:
        """``ask``: answers a question, given those before it, none of which look back at an answer."""
        self._index, self._trials = index, trials
        self._reply = cache(lambda *said: ask(said[-1], said[:-1]))
        """To the last of the questions; each is answered once, however many look back at it."""

    def resolved(self, text: str, history: Sequence[str]) -> tuple[str, list[str]]:
        """``text`` and ``history``, oldest first, each said without looking back at an answer."""
        said: list[str] = []
        for question in (*history, text):
            said.append(self._said(question, said))
        return said[-1], said[:-1]

    def _said(self, text: str, before: Sequence[str]) -> str:
        if not before:
            return text
        for pattern in (_EARLIEST, _ONE_OF, _THAT_TRIAL):
            match = pattern.search(text)
            named = self._meant(match, before) if match else ""
            if match and named:
                return f"{text[: match.start()]}{_apart(text, match.start(), named)}{text[match.end() :]}"
        if _THE_OTHER.search(text):
            return f"{_opposite(before[-1])} {text}" if _opposite(before[-1]) else text
        return self._with_subject(text, before)

    def _meant(self, match: re.Match[str], before: Sequence[str]) -> str:
        """What words that look back mean; "" where that is not known."""
        if match.re is _ONE_OF:
            return self._listed(match, before)
        return self._trial(before if match.re is _EARLIEST else before[::-1])

    def _trial(self, questions: Sequence[str]) -> str:
        """The first trial that any of ``questions`` names; "" where none does."""
        return next((group.name for q in questions for group in self._trials.named_in(q)[-1:]), "")

    def _listed(self, match: re.Match[str], before: Sequence[str]) -> str:
        """The one that is meant of the latest list that was given; "" where none was."""
        for place in range(len(before) - 1, -1, -1):
            reply = self._reply(*before[: place + 1])
            if isinstance(reply, Answer) and len(reply.listed) > 1:
                number = _number(match, len(reply.listed))
                return reply.listed[number] if number < len(reply.listed) else ""
        return ""

    def _with_subject(self, text: str, before: Sequence[str]) -> str:
        """``text`` after the drug of the last answer, where no question names what "it" is."""
        terms = self._index.vocabulary.terms
        if not cue("follow_up").search(fold(text).text):
            return text
        named = ("drug", "drug code", "class", "target", "disease")
        asked = bool(_ASKS_A_DRUG.search(before[-1]))  # then "it" is what was answered
        told = any(m.concept.category in named for q in before for m in terms.find(q)) or self._trial(before)
        if (told and not asked) or self._trial([text]):
            return text
        if any(m.concept.category in named[:2] for m in terms.find(text)):
            return text
        for place in range(len(before) - 1, -1, -1):
            reply = self._reply(*before[: place + 1])
            if isinstance(reply, Answer) and reply.evidence:
                first = reply.evidence[0]
                told = "\n".join([*first.quoted(), first.passage.heading])
                drugs = [m.span.of(told) for m in terms.find(told) if m.concept.category in ("drug", "drug code")]
                subject = name_in(first.passage.topic) if first.passage.topic else ""
                if subject or drugs:
                    return f"{subject or drugs[0]} {text}"
        return text


def _apart(text: str, place: int, named: str) -> str:
    """A name with a blank before it where a letter would touch it."""
    return f" {named}" if place and text[place - 1].isascii() and text[place - 1].isalnum() else named


def _number(match: re.Match[str], count: int) -> int:
    """Which of ``count`` is meant, from 0."""
    english, side = (match["en"] or "").lower(), match["side"] or ""
    if match["zh"]:
        return _NUMERALS.index(match["zh"])
    if english in _ORDINALS:
        return _ORDINALS.index(english)
    if english == "former" or side.startswith("前"):
        return 0
    return count - 1


def _opposite(question: str) -> str:
    """``question`` with what it says is there said not to be, or the other way; "" where it says neither."""
    if _ABSENT.search(question):
        return _ABSENT.sub(lambda m: "with an" if m[0].isascii() else "含", question, count=1)
    if _PRESENT.search(question):
        return _PRESENT.sub(lambda m: "without an" if m[0].isascii() else "不含", question, count=1)
    return ""
