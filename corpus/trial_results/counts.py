"""How many patients, of the study and of each of its arms; doses, centres, cycles, prior lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.trial_results.arms.memory import Memory
from corpus.trial_results.arms.mentions import TREATMENT
from corpus.trial_results.arms.places import Place, arms_at
from corpus.trial_results.patterns import L, R
from corpus.trial_results.scanning import Bound, Figure, Tokens

_PEOPLE = (
    r"(?:(?!and |or |were |in |with |to )[A-Za-z0-9-]{1,20} ){0,4}?(?:patients|participants|subjects|women|men|children"
    r"|infants|adults|individuals|people|persons|volunteers|adolescents|smokers|students|females|males|survivors"
    r"|recipients|eyes)(?![A-Za-z])"
)
_TO_ARM = re.compile(
    rf"(?: ?{_PEOPLE})?(?: who)?(?: were| was| had been)?(?: randomly| initially)?(?: assigned| allocated"
    r"| randomi[sz]ed| randomly assigned)?(?: to| into| in| received| underwent| receiving| given| on"
    r"| treated with)(?: receive| undergo| the| an?| either| each)* ?"
)
_DIRECT = re.compile(rf"(?: ?{_PEOPLE})?(?: ?例| ?人| ?名)?(?: of)? ?")
_BEHIND_ARM = re.compile(r"(?:患者|者)?[ (:]{0,2}(?:共|纳入|为|有|n ?= ?|N ?= ?)? ?")
_COMMA_ZH = re.compile(r"(?<=[\u3400-\u9fff])(\)?),")
_ARM_N = re.compile(r"[ ,;:(\[]{0,3}(?:[^()\[\];]{0,40}?[,; ])?")
_EACH_BEHIND = re.compile(
    r"(?: patients| participants)? each(?![a-z])|(?: patients| participants)? (?:per|in each) (?:group|arm)"
)
_EACH = re.compile(r"(?:各|每组|每臂)(?:有|为)? ?$")
_ALLOTTED = re.compile(
    rf"随机|分为|分成|分入|分配|入组|纳入|{L}(?:random|assign|alloc|enrol|divided|analy[sz]ed|receiv|underw)", re.I
)
_ENROLLED_BEFORE = re.compile(
    r"(?:纳入|入组|招募|入选|收治|选取|选择|收集|登记|观察|募集|收案|分析|评估|随机(?:分配|化|入组)?)(?:了|的|共|合格|符合条件"
    r"|患者|计|到)*?(?:[^,;。%]{0,60}?)$|(?:合计|共计|可分析患者|可评价患者) ?$"
    rf"|{L}(?:enrolled|included|recruited|randomi[sz]ed|randomly assigned|assigned|treated"
    r"|given to|administered to|registered|accrued|evaluated|involved|involving|studied)(?: a total of"
    r"| and treated)? ?(?:in total )?$|(?:共|共有|总计|将|对) ?$|(?:^|[:.] ?|, )(?:[Aa] )?[Tt]otal of $",
    re.I,
)
_ENROLLED_AFTER = re.compile(
    r"[^,;。]{0,60}?(?:入组|被?纳入|随机|分派|分至|分到|接受了?[^,;。]{0,30}(?:治疗|联合|或)|按)"
    rf"|[^,;.]{{0,90}}?{L}(?:were|was|had been|underwent|received|have been|participated|took part)? ?(?:enrolled"
    r"|randomi[sz]ed|randomly|randomi[sz]ation|recruited|included|assigned|treated|treatment|participated"
    rf"|took part){R}",
    re.I,
)
_FIRST = re.compile(
    rf"(?:^|{L}(?:Among|In|Of|with|Overall|conducted in|from|Methods?:{{1,2}}|Results?:{{1,2}}|study,|trial,|for"
    r"|in)),? ?(?:the )?$",
    re.I,
)
_NOT_ENROLLED = re.compile(
    rf"筛选|死亡|排除|脱落|出现|发生|失访|{L}(?:screened|excluded|died|deaths?|events|withdrew|discontinued|did not"
    rf"|eligibility){R}",
    re.I,
)
# "Of 2,182 people with positive films, 536 were enrolled": the second.
_OTHERS_ENROLLED = re.compile(
    r"[0-9] (?:\w+ )?(?:were|was) (?:enrolled|randomi[sz]ed|included|randomly)|(?:of the|remaining) [0-9]"
)
_RATIO = re.compile(r"(?<=[0-9])[:比/-] ?$|[≥≤<>±~=] ?$|第$")


def bind_sizes(tokens: Tokens, places: Sequence[Place], memory: Memory) -> list[Bound]:
    """The numbers of patients that a sentence tells, in no order."""
    text = tokens.text
    known = [place for place in places if place.arm]
    found = _in_brackets(tokens, known)
    # An arm with a size in brackets has it there: a number before it counts the whole.
    bracketed = {item.arm for item in found}
    sized = bool(found)
    figures = [f for f in tokens.figures if f.kind in "ci" and _may_count(text, f)]
    if not found and (listed := _in_order(tokens, figures, known)):
        return listed
    enrolled = False
    for i, figure in enumerate(figures):
        before, after = text[max(0, figure.start - 44) : figure.start], text[figure.end : figure.end + 110]
        bare = figure.kind == "i"
        if not enrolled and not bare and re.search(r"enrolled|randomi", text[figure.start : figure.end]):
            enrolled = True
            found.append(_all(figure))
            continue
        if _NOT_ENROLLED.search(before[-14:]) or _NOT_ENROLLED.match(after.lstrip()[:14]):
            continue
        arm = _its_arm(text, figure, known, bool(found) and not enrolled)
        if (_EACH.search(before) or _EACH_BEHIND.match(after)) and memory.register.arms:
            found += [_of(figure, each.name) for each in memory.register.arms]
        elif arm and not enrolled and (arm in bracketed or (_shared(figure, known, figures[i + 1 :]) and not sized)):
            # "769 patients were assigned to A or B"
            enrolled = True
            found.append(_all(figure))
        elif arm and re.search(r"(?:vs\.?|versus|compared (?:to|with)|than) $", before):
            continue
        elif (
            arm
            and memory.single is None
            and (sized or enrolled or _ALLOTTED.search(text) or (not bare and (memory.claims or not memory.told)))
        ):
            sized = True
            found.append(_of(figure, arm))
        elif enrolled or (bare and not re.match(rf" {_PEOPLE}", after)):
            continue
        elif (
            _ENROLLED_BEFORE.search(before)
            or _ENROLLED_AFTER.match(after)
            or (
                not memory.enrolled
                and _FIRST.search(before)
                and not _OTHERS_ENROLLED.search(text)
                and re.match(rf"(?: ?例| ?名)| {_PEOPLE}", text[figure.digits[1] :])
            )
        ):
            enrolled = True
            found.append(_all(figure))
    memory.enrolled |= enrolled
    return found


def _may_count(text: str, figure: Figure) -> bool:
    before, after = text[max(0, figure.start - 6) : figure.start], text[figure.end : figure.end + 12]
    # 27 例 (44%): so many had it.
    return not (
        _RATIO.search(before)
        or re.match(
            r"(?:,? ?(?:and |or |和|或|、)?[0-9.]{1,6}){1,5} ?(?:mg|μg|g|Gy|weeks?|months?|周|月)",
            after + text[figure.end + 12 : figure.end + 30],
        )
        or re.match(
            r" ?[(\[][0-9]{1,3}(?:\.[0-9]{1,2})? ?%(?!\)? (?:were )?(?:enrolled|consented|randomi))"
            r"|[-/][0-9A-Za-z]| ?%",
            after,
        )
        or (
            re.search(r"(?:of|in|/) $", before)
            and re.search(r"[0-9)\]] (?:of|in) $", text[max(0, figure.start - 12) : figure.start])
        )
    )


def _in_brackets(tokens: Tokens, known: Sequence[Place]) -> list[Bound]:
    """X (n = 30): the arm right before it; of several, the nearest before each."""
    text, found = tokens.text, []
    for start, end in tokens.sizes:
        near = [p for p in known if p.end <= start and "%" not in text[p.end : start]]
        if near and any(0 <= near[-1].start - named.end < 12 for named in tokens.endpoints):
            # "adverse events (A, n = 3)"
            continue
        if near and (
            (len(gap := text[near[-1].end : start]) <= 14 and ("(" in gap or "[" in gap or _ARM_N.fullmatch(gap)))
            or (len(tokens.sizes) > 1 and not re.search(r"[。]|\. ", gap))
        ):
            found.append((Figure(start, end, (start, end), "patients", "c"), near[-1]))
    arms = [id(place.arm) for _, place in found]
    return [_of(figure, place.arm.name) for figure, place in found if place.arm and arms.count(id(place.arm)) == 1]


_ORDERED = re.compile(r"分别|依次|respectively")
_NEXT_COUNT = re.compile(r"(?: ?例| ?人| ?名)?(?:、|,| ?和 ?| ?与 ?| ?及 ?| and |, and )+")


def _in_order(tokens: Tokens, figures: Sequence[Figure], known: Sequence[Place]) -> list[Bound]:
    """ "15 mg、30 mg、45 mg 分别入组 12 例、25 例和 16 例", "128 and 130 were randomised to A and B, respectively"."""
    text = tokens.text
    if not _ORDERED.search(text) or not _ALLOTTED.search(text):
        return []
    for i in range(len(figures)):
        run = [figures[i]]
        for figure in figures[i + 1 :]:
            if not _NEXT_COUNT.fullmatch(text, run[-1].digits[1], figure.start):
                break
            run.append(figure)
        if len(run) < 2:
            continue
        for side in ([p for p in known if p.end <= run[0].start], [p for p in known if p.start >= run[-1].end]):
            arms = arms_at(side)
            if len(arms) == len(run):
                return [_of(figure, arm.name) for figure, arm in zip(run, arms, strict=True)]
    return []


def _its_arm(text: str, figure: Figure, known: Sequence[Place], listed: bool) -> str | None:
    """The arm that a number of patients is of: behind it with a word of allotment, or right beside it."""
    for place in known:
        if place.arm is None:
            continue
        if place.start >= figure.digits[1]:
            gap = text[figure.digits[1] : place.start]
            if _TO_ARM.fullmatch(gap) or (_DIRECT.fullmatch(gap) and (listed or "(" in text[: figure.start][-30:])):
                return place.arm.name
        elif (
            place.end <= figure.start
            and _BEHIND_ARM.fullmatch(_COMMA_ZH.sub(r"\1", text[max(0, place.end - 1) : figure.start])[1:])
            and (figure.kind == "c" or re.match(r" ?[,;)，人]", text[figure.end :]))
        ):
            return place.arm.name
    return None


def _shared(figure: Figure, known: Sequence[Place], later: Sequence[Figure]) -> bool:
    """Whether a number is that of several arms: they follow it, and no other number does."""
    behind = [p for p in known if p.start >= figure.end]
    return len({id(p.arm) for p in behind}) > 1 and not any(f.start < behind[1].start for f in later)


def _all(figure: Figure) -> Bound:
    return _bound(figure, "enrolled", "all")


def _of(figure: Figure, arm: str) -> Bound:
    return _bound(figure, "arm_size", arm)


def _bound(figure: Figure, endpoint: str, arm: str) -> Bound:
    figure.unit = "patients"
    return Bound(figure, endpoint, "count", endpoint, arm=arm, sure=0.9)


def bind_design(tokens: Tokens, memory: Memory) -> list[Bound]:
    """Doses, centres, cycles, prior lines."""
    result: list[Bound] = []
    for figure in tokens.figures:
        before = tokens.text[max(0, figure.start - 40) : figure.start]
        after = tokens.text[figure.end : figure.end + 80]
        if figure.kind == "d":
            result.append(Bound(figure, "dose", "dose", "dose", arm=_dosed(tokens, figure, memory)))
        elif figure.kind == "s":
            result.append(_other(figure, "centres", "all"))
        elif (
            figure.kind == "k"
            and re.match(r"后|(?: of)? ?(?:induction|chemotherapy)", after)
            and not re.search(r"[~-] ?$", before)
        ):
            result.append(_other(figure, "cycles", "all"))
        elif figure.kind == "l" and re.search(rf"中位|{L}median", before):
            result.append(_other(figure, "prior lines", memory.single.name if memory.single else None))
    return result


def _other(figure: Figure, label: str, arm: str | None) -> Bound:
    return Bound(figure, "other", "count", "other", label=label, arm=arm)


def _dosed(tokens: Tokens, figure: Figure, memory: Memory) -> str | None:
    """The treatment that a dose is of: around it, right before it, or right after it."""
    for arm in tokens.arms:
        gap_before, gap_after = tokens.text[arm.end : figure.start], tokens.text[figure.end : arm.start]
        if (
            arm.start <= figure.start < arm.end
            or (
                arm.end <= figure.start
                and re.fullmatch(r"[ (,]{0,2}(?:at (?:a dose of )?|剂量为?|组)?[ (]{0,2}", gap_before)
            )
            or (figure.end <= arm.start and re.fullmatch(r"(?: of)? ?(?:的)?", gap_after))
        ):
            known = memory.single or memory.register.resolve(arm.name)
            return known.name if known else arm.name
    found = TREATMENT.search(tokens.text)
    return memory.single.name if found and memory.single else None
