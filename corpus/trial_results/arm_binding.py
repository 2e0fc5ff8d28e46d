"""Arms to figures: by place ("A 组 X", "X with A"), by order ("分别", "vs"), by what they are compared with."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from corpus.trial_results.arm_names import Arm, introduced
from corpus.trial_results.arm_roster import Roster, is_control
from corpus.trial_results.scanning import Bound, Figure, Named, Tokens, runs

_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"


@dataclass(slots=True)
class Memory:
    """What a paragraph has said so far."""

    roster: Roster = field(default_factory=Roster)
    single: str | None = None
    """The one arm of a trial that compares nothing."""
    order: tuple[str, ...] = ()
    """The arms of the last sentence that named two or more, in its order."""
    endpoint: Named | None = None
    """The last end point that took a figure."""

    def other(self, arm: str | None) -> str | None:
        """The other arm of a trial of two."""
        two = self.two()
        return next((a for a in two if a != arm), None) if arm in two else None

    def two(self) -> tuple[str, ...]:
        """Both arms of a trial of two, the investigated one first; else nothing."""
        arms = tuple(self.roster.arms)
        if len(arms) != 2:
            arms = self.order if not arms and len(self.order) == 2 else ()
        return tuple(sorted(arms, key=is_control))


_POST = re.compile(
    rf"[ )\]]{{0,2}}(?:of )?(?:the )?(?:(?!than|vs|versus|compared|and|or)\w{{1,15}} )?(?:patients|participants"
    rf"|those|cases|women"
    rf"|men)? ?(?:\([^()]{{0,40}}\) ?)?\(?"
    rf"(?:who |were )?(?:in|with|for|among|on|of|after|receiving|received|treated with|assigned to|given|under|to){_R}"
    rf"(?: (?:the|those|patients|participants|a|an|receiving|received|treated|assigned|given|to|with|in|who|were"
    rf"|women|men|and|of)){{0,6}} ?"
)
_COMPARES = re.compile(
    rf"(?:于|较|比|对比|相比|与|和|同|{_L}(?:than|versus|vs\.?|compared (?:with|to)|over|against)(?: (?:that"
    rf"|those))?(?: (?:the|in|with|for|of|in the|with the|for the))?) ?$",
    re.I,
)
_STRONG_COMPARE = re.compile(
    rf"(?:于|较|对比|相比|{_L}(?:than|versus|vs\.?|compared (?:with|to)|over|against)(?: (?:that"
    rf"|those))?(?: (?:the|in|with|for|of|in the|with the|for the))?) ?$",
    re.I,
)
_COMPARED_AFTER = re.compile(r"(?:的患者|患者|治疗)?(?:相比|比较|相较)")
_BOTH = re.compile(rf"两组|两臂|{_L}(?:both|the two|two) (?:groups|arms)|the groups")
_LAST_TWO = re.compile(r"后两组")
_FIRST_TWO = re.compile(r"前两组")
_VS = re.compile(rf"{_L}(?:vs?\.?|versus|compared (?:with|to)){_R}|对比|比(?!例)")


@dataclass(slots=True)
class _Place:
    """A mention with the arm that it names."""

    arm: Arm
    name: str
    behind: bool
    """Named only as what another is compared with, apart from a figure."""


def allot_arms(tokens: Tokens, bound: list[Bound], memory: Memory) -> None:
    """Set the arm of every figure that the sentence, or the paragraph before it, gives one."""
    places = [
        _Place(a, memory.roster.resolve(a), False) for a in tokens.arms if introduced(tokens.text, a) or _is_chinese(a)
    ]
    for place in places:
        place.behind = bool(_COMPARED_AFTER.match(tokens.text, place.arm.end)) or bool(
            re.search(
                rf"{_L}compared (?:with|to) (?:the )?$",
                tokens.text[max(0, place.arm.start - 20) : place.arm.start],
                re.I,
            )
            and re.match(r"(?: group| arm| alone)?,", tokens.text[place.arm.end :])
        )
    named = tuple(dict.fromkeys(p.name for p in places if p.arm.strong)) or tuple(dict.fromkeys(p.name for p in places))
    if len(named) >= 2:
        memory.order = named
    taken: set[int] = set()
    subject: str | None = None
    for start, end in runs(tokens, bound):
        group = bound[start:end]
        floor = bound[start - 1].figure.tail if start else 0
        if group[0].endpoint in ("HR", "risk_reduction"):
            _ratio(tokens, group, places, memory)
            continue
        ceiling = bound[end].figure.start if end < len(bound) else len(tokens.text)
        if len(group) > 1 and not _same_arm(group) and _in_order(tokens, group, places, memory, ceiling):
            continue
        post = _post(tokens, group[-1].figure, places, ceiling)
        pre = _pre(tokens, group[0].figure, [p for p in places if id(p) not in taken and not p.behind], floor)
        if post is not None and not (pre and pre.arm.strong and not post.arm.strong):
            taken.add(id(post))
            arm: str | None = post.name
        elif pre is not None:
            arm = pre.name
            if not _STRONG_COMPARE.search(tokens.text[max(0, pre.arm.start - 30) : pre.arm.start]):
                subject = arm
        elif (
            start
            and "(" in tokens.text[floor : group[0].figure.start]
            and ")" not in tokens.text[floor : group[0].figure.start]
        ):
            # What a bracket adds to a figure is about the same arm.
            arm = bound[start - 1].arm
        elif (
            subject
            and not any(b.arm is None and b.endpoint == group[0].endpoint for b in bound[:start])
            and not any(
                b.endpoint == group[0].endpoint != "other" and b.arm == subject and b.settings == group[0].settings
                for b in bound[:start]
            )
        ):
            arm = subject
        else:
            arm = None
        versus = len(group) > 1 and not _same_arm(group)
        if versus and _VS.search(tokens.text[group[0].figure.tail : group[1].figure.start]):
            # One name for two arms: it is the first figure's, or the last one's where it stands behind.
            group[-1 if post is not None and arm == post.name else 0].arm = arm
            continue
        for item in group:
            item.arm = arm
    _by_contrast(tokens, bound, memory)
    if memory.single:
        for item in bound:
            if item.arm is None or item.arm not in memory.roster.arms:
                item.arm = memory.single


def _is_chinese(arm: Arm) -> bool:
    return any(c >= "\u3400" for c in arm.name)


def _same_arm(group: list[Bound]) -> bool:
    """True where the figures of an enumeration differ by end point or time, not by arm."""
    points = {b.endpoint for b in group}
    settings = {tuple(b.settings) for b in group}
    return len(points) == len(group) or len(settings) == len(group)


def _in_order(tokens: Tokens, group: list[Bound], places: list[_Place], memory: Memory, ceiling: int) -> bool:
    """ "分别为 X 和 Y", "X vs Y": the arms in the order in which they were named. True where it worked."""
    text, first, last = tokens.text, group[0].figure, group[-1].figure
    count = len(group)
    versus = bool(_VS.search(text[first.tail : group[1].figure.start]))
    after = [p for p in places if last.tail <= p.arm.start < ceiling]
    if after and _POST.fullmatch(text[last.tail : after[0].arm.start].rstrip() + " ") and len(after) >= count:
        names = list(dict.fromkeys(p.name for p in after))[:count]
        if len(names) == count and "," not in text[last.tail : after[0].arm.start]:
            return _give(group, names)
    before = [p for p in places if p.arm.end <= first.start]
    # What is compared with comes second, wherever the sentence has it.
    ordered = [p for p in before if not p.behind] + [p for p in before if p.behind]
    names = list(dict.fromkeys(p.name for p in ordered))
    clause = text[max(text.rfind(c, 0, first.start) for c in ";。") + 1 : first.start]
    if _LAST_TWO.search(clause) and len(memory.roster.arms) >= count:
        return _give(group, memory.roster.arms[-count:])
    if _FIRST_TWO.search(clause) and len(memory.roster.arms) >= count:
        return _give(group, memory.roster.arms[:count])
    if len(names) >= count:
        # The nearest arms, in the order of the sentence.
        near: list[str] = []
        for place in reversed(ordered):
            if place.name not in near:
                near.insert(0, place.name)
            if len(near) == count:
                break
        return _give(group, near)
    two = memory.two()
    if len(names) == 1 and versus and count == 2 and names[0] in two:
        own = after[0] if after and _POST.fullmatch(text[last.tail : after[0].arm.start].rstrip() + " ") else None
        return _give(group, [names[0], next(a for a in two if a != names[0])]) if own is None else False
    if after and count == 2 and versus and two and not names:
        if _POST.fullmatch(text[last.tail : after[0].arm.start].rstrip() + " ") and after[0].name in two:
            return _give(group, [next(a for a in two if a != after[0].name), after[0].name])
        return False
    cue = versus or _BOTH.search(clause) or any(p <= last.tail + 20 for p in tokens.respectively)
    if not names and cue and len(memory.order) >= count:
        return _give(group, memory.order[-count:] if len(memory.order) == count else memory.order[:count])
    return False


def _give(group: list[Bound], names: list[str] | tuple[str, ...]) -> bool:
    for item, name in zip(group, names, strict=True):
        item.arm = name
    return True


def _post(tokens: Tokens, figure: Figure, places: list[_Place], ceiling: int) -> _Place | None:
    """The arm that stands behind a figure: "13.6 months with A", "51% (10 mg 组)"."""
    for place in places:
        if not figure.tail <= place.arm.start < ceiling:
            continue
        gap = tokens.text[figure.tail : place.arm.start]
        if re.fullmatch(r" ?\((?:in )?(?:the )?", gap) and re.match(r" ?(?:患者)?\)", tokens.text[place.arm.end :]):
            return place
        return place if _POST.fullmatch(gap.rstrip() + " ") else None
    return None


def _pre(tokens: Tokens, figure: Figure, places: list[_Place], floor: int) -> _Place | None:
    """The arm that stands before a figure: "A 组 X", "高于 B 组的 Z"."""
    text = tokens.text
    for place in reversed(places):
        if not floor <= place.arm.start or place.arm.end > figure.start:
            continue
        gap = text[place.arm.end : figure.start]
        if ";" in gap or len(gap) > 120:
            return None
        outside = re.sub(r"\([^()]{0,120}\)", "", gap)
        compared = _STRONG_COMPARE.search(text[max(0, place.arm.start - 30) : place.arm.start])
        # "症状优于 B 组，且发生率为 27%": B was named for something else.
        if compared and ("," in outside or any(place.arm.end <= n.start < figure.start for n in tokens.endpoints)):
            continue
        return place
    return None


def _ratio(tokens: Tokens, group: list[Bound], places: list[_Place], memory: Memory) -> None:
    """A hazard ratio or a risk reduction belongs to the arm that is investigated."""
    if len(group) > 1:
        text = tokens.text[: group[0].figure.start]
        if _LAST_TWO.search(text) and len(memory.roster.arms) >= len(group):
            _give(group, memory.roster.arms[-len(group) :])
            return
    two = memory.two()
    for item in group:
        before = [p.name for p in places if p.arm.end <= item.figure.start]
        mine = [name for name in dict.fromkeys(before) if not is_control(name)]
        if two and not is_control(two[0]):
            # Of two arms the one that is no control; where neither says so, the one named first.
            first = next(
                (name for name in before if name in two), memory.roster.arms[0] if memory.roster.arms else two[0]
            )
            item.arm = two[0] if is_control(two[1]) else first
        elif mine:
            item.arm = mine[-1] if len(memory.roster.arms) > 2 else mine[0]
        elif memory.single:
            item.arm = memory.single


def _by_contrast(tokens: Tokens, bound: list[Bound], memory: Memory) -> None:
    """ "27%，显著低于化疗组的 62%": of two arms, the first figure is the other one's."""
    for item, after in itertools.pairwise(bound):
        if item.endpoint != after.endpoint or item.endpoint in ("HR", "risk_reduction") or after.arm is None:
            continue
        gap = tokens.text[item.figure.tail : after.figure.start]
        if (
            item.arm in (None, after.arm)
            and item.settings == after.settings
            and re.search(rf"于|比|较|{_L}(?:vs\.?|versus|compared|than|against){_R}", gap)
        ):
            item.arm = memory.other(after.arm)
