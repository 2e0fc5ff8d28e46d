"""Arms to figures: every arm that a sentence names is a candidate for every figure, scored by how they stand together.

"X with A", "A 组 X", "(A, X)": beside it. "X and Y in A and B", "A … than B (X vs Y)": by order. What is compared with
comes second. What does not outweigh the next best by a margin stays unbound.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.trial_results.arms.assignment import Scores, assign, assign_one
from corpus.trial_results.arms.memory import Memory
from corpus.trial_results.arms.places import Place, arms_at, clause_before, is_of, owned
from corpus.trial_results.arms.ratios import COMPARING, LAST_TWO, allot_by_contrast, allot_ratios
from corpus.trial_results.arms.register import StudyArm
from corpus.trial_results.scanning import Bound, Tokens, runs

BESIDE, ORDER, ALONE, SUBJECT, CARRIED, USUAL = 6.0, 4.0, 4.0, 3.0, 2.0, 1.5
"""What each way of standing together weighs: beside the figure, at its place in an order, the only arm between the last
figure and this one, the subject of its clause, the subject of the sentence, the order of the last enumeration."""

CERTAIN = 3.5
"""How well an arm must be introduced (``StudyArm.support``) to be supposed where it is not named."""
_LABEL = re.compile(r" ?[(\[](?:in )?(?:the )?|, ?| ")
_LABEL_END = re.compile(r" ?(?:患者|patients|arm|group)? ?[)\]]")
_OF_SO_MANY = re.compile(r"[)\]]?(?: of [0-9,]{1,7})? ")
_UP_TO = re.compile(r"(?:[^,;.。]{0,24}?[ (\[:=,]{1,2}|[^,;。]{0,12})(?:[a-z ]{0,12}|[\u3400-\u9fff ]{0,8})?")
_DIRECT = re.compile(r" ?(?:组|group|arm)?[ :,(=为]{1,3}")
# The count before its percentage: "33例(45.8%)", "9 [0.1%]".
_COUNT = re.compile(r"[0-9,]{1,7} ?(?:例|人|名|位|patients|participants|subjects|cases)? ?[(\[] ?$")
_HAS = re.compile(r" ?(?:组|者)?(?:则|的|仅|均)?为? ?[(\[]?")
_LISTED, _RESPECTIVELY = (
    re.compile(r"[\u3400-\u9fffA-Za-z](?:、|和|与|及)[\u3400-\u9fffA-Za-z]"),
    re.compile(r"分别|依次|依序"),
)
_AND = re.compile(r"[)\]]? ?(?:和|及|、|与|、?以及) ?[(\[]?")
_FIRST_TWO = re.compile(r"前两组")


@dataclass(slots=True)
class _Run:
    """An enumeration of figures, with the arms that may be theirs."""

    tokens: Tokens
    group: list[Bound]
    places: list[Place]
    floor: int
    """Where the figure before it ends."""
    ceiling: int
    """Where the figure after it begins."""
    several: bool
    """Whether its figures are of different arms."""
    scores: list[Scores]
    """One for each figure."""


def allot_arms(tokens: Tokens, bound: list[Bound], places: Sequence[Place], memory: Memory) -> None:
    """Set the arm of every figure that the sentence, or the paragraph before it, gives one."""
    known = [place for place in places if place.arm]
    subject: StudyArm | None = None
    owners = owned(tokens, bound, places)
    taken: set[int] = set()
    for start, end in runs(tokens, bound):
        group = bound[start:end]
        if group[0].statistic in COMPARING:
            allot_ratios(tokens, group, known, memory)
            continue
        if memory.single:
            for item in group:
                item.arm, item.sure = memory.single.name, 0.9
            continue
        figures = [item.figure for item in group]
        free = [p for p in places if id(p) not in taken and owners.get(id(p), figures[0]) in figures]
        run = _Run(
            tokens,
            group,
            free,
            floor=bound[start - 1].figure.tail if start else 0,
            ceiling=bound[end].figure.start if end < len(bound) else len(tokens.text),
            several=len(group) > 1 and not _same_arm(group) and not _of_one(tokens, group, free),
            scores=[Scores() for _ in group],
        )
        taken |= _beside(run, memory)
        if run.several:
            _by_order(run, memory)
            for item in group:
                item.listed = True
            assign(group, run.scores)
            arms = [arm for item in group if (arm := memory.arm(item.arm))]
            if len(set(arms)) == len(group):
                memory.order, memory.told_order = tuple(arms), True
        else:
            _by_subject(run, subject)
            assign_one(group, run.scores)
        here = [p for p in free if p.arm and run.floor <= p.start < figures[0].start and not p.compared]
        if here:
            subject = here[-1].arm
    allot_by_contrast(tokens, bound, memory)
    _remember_order(bound, known, memory)


def _remember_order(bound: Sequence[Bound], known: Sequence[Place], memory: Memory) -> None:
    """The order that "respectively" means in the next sentence: that of this one, where it named or told all arms."""
    count = len(memory.register.arms)
    told = [arm for item in bound if item.statistic not in COMPARING and (arm := memory.arm(item.arm))]
    if len(distinct := tuple(dict.fromkeys(told))) == 2 == count:
        memory.order, memory.told_order = distinct, True
    named = tuple(arms_at(known))
    if len(named) >= 2 and (len(named) == count or all(p.mention.strong for p in known)):
        memory.told_order = memory.told_order and set(memory.order) == set(named)
        memory.order = named


def _same_arm(group: list[Bound]) -> bool:
    """True where the figures of an enumeration differ by end point or time, not by arm."""
    points = {(b.endpoint, b.label) for b in group}
    settings = {tuple(b.settings) for b in group}
    return len(points) == len(group) or (len(settings) == len(group) and all(settings))


def _of_one(tokens: Tokens, group: list[Bound], places: Sequence[Place]) -> bool:
    """Whether the arm right before an enumeration has all of its figures: "前者为 61.3%和 30.8%"."""
    text, start = tokens.text, group[0].figure.start
    before = [p for p in places if p.end <= start]
    gaps = [text[a.figure.tail : b.figure.start] for a, b in itertools.pairwise(group)]
    if not before or not all(_AND.fullmatch(gap) for gap in gaps):
        return False
    last = before[-1]
    joined = len(before) > 1 and _AND.fullmatch(text[before[-2].end : last.start])
    gap = text[last.end : start]
    # "试验组不良事件、严重不良事件发生率分别为 63%、28%": as many outcomes, of the one arm.
    outcomes = _LISTED.search(gap) and _RESPECTIVELY.search(gap)
    return not joined and bool(_HAS.fullmatch(gap) or outcomes)


def _beside(run: _Run, memory: Memory) -> set[int]:
    """Score arms right before or behind a figure; the ``id`` of those behind it, which are no later one's."""
    taken: set[int] = set()
    for i in range(len(run.group)):
        if not _behind(run, i, taken, memory):
            _before(run, i)
    return taken


