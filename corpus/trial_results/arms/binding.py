"""Arms to figures: every arm that a sentence names is a candidate for every figure, scored by how they stand together.

"X with A", "A 组 X", "(A, X)": beside it. "X and Y in A and B", "A … than B (X vs Y)": by order. What is compared with
comes second. The figures of one enumeration are of different arms, and are given them together, by the assignment that
fits best (scipy). What does not outweigh the next best by a margin stays unbound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.trial_results.arms.mentions import Mention
from corpus.trial_results.arms.phrases import behind as phrase_behind
from corpus.trial_results.arms.register import Register, StudyArm
from corpus.trial_results.scanning import Bound, Figure, Named, Tokens, runs

_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"
_RATIOS = frozenset({"HR", "risk_reduction", "ratio"})

BESIDE, ORDER, ALONE, SUBJECT, COMPARED, CARRIED, USUAL = 6.0, 4.0, 4.0, 3.0, 3.0, 2.0, 1.5
"""What each way of standing together weighs: beside the figure, at its place in an order, the only arm between the last
figure and this one, the subject of its clause, what it is compared with, the subject of the sentence, the order of the
last enumeration."""
FLOOR, MARGIN = 1.5, 1.0
"""What an arm must weigh, and by how much more than the next, to be a figure's."""


@dataclass(slots=True)
class Memory:
    """What a paragraph has said so far."""

    register: Register
    single: StudyArm | None = None
    """The one arm of a study that compares nothing."""
    order: tuple[StudyArm, ...] = ()
    """The arms of the last sentence or enumeration that named two or more, in its order."""
    enrolled: bool = False
    """Whether the number of the study's patients was told."""
    told: bool = True
    """Whether the text has come to what was found."""
    endpoint: Named | None = None
    """The last end point that took a figure."""

    def comparator(self, name: str | None) -> str | None:
        """The name of the other arm of a study of two."""
        other = self.other(next((arm for arm in self.register.arms if arm.name == name), None))
        return other.name if other else None

    def other(self, arm: StudyArm | None) -> StudyArm | None:
        """The other arm of a study of two."""
        two = self.register.two()
        return next((a for a in two if a is not arm), None) if arm in two else None


_POST = re.compile(
    rf"[ )\]]{{0,2}}(?:of )?(?:the )?(?:(?!(?:than|vs|versus|compared|and|or)[ .])[\w·/%^.−-]{{1,15}} ){{0,4}}?(?:patients|participants"
    rf"|those|cases|women|men|subjects|children|infants|individuals)? ?(?:[(\[][^()\[\]]{{0,60}}[)\]] ?)?[(\[]?"
    rf"(?:who |were )?(?:in|with|for|among|on|of|after|receiving|received|treated with|treated|assigned to|allocated to"
    rf"|randomi[sz]ed to|given|under|to|at|following|from|by){_R}"
    rf"(?: (?:the|those|patients|participants|subjects|children|infants|individuals|a|an|receiving|received|treated"
    rf"|assigned|allocated|randomi[sz]ed|given|to|with|in|who|were|women|men|and|of|both|receive|group))*+ ?"
)
_LABEL = re.compile(r" ?[(\[](?:in )?(?:the )?|, ?| ")
_LABEL_END = re.compile(r" ?(?:患者|patients|arm|group)? ?[)\]]")
_STRONG_COMPARE = re.compile(
    rf"(?:于|较|比|对比|相比|{_L}(?:than|versus|vs\.?|v|compared (?:with|to)|over|against|relative to)(?: (?:that|those"
    rf"|patients))?(?: (?:the|in|with|for|of|on|receiving|in the|with the|for the|of the|those in the))?) ?$",
    re.I,
)
_COMPARED_AFTER = re.compile(r"(?:的患者|患者|治疗|者)?(?:相比|比较|相较)")
_VS = re.compile(rf"{_L}(?:vs?\.?|versus|compared (?:with|to)|and|or|to){_R}|对比|比(?!例)|和|与|及|、|对|/|,|或")
_REFERENCE_AFTER = re.compile(r" ?组?为(?:参照|对照|参考)| (?:group |arm )?as (?:the )?referen(?:ce|t)")
_LAST_TWO, _FIRST_TWO = re.compile(r"后两组"), re.compile(r"前两组")
_CLAUSE = re.compile(r"[;。:]|, (?:and|but|while|whereas|with) |\. ")


