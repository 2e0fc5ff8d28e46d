"""One pass over a study's text: its register of arms, from how they are introduced."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence

from corpus.language import HAN
from corpus.trial_results.arms.mentions import Mention, find_mentions, introduced, sized_in
from corpus.trial_results.arms.phrases import Phrase, aliases_in, introduced_in
from corpus.trial_results.arms.register import Register, StudyArm, generic, is_combined
from corpus.vocabulary.mining import mine_pairs

_VERSUS = re.compile(rf" ?[{HAN}]{{0,6}}(?:较|对比|比较|比|vs\.?|versus|compared (?:with|to)) ?", re.I)
_APART = re.compile(r"(?<![A-Za-z])(?:and|or|than|vs\.?|versus|compared)(?![A-Za-z])|与|和|较|于|比|及|、|,|或")
_DOSE = re.compile(r"[0-9.]+ ?[a-zA-Zμ/0-9]{1,6}(?: ?(?:剂量|dose))?")
_LETTER = re.compile(r"^(?:group|arm|cohort) (?:[A-H]|[1-6]|I{1,3}|IV|V)$|^[A-HⅠⅡⅢ]$|^[A-H1-6]$")


def register_of(sentences: Sequence[str], drugs: Mapping[str, str] | None = None) -> Register:
    """The arms that folded sentences introduce, in their order.

    ``drugs``: ``drug_keys`` of what is known; None for the drugs known in general.
    """
    register = Register(drugs=drugs) if drugs else Register()
    told: list[tuple[int, int, Phrase | Mention, float]] = []
    against: list[tuple[str, str]] = []
    apart: list[tuple[str, str]] = []
    together: list[tuple[Phrase, ...]] = []
    for place, text in enumerate(sentences):
        for group in introduced_in(text):
            weight = {"allotted": 1.5, "lettered": 2.0, "sized": 2.0, "compared": 1.0}[group.how]
            together.append(group.phrases)
            if group.how == "compared":
                against.append((group.phrases[0].text, group.phrases[1].text))
            told += [
                (place, phrase.start, phrase, weight + phrase.sized)
                for phrase in group.phrases
                if not any(p == place and s == phrase.start and w >= weight for p, s, _, w in told)
            ]
        mentions = find_mentions(text)
        told += [(place, mention.start, mention, 2.5) for mention in sized_in(text)]
        for first, second in itertools.pairwise(mentions):
            if _VERSUS.fullmatch(text[first.end : second.start]):
                against.append((first.name, second.name))
                told += [(place, first.start, first, 1.0), (place, second.start, second, 1.0)]
        for first, second in itertools.pairwise([m for m in mentions if m.strong]):
            gap = text[first.end : second.start]
            if first.name != second.name and len(gap) < 80 and _APART.search(gap):
                apart.append((first.name, second.name))
        for mention in mentions:
            if mention.strong:
                told.append((place, mention.start, mention, 2.0))
            elif introduced(text, mention):
                told.append((place, mention.start, mention, 0.5))
    # What is clear first, so that what is not can be told to be the same.
    shared = _shared_texts(together)
    for _, _, found, weight in sorted(told, key=lambda t: (t[0], t[1])):
        names = [found.name] if isinstance(found, Mention) else [found.text, *found.labels]
        if isinstance(found, Phrase) and found.labels and found.text in shared:
            names = [*found.labels]
        register.add(names, weight, isinstance(found, Mention) and found.strong)
    for phrases in together:
        arms = [
            arm for phrase in phrases for name in (phrase.labels[:1] or (phrase.text,)) if (arm := register.named(name))
        ]
        for arm in arms:
            arm.beside += [other for other in arms if other is not arm]
    for one, other in apart:
        if (arm := register.named(one)) and (neighbour := register.named(other)) and arm is not neighbour:
            arm.beside.append(neighbour)
            neighbour.beside.append(arm)
    for one, other in against:
        if (arm := register.named(one)) and (control := register.named(other)) and arm is not control:
            control.compared += 1
            arm.compared -= 1
            arm.beside.append(control)
            control.beside.append(arm)
    for text in sentences:
        for name, alias in aliases_in(text):
            known = [own for arm in register.arms for own in arm.names if name.endswith(own)]
            if known:
                _link(register, (max(known, key=len), alias))
    for pair in mine_pairs("\n".join(_with_brackets(sentences, register))):
        known_arms = {id(arm): arm for name in pair.names if (arm := register.named(name))}
        if len(known_arms) == 1:
            register.add([*next(iter(known_arms.values())).names, *pair.names], 0.0, False)
        elif len(known_arms) == 2:
            _link(register, pair.names)
    lowered = [text.lower() for text in sentences]
    for arm in register.arms:
        said = sum(any(name.lower() in text for name in arm.names) for text in lowered)
        arm.support += 0.5 * min(said - 1, 3)
    register.settle()
    register.drop_doses()
    order = _order(register, sentences)
    register.arms.sort(key=lambda arm: order[id(arm)])
    given = {alias for text in sentences for _, alias in aliases_in(text)}
    called = {mention.name for text in sentences for mention in find_mentions(text) if mention.strong}
    for arm in register.arms:
        arm.names.sort(key=lambda name: (name in given and name not in called, *_worth(name), name not in called))
    return register


def _shared_texts(together: Sequence[tuple[Phrase, ...]]) -> frozenset[str]:
    """What several phrases of one introduction say, so that their labels alone tell them apart."""
    texts = [
        text for phrases in together for text in {p.text for p in phrases if sum(q.text == p.text for q in phrases) > 1}
    ]
    return frozenset(texts)


def _with_brackets(sentences: Sequence[str], register: Register) -> list[str]:
    """The sentences that have an arm's name beside a bracket: others say nothing of its names."""
    names = [re.escape(name) for arm in register.arms for name in arm.names]
    beside = re.compile(rf"(?:{'|'.join(names)}) ?\(|\((?:{'|'.join(names)})[),;]", re.I) if names else None
    return [text for text in sentences if "(" in text and beside and beside.search(text)]


def _link(register: Register, names: Sequence[str]) -> None:
    """Make one arm of those that a sentence says are one: "the control group received placebo"."""
    arms = [arm for name in names if (arm := register.resolve(name) or register.add([name], 1.0, False))]
    first = arms[0] if arms else None
    for arm in arms[1:]:
        # Those that the text sets against each other are two, whatever one of them was given.
        if first and arm is not first and arm in register.arms and arm not in first.beside:
            first.names += [name for name in arm.names if name not in first.names]
            first.support += arm.support
            first.named_as_arm |= arm.named_as_arm
            register.arms.remove(arm)


def _worth(name: str) -> tuple[bool, bool, bool, bool]:
    """What a name is sorted by, for the one that says most to come first."""
    return bool(_LETTER.match(name)), bool(_DOSE.fullmatch(name)), bool(generic(name)), not is_combined(name)


def _order(register: Register, sentences: Sequence[str]) -> dict[int, int]:
    whole = "\n".join(sentences).lower()

    def first(arm: StudyArm) -> int:
        return min((at for name in arm.names if (at := whole.find(name.lower())) >= 0), default=len(whole))

    return {id(arm): first(arm) for arm in register.arms}
