"""One scan of a folded sentence: end points, figures with their units, intervals, P values, arms, cues."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from corpus.trial_results.arms.mentions import Mention, find_mentions
from corpus.trial_results.patterns import (
    BARE_INTERVAL,
    ENDPOINT,
    FRACTION,
    INTERVAL,
    NUMBER,
    P_VALUE,
    PATIENTS_N,
    RESPECTIVELY,
    ROWS,
    UNIT,
)
from corpus.vocabulary.endpoints import EndPoint
from corpus.vocabulary.units import units

_WORD = r"[A-Za-z]{1,40}(?:[A-Za-z0-9]{1,12}|-(?=[A-Za-z0-9])){0,4}"
# In order: what holds figures that are no value comes before figures, names before words.
_SCAN = re.compile(
    rf"(?P<ci>{INTERVAL})|(?P<bare>{BARE_INTERVAL})|(?P<p_value>{P_VALUE})|(?P<patients>{PATIENTS_N})|{ENDPOINT}"
    rf"|(?P<resp>{RESPECTIVELY})|(?P<fraction>{FRACTION})|(?P<figure>{NUMBER})(?P<unit>)|(?P<word>{_WORD})"
)
_UNIT = re.compile(UNIT)
# What a mean or a median is printed with: its standard deviation, its range.
_SPREAD = re.compile(
    rf"(?: ?(?:±|\+/-|\+) ?{NUMBER})"
    r"|(?: ?[(\[](?:SDs?|SE|SEM|IQR|range|ranging|Q1|s|标准差|范围"
    r"|四分位数?间?距?)[ :=,]{0,3}[-0-9.,;:~至 ]{1,24}(?:to [0-9.]{1,8} ?)?%?(?:个?[\u3400-\u9fff])?[)\]])"
    rf"|(?: ?[(\[]{NUMBER} ?[,;:] ?{NUMBER}[)\]])"
    rf"|(?: ?[(\[]{NUMBER} ?(?:~|-|to|至) ?{NUMBER} ?[日天月年]?[)\]]"
    r"(?= ?(?:d|天|日|h|分|min|个月|月|年|[a-z]{1,5}[,; ]|比|和|与|vs|对"
    r"|[,;。])))"
)
_CAPITAL = re.compile(r"(?<![A-Za-z0-9])[A-Z](?=[a-z]{3})")


@dataclass(slots=True)
class Figure:
    """A number that may be a value, with what stands in its own brackets; places as in ``Tokens``."""

    start: int
    end: int
    """After its unit."""
    digits: tuple[int, int]
    unit: str | None
    kind: str
    """t(ime), %, d(ose), c(ount), r(atio), x (none of these)"""
    ci: tuple[float, float | None] | None = None
    ci_level: float | None = None
    p_value: str | None = None
    n: int | None = None
    tail: int = 0
    """After the brackets that belong to it."""


@dataclass(frozen=True, slots=True)
class Named:
    """An end point where a sentence names it, from character ``start`` to ``end``, half-open."""

    row: EndPoint
    start: int
    end: int
    text: str


@dataclass(slots=True)
class Tokens:
    """What one sentence holds, each list in its order; places count characters of ``text``, half-open."""

    text: str
    """Folded."""
    figures: list[Figure] = field(default_factory=list)
    endpoints: list[Named] = field(default_factory=list)
    arms: list[Mention] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    """n = 254: start and end of its digits."""
    loose_p: list[tuple[int, int, str]] = field(default_factory=list)
    """P values without a figure: digits' start and end, as printed."""
    respectively: list[int] = field(default_factory=list)

    def armless(self, start: int, end: int) -> str:
        """A piece of the sentence with a blank for each character of an arm's name."""
        piece = list(self.text[start:end])
        for arm in self.arms:
            for place in range(max(arm.start, start), min(arm.end, end)):
                piece[place - start] = " "
        return "".join(piece)


def number(text: str) -> float:
    """The value of printed digits."""
    return float(text.replace(",", ""))


def _high(text: str) -> float | None:
    return number(text) if text[0].isdigit() else None


