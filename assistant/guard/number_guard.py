"""The number guard: each figure of a text is found in what the text cites for it, with its arm and end point.

It judges any text with citations [n], the program's own or a language model's. A figure is compared as a
number, bounded on both sides: 13 does not stand in 13.6, nor 0.6 in 10.6, and "为6.3个月" holds 6.3. What is
said of it must be what one of its sources says (``claims``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.guard.citations import citations_in, cited_sentences, without_citations
from assistant.guard.claims import Source, misstated
from assistant.guard.faults import Fault
from assistant.guard.wording import in_digits
from corpus.trial_results import TrialResult
from corpus.vocabulary.terms import Terms
from corpus.vocabulary.units import unit_behind
from corpus.words.folding import fold


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


LONGEST = 2_000
"""Characters of a sentence that is judged."""

_NUMBER = re.compile(
    r"(?<![0-9])(?<![0-9][.,])(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,9})?|[0-9]{0,9}\.[0-9]{1,9}|[0-9]{1,9})"
    r"(?![0-9]|\.[0-9])"
)
# DeLLphi-304, PD-L1, CD3, IL-2, NCT05740566: digits of a name. OS13.6 is none.
_NAME = re.compile(
    r"(?<![a-z0-9])[a-z][a-z]*(?:[-/][a-z]+)*-?[0-9]{1,9}[a-z]?(?![0-9]|\.[0-9]|[%]| ?(?:个?月|months?|%))"
)


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
    shown = figures(in_digits(own)) if "每" in own or " per " in own else shown
    printed: dict[Decimal, set[str]] = {}
    for day in (
        day for source in cited for day in re.findall(r"(?<![a-z])[dq]([0-9]{1,2})(?![0-9])", fold(source).text)
    ):
        # D1, D8: days of a cycle.
        printed.setdefault(Decimal(day), set()).add("")
    for figure in (figure for source in cited for figure in figures(source)):
        printed.setdefault(figure.value, set()).add(figure.unit)
    for figure in shown:
        # A range prints its unit once: 85~96%.
        units = printed.get(figure.value, set())
        if not units or (figure.unit and units.isdisjoint({figure.unit, ""})):
            return Failure(sentence, "figure", figure.printed)
    if len(own) > LONGEST:
        # What is not read is not borne out.
        return Failure(sentence, "figure", shown[0].printed)
    if difference := misstated(without_citations(own), _with_results(cited, results), terms):
        return Failure(sentence, *difference)
    return None


def _with_results(cited: Sequence[str], results: Sequence[TrialResult]) -> list[Source]:
    """The cited passages, each with those of ``results`` that it prints."""
    squeezed = [_squeeze(source) for source in cited]
    return [
        Source(source, tuple(r for r in results if _squeeze(r.sentence) in text))
        for source, text in zip(cited, squeezed, strict=True)
    ]


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
