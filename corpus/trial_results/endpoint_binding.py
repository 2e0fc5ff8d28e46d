"""Figures of one sentence to end points: which number measures what, and which measures nothing of ours."""

from __future__ import annotations

import re

from corpus.trial_results.patterns import L, R
from corpus.trial_results.scanning import LIST, Bound, Figure, Named, Tokens, runs, share_units
from corpus.trial_results.settings import AT_TIME, NO_VALUE, is_time_point, place_times
from corpus.vocabulary.endpoints import by_key, survival_keys

_RISK_BEFORE = re.compile(
    rf"风险(?:比)?(?:(?:较|比|与)[^,;。0-9]{{1,24}}?(?:组|相比)?)?(?:分别|显著|均|约|可|相对|明显|也|总体){{0,3}}地?(?:降低|下降|减少)(?:了|约|达|至多"
    rf"|幅度为){{0,2}} ?$"
    rf"|{L}(?:reduc\w{{1,4}}|lower\w{{0,3}}|decreas\w{{1,3}}) (?:in )?(?:the "
    rf"|relative ){{0,2}}risk[^.;,]{{0,60}}?(?:by|of|was) ?(?:approximately |about )?$"
)
_RISK_AFTER = re.compile(
    rf" ?(?:\([^()]{{0,40}}\) ?)?(?:relative |lower |decreased? |reduc\w{{1,4}} |in |the ){{0,4}}(?:reduction"
    rf"|lower|decreased?|reduced)[^.;,0-9]{{0,20}}{L}risk"
)
_STRAIGHT = re.compile(r"[)\]]? ?(?:的|of )?(?:who )?(?:(?:had|achiev\w{2,3}|experienc\w{2,3}|having) )?(?:the |an? )?")
_WHY = re.compile(r"(?:because of|due to|owing to|as a result of|for|from|after) ")
_PEOPLE = re.compile(
    r"[)\]]?(?: who)? ?(?:的|of)? ?(?:the |all |these |evaluable |treated ){0,3}(?:\w{1,20} ){0,1}(?:患者"
    r"|病例|应答者|受试者|patients|participants|those|responders|responses|women|men|had|(?<=who ))"
)
_OCCURRED = re.compile(
    rf"{L}(?:in|was|were|is|of|for|=)$|率(?:约|仅|高|达|均|分别){{0,2}}(?:为|达|是|高达|仅)?(?:到|了)?(?:约)?$"
    rf"|:$|为$|达$|达到$|是$|仅$|约为?$|于$|见于$"
)
# Words that carry an end point over a comma: what follows is the same figure of another arm.
_COMPARED = re.compile(
    rf"高于|低于|长于|短于|优于|多于|少于|大于|小于|相比|对比|对照|较|而|{L}(?:vs|versus|compared|than|against"
    rf"|whereas|while|and|with|or){R}",
    re.I,
)
_LINK = re.compile(
    rf"(?:[ :=(]|发生率|为|达到|达|进一步|提升|升至|了|是|约|仅|分别|显著|均|率|时间|中位|值|且|其|也|的|到|至"
    rf"|高达|则|{L}(?:was|were|is|of|a|median|the|respectively|at|and|in|approximately"
    rf"|about|only|rate|or|estimated|to|an|be|reached|mean|time){R})*+"
)
# The same end point in other patients: "，在二线患者中为 22.5%".
_IN_PEOPLE = re.compile(
    r" ?(?:而|且|其中)?在?[^,;。()]{1,30}(?:患者|人群|亚组)(?:中|的)?(?:则|分别|均)?(?:为|达|是)? ?"
    r"| ?(?:and|while|whereas)? ?(?:was |were )?(?:in|among|for) [^,;()]{1,40}(?:was|were|it was) ?"
    r"| ?(?:and )?(?:especially|particularly|notably|including) (?:in|among|for) [^,;()]{1,50} \("
)
_DEATH: tuple[tuple[str, str], ...] = (
    (rf"进展(?:或|和|/)死亡|progression(?: of disease)?(?:,)? or death|{L}PFS{R}|progression-free|无进展", "PFS"),
    (rf"复发|{L}i?DFS{R}|disease-free|recurrence|relapse|无病", "DFS"),
    (rf"死亡|{L}deaths?{R}|{L}m?OS{R}|overall survival|总生存", "OS"),
)
_ABOUT = [(re.compile(pattern), of) for pattern, of in _DEATH]
_STATISTIC = {"t": "median", "%": "rate", "r": "ratio"}


