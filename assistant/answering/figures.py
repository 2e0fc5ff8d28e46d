"""Answers for figures, from trial results: which results a question asks for, or what is not reported."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from assistant.trials.arms import DRUG_CATEGORIES, arm_key
from assistant.trials.groups import Found, Group
from assistant.trials.reports import Reports, Texts
from assistant.understanding.cues import cue
from assistant.understanding.measures import MeasuresAsked
from assistant.wording.messages import say
from corpus.document import Language
from corpus.vocabulary.endpoints import EndPoint, endpoints
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.store.keywords import Unit

_DOSE = re.compile(r"(?<![0-9.])([0-9]{1,4}(?:\.[0-9]+)?) ?mg")
_REPEATS = 4
"""Lines of an answer at most: figures of more trials are a table's business."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """Figures of one measure in one group and setting: arm beside arm."""

    group: Group
    measure: EndPoint
    setting: str
    """As printed; "" for the whole trial."""
    found: tuple[Found, ...]
    """One an arm, the arm asked for first."""
    ratio: Found | None = None
    """Their hazard ratio."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a question asks for and the library does not report."""

    subject: str
    """Trial or drug."""
    reported: tuple[EndPoint, ...]
    """What it does report; empty for a false premise."""
    measures: tuple[EndPoint, ...] = ()
    """Measures that it does not."""
    names: tuple[str, ...] = ()
    """Drugs, arms and doses that the trial does not have, as asked."""
    months: str = ""
    """Time point of ``measures``, where other time points are reported."""

    def missing(self, language: Language) -> tuple[str, ...]:
        """All of it, in the reader's language."""
        names = [measure.names[language] for measure in self.measures]
        if self.months:
            names = [say("measure.at_month", language, months=self.months, measure=name) for name in names]
        return (*self.names, *names)


def false_premise(question: str, groups: Sequence[Group], terms: Terms) -> Lacking | None:
    """Drugs, arms and doses that a question supposes in a trial and that no passage on it holds."""
    held = {id for group in groups for id in group.concepts(terms)}
    arms = bool(cue("arm").search(fold(question).text))
    wanted = DRUG_CATEGORIES | ({"treatment"} if arms else frozenset())
    names = [
        m.span.of(question)
        for m in terms.find(question)
        if m.concept.category in wanted and m.concept.id not in held and held.isdisjoint(m.concept.implies)
        and not any(m.concept.id in terms.concepts[id].implies for id in held)
    ]  # fmt: skip
    doses = {dose for group in groups for dose in _DOSE.findall(group.folded)}
    names += [match[0] for match in _DOSE.finditer(fold(question).text) if match[1] not in doses]
    return Lacking(_subject(groups), (), names=tuple(dict.fromkeys(names))) if names else None


def lacking(asked: MeasuresAsked, reports: Reports, told: Texts, subject: str) -> Lacking | None:
    """Measures that a trial or drug is asked for and that neither its results nor its texts hold."""
    missing = [m for m in asked.measures if not reports.reports(m.result_names) and not told.tells_of(m)]
    if not missing and asked.months and reports:
        rates = [m for m in asked.measures if m.is_rate]
        if rates and not told.tells_at(asked.months):
            return Lacking(subject, _reported(reports), tuple(rates), months=asked.months)
    return Lacking(subject, _reported(reports), tuple(missing)) if missing else None


def _reported(reports: Reports) -> tuple[EndPoint, ...]:
    apart = ("enrolled", "follow_up", "risk_reduction")
    return tuple(m for m in endpoints() if m.asked and m.key not in apart and reports.reports([m.key]))


def _subject(groups: Sequence[Group]) -> str:
    return " / ".join(group.name for group in groups)


def figure_lines(
    question: str, asked: MeasuresAsked, reports: Reports, rest: Sequence[Unit], terms: Terms
) -> list[FigureLine]:
    """The results that answer, a line for each trial and measure; empty where they do not answer all that is asked.

    ``rest``: ``leftover`` of the question; results answer only where it names their setting.
    """
    treatments, doses = arm_key(question, terms), set(_DOSE.findall(fold(question).text))
    lines: list[FigureLine] = []
    # "tarlatamab against chemotherapy" is a trial of both, where there is one.
    both: list[FigureLine] = []
    for group in reports.reporting({name for measure in asked.measures for name in measure.result_names}):
        for measure in asked.measures:
            found = _in_setting(_asked_of(measure, asked, group), rest)
            lines += (more := _lines(group, measure, found, treatments, doses, terms))
            both += [line for line in more if len(treatments) < 2 or treatments <= _treatments(line, terms)]
        if len(both) > _REPEATS:  # however many there are besides
            return []
    chosen = both or lines
    if len(chosen) > _REPEATS:
        return []
    return [_with_ratio(line) for line in sorted(chosen, key=lambda line: reports.order(line.group))]


def _asked_of(measure: EndPoint, asked: MeasuresAsked, group: Group) -> list[Found]:
    """The results of a measure, of the end point and the time that are asked for."""
    found = group.reporting(measure.result_names)
    if asked.of:
        found = [f for f in found if f.result.of in asked.of]
    if asked.months and measure.is_rate:
        found = [f for f in found if re.findall(r"[0-9]+", f.result.setting or "")[:1] == [asked.months]]
    if measure.key == "TRAE_rate":
        found = [f for f in found if re.search(r"[≥345]", f.result.setting or "")]
    return found


def _treatments(line: FigureLine, terms: Terms) -> frozenset[str]:
    said = [f"{f.result.arm}\n{f.result.comparator}\n{f.passage.heading}" for f in line.found]
    return frozenset(key for text in said for key in arm_key(text, terms))


def _in_setting(found: Sequence[Found], rest: Sequence[Unit]) -> list[Found]:
    if not rest:
        whole = [f for f in found if not f.result.condition]
        return whole or list(found)
    keys = [fold(unit.printed).text for unit in rest]
    return [f for f in found if f.result.setting and all(key in fold(f.result.setting).text for key in keys)]


def _lines(
    group: Group, measure: EndPoint, found: Sequence[Found], asked: Set[str], doses: Set[str], terms: Terms
) -> list[FigureLine]:
    """``asked``, ``doses``: treatments and doses of the question, whose arms come first."""
    by_setting: dict[str, list[Found]] = {}
    for f in found:
        by_setting.setdefault(f.result.condition, []).append(f)

    def wanted(f: Found) -> tuple[int, int]:
        arm = f.result.arm or ""
        key = arm_key(arm, terms)
        return (-len(doses & set(_DOSE.findall(fold(arm).text))), len(key ^ asked) if asked & key else 99)

    lines = []
    for setting, held in by_setting.items():
        arms: dict[str | None, Found] = {}
        for f in held:
            arms.setdefault(f.result.arm, f)
        if len(arms) < len({(f.result.arm, f.result.value) for f in held}):
            # Two figures for one arm: what tells them apart is not known here.
            return []
        chosen = tuple(sorted(arms.values(), key=wanted)) if asked or doses else tuple(arms.values())
        lines.append(FigureLine(group, measure, setting, chosen[:4]))
    return lines


def _with_ratio(line: FigureLine) -> FigureLine:
    """Two arms, all their patients, with the hazard ratio between them; other lines as they are."""
    if len(line.found) != 2 or line.setting:
        return line
    ratios = (f for f in line.group.found if f.result.endpoint == "HR" and f.result.of == line.measure.key)
    return replace(line, ratio=next((f for f in ratios if not f.result.setting), None))