@dataclass(slots=True)
class Place:
    """A mention with the arm that it means."""

    mention: Mention
    arm: StudyArm | None
    """None where it names an arm that is none of the register's, or could be two."""
    compared: bool
    """What another is compared with."""

    @property
    def start(self) -> int:
        return self.mention.start

    @property
    def end(self) -> int:
        return self.mention.end


@dataclass(slots=True)
class _Scores:
    """What each arm weighs for one figure."""

    weights: dict[int, float] = field(default_factory=dict)
    arms: dict[int, StudyArm] = field(default_factory=dict)
    foreign: bool = False
    """Whether an arm stands beside it that is none of the register's."""

    def add(self, arm: StudyArm, weight: float) -> None:
        self.arms[id(arm)] = arm
        self.weights[id(arm)] = self.weights.get(id(arm), 0.0) + weight


_TIMED = re.compile(rf"{_L}(?:before|during|prior to|despite|until|since|no|without)(?: the)? $", re.I)
_THAN = re.compile(
    rf"{_L}(?:than|versus|vs\.?|compared (?:with|to)){_R}(?! ?[-−(\[]?[0-9])(?! (?:baseline|before))(?: (?:that|those|by|via))* "
)
_FORMER = re.compile(rf"(?P<former>前者|{_L}the former{_R})|后者|{_L}the latter{_R}")


def places_of(
    tokens: Tokens, mentions: Sequence[Mention], register: Register, order: Sequence[StudyArm] = ()
) -> list[Place]:
    """The arms that a sentence names, in its order; ``order``: those named last, which "the former" may mean."""
    places = []
    for mention in mentions:
        # "Before radiotherapy, 70% of patients": a time, no arm.
        if not mention.strong and _TIMED.search(tokens.text[max(0, mention.start - 16) : mention.start]):
            continue
        compared = bool(
            _STRONG_COMPARE.search(tokens.text[max(0, mention.start - 40) : mention.start])
            or _COMPARED_AFTER.match(tokens.text, mention.end)
            or _REFERENCE_AFTER.match(tokens.text, mention.end)
        )
        places.append(Place(mention, register.resolve(mention.name), compared))
    for cue in _THAN.finditer(tokens.text):
        phrase = phrase_behind(tokens.text, cue.end())
        if (
            phrase
            and phrase.start - cue.end() < 40
            and not any(p.start < phrase.end and phrase.start < p.end for p in places)
        ):
            places.append(
                Place(Mention(phrase.text, phrase.start, phrase.end, False), register.resolve(phrase.text), True)
            )
    if len(order) == 2:
        for found in _FORMER.finditer(tokens.text):
            which = order[0] if found["former"] else order[1]
            places.append(Place(Mention(found[0], found.start(), found.end(), True), which, False))
    return sorted(places, key=lambda place: place.start)