# What a study was planned with: "to detect a relative risk of 0.5", 假设 ORR 由 20% 提高至 40%.
_SUPPOSED = re.compile(
    r"(?<![A-Za-z])(?:to detect|assum\w{2,4}|hypothesi[sz]\w{1,3}|power (?:of|to)|margin of|sample size)"
    r"(?![A-Za-z])[^.;]{0,90}$"
    r"|(?:假设|把握度|检验效能|界值|样本量)[^;。]{0,60}$"
)
# Responses that are none of a tumour.
_OTHER_RESPONSE = re.compile(
    r"(?:ACR ?[0-9]*|PASI ?[0-9]*|antibody|immune|immunologic\w*|virologic\w*|serologic\w*|T[- ]cell|placebo"
    r"|clinical) $",
    re.I,
)
_MIDDLE = re.compile(
    r"median|mean|average|中位|平均|follow(?:ed|ing)?[- ]?up (?:of|was|time|period|duration)|随访(?:时间)?(?:中位|为)",
    re.I,
)


def bind_endpoints(tokens: Tokens, carried: Named | None) -> list[Bound]:
    """The figures that measure something, in order. ``carried``: the end point of the sentence before."""
    share_units(tokens)
    bound: list[Bound] = []
    times: list[Figure] = []
    for i, figure in enumerate(tokens.figures):
        before = tokens.text[max(0, figure.start - 90) : figure.start]
        if is_time_point(tokens, i):
            times.append(figure)
            continue
        if figure.kind not in "t%r" or NO_VALUE.search(before[-20:]) or _is_year(tokens, figure):
            continue
        if figure.kind == "%" and re.match(r" ?(?:CI|置信|可信|confidence)", tokens.text[figure.end :]):
            continue
        previous = bound[-1] if bound else None
        listed = previous is not None and bool(LIST.fullmatch(tokens.text[previous.figure.tail : figure.start]))
        if figure.kind == "%" and (
            _RISK_BEFORE.search(before)
            or _RISK_AFTER.match(tokens.text[figure.end : figure.end + 60])
            or (listed and previous is not None and previous.endpoint == "risk_reduction")
        ):
            item = Bound(figure, "risk_reduction", "reduction", "risk_reduction", named=figure.start)
            item.of = _about(before[-60:]) or _about(before[-60:] + tokens.text[figure.end : figure.end + 60])
            bound.append(item)
            continue
        text_before = tokens.text[max(0, figure.start - 110) : figure.start]
        if figure.kind in "r%" and _SUPPOSED.search(text_before):
            continue
        name = _governor(tokens, i, bound, carried)
        if name and name.row.key == "ORR" and _OTHER_RESPONSE.search(tokens.text[max(0, name.start - 24) : name.start]):
            continue
        if name is None or name.row.endpoint == "-":
            continue
        around = text_before[-60:] + tokens.text[figure.end : figure.end + 12]
        if name.row.key == "follow_up" and not _MIDDLE.search(around):
            continue
        bound.append(_bound(tokens, figure, name))
    _share_endpoints(tokens, bound)
    place_times(tokens, bound, times)
    for item in bound:
        if item.statistic == "ratio":
            item.of = _hazard_of(tokens, item, carried)
    return bound


