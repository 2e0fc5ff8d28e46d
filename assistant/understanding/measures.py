"""The quantities that a question asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.vocabulary.endpoints import EndPoint, endpoints, survival_keys
from corpus.words.folding import fold

_OF_ANOTHER = frozenset({"HR", "risk_reduction", "p_value", "follow_up"})
"""Quantities of another end point: the hazard ratio *for PFS*."""
_TIME = re.compile(r"([0-9]{1,3}) ?[- ]?(个?月|months?|mo\b|年|years?)")


@dataclass(frozen=True, slots=True)
class MeasuresAsked:
    """Measures of a question."""

    measures: tuple[EndPoint, ...]
    """In the order of the vocabulary; of a hazard ratio for PFS, the hazard ratio alone."""
    of: tuple[str, ...]
    """End points that a hazard ratio or a risk reduction is asked of; empty for any."""
    words: tuple[str, ...]
    """The question's words for them, folded."""
    months: str
    """Time point in months of a rate ("12"), "" for none."""

    def __bool__(self) -> bool:
        return bool(self.measures)


def measures_in(question: str) -> MeasuresAsked:
    """The measures that a question asks for; folded words count once, for the narrowest measure."""
    text = fold(question).text
    found: list[EndPoint] = []
    spans: list[tuple[int, int]] = []
    for measure in endpoints():
        for start, end in measure.places(text):
            if not any(start < other_end and other_start < end for other_start, other_end in spans):
                spans.append((start, end))
                if measure not in found:
                    found.append(measure)
    of: tuple[str, ...] = ()
    if any(measure.key in _OF_ANOTHER for measure in found):
        of = tuple(m.outcome for m in found if m.key in survival_keys())
        found = [measure for measure in found if measure.key not in survival_keys()]
    point = _TIME.search(text)
    months = ""
    if point and any(m.is_rate for m in found):
        months = str(int(point[1]) * (12 if point[2][0] in "年y" else 1))
        spans.append(point.span())
    return MeasuresAsked(tuple(found), of, tuple(text[start:end] for start, end in spans), months)