def allot_arms(tokens: Tokens, bound: list[Bound], places: Sequence[Place], memory: Memory) -> None:
    """Set the arm of every figure that the sentence, or the paragraph before it, gives one."""
    known = [place for place in places if place.arm]
    subject: StudyArm | None = None
    owned = _owned(tokens, bound, places)
    taken: set[int] = set()
    for start, end in runs(tokens, bound):
        group = bound[start:end]
        floor = bound[start - 1].figure.tail if start else 0
        ceiling = bound[end].figure.start if end < len(bound) else len(tokens.text)
        if group[0].statistic in ("ratio", "reduction"):
            _ratio(tokens, group, known, memory)
            continue
        if memory.single:
            for item in group:
                item.arm, item.sure = memory.single.name, 0.9
            continue
        several = len(group) > 1 and not _same_arm(group)
        scores = [_Scores() for _ in group]
        free = [
            p
            for p in places
            if id(p) not in taken and owned.get(id(p), group[0].figure) in (item.figure for item in group)
        ]
        taken |= _beside(tokens, group, free, floor, ceiling, scores, several)
        _by_clause(tokens, group, free, floor, scores, several, subject, memory)
        if several:
            for item in group:
                item.listed = True
            _solve(group, scores)
            arms = tuple(_arm(memory, item.arm) for item in group)
            if all(arms) and len(set(map(id, arms))) == len(arms):
                memory.order = tuple(arm for arm in arms if arm)
        else:
            total = _Scores(foreign=any(s.foreign for s in scores))
            for s in scores:
                for key, weight in s.weights.items():
                    total.weights[key] = max(total.weights.get(key, -99.0), weight)
                    total.arms[key] = s.arms[key]
            _choose(group, total)
        here = [p for p in free if p.arm and floor <= p.start < group[0].figure.start and not p.compared]
        if here:
            subject = here[-1].arm
    _by_contrast(tokens, bound, memory)
    told = [arm for item in bound if item.statistic not in ("ratio", "reduction") and (arm := _arm(memory, item.arm))]
    if len(distinct := list({id(arm): arm for arm in told}.values())) == 2 == len(memory.register.arms):
        memory.order = tuple(distinct)
    named = list(dict.fromkeys(id(p.arm) for p in known))
    if len(named) >= 2 and (len(named) == len(memory.register.arms) or all(p.mention.strong for p in known)):
        memory.order = tuple(next(p.arm for p in known if id(p.arm) == key) for key in named)  # type: ignore[misc]


_WHOLE = re.compile(r"(?:of(?: the)? |/)$")


def _owned(tokens: Tokens, bound: Sequence[Bound], places: Sequence[Place]) -> dict[int, Figure]:
    """Arms right behind a figure, "65% of patients in the A group": of that figure and of no other."""
    owned: dict[int, Figure] = {}
    # The whole that a count is of owns nothing: "186 [62%] of 300 in the A group".
    held = {id(item.figure) for item in bound}
    figures = [
        f
        for f in tokens.figures
        if (id(f) in held or f.kind in "%c")
        and not (f.kind in "ic" and _WHOLE.search(tokens.text[max(0, f.start - 8) : f.start]))
    ]
    for i, figure in enumerate(figures):
        stop = figures[i + 1].start if i + 1 < len(figures) else len(tokens.text)
        behind = [p for p in places if figure.tail <= p.start < stop]
        if behind and _POST.fullmatch(tokens.text[figure.tail : behind[0].start].rstrip(" ") + " "):
            owned[id(behind[0])] = figure
    return owned


def _closed(text: str, place: Place, start: int) -> bool:
    """Whether a mention stands in a bracket that is closed before a figure."""
    inside = text.count("(", place.end, start) < text.count(")", place.end, start)
    return inside and "(" in text[: place.start]


def _arm(memory: Memory, name: str | None) -> StudyArm | None:
    return next((arm for arm in memory.register.arms if arm.name == name), None)


def _same_arm(group: list[Bound]) -> bool:
    """True where the figures of an enumeration differ by end point or time, not by arm."""
    points = {(b.endpoint, b.label) for b in group}
    settings = {tuple(b.settings) for b in group}
    return len(points) == len(group) or (len(settings) == len(group) and all(settings))


