"""Charts hold one end point, name what sets results apart, and lead to their sentences."""

from __future__ import annotations

import re

import pytest

from assistant.trials.charts import chart, kind_of
from corpus.document import Language
from corpus.trial_results import TrialResult, results_of_text
from corpus.vocabulary.endpoints import charted
from index.search.hybrid import HybridIndex

TEXT = (
    "In the phase III ALPHA-1 trial, median overall survival was 13.6 months (95% CI, 11.8 to 15.4) with alphamab and "
    "8.3 months with chemotherapy (hazard ratio for death, 0.60; 95% CI, 0.47 to 0.77)."
)


@pytest.fixture(scope="module")
def numbered(review: HybridIndex) -> list[tuple[int, TrialResult]]:
    return [(number, result) for number, (_, result) in enumerate(review.library.results(), start=1)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", charted())
def test_a_chart_draws_its_end_point_and_no_other(
    numbered: list[tuple[int, TrialResult]], kind: str, language: Language
) -> None:
    figure = chart(kind, numbered, language)
    wanted = [(number, result) for number, result in numbered if kind_of(result) == kind]
    assert [trace.customdata[0] for trace in figure.data] == [number for number, _ in reversed(wanted)]
    assert [trace.x[0] for trace in figure.data] == [result.value for _, result in reversed(wanted)]


def test_every_label_leads_to_its_row(numbered: list[tuple[int, TrialResult]]) -> None:
    figure = chart("ORR", numbered, "en")
    links = [int(n) for a in figure.layout.annotations for n in re.findall(r'href="#result-(\d+)"', a.text)]
    assert links == [trace.customdata[0] for trace in figure.data]


def test_a_ratio_stands_on_a_log_axis_with_a_line_at_one_and_its_interval() -> None:
    figure = chart("HR (OS)", list(enumerate(results_of_text(TEXT), start=1)), "en")
    assert figure.layout.xaxis.type == "log"
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(1, 1)]
    (trace,) = figure.data
    assert trace.error_x.array[0] == pytest.approx(0.77 - 0.60)
    assert trace.error_x.arrayminus[0] == pytest.approx(0.60 - 0.47)


@pytest.mark.parametrize(("language", "caution"), [("en", "not comparable"), ("zh", "不能相互比较")])
def test_several_populations_are_said_to_be_several(
    numbered: list[tuple[int, TrialResult]], language: Language, caution: str
) -> None:
    assert caution in chart("ORR", numbered, language).layout.title.text
    one = [(number, result) for number, result in numbered if result.trial == "PALOMA-3"]
    assert caution not in chart("ORR", one, language).layout.title.text


def test_names_are_text_in_a_chart() -> None:
    text = TEXT.replace("ALPHA-1", "ALPHA-1").replace("alphamab", "<b>alphamab</b>")
    figure = chart("OS", list(enumerate(results_of_text(text), start=1)), "en")
    assert all("<b>" not in annotation.text for annotation in figure.layout.annotations)
    assert all("<b>" not in hover for trace in figure.data for hover in trace.hovertext)
