"""The trials that one document tells of: in the run-in headings of its paragraphs, and with its results.

All of it is known once the whole document is read, and from nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Passage
from corpus.trial_results.trial_result import TrialResult
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms

# What a run-in heading adds to the trial's name.
_KIND = re.compile(r"\s*(?:临床)?(?:研究|试验|trial|study)\s*$", re.I)
# "phase 3 trial, ZEPHYR-7", "the ZEPHYR-7 study", "(ZEPHYR-7)".
_ACRONYM = r"([A-Z][A-Za-z]{2,15}-?[0-9]{1,4}[A-Za-z]?)(?![A-Za-z0-9])"
_CALLED = re.compile(
    rf"(?:trial|study|研究|试验)[,:，：]? ?[(（]?{_ACRONYM}|{_ACRONYM} ?(?:trial|study|研究|试验)"
    rf"|[(（]{_ACRONYM}[)）]\n"
)
_NAMELIKE = re.compile(r"[A-Za-z].*[0-9]|[a-z][A-Z]|^[A-Z]{3,}")


@dataclass(frozen=True, slots=True)
class TrialName:
    """A trial that a document tells of."""

    name: str
    """As the document prints it."""
    key: str
    """``concept_key`` of it, by which a text that names it is matched."""
    topic: str
    """The run-in heading that it comes from, as printed; "" where it comes from results."""
    whole: bool
    """Whether the document's results are of this trial and of no other: it speaks of it throughout."""
    first: int
    """The first of the passages under that heading, else the first of the trial's results: a place in what was read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells of trials."""

    trials: tuple[str, ...]
    """The trial of each result; "" where that is not known."""
    names: tuple[TrialName, ...]
    """One for each run-in heading that names a trial, then one for each trial of the results, in their order."""


def told(passages: Sequence[Passage], results: Sequence[tuple[Passage, TrialResult]], terms: Terms) -> Told:
    """What a document tells of trials: all its ``passages``, its ``results`` with the passage of each, both in order.

    In a document about one trial, results whose sentences leave out its name are of that trial.
    """
    trials = _placed(passages, [result.trial or "" for _, result in results], terms)
    held = set(trials) - {""}
    firsts: dict[tuple[str, str], int] = {}
    for place, passage in enumerate(passages):
        if _NAMELIKE.search(passage.topic):
            firsts.setdefault((name_in(passage.topic), passage.topic), place)
    for place, trial in enumerate(trials):
        firsts.setdefault((trial, ""), place)
    names = [
        TrialName(name, concept_key(name), topic, held == {name}, first)
        for (name, topic), first in firsts.items()
        if concept_key(name)
    ]
    return Told(trials, tuple(names))


def name_in(topic: str) -> str:
    """A run-in heading without "研究", "trial" and their like at its end: the trial's name, where it is of a trial."""
    return _KIND.sub("", topic)


def _placed(passages: Sequence[Passage], trials: Sequence[str], terms: Terms) -> tuple[str, ...]:
    """``trials`` of a document's results, with its only trial where it has one."""
    text = "\n".join(passage.text for passage in passages) if trials else ""
    own = {name for names in _CALLED.findall(text) for name in names if name and not terms.find(name)}
    own |= {trial for trial in trials if trial}
    return tuple(own) * len(trials) if len(own) == 1 else tuple(trials)