def _beside(
    tokens: Tokens,
    group: list[Bound],
    places: Sequence[Place],
    floor: int,
    ceiling: int,
    scores: list[_Scores],
    several: bool,
) -> set[int]:
    """Arms right before or behind a figure: "A 组 X", "X with A", "X (A)"; those behind it, which are no later one's."""
    text, taken = tokens.text, set()
    for i, item in enumerate(group):
        low = group[i - 1].figure.tail if i else floor
        high = group[i + 1].figure.start if i + 1 < len(group) else ceiling
        behind = [p for p in places if item.figure.tail <= p.start < high]
        if behind:
            first = behind[0]
            gap = text[item.figure.tail : first.start]
            labelled = _LABEL.fullmatch(gap) and _LABEL_END.match(text, first.end)
            if (
                labelled
                or _POST.fullmatch(gap.rstrip(" ") + " ")
                or (re.fullmatch(r"[)\]]?(?: of [0-9,]{1,7})? ", gap) and not first.compared)
            ):
                listed = (
                    i + 1 == len(group)
                    and len({id(p.arm) for p in behind if p.arm}) >= len(group) > 1
                    and not any(_own(text, g, places, floor, ceiling) for g in group[:-1])
                )
                inside = several and _bracketed(text, group) and not labelled
                taken |= {id(p) for p in behind} if listed else {id(first)}
                if first.arm is None:
                    scores[i].foreign = scores[i].foreign or not listed
                elif not listed and not inside:
                    # What stands behind a figure is its own, whatever stands before.
                    scores[i].add(first.arm, BESIDE)
                    continue
                elif listed:
                    arms = list({id(p.arm): p.arm for p in behind if p.arm}.values())
                    for j, arm in enumerate(arms[: len(group)]):
                        scores[j].add(arm, BESIDE)
                else:
                    # "(5 vs 3) in A": A is the subject, its figure the first.
                    scores[0].add(first.arm, ORDER)
        before = [p for p in places if low <= p.start and p.end <= item.figure.start]
        if before:
            last = before[-1]
            gap = _COUNT.sub("", text[last.end : item.figure.start])
            if (
                len(gap) <= 40
                and re.fullmatch(
                    r"(?:[^,;.。]{0,24}?[ (\[:=,]{1,2}|[^,;。]{0,12})(?:[a-z ]{0,12}|[\u3400-\u9fff ]{0,8})?", gap
                )
                and not re.search(r"[0-9]", gap)
            ):
                direct = len(gap) <= 3 or bool(re.fullmatch(r" ?(?:组|group|arm)?[ :,(=为]{1,3}", gap))
                if last.arm is None:
                    scores[i].foreign = scores[i].foreign or (direct and last.mention.strong)
                elif last.compared and not direct:
                    continue
                elif not (several and i == 0 and (not direct or _bracketed(text, group))):
                    scores[i].add(last.arm, BESIDE if direct else ALONE)
    return taken


# The count before its percentage: "33例(45.8%)", "9 [0.1%]".
_COUNT = re.compile(r"[0-9,]{1,7} ?(?:例|人|名|位|patients|participants|subjects|cases)? ?[(\[] ?$")


def _own(text: str, item: Bound, places: Sequence[Place], floor: int, ceiling: int) -> bool:
    return any(
        0 <= p.start - item.figure.tail < 30 and _POST.fullmatch(text[item.figure.tail : p.start].rstrip(" ") + " ")
        for p in places
    )


def _bracketed(text: str, group: list[Bound]) -> bool:
    before = text[max(0, group[0].figure.start - 60) : group[0].figure.start]
    return max(before.rfind("("), before.rfind("[")) > max(before.rfind(")"), before.rfind("]"))


