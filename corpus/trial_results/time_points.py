"""Time points of rates: 12-month OS, 6 个月和 12 个月 OS 率, at 12 months."""

from __future__ import annotations

import re

from corpus.trial_results.scanning import Bound, Figure, Tokens, runs

_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"
_TIME_LIST = re.compile(r" ?(?:、|,? ?(?:和|与|及|and) ?)")
NO_VALUE = re.compile(
    rf"(?:[≥≤<>±]|每|{_L}every|{_L}q|第|至少|超过|不足|小于|大于|满|{_L}(?:at least|more than|less than|within"
    rf"|up to|over|first|aged?|power of|alpha of|least)|前|预期生存) ?$",
    re.I,
)
AT_TIME = re.compile(rf"(?:{_L}(?:at|by)|在|第|治疗后|术后) ?(?:[0-9]{{1,2}}(?: and |和|, ?|、)){{0,2}}$", re.I)
_TO_NAME = re.compile(
    rf"[- ]{{0,2}}(?:的)?(?:时的?|时间)? ?(?:{_L}(?:estimated|Kaplan-Meier|median|investigator-assessed"
    rf"|BICR-assessed|rates? of|probability of|landmark) ?){{0,2}}(?:the )?"
)


def is_time_point(tokens: Tokens, i: int) -> bool:
    """True where figure ``i`` is a time before or after a rate: 12-month OS, 6 个月和 12 个月 OS 率, at 12 months."""
    figure, text = tokens.figures[i], tokens.text
    if figure.kind != "t":
        return False
    if AT_TIME.search(text[max(0, figure.start - 24) : figure.start]):
        return True
    if NO_VALUE.search(text[max(0, figure.start - 10) : figure.start]):
        return False
    after = tokens.figures[i + 1] if i + 1 < len(tokens.figures) else None
    if after and after.kind == "t" and _TIME_LIST.fullmatch(text[figure.tail : after.start]):
        return is_time_point(tokens, i + 1)
    name = next((n for n in tokens.endpoints if n.start >= figure.end), None)
    if name is None or not _TO_NAME.fullmatch(text[figure.end : name.start]):
        return False
    # "8.3 months OS" is no time point: what the name takes next must be a percentage.
    value = next((f for f in tokens.figures if f.start >= name.end), None)
    return "%" in name.row.units and (value is None or value.kind == "%" or text[figure.end : figure.end + 1] == "-")


def place_times(tokens: Tokens, bound: list[Bound], times: list[Figure]) -> None:
    """Time points to their rates: as many as an enumeration has, one each; a single one for all."""
    inherited: list[str] = []
    endpoint = ""
    for start, end in runs(tokens, bound):
        group = bound[start:end]
        if group[0].figure.kind != "%" or group[0].endpoint not in (
            "OS_rate",
            "PFS_rate",
            "other",
            "ORR",
            "DCR",
            "cORR",
        ):
            continue
        if group[0].endpoint != endpoint:
            inherited, endpoint = [], group[0].endpoint
        floor = bound[start - 1].figure.tail if start else 0
        ceiling = bound[end].figure.start if end < len(bound) else len(tokens.text)
        mine = [t for t in times if floor <= t.start < group[0].figure.start]
        if not mine and not inherited:
            mine = [t for t in times if group[-1].figure.tail <= t.start < ceiling]
        texts = [tokens.text[t.start : t.end].strip("- ") for t in mine] or inherited
        if len(texts) == len(group):
            for item, text in zip(group, texts, strict=True):
                item.settings.append(text)
        elif len(texts) == 1:
            for item in group:
                item.settings.append(texts[0])
        if mine:
            inherited = texts
