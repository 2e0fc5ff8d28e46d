"""The table of trial results: which rows, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.trials.arms import drugs_in
from assistant.trials.charts import kind_of
from assistant.trials.source_notes import checks_on
from corpus.checks.source_checks import SourceCheck
from corpus.document import Language
from corpus.trial_results import TrialResult
from corpus.vocabulary.endpoints import by_key, charted
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.store.library import Library
from index.store.trials import Place

Column = Literal["trial", "arm", "endpoint", "setting", "value"]
COLUMNS: tuple[Column, ...] = ("trial", "arm", "value", "endpoint", "setting")
"""What rows are sorted by, in the order of the table: on a phone the first three are seen."""
DrugsIn = Callable[[str], frozenset[str]]
"""The concept ids of the drugs that a text names."""


class Row:
    """One result. What it is filtered by is made when it is first asked for."""

    def __init__(
        self, number: int, place: Place, result: TrialResult, checks: tuple[SourceCheck, ...], drugs: DrugsIn
    ) -> None:
        self.number = number
        """In the library, from 1: stays with the row however the table is filtered."""
        self.place = place
        self.result = result
        self.checks = checks
        self._drugs = drugs
        self._searched: str | None = None

    @property
    def drugs(self) -> frozenset[str]:
        """Concept ids of the drugs in its arms."""
        return self._drugs(self._arms)

    @property
    def searched(self) -> str:
        """What words are looked for in, folded."""
        if self._searched is None:
            told = (self.result.trial, self._arms, self.result.setting, self.result.sentence)
            self._searched = fold("\n".join(part for part in told if part)).text
        return self._searched

    @property
    def _arms(self) -> str:
        return "\n".join(filter(None, (self.result.arm, self.result.comparator)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; what is empty leaves all."""

    trials: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    """Concept ids."""
    kind: str = ""
    """``charts.kind_of``."""
    words: str = ""
    """All of them stand in trial, arms, setting or sentence."""
    sort: Column | None = None
    """None for the order of the library."""
    descending: bool = False


def rows_of(library: Library, terms: Terms) -> list[Row]:
    """All results of a library, each with the trial that its paper is about and the notes on its sentence."""

    @cache
    def drugs(arms: str) -> frozenset[str]:
        return frozenset(concept.id for concept, _ in drugs_in(arms, terms))

    kept = library.trials.all_results()
    checks = checks_on(kept, library)
    return [
        Row(number, item.place, item.result, noted, drugs)
        for number, (item, noted) in enumerate(zip(kept, checks, strict=True), start=1)
    ]


def select(rows: Iterable[Row], wanted: Wanted) -> list[Row]:
    """The rows that are wanted, sorted; what has no value in the column comes last."""
    needles = fold(wanted.words).text.split()
    kept = [
        row
        for row in rows
        if (not wanted.trials or row.result.trial in wanted.trials)
        and (not wanted.drugs or not row.drugs.isdisjoint(wanted.drugs))
        and (not wanted.kind or kind_of(row.result) == wanted.kind)
        and all(needle in row.searched for needle in needles)
    ]
    if wanted.sort:
        keys = {row.number: _key(row.result, wanted.sort) for row in kept}
        held = [row for row in kept if keys[row.number] is not None]
        held.sort(key=lambda row: keys[row.number], reverse=wanted.descending)  # type: ignore[arg-type, return-value]
        kept = held + [row for row in kept if keys[row.number] is None]
    return kept


def kinds_in(rows: Sequence[Row]) -> list[str]:
    """The end points of rows: those that can be drawn first, then the others as they come."""
    held = dict.fromkeys(kind_of(row.result) for row in rows)
    return [kind for kind in charted() if kind in held] + [kind for kind in held if kind not in charted()]


def kind_name(kind: str, language: Language) -> str:
    """``charts.kind_of`` in words: "hazard ratio (PFS)"."""
    key, _, of = kind.partition(" (")
    names = by_key()[key].names if key in by_key() else None
    name = names[language] if names else key
    return f"{name} ({of}" if of else name


def _key(result: TrialResult, column: Column) -> str | float | None:
    if column == "value":
        return result.value
    told = kind_of(result) if column == "endpoint" else getattr(result, column)
    return fold(told).text if told else None