def _by_clause(
    tokens: Tokens,
    group: list[Bound],
    places: Sequence[Place],
    floor: int,
    scores: list[_Scores],
    several: bool,
    subject: StudyArm | None,
    memory: Memory,
) -> None:
    """Arms of the clause and of the sentence before a figure, in their order; what is compared with is the last."""
    text, start = tokens.text, group[0].figure.start
    known = [p for p in places if p.arm]
    ended = [m.end() for m in _CLAUSE.finditer(text, 0, start)]
    clause = max([0, *ended])
    known = [p for p in known if not _closed(text, p, start)]
    near = [p for p in known if floor <= p.start and p.end <= start]
    here = [p for p in near if p.start >= clause] or near
    sentence = [p for p in known if p.end <= start]
    if several:
        count = len(group)
        for pool, weight in ((here, ORDER), (sentence, ORDER - 1)):
            ordered = [p for p in pool if not p.compared] + [p for p in pool if p.compared]
            arms = list({id(p.arm): p.arm for p in ordered if p.arm}.values())
            if len(arms) > count:
                arms = [p.arm for p in _nearest(ordered, count) if p.arm]
            if len(arms) == count:
                for i, arm in enumerate(arms):
                    scores[i].add(arm, weight)
                break
            if len(arms) == 1 and count == 2 and pool:
                compared = all(p.compared for p in pool)
                other = memory.other(arms[0])
                pair = [arms[0], other] if not compared else [other, arms[0]]
                for i, paired in enumerate(pair):
                    if paired:
                        scores[i].add(paired, weight - 0.5)
                break
        registered = memory.register.arms
        around = text[clause:start]
        if _LAST_TWO.search(around) and len(registered) >= count:
            _give(scores, registered[-count:], ORDER)
        elif _FIRST_TWO.search(around) and len(registered) >= count:
            _give(scores, registered[:count], ORDER)
        elif len(memory.order) == count and not any(p.arm is None for p in places if clause <= p.start < start):
            _give(scores, memory.order, USUAL)
        elif len(registered) == count == 2:
            _give(scores, memory.register.two(), USUAL - 0.5)
        return
    pool = [p for p in here if not p.compared]
    if pool and not (len(group) > 1 and not _same_arm(group)):
        scores[0].add(pool[-1].arm, SUBJECT if pool[-1].mention.strong else SUBJECT - 0.5)  # type: ignore[arg-type]
    elif subject:
        scores[0].add(subject, CARRIED)
    elif [p for p in sentence if not p.compared]:
        first = next(p for p in sentence if not p.compared)
        if len({id(p.arm) for p in sentence}) == 1:
            scores[0].add(first.arm, CARRIED)  # type: ignore[arg-type]


def _nearest(ordered: Sequence[Place], count: int) -> list[Place]:
    found: list[Place] = []
    for place in reversed(ordered):
        if all(place.arm is not other.arm for other in found):
            found.insert(0, place)
        if len(found) == count:
            break
    return found


def _give(scores: list[_Scores], arms: Sequence[StudyArm], weight: float) -> None:
    for score, arm in zip(scores, arms, strict=False):
        score.add(arm, weight)


def _solve(group: list[Bound], scores: list[_Scores]) -> None:
    """Different arms for the figures of one enumeration, by the assignment of the greatest weight."""
    arms = list({key: arm for s in scores for key, arm in s.arms.items()}.values())
    if len(arms) < 2:
        for item, score in zip(group, scores, strict=True):
            _choose([item], score)
        _keep_apart(group)
        return
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    # A column of its own for each figure that is no arm's.
    table = np.zeros((len(group), len(arms) + len(group)))
    for i, score in enumerate(scores):
        for j, arm in enumerate(arms):
            table[i, j] = score.weights.get(id(arm), -1.0)
        if score.foreign:
            table[i, : len(arms)] = -1.0
    rows, columns = linear_sum_assignment(table, maximize=True)
    best = table[rows, columns].sum()
    for i, j in zip(rows, columns, strict=True):
        if j >= len(arms) or table[i, j] < FLOOR:
            continue
        without = table.copy()
        without[i, j] = -99.0
        others = linear_sum_assignment(without, maximize=True)
        margin = best - without[others].sum()
        if margin >= MARGIN:
            group[i].arm, group[i].sure = arms[j].name, _sure(table[i, j], margin)


def _keep_apart(group: list[Bound]) -> None:
    named = [item.arm for item in group if item.arm]
    if len(set(named)) < len(named):
        for item in group[1:]:
            item.arm = None


