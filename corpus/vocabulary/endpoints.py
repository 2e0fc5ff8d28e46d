"""End points and the other quantities that texts print and questions ask for: one row of ``endpoints.tsv`` each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from corpus.document import Language
from corpus.vocabulary.notation import hints, pattern
from corpus.vocabulary.tables import Row, read_table
from corpus.words.folding import fold

_NEVER = "-"
"""In a cell: nothing."""
# A rate at a time, as questions ask for it: "12-month OS", "3 年 PFS 率".
_AT_TIME = r"[0-9]+ ?(?:个?月|年|[- ]?(?:month|mo|year)s?[- ])[的 ]?"
_AS_RATE = r" ?期?(?:率| rates?)"


@dataclass(frozen=True)
class EndPoint:
    """A quantity."""

    key: str
    """Its own name in this table ("EFS"); the names of columns are those of the table."""
    endpoint: str
    """What ``TrialResult.endpoint`` calls it; "other" where that list has no name for it, "-" for no result of a trial
    (age, price)."""
    code: str
    """In a public vocabulary ("MeSH:D018572"); "" where none was found."""
    names: dict[Language, str]
    """As an answer calls it."""
    units: str
    """Kinds of figures that it takes: t(ime), %, r(atio), c(ount)."""
    printed: str
    """How texts name it beside a figure, as a regular expression over text folded by ``fold_width``; "" for never."""
    asked: str
    """How questions name it, over text folded by ``fold``; "" for never."""
    told: str
    """How a text that speaks of it names it, over text folded by ``fold``."""
    chart: int
    """Its place among what can be drawn, from 1; 0 for none."""
    rank: int
    """Its place among what is suggested to ask, from 1; 0 for none."""
    covers: frozenset[str]
    """Keys of others that may be called by its name: a confirmed response rate is a response rate."""
    hints: tuple[str, ...] = ()
    """``notation.hints`` of ``told``."""
    asked_hints: tuple[str, ...] = ()
    """The same of ``asked``."""
    is_rate: bool = False
    """Whether it is another one's share of patients at a time: the 12-month survival rate."""

    @cached_property
    def _asked(self) -> re.Pattern[str]:
        return re.compile(self.asked or "(?!)")

    def places(self, folded: str) -> list[tuple[int, int]]:
        """Half-open runs of a folded question that name it."""
        # Also because few of the expressions are ever needed: to compile them all takes 20 ms.
        return [match.span() for match in self._asked.finditer(folded)] if _hinted(self.asked_hints, folded) else []

    def told_in(self, text: str) -> bool:
        """Whether a text speaks of it."""
        return self.is_told(fold(text).text)

    def is_told(self, folded: str) -> bool:
        """The same of a text that is folded."""
        return _hinted(self.hints, folded) and bool(self._told.search(folded))

    @cached_property
    def _told(self) -> re.Pattern[str]:
        return re.compile(self.told)

    @property
    def outcome(self) -> str:
        """What a hazard ratio of it is said to be of."""
        return self.key if self.endpoint == "other" else self.endpoint

    @property
    def result_names(self) -> frozenset[str]:
        """``TrialResult.name`` of the results that answer a question for it.

        Where trial results do not tell a time from its rate, either does.
        """
        rate = by_key().get(f"{self.key}_rate")
        return frozenset({self.key, *([rate.key] if rate and rate.endpoint == self.endpoint else [])})

    @property
    def label(self) -> str:
        """What the setting of a trial result names it, where ``endpoint`` has no name for it; else ""."""
        told = self.endpoint == "other" and self.key != "other"
        return self.key.removesuffix("_rate" if self.is_rate else "").replace("_", " ") if told else ""


@cache
def endpoints() -> tuple[EndPoint, ...]:
    """All rows in the order of the table, the narrower before the wider; before each survival time, its rate."""
    found: list[EndPoint] = []
    for row in read_table("endpoints"):
        endpoint = _endpoint(row)
        if "t%" in endpoint.units and endpoint.asked:
            found.append(_rate(endpoint, row))
        found.append(endpoint)
    return tuple(found)


@cache
def by_key() -> dict[str, EndPoint]:
    """All rows by their key."""
    return {endpoint.key: endpoint for endpoint in endpoints()}


@cache
def survival_keys() -> frozenset[str]:
    """Keys of the times to an event: what a hazard ratio may be of."""
    return frozenset(e.key for e in endpoints() if "t%" in e.units and e.endpoint != _NEVER and not e.is_rate)


def charted() -> list[str]:
    """What can be drawn, in the order of a choice: hazard ratios with what they are of, then the others."""
    drawn = sorted((e for e in endpoints() if e.chart), key=lambda e: e.chart)
    survival = list(dict.fromkeys(e.outcome for e in drawn if e.key in survival_keys()))
    return [key for e in drawn for key in ([f"HR ({of})" for of in survival] if e.key == "HR" else [e.key])]


def _hinted(hints: tuple[str, ...], folded: str) -> bool:
    """Whether a text may hold a name; ``hints``: those of ``notation.hints``."""
    return not hints or any(hint in folded for hint in hints)


def _endpoint(row: Row) -> EndPoint:
    printed = "" if row["printed"] == _NEVER else row["printed"]
    asked = "" if row["asked"] == _NEVER else (row["asked"] or printed).lower()
    return EndPoint(
        key=row["key"],
        endpoint=row["endpoint"],
        code=row["code"],
        names={"en": row["en"], "zh": row["zh"]},
        units=row["units"],
        printed=pattern(printed) if printed else "",
        asked=pattern(asked) if asked else "",
        told=pattern(row["told"].lower() or asked),
        hints=hints(row["told"].lower() or asked),
        asked_hints=hints(asked),
        chart=int(row["chart"] or 0),
        rank=int(row["rank"] or 0),
        covers=frozenset(row["covers"].split()),
    )


def _rate(endpoint: EndPoint, row: Row) -> EndPoint:
    """The share of patients without the event at a time."""
    more = pattern(row["rate"]) if row["rate"] else ""
    names = f"(?:{endpoint.asked}{'|' + more if more else ''})"
    key = f"{endpoint.key}_rate"
    hinted = hints(" | ".join(filter(None, (row["asked"].lower() or row["printed"].lower(), row["rate"]))))
    return replace(
        endpoint,
        key=key,
        endpoint=key if key in ("OS_rate", "PFS_rate") else endpoint.endpoint,
        names={
            "en": endpoint.names["en"].removeprefix("median ") + " rate",
            "zh": endpoint.names["zh"].removeprefix("中位").removesuffix("期") + "率",
        },
        printed="",
        asked=f"{_AT_TIME}{names}(?: ?率)?|{names}{_AS_RATE}",
        # Where any word of survival names it, a text that has the word may speak of it.
        told=names if more else names + _AS_RATE,
        hints=hinted,
        asked_hints=hinted,
        chart=0,
        rank=0,
        is_rate=True,
    )


def names_of(keys: Sequence[str], language: Language) -> list[str]:
    """The names of those rows, in the order of the table."""
    return [e.names[language] for e in endpoints() if e.key in keys]
