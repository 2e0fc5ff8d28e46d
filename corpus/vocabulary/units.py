"""Units of figures: one row of ``units.tsv`` each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.vocabulary.tables import read_table


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit."""

    key: str
    """As a trial result reports it: months, %, mg/kg."""
    kind: str
    """t(ime), %, d(ose), c(ount), s(ites), k (cycles), l(ines); x is no figure of a trial."""
    printed: str
    """How it stands behind a figure, as a regular expression over text folded by ``fold_width``."""


@cache
def units() -> tuple[Unit, ...]:
    """All rows, those that hold another's letters (mg/kg, mg) first."""
    return tuple(Unit(row["key"], row["kind"], row["printed"]) for row in read_table("units"))


@cache
def _behind() -> re.Pattern[str]:
    measured = [unit for unit in units() if unit.kind in "%tdc"]
    return re.compile("|".join(f"(?P<u{place}>{unit.printed})" for place, unit in enumerate(measured)), re.I)


def unit_behind(folded: str, end: int) -> str:
    """The unit of a figure that ends at ``end`` of a folded text; "" where none that a result has follows."""
    match = _behind().match(folded, end)
    measured = [unit for unit in units() if unit.kind in "%tdc"]
    return measured[int(str(match.lastgroup)[1:])].key if match else ""
