"""Where a sentence names arms: which of the register they are, and what is compared with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.trial_results.arms.mentions import Mention
from corpus.trial_results.arms.phrases import behind as phrase_behind
from corpus.trial_results.arms.register import Register, StudyArm
from corpus.trial_results.patterns import L, R
from corpus.trial_results.scanning import Bound, Figure, Tokens

_POST = re.compile(
    r"[ )\]]{0,2}(?:of )?(?:the )?(?:(?!(?:than|vs|versus|compared|and|or)[ .])[\w·/%^.−-]{1,15} ){0,4}?(?:patients"
    r"|participants|those|cases|women|men|subjects|children|infants"
    r"|individuals)? ?(?:[(\[][^()\[\]]{0,60}[)\]] ?)?[(\[]?(?:who |were )?"
    r"(?:in|with|for|among|on|of|after|using|taking|undergoing|receiving"
    r"|received|treated with|treated|assigned to|allocated to|randomi[sz]ed to|given|under|to|at|following|from"
    rf"|by){R}(?: (?:the|those|patients|participants|subjects|children|infants|individuals|a|an|receiving|received"
    r"|treated|assigned|allocated|randomi[sz]ed|given|to|with|in|who|were|women|men|and|of|both|receive|group))*+ ?"
)
_STRONG_COMPARE = re.compile(
    rf"(?:于|较|比|对比|相比|{L}(?:than|versus|vs\.?|v|compared (?:with|to)|over|against|relative to)(?: (?:that|those"
    rf"|patients))?(?: (?:the|in|with|for|of|on|receiving|in the|with the|for the|of the|those in the))?) ?$",
    re.I,
)
_COMPARED_AFTER = re.compile(r"(?:的患者|患者|治疗|者)?(?:相比|比较|相较)")
_REFERENCE_AFTER = re.compile(r" ?组?为(?:参照|对照|参考)| (?:group |arm )?as (?:the )?referen(?:ce|t)")
_CLAUSE = re.compile(r"[;。:]|, (?:and|but|while|whereas|with) |\. ")
_TIMED = re.compile(rf"{L}(?:before|during|prior to|despite|until|since|no|without)(?: the)? $", re.I)
_THAN = re.compile(
    rf"{L}(?:than|versus|vs\.?|compared (?:with|to)){R}(?! ?[-−(\[]?[0-9])(?! (?:baseline|before))(?: (?:that|those"
    r"|by|via))* "
)
_FORMER = re.compile(rf"(?P<former>前者|{L}the former{R})|后者|{L}the latter{R}")
_WHOLE = re.compile(r"(?:of(?: the)? |/)$")


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
        """Of the mention."""
        return self.mention.start

    @property
    def end(self) -> int:
        """Of the mention, half-open."""
        return self.mention.end


def places_of(
    tokens: Tokens, mentions: Sequence[Mention], register: Register, order: Sequence[StudyArm] = ()
) -> list[Place]:
    """The arms that a sentence names, in its order; ``order``: those named last, which "the former" may mean."""
    text = tokens.text
    places = []
    for mention in mentions:
        # "Before radiotherapy, 70% of patients": a time, no arm.
        if not mention.strong and _TIMED.search(text[max(0, mention.start - 16) : mention.start]):
            continue
        compared = bool(
            _STRONG_COMPARE.search(text[max(0, mention.start - 40) : mention.start])
            or _COMPARED_AFTER.match(text, mention.end)
            or _REFERENCE_AFTER.match(text, mention.end)
        )
        places.append(Place(mention, register.resolve(mention.name), compared))
    for cue in _THAN.finditer(text):
        phrase = phrase_behind(text, cue.end())
        if not phrase or phrase.start - cue.end() >= 40:
            continue
        if not any(p.start < phrase.end and phrase.start < p.end for p in places):
            mention = Mention(phrase.text, phrase.start, phrase.end, False)
            places.append(Place(mention, register.resolve(phrase.text), True))
    if len(order) == 2:
        for found in _FORMER.finditer(text):
            which = order[0] if found["former"] else order[1]
            places.append(Place(Mention(found[0], found.start(), found.end(), True), which, False))
    return sorted(places, key=lambda place: place.start)


def arms_at(places: Sequence[Place]) -> list[StudyArm]:
    """The arms that places name, each once, in their order."""
    return list(dict.fromkeys(place.arm for place in places if place.arm))


def is_of(gap: str) -> bool:
    """Whether what stands between a figure and an arm behind it makes the figure that arm's: "patients in the"."""
    return bool(_POST.fullmatch(gap.rstrip(" ") + " "))


def clause_before(text: str, end: int) -> int:
    """Where the clause begins that a place stands in."""
    return max([0, *(m.end() for m in _CLAUSE.finditer(text, 0, end))])


def owned(tokens: Tokens, bound: Sequence[Bound], places: Sequence[Place]) -> dict[int, Figure]:
    """Arms right behind a figure, "65% of patients in the A group": of that figure and of no other, by ``id``."""
    found: dict[int, Figure] = {}
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
        behind = next((p for p in places if figure.tail <= p.start < stop), None)
        if behind and is_of(tokens.text[figure.tail : behind.start]):
            found[id(behind)] = figure
    return found