def _behind(run: _Run, i: int, taken: set[int], memory: Memory) -> bool:
    """Score arms behind a figure, "X with A", "X (A)"; True where one is its own, whatever stands before."""
    text, group, item = run.tokens.text, run.group, run.group[i]
    high = group[i + 1].figure.start if i + 1 < len(group) else run.ceiling
    behind = [p for p in run.places if item.figure.tail <= p.start < high]
    if not behind:
        return False
    first = behind[0]
    gap = text[item.figure.tail : first.start]
    labelled = _LABEL.fullmatch(gap) and _LABEL_END.match(text, first.end)
    if not (labelled or is_of(gap) or (_OF_SO_MANY.fullmatch(gap) and not first.compared)):
        return False
    arms = arms_at(behind)
    listed = i + 1 == len(group) and len(arms) >= len(group) > 1 and not any(_has_own(run, b) for b in group[:-1])
    inside = run.several and _in_bracket(run) and not labelled
    taken |= {id(p) for p in behind} if listed else {id(first)}
    if first.arm is None:
        run.scores[i].foreign |= not listed
    elif listed:
        _give(run.scores, arms, BESIDE)
    elif inside:
        # "(5 vs 3) in A": A is the subject, its figure the first.
        run.scores[0].add(first.arm, ORDER)
        if len(group) == 2:
            run.scores[1].add(memory.other(first.arm), ORDER - 0.5)
    else:
        run.scores[i].add(first.arm, BESIDE)
        return True
    return False


