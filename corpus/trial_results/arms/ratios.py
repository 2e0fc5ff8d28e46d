"""The arms of ratios and reductions, and of figures that a sentence sets against another's: known by contrast."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from corpus.trial_results.arms.memory import Memory
from corpus.trial_results.arms.places import Place, arms_at, clause_before, is_of
from corpus.trial_results.arms.register import StudyArm
from corpus.trial_results.scanning import Bound, Tokens

COMPARING = frozenset({"ratio", "reduction"})
"""Statistics of one arm against another."""
LAST_TWO = re.compile(r"后两组")
_AGAINST = re.compile(r"于|比|较|(?<![A-Za-z])(?:vs\.?|versus|compared|than|against)(?![A-Za-z])")


def allot_ratios(tokens: Tokens, group: list[Bound], known: Sequence[Place], memory: Memory) -> None:
    """A ratio or a reduction belongs to the arm that is compared with a control; ``known``: places with an arm."""
    registered = memory.register.arms
    text = tokens.text[: group[0].figure.start]
    if len(group) > 1 and LAST_TWO.search(text) and len(registered) >= len(group):
        for item, arm in zip(group, registered[-len(group) :], strict=True):
            _set(item, arm, 0.8)
        return
    for item in group:
        _set(item, *_compared(tokens, item, known, memory))
    if len(group) > 1:
        _keep_list(group, known, memory)


def _set(item: Bound, arm: StudyArm | None, sure: float) -> None:
    if arm:
        item.arm, item.sure = arm.name, sure


def _compared(tokens: Tokens, item: Bound, known: Sequence[Place], memory: Memory) -> tuple[StudyArm | None, float]:
    """The arm of one ratio, and how surely."""
    if memory.single:
        # A study of one arm compares something else.
        return None, 0.0
    start, tail = item.figure.start, item.figure.tail
    after = next((p for p in known if tail <= p.start < tail + 40), None)
    if after and is_of(tokens.text[tail : after.start]) and not after.compared:
        return after.arm, 0.9
    before = [p for p in known if p.end <= start]
    two = memory.register.two()
    roles = {arm: memory.register.role(arm) for arm in memory.register.arms}
    if two and roles[two[1]] == "control" and roles[two[0]] != "control":
        return two[0], 0.9
    if two and before:
        said = next((p.arm for p in before if not p.compared), None)
        # "Compared with B, …": the other.
        return (said, 0.6) if said else (memory.other(before[0].arm), 0.6)
    clause = clause_before(tokens.text, start)
    stated = [p for p in before if not p.compared]
    here = [p.arm for p in stated if p.arm and p.start >= clause]
    if here and (len(set(here)) == 1 or roles[here[-1]] != "control"):
        return here[-1], 0.7
    mine = {p.arm for p in stated if p.arm and roles[p.arm] != "control"}
    return (mine.pop(), 0.6) if len(mine) == 1 else (None, 0.0)


def _keep_list(group: list[Bound], known: Sequence[Place], memory: Memory) -> None:
    """As many ratios as investigated arms before them: one each, in their order."""
    before = [p for p in known if p.end <= group[0].figure.start and not p.compared]
    arms = [arm for arm in arms_at(before) if memory.register.role(arm) != "control"]
    if len(arms) == len(group):
        for item, arm in zip(group, arms, strict=True):
            _set(item, arm, 0.7)


_FROM = re.compile(r"(?:从|由)[^,;。]{0,30}$")
_RISEN = re.compile(r"[^,;。]{0,12}(?:延长|提高|升|增加?|上升|降|缩短|下降|减少|降低)(?:至|到|为)[^,;。]{0,4}")


def _risen(tokens: Tokens, item: Bound, after: Bound, memory: Memory) -> None:
    """ "使中位 PFS 从安慰剂组的 2.9 个月延长至 5.4 个月": the second is the other arm's, where the first has an arm."""
    text = tokens.text
    gap = text[item.figure.tail : after.figure.start]
    start = item.figure.start
    before = _FROM.search(text[max(0, start - 34) : start])
    if before and _RISEN.fullmatch(gap) and item.arm and after.arm == item.arm and "组" in before[0]:
        other = memory.other(memory.arm(item.arm))
        after.arm, after.sure = (other.name, 0.5) if other else (None, 0.0)


def allot_by_contrast(tokens: Tokens, bound: list[Bound], memory: Memory) -> None:
    """ "27%，显著低于化疗组的 62%": of two arms, the first figure is the other one's."""
    for item, after in itertools.pairwise(bound):
        _risen(tokens, item, after, memory)
        if item.statistic in COMPARING or (item.endpoint, item.label) != (after.endpoint, after.label):
            continue
        gap = tokens.text[item.figure.tail : after.figure.start]
        if item.settings != after.settings or not _AGAINST.search(gap):
            continue
        if after.arm and item.arm in (None, after.arm) and (other := memory.other(memory.arm(after.arm))):
            _set(item, other, 0.5)
        elif item.arm and after.arm is None and (other := memory.other(memory.arm(item.arm))):
            _set(after, other, 0.5)
