"""The rules of the catalogue: rows of ``rules.tsv``, what their patterns share in ``parts.tsv``, what cuts them in
``cuts.tsv``.

A pattern is a regular expression over a marked line (``marking``) in which ``{name}`` stands for a part and

    {DRUG}     the drug, or drugs in a row, that the field is of
    {~20}      20 characters at most of the same clause, without another drug
    {=20}      the same, over commas
    (?P<value>…)   the field's value; all that is found where there is none
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from corpus.catalogue.marking import DISEASE, DRUG
from corpus.language import HAN
from corpus.vocabulary.tables import Row, read_rows

_PLACE = re.compile(r"\{([A-Za-z_]+)\}")
_GAP = re.compile(r"\{([~=])(\d+)\}")
_CLAUSE, _SENTENCE = re.compile(r"[,;:。]"), re.compile(r"[;。]")
_MARKED = {"D": DRUG + "\ue001*", "S": DISEASE + "\ue003*", "HAN": f"[{HAN}]"}


@dataclass(frozen=True, slots=True)
class Cut:
    """What a sentence says that makes a finding none."""

    pattern: re.Pattern[str]
    ends: re.Pattern[str]
    """Ends of what is looked through before a finding: its clause, or its sentence."""

    def holds(self, text: str, start: int, end: int) -> bool:
        """Whether it is said of what lies from ``start``, up to the value's ``end``."""
        begins = max((m.end() for m in self.ends.finditer(text, 0, start)), default=0)
        return bool(self.pattern.search(text[begins:end]))


@dataclass(frozen=True, slots=True)
class Rule:
    """How one field is stated."""

    key: str
    """The row's: what it finds is the same thing in both languages."""
    kind: str
    field: str
    pattern: re.Pattern[str]
    cuts: tuple[Cut, ...]
    cues: tuple[str, ...]
    """One of them is in every line that the pattern finds anything in; none for a pattern without."""
    han: bool
    """Whether it is for Chinese lines alone."""

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """What the rule finds in a marked line, in order."""
        for cue in self.cues:  # not any(…): twice as quick, and asked a thousand times a page
            if cue in text:
                break
        else:
            if self.cues:
                return
        for match in self.pattern.finditer(text):
            if not any(cut.holds(text, match.start(), value_span(match)[1]) for cut in self.cuts):
                yield match


def value_span(match: re.Match[str]) -> tuple[int, int]:
    """Where the value lies in the line, without blanks around it."""
    start, end = match.span("value") if "value" in match.re.groupindex else match.span()
    printed = match.string[start:end]
    return start + len(printed) - len(printed.lstrip()), end - len(printed) + len(printed.rstrip())


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """The rules for a kind of entry, in the table's order."""
    return tuple(rule for row in read_rows("corpus.catalogue", "rules") for rule in _rules(row) if rule.kind == kind)


def _rules(row: Row) -> Iterator[Rule]:
    cuts = tuple(_cuts()[key] for key in row["cuts"].split())
    for language in ("zh", "en"):
        if row[language]:
            cues = tuple(cue for cue in row[f"cue_{language}"].split(" | ") if cue)
            compiled = re.compile(expanded(row[language]))
            yield Rule(row["key"], row["kind"], row["field"], compiled, cuts, cues, language == "zh")


def expanded(pattern: str) -> str:
    """A pattern of the tables as a regular expression."""
    pattern = pattern.replace("{DRUG}", "(?P<drug>{D}(?:(?: ?[、,/] ?|和|与|及| and |, and ){D}){0,3})")
    while _PLACE.search(pattern):
        pattern = _PLACE.sub(lambda m: f"(?:{_parts()[m[1]]})", pattern)
    return _GAP.sub(
        lambda m: f"[^{',' if m[1] == '~' else ''};。{DRUG}]{{0,{m[2]}}}?",
        pattern,
    )


@cache
def _parts() -> dict[str, str]:
    return _MARKED | {row["key"]: row["pattern"] for row in read_rows("corpus.catalogue", "parts")}


@cache
def _cuts() -> dict[str, Cut]:
    return {
        row["key"]: Cut(
            re.compile("|".join(expanded(row[language]) for language in ("zh", "en"))),
            _SENTENCE if row["within"] == "sentence" else _CLAUSE,
        )
        for row in read_rows("corpus.catalogue", "cuts")
    }


def senses(field: str, text: str) -> frozenset[str]:
    """What a text says of a trial's field, as keys of rows: "双盲" and "double-masked" are both "double-blind"."""
    return frozenset(rule.key for rule in rules("trial") if rule.field == field for _ in rule.find(text))


def without(found: Iterable[Rule], key: str) -> tuple[Rule, ...]:
    """``found`` but for the rules of one row."""
    return tuple(rule for rule in found if rule.key != key)