def _choose(group: list[Bound], score: _Scores) -> None:
    if score.foreign or not score.weights:
        return
    ranked = sorted(score.weights.items(), key=lambda entry: -entry[1])
    margin = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
    if ranked[0][1] >= FLOOR and margin >= MARGIN:
        for item in group:
            item.arm, item.sure = score.arms[ranked[0][0]].name, _sure(ranked[0][1], margin)


def _sure(weight: float, margin: float) -> float:
    return min(weight, 8.0) / 8.0 * 0.5 + min(margin, 8.0) / 8.0 * 0.5


def _ratio(tokens: Tokens, group: list[Bound], known: Sequence[Place], memory: Memory) -> None:
    """A ratio or a reduction belongs to the arm that is compared with a control."""
    two, registered = memory.register.two(), memory.register.arms
    text = tokens.text[: group[0].figure.start]
    if len(group) > 1 and _LAST_TWO.search(text) and len(registered) >= len(group):
        for item, arm in zip(group, registered[-len(group) :], strict=True):
            item.arm, item.sure = arm.name, 0.8
        return
    for item in group:
        if memory.single:
            item.arm, item.sure = memory.single.name, 0.8
            continue
        after = next((p for p in known if item.figure.tail <= p.start < item.figure.tail + 40), None)
        if (
            after
            and _POST.fullmatch(tokens.text[item.figure.tail : after.start].rstrip(" ") + " ")
            and not after.compared
        ):
            item.arm, item.sure = after.arm.name, 0.9  # type: ignore[union-attr]
            continue
        before = [p for p in known if p.end <= item.figure.start]
        roles = {id(arm): memory.register.role(arm) for arm in registered}
        if len(two) == 2 and roles[id(two[1])] == "control" and roles[id(two[0])] != "control":
            item.arm, item.sure = two[0].name, 0.9
        elif two and before:
            first = next((p for p in before if not p.compared), before[0])
            item.arm, item.sure = first.arm.name, 0.6  # type: ignore[union-attr]
        else:
            clause = max([0, *(m.end() for m in _CLAUSE.finditer(tokens.text, 0, item.figure.start))])
            mine = [p.arm for p in before if p.arm and roles[id(p.arm)] != "control" and not p.compared]
            here = [p.arm for p in before if p.arm and p.start >= clause and not p.compared]
            if here and (len(set(map(id, here))) == 1 or roles[id(here[-1])] != "control"):
                item.arm, item.sure = here[-1].name, 0.7
            elif len(set(map(id, mine))) == 1:
                item.arm, item.sure = mine[0].name, 0.6
    _keep_ratio_list(tokens, group, known, memory)


def _keep_ratio_list(tokens: Tokens, group: list[Bound], known: Sequence[Place], memory: Memory) -> None:
    if len(group) < 2:
        return
    before = [
        p
        for p in known
        if p.end <= group[0].figure.start and not p.compared and memory.register.role(p.arm) != "control"
    ]  # type: ignore[arg-type]
    arms = list({id(p.arm): p.arm for p in before if p.arm}.values())
    if len(arms) == len(group):
        for item, arm in zip(group, arms, strict=True):
            item.arm, item.sure = arm.name, 0.7


def _by_contrast(tokens: Tokens, bound: list[Bound], memory: Memory) -> None:
    """ "27%，显著低于化疗组的 62%": of two arms, the first figure is the other one's."""
    for i, (item, after) in enumerate(zip(bound, bound[1:], strict=False)):
        if item.endpoint != after.endpoint or item.statistic in ("ratio", "reduction") or item.label != after.label:
            continue
        gap = tokens.text[item.figure.tail : after.figure.start]
        if item.settings != after.settings or not re.search(
            rf"于|比|较|{_L}(?:vs\.?|versus|compared|than|against){_R}", gap
        ):
            continue
        if after.arm and item.arm in (None, after.arm) and (other := memory.other(_arm(memory, after.arm))):
            item.arm, item.sure = other.name, 0.5
        elif item.arm and after.arm is None and (other := memory.other(_arm(memory, item.arm))):
            after.arm, after.sure = other.name, 0.5