def _bound(tokens: Tokens, figure: Figure, name: Named) -> Bound:
    key = name.row.key
    endpoint = by_key()[f"{key}_rate" if figure.kind == "%" and key in survival_keys() else key]
    label = name.text if endpoint.key in ("AE_rate", "TRAE_rate") else endpoint.label
    position = name.start if name.end <= figure.start or name.start >= figure.end else -1
    return Bound(
        figure, endpoint.endpoint, _STATISTIC[figure.kind], endpoint.key, label or None,
        position if name in tokens.endpoints else -1,
    )  # fmt: skip


def _is_year(tokens: Tokens, figure: Figure) -> bool:
    return figure.unit == "years" and float(tokens.text[figure.digits[0] : figure.digits[1]].replace(",", "")) > 60


def _governor(tokens: Tokens, i: int, bound: list[Bound], carried: Named | None) -> Named | None:
    """The end point that a figure belongs to."""
    figure, text = tokens.figures[i], tokens.text
    closed = _closed(tokens, figure.start)
    fits = [n for n in tokens.endpoints if figure.kind in n.row.units and not any(a <= n.start < b for a, b in closed)]
    before = [n for n in fits if n.end <= figure.start]
    if figure.kind == "%":
        after = _after(tokens, i, fits)
        if after and tokens.text[figure.tail : figure.tail + 2].strip().startswith("的"):
            return after
        if after and not (
            before and _joined(tokens, before[-1], i, bound) and _OCCURRED.search(text[: figure.start].rstrip())
        ):
            return after
    elif figure.kind == "t":
        # "6.3 months of median PFS", "6.3 个月的中位 PFS"
        after = next((n for n in fits if n.start >= figure.end), None)
        if after and not before and re.fullmatch(r" ?(?:of |的)?(?:median |中位)?", text[figure.end : after.start]):
            return after
    if (
        len(before) > 1
        and before[-2].row.endpoint == "discontinuation"
        and _WHY.search(text[before[-2].end : before[-1].start])
    ):
        # "discontinued because of adverse events": what happened outweighs why.
        before.pop()
    if before and _joined(tokens, before[-1], i, bound):
        return before[-1]
    if not fits and carried and figure.kind in carried.row.units and _continues(tokens, i):
        return carried
    return None


def _closed(tokens: Tokens, end: int) -> list[tuple[int, int]]:
    """Brackets before ``end`` that hold an end point's own figure, "(中位随访 18.2 个月)"."""
    return [
        m.span()
        for m in re.finditer(r"\([^()]{4,160}\)", tokens.text[:end])
        if any(m.start() < f.start < m.end() for f in tokens.figures)
    ]


def _after(tokens: Tokens, i: int, fits: list[Named]) -> Named | None:
    """0.9%的患者因 TRAEs 终止治疗, 40% of patients had an objective response, a 40% response rate"""
    figure, text = tokens.figures[i], tokens.text
    stop = next((f.start for f in tokens.figures[i + 1 :] if f.kind in "t%r"), len(text))
    stop = min([stop, figure.tail + 140, *(p for c in ",;。" if (p := text.find(c, figure.tail)) >= 0)])
    names = [n for n in fits if figure.tail <= n.start < stop]
    if not names:
        return None
    if _STRAIGHT.fullmatch(text[figure.tail : names[0].start]):
        return names[0]
    if not _PEOPLE.match(text, figure.tail):
        return None
    # "因 TRAEs 终止治疗": what happened outweighs why.
    return next((n for n in names if n.row.endpoint == "discontinuation"), names[0])


# What names another outcome than the one before a comma.
_ANOTHER = re.compile(
    r"[\u3400-\u9fff]{2,}(?<!发生)率(?!均|分别)|(?<![\u3400-\u9fff，])[\u3400-\u9fff]{2,}(?:发生率|评分|水平)"
    r"|(?<![a-z])time to (?!event)|(?<![a-z])(?:scores?|levels?|duration)(?![a-z])"
    r"|(?<![a-z])(?:incidence|rates?|proportion|percentage|frequency|prevalence|number) of "
    r"(?!(?:the )?(?:patients|participants))"
)


