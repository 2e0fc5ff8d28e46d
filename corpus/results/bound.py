"""Bound: a figure with what it measures, and the enumerations that figures stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.results.tokens import Figure, Tokens
from corpus.results.trial_result import EndPoint


@dataclass(slots=True)
class Bound:
    """A figure with what it measures."""

    figure: Figure
    endpoint: EndPoint
    statistic: str
    label: str | None = None
    """What an "other" or an adverse event is called."""
    named: int = -1
    """Where the sentence names the end point; -1 where it is carried over."""
    of: str | None = None
    arm: str | None = None
    settings: list[str] = field(default_factory=list)


LIST = re.compile(
    r"[ )\]]{0,2}(?:,? ?(?:和|与|及|、|对比|比|and|vs?\.?|versus|or|compared with|as compared with|against) ?"
    r"|[,/] ?|;? ?(?:vs\.?|versus) ?)(?:the |仅 ?|only )?"
)
"""What may stand between the figures of one enumeration."""


def runs(tokens: Tokens, bound: list[Bound]) -> list[tuple[int, int]]:
    """Half-open runs of figures that one enumeration holds."""
    result: list[tuple[int, int]] = []
    for i, item in enumerate(bound):
        if result:
            last = bound[i - 1]
            gap = tokens.text[last.figure.tail : item.figure.start]
            if last.figure.kind == item.figure.kind and LIST.fullmatch(gap):
                result[-1] = (result[-1][0], i + 1)
                continue
        result.append((i, i + 1))
    return result
