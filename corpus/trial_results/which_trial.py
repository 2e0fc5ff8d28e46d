"""Which trial a figure is of, in a paragraph that tells of several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.trial_results.patterns import L, R
from corpus.trial_results.scanning import Bound, Tokens, runs
from corpus.trial_results.trial_names import is_trial_name, names_beside_trial

_TOKEN = r"[A-Z][A-Za-z]{2,20}(?:[-‑][A-Za-z0-9]{1,12})*(?: ?[0-9]{1,3}[A-Z]?)?"
# Names in a row, of which one at least is known for a trial's, or that "both", "two studies" sums up.
_ROW = re.compile(
    rf"(?P<names>{_TOKEN}(?:(?:, | ?、 ?| ?(?:and|与|和|及) ?)(?:and )?{_TOKEN}){{1,4}})(?P<sum> both"
    r"| (?:trials|studies)| ?[两二三四]项| ?研究)?"
)
_ACROSS = re.compile(
    rf"{L}(?:[Aa]cross|[Ii]n|[Ff]rom|[Oo]f) (?P<name>[A-Z]{{6,}}(?:-[A-Z0-9]{{1,8}})?"
    r"|[A-Z]{3,}-[A-Z0-9]{1,8})(?=[ ,.;)])"
)
_CAPITALS = re.compile(r"[A-Z]{6}|[A-Z]{3,}-[A-Z]{2}|[A-Z]{4,}-[0-9]")
_BRACKET = re.compile(rf"\((?P<name>{_TOKEN})(?: ?(?:研究|试验|trial|study))?\)")
_FORMER = re.compile(
    rf"(?P<first>{L}[Tt]he former{R}|{L}[Tt]he first(?: trial| study){R}|前者|前一项(?:研究|试验)?)"
    rf"|{L}[Tt]he latter{R}|{L}the last of the{R}|后者|后一项(?:研究|试验)?"
)
_RESPECTIVELY = re.compile(r"respectively|分别|依次")


@dataclass(frozen=True, slots=True)
class TrialMention:
    """A trial that a folded sentence names, from ``start`` to ``end``, half-open."""

    name: str
    start: int
    end: int
    bracketed: bool


def trials_in(sentences: Sequence[str]) -> tuple[str, ...]:
    """The names of the trials that folded sentences tell of, in their order."""
    found: dict[str, None] = {}
    for text in sentences:
        for name in names_beside_trial(text):
            found.setdefault(name)
    whole = "\n".join(sentences)
    for pattern in (_ACROSS, _BRACKET):
        names = [m["name"] for m in pattern.finditer(whole) if is_trial_name(m["name"]) and _CAPITALS.search(m["name"])]
        found.update(dict.fromkeys(name for name in names if len(set(names)) > 1 or name in found))
    for row in _ROW.finditer(whole):
        names = re.findall(_TOKEN, row["names"])
        stems = {re.sub(r"[- ]?[0-9]+[A-Z]?$", "", name) for name in names}
        series = len(stems) == 1 and len(next(iter(stems))) >= 4
        if all(map(is_trial_name, names)) and (row["sum"] or series or any(name in found for name in names)):
            found.update(dict.fromkeys(names))
    return tuple(sorted(found, key=whole.find))


def mentions_of(text: str, names: Sequence[str], last: Sequence[str]) -> list[TrialMention]:
    """Where a sentence names trials, in its order; ``last``: the two that were named last, for "the former"."""
    told = [
        TrialMention(name, m.start(), m.end(), text[max(0, m.start() - 1) : m.start()] == "(")
        for name in sorted(names, key=len, reverse=True)
        for m in re.finditer(rf"(?<![A-Za-z0-9-]){re.escape(name)}(?![A-Za-z0-9]|-[0-9A-Z])", text)
    ]
    if len(last) == 2:
        for m in _FORMER.finditer(text):
            told.append(TrialMention(last[0] if m["first"] else last[1], m.start(), m.end(), False))
    return sorted(told, key=lambda mention: mention.start)


def trials_of(
    tokens: Tokens, bound: Sequence[Bound], mentions: Sequence[TrialMention], current: str | None
) -> list[str | None]:
    """The trial of each figure of a sentence; ``current``: the one that the sentence before was about."""
    text = tokens.text
    owner = _behind(tokens, bound, mentions)
    names = list(dict.fromkeys(mention.name for mention in mentions))
    found: list[str | None] = []
    for item in bound:
        start = item.figure.start
        bracket = next((m for m in mentions if m.bracketed and m.start >= start), None)
        earlier = [m for m in mentions if m.end <= start and m not in owner.values() and not m.bracketed]
        if mine := owner.get(id(item.figure)):
            found.append(mine.name)
        elif bracket and not any(start < m.start < bracket.start for m in mentions):
            found.append(bracket.name)
        elif earlier:
            found.append(earlier[-1].name)
        elif len(names) == 1 and not re.search(r"与 ?$|unlike |compared with ", text[: mentions[0].start][-20:], re.I):
            found.append(names[0])
        elif mentions and mentions[0].end <= start:
            found.append(mentions[0].name)
        else:
            found.append(current)
    for begin, end in runs(tokens, list(bound)):
        before = list(dict.fromkeys(m.name for m in mentions if m.end <= bound[begin].figure.start))
        if (
            len(before) == end - begin > 1
            and _RESPECTIVELY.search(text)
            and all(b.arm == bound[begin].arm for b in bound[begin:end])
        ):
            found[begin:end] = before
    return found


def _behind(tokens: Tokens, bound: Sequence[Bound], mentions: Sequence[TrialMention]) -> dict[int, TrialMention]:
    """ "9.6 months in TALON-2": a trial right behind a figure is that figure's."""
    found = {}
    for i, item in enumerate(bound):
        stop = bound[i + 1].figure.start if i + 1 < len(bound) else len(tokens.text)
        for mention in mentions:
            if item.figure.tail <= mention.start < stop:
                gap = tokens.text[item.figure.tail : mention.start]
                if re.fullmatch(r"[^,;。]{0,50}?(?:in|of|from|for)(?: the)? |\(|\(in ", gap):
                    found[id(item.figure)] = mention
                break
    return found