_NEXT_ARM = re.compile(
    r"[ ),;]{0,3}(?:and |而|且)?(?:in |for |with )?(?:the )?[ _]*(?:组|group|arm)?(?:的|为|是|则为|was|were| ){0,3}"
)


def _joined(tokens: Tokens, name: Named, i: int, bound: list[Bound]) -> bool:
    """True where a figure still belongs to the last end point named before it."""
    figure, text = tokens.figures[i], tokens.text
    gap = text[name.end : figure.start]
    if len(gap) > 260:
        return False
    if figure.kind == "r":
        # A ratio stands right behind its name.
        follows = bool(bound) and any(bound[-1].figure.tail <= a.start and a.end <= figure.start for a in tokens.arms)
        if (
            follows
            and bound[-1].statistic == "ratio"
            and _NEXT_ARM.fullmatch(tokens.armless(bound[-1].figure.tail, figure.start))
        ):
            # "A 组的 OR 为 1.4，B 组为 5.0"
            return True
        return (
            len(gap) < 70
            and not re.search(r"[;。]", gap)
            and not any(name.end <= f.start < figure.start and f.kind == "r" for f in tokens.figures)
        ) or bool(
            bound and bound[-1].statistic == "ratio" and LIST.fullmatch(text[bound[-1].figure.tail : figure.start])
        )
    outside = re.sub(r"\([^()]{0,160}\)", lambda m: " " * len(m[0]), gap)
    cut = max(outside.rfind(","), outside.rfind(";"))
    mine = next((b for b in reversed(bound) if b.named == name.start), None)
    last = outside[cut + 1 :]
    if re.search(r"\([^()]{3,60}: ?$", gap):
        # "(HIV-1 RNA < 50 copies/mL: 75%": the bracket says of what.
        return False
    if "、" in gap and re.search(r"、[\u3400-\u9fff]{2,8}[0-9]{0,5} ?例? ?\(?$", gap):
        return False
    if (
        cut >= 0
        and _ANOTHER.search(last)
        and not any(name.end + cut < n.start < figure.start for n in tokens.endpoints)
    ):
        return False
    arm = any(name.end + cut + 1 <= a.start and a.end <= figure.start for a in tokens.arms)
    if mine and LIST.fullmatch(text[mine.figure.tail : figure.start]):
        return True
    if cut < 0:
        # The same clause; a second figure of one end point needs its own arm or an enumeration.
        since = text[mine.figure.tail : figure.start] if mine else ""
        return (
            not mine
            or bool(LIST.fullmatch(since))
            or bool(_COMPARED.search(since))
            or arm
            or bool(AT_TIME.search(since))
            or "、" in since
            or bool(tokens.respectively)
        )
    if outside[cut] == ";" and not (arm and mine):
        return False
    if arm:
        # Over a comma with an arm: only link words and the arm may stand there.
        rest = last
        for a in tokens.arms:
            if name.end + cut + 1 <= a.start and a.end <= figure.start:
                rest = rest.replace(text[a.start : a.end], " ", 1)
        return len(re.sub(r"[ (]", "", _COMPARED.sub("", rest))) <= 30
    return (
        bool(_LINK.fullmatch(last))
        or bool(_IN_PEOPLE.fullmatch(last))
        or bool(mine and _COMPARED.search(last) and len(last) < 40)
    )


def _continues(tokens: Tokens, i: int) -> bool:
    """True where a sentence without an end point goes on with the last one's: an arm, then its figure."""
    figure, text = tokens.figures[i], tokens.text
    start = max(text.rfind(c, 0, figure.start) for c in ",;。") + 1
    rest = text[start : figure.start]
    arms = [a for a in tokens.arms if start <= a.start and a.end <= figure.start]
    for a in arms:
        rest = rest.replace(text[a.start : a.end], " ", 1)
    return bool(arms) and bool(_LINK.fullmatch(_COMPARED.sub("", rest)))


