"""Patients, doses and the design: the figures that are bound by words of their own, not by an end point."""

from __future__ import annotations

import re

from corpus.trial_results.arm_binding import Memory
from corpus.trial_results.arm_names import TREATMENT, introduced
from corpus.trial_results.scanning import Bound, Figure, Tokens

_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"
_ENROLLED_BEFORE = re.compile(
    rf"(?:纳入|入组|招募|入选|入选了|收治|选取|选择|收集|随机(?:分配|化|入组)?)(?:了|的|共|合格|符合条件|患者"
    rf"|计)*?(?:[^,;。0-9%]{{0,20}})$"
    rf"|{_L}(?:enrolled|included|recruited|randomi[sz]ed|randomly assigned|assigned|treated|given to"
    rf"|administered to|registered"
    rf"|accrued)(?: a total of| and treated)? ?(?:in total )?$|(?:共|共有|总计) ?$",
    re.I,
)
_ENROLLED_AFTER = re.compile(
    rf"(?:[^,;。0-9]{{0,60}}?)(?:入组|被?纳入|随机|接受了?[^,;。]{{0,12}}治疗|按)"
    rf"|[^,;.0-9]{{0,60}}?{_L}(?:were|was|had been|underwent|received|have been)? ?(?:enrolled|randomi[sz]ed"
    rf"|randomly|randomi[sz]ation|recruited|included|assigned|treated|treatment){_R}",
    re.I,
)
_NOT_ENROLLED = re.compile(
    rf"筛选|死亡|排除|脱落|出现|发生|{_L}(?:screened|excluded|died|deaths?|events|withdrew|discontinued){_R}", re.I
)
_ARM_AFTER = re.compile(
    r" ?(?:patients |participants )?(?:were )?(?:randomly )?(?:assigned |allocated |randomi[sz]ed )?(?:to|in"
    r"|received|receiving)(?: (?:receive|the))*+ ?"
)
_SIZED = re.compile(r" ?\([nN] ?= ?")
_EACH = re.compile(r"各(?:有|为)? ?$")


def bind_counts(tokens: Tokens, memory: Memory) -> list[Bound]:
    """Patients enrolled and per arm, doses, centres, cycles, prior lines."""
    result: list[Bound] = []
    names = [(arm, memory.roster.resolve(arm)) for arm in tokens.arms if arm.strong or introduced(tokens.text, arm)]
    # An arm with a size in brackets has it there: a number before it counts the whole.
    bracketed: set[str | None] = set()
    for start, end, _ in tokens.sizes:
        near = [
            name
            for arm, name in names
            if 0 <= start - arm.end <= 12
            and ("(" in tokens.text[arm.end : start] if arm.strong else _SIZED.fullmatch(tokens.text, arm.end, start))
        ]
        if near:
            bracketed.add(near[-1])
            result.append(_count(Figure(start, end, (start, end), "patients", "c"), "arm_size", near[-1]))
    enrolled = False
    for i, figure in enumerate(tokens.figures):
        before = tokens.text[max(0, figure.start - 40) : figure.start]
        after = tokens.text[figure.end : figure.end + 80]
        if figure.kind in "ci":
            bare = figure.kind == "i"
            if bare and re.search(r"(?<=[0-9])[:比/-] ?$", before):
                continue
            sized = [
                n
                for arm, n in names
                if re.fullmatch(r"(?:患者)?[ (,:]{0,2}(?:共|纳入|为)? ?", tokens.text[arm.end : figure.start])
                and arm.end <= figure.start
            ]
            assigned = next(
                (
                    n
                    for arm, n in names
                    if arm.start >= figure.end and _ARM_AFTER.fullmatch(tokens.text[figure.end : arm.start])
                ),
                None,
            )
            if not enrolled and re.search(r"enrolled|randomi", tokens.text[figure.start : figure.end]):
                enrolled = True
                result.append(_count(figure, "enrolled", "all"))
                continue
            if _NOT_ENROLLED.search(before[-12:]) or _NOT_ENROLLED.match(after.lstrip()[:12]):
                continue
            if _EACH.search(before) and len(memory.two()) == 2 and not bare:
                result += [_count(figure, "arm_size", name) for name in memory.two()]
            elif sized and not bare:
                result.append(_count(figure, "arm_size", sized[-1]))
            elif (
                assigned
                and assigned not in bracketed
                and not memory.single
                and (enrolled or not bare or i > 0)
                and re.search(r"(?:assign|random|alloc|receiv|enroll)", tokens.text)
            ):
                result.append(_count(figure, "arm_size", assigned))
            elif (not bare and (_ENROLLED_BEFORE.search(before) or _ENROLLED_AFTER.match(after))) and not enrolled:
                enrolled = True
                result.append(_count(figure, "enrolled", "all"))
        elif figure.kind == "d":
            result.append(Bound(figure, "dose", "dose", "dose", arm=_dosed(tokens, figure, memory)))
        elif figure.kind == "s":
            result.append(_other(figure, "centres", "all"))
        elif (
            figure.kind == "k"
            and re.match(r"后|(?: of)? ?(?:induction|chemotherapy)", after)
            and not re.search(r"[~-] ?$", before)
        ):
            result.append(_other(figure, "cycles", "all"))
        elif figure.kind == "l" and re.search(rf"中位|{_L}median", before):
            result.append(_other(figure, "prior lines", memory.single))
    return result


def _count(figure: Figure, endpoint: str, arm: str | None) -> Bound:
    figure.unit = "patients"
    return Bound(figure, endpoint, "count", endpoint, arm=arm)


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
            return memory.single or memory.roster.resolve(arm)
    found = TREATMENT.search(tokens.text)
    return memory.single if found else None
