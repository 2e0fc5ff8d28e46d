"""The number guard: each figure of a text is found in what the text cites for it, with its arm and end point.

It judges any text with citations [n], the program's own or a language model's. A figure is compared as a
number, bounded on both sides: 13 does not stand in 13.6, nor 0.6 in 10.6, and "为6.3个月" holds 6.3. Where
the figure is a trial result, the arm and the end point named with it must be the result's.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.guard.citations import citations_in, cited_sentences, without_citations
from assistant.trials.arms import arm_key
from corpus.trial_results import TrialResult
from corpus.vocabulary.endpoints import by_key, endpoints
from corpus.vocabulary.terms import Terms
from corpus.vocabulary.units import unit_behind
from corpus.words.folding import fold

Fault = Literal["uncited", "unknown_citation", "figure", "arm", "endpoint", "name"]
"""What is wrong with a sentence:
uncited           it has figures and cites nothing
unknown_citation  it cites a number that there is no evidence for
figure            a figure, or a name with a number, does not stand in what it cites
arm               the figure is another arm's
endpoint          the figure is another end point's
name              it names a drug, disease or target that what it cites does not (``language_model``)
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence that must not be shown."""

    sentence: str
    """As the judged text has it."""
    fault: Fault
    figure: str
    """As the sentence prints it; "" for a sentence without a citation."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a folded text."""

    printed: str
    value: Decimal
    unit: str
    """%, months, patients, mg, or "" where none follows it."""
    start: int
    end: int


_NUMBER = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,9})?|[0-9]{0,9}\.[0-9]{1,9}|[0-9]{1,9})"
    r"(?![0-9]|\.[0-9])"
)
# DeLLphi-304, PD-L1, CD3, IL-2, NCT05740566: digits of a name. OS13.6 is none.
_NAME = re.compile(
    r"(?<![a-z0-9])[a-z][a-z]*(?:[-/][a-z]+)*-?[0-9]{1,9}[a-z]?(?![0-9]|\.[0-9]|[%]| ?(?:个?月|months?|%))"
)
_WITH = re.compile(r"^[^;,。；]{0,60}?(?<![a-z])(?:with|for|in|on|among|receiving) ")


def figures(text: str) -> list[Figure]:
    """The figures of a text, without citations and the digits of names, in its order; offsets in its folded form."""
    folded = fold(text).text
    bare = _NAME.sub(lambda name: " " * len(name[0]), without_citations(folded))
    found = []
    for match in _NUMBER.finditer(bare):
        value = Decimal(match[0].replace(",", ""))
        found.append(Figure(match[0], value, unit_behind(bare, match.end()), match.start(), match.end()))
    return found


def verify(text: str, sources: Mapping[int, str], terms: Terms, results: Sequence[TrialResult] = ()) -> list[Failure]:
    """What must not be shown of ``text``, a failure a sentence at most; empty where all of it may.

    ``sources``: by citation number, the passages. ``results``: trial results printed in them.
    """
    failures = []
    known = {re.sub(r"[\s-]", "", name) for source in sources.values() for name in _NAME.findall(fold(source).text)}
    for sentence in cited_sentences(text):
        outside = _replaced(sentence, lambda quote: " ")
        cited = citations_in(outside)
        if unknown := [n for n in cited if n not in sources]:
            failures.append(Failure(sentence, "unknown_citation", f"[{unknown[0]}]"))
            continue
        own = _without_quotes(sentence, [sources[n] for n in cited])
        failure = _judge(sentence, own, [sources[n] for n in cited], known, terms, results)
        if failure:
            failures.append(failure)
    return failures


