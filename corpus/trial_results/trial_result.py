"""TrialResult: one figure of a clinical trial, with what it measures, in whom, and where it is printed."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from corpus.document import Span

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A figure as one sentence states it. What the text does not bind is None, never a guess."""

    trial: str | None
    """Its name ("DeLLphi-304") or registration number."""
    phase: str | None
    """In Roman numerals ("III", "Ib")."""
    arm: str | None
    """The fullest name that the paragraph gives it, or "all" for the whole trial."""
    comparator: str | None
    """The arm that it is compared with, where the paragraph has exactly one other."""
    endpoint: str
    """As ``endpoints.tsv`` names it for other programs: PFS, OS, ORR, …, "other"."""
    statistic: str
    """median, rate, count, ratio, reduction, dose, p"""
    of: str | None
    """The end point that a hazard ratio, a risk reduction or a P value is about: PFS, OS, DFS."""
    setting: str | None
    """Time point, subgroup, adverse event and grade, as printed."""
    value: float
    value_text: str
    """As printed ("50·3"): a substring of ``sentence``."""
    unit: str | None
    """months, years, weeks, days, %, patients, mg, mg/kg, …; None for a ratio."""
    ci: tuple[float, float | None] | None
    """Interval in ``unit``, low and high; a high of None is "not reached"."""
    ci_level: float | None
    """Percent: 95, 97.5."""
    p_value: str | None
    """As printed, with its sign: "<0.001", "=0.03"."""
    n: int | None
    """Patients that the figure is about, where it is printed with it."""
    span: Span
    """The sentence, in the document's text (``results_of_text``: the text as the reader tidies it)."""
    sentence: str
    """``span`` of that text."""
    name: str = "other"
    """Key of the end point in the vocabulary: EFS, where ``endpoint`` is "other"."""
    confidence: float = 1.0
    """How often rows that were bound as clearly are right, value, end point and arm, in texts that doctors wrote and
    two readers annotated (``benchmarks.figures``)."""

    @property
    def condition(self) -> str:
        """``setting`` without the name of an end point that stands there because ``endpoint`` has none for it."""
        setting, label = self.setting or "", self.name.replace("_rate", "").replace("_", " ")
        named = self.endpoint == "other" and self.name != "other" and setting.startswith(label)
        return setting[len(label) :].removeprefix(", ") if named else setting

    def figure(self) -> str:
        """The value with its unit and interval, "13.6 months (95% CI 11.8–15.4)"; an open end is a dash."""
        unit = "" if self.unit is None else self.unit if self.unit == "%" else f" {self.unit}"
        if self.ci is None:
            return f"{self.value_text}{unit}"
        low, high = self.ci
        # A level that the text does not print is not supposed to be 95.
        level = f"{self.ci_level:g}% " if self.ci_level else ""
        return (
            f"{self.value_text}{unit} ({level}CI {self._printed(low)}–{'–' if high is None else self._printed(high)})"
        )

    def _printed(self, value: float) -> str:
        """A bound of the interval with the decimals that the sentence gives it: 3.0, not 3."""
        printed = [match for match in _NUMBER.findall(self.sentence) if float(match) == value]
        return max(printed, key=len, default=f"{value:g}")


def result_json(result: TrialResult) -> str:
    """A result as one line of JSON, for ``read_result_json``."""
    return json.dumps(asdict(result), ensure_ascii=False)


def read_result_json(line: str) -> TrialResult:
    """A result as ``result_json`` wrote it."""
    entry = json.loads(line)
    ci = tuple(entry["ci"]) if entry["ci"] else None
    return TrialResult(**{**entry, "ci": ci, "span": Span(**entry["span"])})