_NAME_LIST = re.compile(
    r"\)? ?(?:率)?(?:和|与|及|、|以及|,|and|, and|,? ?as well as) ?(?:the |中位 ?|median |(?:grade )?){0,3}"
)
_SECOND = re.compile(r"(?<![A-Za-z])(?:compared (?:with|to)|versus|vs\.?|against)(?![A-Za-z])|而|对比|比")


def _share_endpoints(tokens: Tokens, bound: list[Bound]) -> None:
    """ORR 和 DCR 分别为 40%和 70%: end points in a row to figures in a row.

    As many figures as names have one each; twice as many, with a comparison in the middle, have them in turn; as many
    enumerations as names have one name each.
    """
    groups = [bound[start:end] for start, end in runs(tokens, bound)]
    for place, group in enumerate(groups):
        if len(group) < 2 or group[0].named < 0:
            continue
        listed = _listed(tokens, group[0].figure)
        following = groups[place : place + len(listed)]
        if len(listed) < 2 or len({n.row.key for n in listed}) == 1:
            continue
        half = tokens.text[group[len(listed) - 1].figure.tail : group[len(listed) % len(group)].figure.start]
        if len(listed) == len(group):
            names = [listed]
        elif len(group) == 2 * len(listed) and _SECOND.search(half):
            names = [[*listed, *listed]]
        elif len(following) == len(listed) and all(
            len(other) == len(group) and other[0].name == group[0].name for other in following
        ):
            names = [[name] * len(group) for name in listed]
        else:
            continue
        for items, own in zip(following, names, strict=False):
            for item, name in zip(items, own, strict=True):
                _rename(item, _bound(tokens, item.figure, name))


def _rename(item: Bound, other: Bound) -> None:
    item.endpoint, item.name, item.label = other.endpoint, other.name, other.label
    item.statistic, item.named = other.statistic, other.named


def _listed(tokens: Tokens, figure: Figure) -> list[Named]:
    """The end points that a sentence names in a row before a figure."""
    names = [
        n for n in tokens.endpoints if n.end <= figure.start and figure.kind in n.row.units and n.row.endpoint != "-"
    ]
    listed = names[-1:]
    for name in reversed(names[:-1]):
        if not _NAME_LIST.fullmatch(re.sub(r"\([^()]{0,60}\)", "", tokens.text[name.end : listed[0].start])):
            break
        listed.insert(0, name)
    return listed


_OF_RISK = re.compile(r"(?:死亡|进展|复发)[^,;。]{0,8}风险[^,;。]{0,16}[(,]?$|risk (?:of|for) [^,;.]{3,40}$")


def _about_risk(text: str) -> str | None:
    """What the risk is of that a sentence speaks of right before a ratio."""
    told = _OF_RISK.search(text)
    return _about(told[0]) if told else None


def _about(text: str) -> str | None:
    return next((of for pattern, of in _ABOUT if pattern.search(text)), None)


def _hazard_of(tokens: Tokens, item: Bound, carried: Named | None) -> str | None:
    """The end point of a hazard ratio: said with it, else the last before it, else the next, else the one carried."""
    text, start = tokens.text, item.figure.start
    name = next((n for n in reversed(tokens.endpoints) if n.end <= start and "r" in n.row.units), None)
    floor = name.start if name else start
    said = _about(text[max(0, floor - 2) : start]) or _about_risk(text[max(0, floor - 40) : floor])
    if said:
        return said
    for other in reversed(tokens.endpoints):
        if other.end <= floor and other.row.key in survival_keys():
            return other.row.outcome
    for other in tokens.endpoints:
        if other.start >= start and other.row.key in survival_keys():
            return other.row.outcome
    return carried.row.outcome if carried and carried.row.key in survival_keys() else None