def scan(text: str, names: re.Pattern[str] | None = None) -> Tokens:
    """The tokens of a folded sentence; ``names``: those of its arms (``names_pattern``)."""
    tokens = Tokens(text, arms=find_mentions(text, names))
    in_arm = [
        (arm.start, arm.end)
        for arm in tokens.arms
        if (arm.strong or arm.known) and re.search(r"[0-9]", text[arm.start : arm.end])
    ]
    position = 0
    # End points are written in lower case; a sentence begins with a capital.
    lowered = _CAPITAL.sub(lambda m: m[0].lower(), text)
    while match := _SCAN.search(lowered, position):
        position = max(match.end(), position + 1)
        kind = match.lastgroup
        if match["ci"] is not None:
            _interval(
                tokens, match.start(), match.end(), number(match["low"]), _high(match["high"]), float(match["level"])
            )
        elif match["bare"] is not None:
            _interval(tokens, match.start(), match.end(), number(match["blow"]), _high(match["bhigh"]), None)
        elif match["p_value"] is not None:
            printed = match["p"].replace(" ", "")
            sign = re.match(r"[<>=≤≥] ?", match["p"])
            assert sign
            figure = _owner(tokens, match.start())
            if figure and figure.p_value is None:
                figure.p_value = printed
                figure.tail = match.end()
            elif not figure and tokens.figures and match.start() - tokens.figures[-1].tail < 80:
                # "51.2% in the placebo group (P<0.001)"
                tokens.figures[-1].p_value = tokens.figures[-1].p_value or printed
            elif not figure:
                tokens.loose_p.append((match.start("p") + sign.end(), match.end("p"), printed))
        elif match["patients"] is not None:
            tokens.sizes.append(match.span("n"))
        elif match["resp"] is not None:
            tokens.respectively.append(match.start())
        elif match["fraction"] is not None:
            position = _fraction(tokens, match)
        elif match["figure"] is not None:
            position = _figure(tokens, match, in_arm)
        elif (
            kind and kind.startswith("e") and kind[1:].isdigit() and not any(a <= match.start() < b for a, b in in_arm)
        ):
            tokens.endpoints.append(Named(ROWS[int(kind[1:])], match.start(), match.end(), match[0]))
    return tokens


def _figure(tokens: Tokens, match: re.Match[str], in_arm: list[tuple[int, int]]) -> int:
    text = tokens.text
    start, end = match.span("figure")
    unit, kind, stop = None, "r" if "." in match["figure"] else "i", end
    if found := _UNIT.match(text, end):
        index = next(i for i in range(len(units())) if found[f"u{i}"] is not None)
        unit, kind, stop = units()[index].key, units()[index].kind, found.end()
    if any(a <= start < b for a, b in in_arm):
        return stop
    spread = _SPREAD.match(text, stop)
    if spread and unit is None and (found := _UNIT.match(text, spread.end())):
        # 59.6 ± 16.1 d, 11(7,15)d
        index = next(i for i in range(len(units())) if found[f"u{i}"] is not None)
        unit, kind = units()[index].key, units()[index].kind
        tokens.figures.append(Figure(start, end, (start, end), unit, kind, tail=found.end()))
        return found.end()
    tokens.figures.append(Figure(start, stop, (start, end), unit, kind, tail=spread.end() if spread else stop))
    return spread.end() if spread else stop


def _fraction(tokens: Tokens, match: re.Match[str]) -> int:
    """52 of 130 patients (40%), 52/130 (40%): the n of the percentage that follows, else nothing."""
    text = tokens.text
    part, whole = int(match["part"]), int(match["whole"])
    if text[match.start() - 1 : match.start()] in ("(", "[") and text[match.end() : match.end() + 1] in (")", "]"):
        # "47.9%(23/48)": it stands behind its percentage.
        return match.end()
    follows = re.compile(rf"[^0-9;。]{{0,40}}?[(\[,]? ?(?P<figure>{NUMBER}) ?%").match(text, match.end())
    if part > whole or not follows:
        return match.end() if part <= whole and "/" in match[0] else match.start() + len(match["part"])
    figure = Figure(match.start(), follows.end(), follows.span("figure"), "%", "%", n=whole, tail=follows.end())
    tokens.figures.append(figure)
    if text[follows.end() : follows.end() + 1] in (")", "]"):
        figure.end = figure.tail = follows.end() + 1
    return follows.end()