def _judge(
    sentence: str, own: str, cited: Sequence[str], known: set[str], terms: Terms, results: Sequence[TrialResult]
) -> Failure | None:
    names = _NAME.findall(fold(without_citations(own)).text)
    if invented := [name for name in names if re.sub(r"[\s-]", "", name) not in known]:
        return Failure(sentence, "figure", invented[0])
    shown = figures(own)
    if not shown:
        return None
    if not cited:
        return Failure(sentence, "uncited", shown[0].printed)
    printed: dict[Decimal, set[str]] = {}
    for figure in (figure for source in cited for figure in figures(source)):
        printed.setdefault(figure.value, set()).add(figure.unit)
    for figure in shown:
        # A range prints its unit once: 85~96%.
        units = printed.get(figure.value, set())
        if not units or (figure.unit and units.isdisjoint({figure.unit, ""})):
            return Failure(sentence, "figure", figure.printed)
    squeezed = [_squeeze(source) for source in cited]
    bound = [r for r in results if any(_squeeze(r.sentence) in source for source in squeezed)]
    return _misplaced(sentence, own, shown, bound, terms)


def _misplaced(
    sentence: str, own: str, shown: Sequence[Figure], bound: Sequence[TrialResult], terms: Terms
) -> Failure | None:
    """The first figure that is printed for another arm or end point than the sentence says."""
    folded = fold(own).text
    held = [(figure, [r for r in bound if Decimal(str(r.value)) == figure.value]) for figure in shown]
    held = [(figure, candidates) for figure, candidates in held if candidates]
    named = sorted(
        (end, end - start, endpoint.key) for endpoint in endpoints() for start, end in endpoint.places(folded)
    )
    for place, (figure, candidates) in enumerate(held):
        start = held[place - 1][0].end if place else 0
        end = held[place + 1][0].start if place + 1 < len(held) else len(folded)
        # The end point named last before it, the longer name where two end there.
        before_it = bisect.bisect(named, (figure.start, len(folded), ""))
        if before_it:
            endpoint = named[before_it - 1][2]
            fitting = [r for r in candidates if _is_of(r, endpoint)]
            if not fitting:
                return Failure(sentence, "endpoint", figure.printed)
            candidates = fitting
        after, before = folded[figure.end : end], folded[start : figure.start]
        told = arm_key(after, terms) if _WITH.match(after) else frozenset()
        if candidates[0].endpoint not in ("HR", "risk_reduction"):
            # A ratio is of both arms.
            told = told or arm_key(before, terms)
        if told and not any(_fits(told, r, bound, terms) for r in candidates):
            return Failure(sentence, "arm", figure.printed)
    return None


def _is_of(result: TrialResult, endpoint: str) -> bool:
    """Whether a result may be called by an end point's name: a survival rate by survival, a hazard ratio by what of."""
    named = by_key()[endpoint]
    return endpoint in (result.name, result.of) or result.name in named.covers or named.outcome == result.of


def _fits(told: frozenset[str], result: TrialResult, bound: Sequence[TrialResult], terms: Terms) -> bool:
    """Whether no other arm of the result's end point is nearer to the treatments that the sentence names."""
    others = {r.arm for r in bound if r.trial == result.trial and r.endpoint == result.endpoint} | {result.comparator}
    mine = _nearness(told, arm_key(result.arm or "", terms))
    return all(_nearness(told, arm_key(other or "", terms)) <= mine for other in others - {result.arm})


def _nearness(told: frozenset[str], arm: frozenset[str]) -> float:
    return len(told & arm) / len(told | arm) if told and arm else 0.0


def _without_quotes(sentence: str, cited: Sequence[str]) -> str:
    """``sentence`` less what it quotes word for word from its sources."""
    squeezed = [_squeeze(source) for source in cited]
    return _replaced(sentence, lambda q: " " if any(_squeeze(q) in source for source in squeezed) else q)


def _replaced(text: str, replace: Callable[[str], str]) -> str:
    """``text`` with each outermost quotation “…” replaced; one that is not closed stays."""
    parts, last, depth, opened = [], 0, 0, 0
    for match in re.finditer("[“”]", text):
        if match[0] == "“":
            opened = match.start() if depth == 0 else opened
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                parts += [text[last:opened], replace(text[opened + 1 : match.start()])]
                last = match.end()
    return "".join([*parts, text[last:]])


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", fold(text).text)