def _before(run: _Run, i: int) -> None:
    """Score the arm before a figure, "A 组 X"."""
    figure = run.group[i].figure
    low = run.group[i - 1].figure.tail if i else run.floor
    before = [p for p in run.places if low <= p.start and p.end <= figure.start]
    if not before:
        return
    last = before[-1]
    gap = _COUNT.sub("", run.tokens.text[last.end : figure.start])
    if len(gap) > 40 or re.search(r"[0-9]", gap) or not _UP_TO.fullmatch(gap):
        return
    direct = len(gap) <= 3 or bool(_DIRECT.fullmatch(gap))
    if last.arm is None:
        run.scores[i].foreign |= direct and last.mention.strong
    elif last.compared and not direct:
        return
    elif not (run.several and i == 0 and (not direct or _in_bracket(run))):
        run.scores[i].add(last.arm, BESIDE if direct else ALONE)


def _has_own(run: _Run, item: Bound) -> bool:
    """Whether an arm stands behind a figure that can be no other's."""
    tail = item.figure.tail
    return any(0 <= p.start - tail < 30 and is_of(run.tokens.text[tail : p.start]) for p in run.places)


def _in_bracket(run: _Run) -> bool:
    """Whether an enumeration begins in a bracket."""
    start = run.group[0].figure.start
    before = run.tokens.text[max(0, start - 60) : start]
    return max(before.rfind("("), before.rfind("[")) > max(before.rfind(")"), before.rfind("]"))


def _said(run: _Run) -> tuple[list[Place], list[Place]]:
    """The arms before an enumeration: of its clause, and of the sentence."""
    text, start = run.tokens.text, run.group[0].figure.start
    sentence = [p for p in run.places if p.arm and p.end <= start and not _closed(text, p, start)]
    near = [p for p in sentence if run.floor <= p.start]
    clause = clause_before(text, start)
    return [p for p in near if p.start >= clause] or near, sentence


def _closed(text: str, place: Place, start: int) -> bool:
    """Whether a mention stands in a bracket that is closed before a figure."""
    inside = text.count("(", place.end, start) < text.count(")", place.end, start)
    return inside and "(" in text[: place.start]


def _by_order(run: _Run, memory: Memory) -> None:
    """Score as many arms as figures, in their order; what is compared with is the last."""
    text, start, count, scores = run.tokens.text, run.group[0].figure.start, len(run.group), run.scores
    here, sentence = _said(run)
    for pool, weight in ((here, ORDER), (sentence, ORDER - 1)):
        ordered = [p for p in pool if not p.compared] + [p for p in pool if p.compared]
        arms = arms_at(ordered)
        if len(arms) > count:
            # The nearest to the figures.
            arms = arms_at(ordered[::-1])[:count][::-1]
        if len(arms) == count:
            _give(scores, arms, weight)
            break
        if len(arms) == 1 and count == 2:
            pair = [arms[0], memory.other(arms[0])]
            _give(scores, pair[::-1] if all(p.compared for p in pool) else pair, weight - 0.5)
            break
    clause = clause_before(text, start)
    around, registered = text[clause:start], memory.register.arms
    if LAST_TWO.search(around) and len(registered) >= count:
        _give(scores, registered[-count:], ORDER)
    elif _FIRST_TWO.search(around) and len(registered) >= count:
        _give(scores, registered[:count], ORDER)
    elif len(memory.order) == count and not any(p.arm is None for p in run.places if clause <= p.start < start):
        _give(scores, memory.order if memory.told_order else _certain(memory.order), USUAL)
    elif len(registered) == count == 2:
        _give(scores, _certain(memory.register.two()), USUAL - 0.5)


def _certain(arms: Sequence[StudyArm]) -> Sequence[StudyArm]:
    """``arms``, where all of them are surely arms: what is only compared somewhere is not supposed elsewhere."""
    return arms if all(arm.named_as_arm or arm.support >= CERTAIN for arm in arms) else ()


def _by_subject(run: _Run, subject: StudyArm | None) -> None:
    """Score the subject of the clause, else of the sentence; ``subject``: that of the figure before."""
    here, sentence = _said(run)
    pool = [p for p in here if not p.compared]
    if pool:
        run.scores[0].add(pool[-1].arm, SUBJECT if pool[-1].mention.strong else SUBJECT - 0.5)
    elif subject:
        run.scores[0].add(subject, CARRIED)
    elif len(arms_at(sentence)) == 1 and not all(p.compared for p in sentence):
        run.scores[0].add(sentence[0].arm, CARRIED)


def _give(scores: Sequence[Scores], arms: Sequence[StudyArm | None], weight: float) -> None:
    for score, arm in zip(scores, arms, strict=False):
        score.add(arm, weight)