# What may stand between a figure and its interval or P value.
_TO_OWNER = re.compile(
    r"[ ,;:(\[)\]]{0,4}(?:(?:with (?:an? )?|and |双侧|单侧|log-rank |two-sided |one-sided |stratified |检验 ?"
    r"|比较,? ?|差异(?:均|具)?(?:有|无)统计学意义|均){1,3}[ ,(]{0,2})?"
)


def _owner(tokens: Tokens, start: int) -> Figure | None:
    if not tokens.figures:
        return None
    figure = tokens.figures[-1]
    return figure if _TO_OWNER.fullmatch(tokens.text, figure.tail, start) else None


def _interval(tokens: Tokens, start: int, end: int, low: float, high: float | None, level: float | None) -> None:
    figure = _owner(tokens, start)
    if figure is None or figure.ci is not None:
        return
    value = number(tokens.text[figure.digits[0] : figure.digits[1]])
    if level is None and not (low <= value and (high is None or value <= high)):
        # Brackets without a level are an interval only where they hold the value: (1-2 级), (18-75).
        return
    # The first of several may alone name the level: (95% CI, 11.1-15.4) … (7.0-10.2).
    earlier = next((f.ci_level for f in reversed(tokens.figures) if f.ci_level), None)
    figure.ci, figure.ci_level, figure.tail = (low, high), level if level is not None else earlier, end
    if figure.unit is None and (found := _UNIT.match(tokens.text, end)):
        # "7 (6 to 8) days"
        index = next(i for i in range(len(units())) if found[f"u{i}"] is not None)
        figure.unit, figure.kind, figure.tail = units()[index].key, units()[index].kind, found.end()


@dataclass(slots=True)
class Bound:
    """A figure with what it measures."""

    figure: Figure
    endpoint: str
    statistic: str
    name: str
    """Key of the end point in the vocabulary."""
    label: str | None = None
    """What an "other" or an adverse event is called."""
    named: int = -1
    """Where the sentence names the end point; -1 where it is carried over."""
    of: str | None = None
    arm: str | None = None
    open: bool = False
    """Whether no entry of the vocabulary governs it: worth a result only with an arm."""
    listed: bool = False
    """Whether it stands in a row with the figures of other arms."""
    sure: float = 0.0
    """How clearly the arm is its, from 0 to 1."""
    settings: list[str] = field(default_factory=list)


LIST = re.compile(
    r"[ )\]]{0,2}(?: ?of [0-9]{1,5} ?)?(?:,? ?(?:和|与|及|、|对比|对|比|and|vs?\.?|versus|or|compared with"
    r"|as compared with|against) ?|[,/] ?|;? ?(?:vs\.?|versus) ?)(?:the |仅 ?"
    r"|only )?(?:(?:[0-9]{1,5} ?(?:例|人|名|patients|participants)? ?)?[(\[] ?)?[-−]?"
)
"""What may stand between the figures of one enumeration."""


def runs(tokens: Tokens, bound: list[Bound]) -> list[tuple[int, int]]:
    """Half-open runs of ``bound`` whose figures one enumeration holds; together they are all of it."""
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


_OTHER_ARM = re.compile(r" (?:with|in|for|on) [^,;.()0-9]{2,40} (?:vs\.?|versus|and|compared with) ")


def share_units(tokens: Tokens) -> None:
    """13.6 vs 8.3 months, 76 and 53%: the unit of the last is that of all."""
    for i in range(len(tokens.figures) - 2, -1, -1):
        figure, after = tokens.figures[i], tokens.figures[i + 1]
        gap = tokens.text[figure.tail : after.start]
        if figure.unit is None and after.unit is not None and after.kind in "t%m" and LIST.fullmatch(gap):
            figure.unit, figure.kind = after.unit, after.kind
    for figure, after in itertools.pairwise(tokens.figures):
        # "66 months with A vs. 73 in the B group": the unit of the first.
        gap = tokens.text[figure.tail : after.start]
        if after.unit is None and figure.kind in "t%" and len(gap) < 60 and _OTHER_ARM.fullmatch(gap):
            after.unit, after.kind = figure.unit, figure.kind
