"""What a figure's setting is: the time point of a rate, the grade of an adverse event, the subgroup."""

from __future__ import annotations

import re

from corpus.trial_results.scanning import Bound, Figure, Tokens, runs

_L = r"(?<![A-Za-z])"
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


_GRADE = re.compile(
    r"(?:≥ ?)?(?:[1-5] ?[-~、] ?)?[1-5] ?级(?:及|或)?(?:以上)?|[Gg]rades? ?(?:≥ ?)?[1-5](?: ?(?:-|to|or|/"
    r"|and) ?(?:[1-5]|higher|above|worse|greater))?(?: or (?:higher|worse))?"
)
_SUBGROUP = re.compile(
    r"(?:在|对于|接受)?(?P<zh>[^,;。()]{2,40}(?:患者|人群"
    r"|亚组))(?: ?\([^()]{0,30}\))?(?:亚组)?(?: ?\([^()]{0,30}\))?(?:中(?!位)|,)"
    r"|(?<![A-Za-z])(?:[Ii]n|[Aa]mong|[Ff]or) (?P<en>(?:the )?(?:patients|those|participants"
    r"|subgroups?)(?: of patients)?(?: (?:with|without|who|whose)) [^,;。()]{3,60})(?=[,;(.]| \()"
)
_BRACKETED = re.compile(r"(?P<who>[^,;。()、和与]{2,40}的?患者) ?\($")
_WHOLE = re.compile(r"评估|所有|整体|全部|意向|all |overall|intention")
_MARKED = re.compile(r"(?:PD-L1|TPS|CPS|TC|TPS ?评分)[^,;。()]{0,12} ?[≥<>≤] ?[0-9]{1,3} ?%?")
_REVIEWED = re.compile(
    r"研究者评估|独立(?:评审|审查|中心)[^,;。]{0,8}评估|investigator[- ]assessed|BICR"
    r"|blinded independent central review|IRC"
)


def place_subgroups(tokens: Tokens, bound: list[Bound]) -> None:
    """Grade of adverse events, and the subgroup, marker or review that a figure is about, as printed."""
    for i, item in enumerate(bound):
        start = item.figure.start
        floor = bound[i - 1].figure.tail if i else 0
        before = tokens.text[:start]
        if item.endpoint in ("AE_rate", "TRAE_rate", "discontinuation"):
            grades = [m[0] for m in _GRADE.finditer(tokens.text, max(floor, start - 120), start)]
            if not grades and i and item.endpoint == bound[i - 1].endpoint and len(bound[i - 1].settings) > 0:
                grades = bound[i - 1].settings[:1]
            item.settings[:0] = grades[-1:]
            continue
        bracket = _BRACKETED.search(before[-60:].rsplit("(", 1)[0] + "(") if item.endpoint == "HR" else None
        half = before[before.rfind(";") + 1 :]
        group = next((m for m in reversed(list(_SUBGROUP.finditer(half)))), None)
        marked = next((m[0] for m in reversed(list(_MARKED.finditer(half)))), None)
        reviewed = _REVIEWED.search(tokens.text, max(floor, start - 40), start)
        said = bracket["who"] if bracket else (group["zh"] or group["en"]) if group else None
        if said and not _WHOLE.search(said):
            item.settings.append(re.sub(r"^(?:(?:而|且)?在|而|的|包括)", "", said.strip()).strip())
        if marked and not (said and marked in said):
            item.settings.append(marked)
        if reviewed:
            item.settings.append(reviewed[0])
