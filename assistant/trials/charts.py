"""Charts that clinicians read: hazard ratios as a forest plot, medians and rates by arm. Package plotly.

A chart holds one end point. What sets a result apart (a subgroup, a time, a dose) stands in its
label, and where a chart shows several populations or trials its title says so. Each label is a
link to the sentence that the figure stands in, ``#result-N``.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.wording.messages import say
from corpus.document import Language
from corpus.trial_results import TrialResult

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

UNITS = ("months", "weeks", "days", "years")
"""Those that an axis names in words."""
# Okabe and Ito's blue and vermilion: told apart by colour-blind readers, on white and on black.
_BLUE, _VERMILION = "#0072b2", "#d55e00"
_GREY, _FAINT = "#808080", "rgba(128,128,128,0.3)"
_RATIOS = (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 10)

Numbered = Sequence[tuple[int, TrialResult]]
"""Results with the number of each in the table beside the chart."""


def kind_of(result: TrialResult) -> str:
    """The key of a result's end point; a hazard ratio's with what it is of, as ``charted`` names it."""
    return f"{result.endpoint} ({result.of})" if result.endpoint == "HR" else result.name


def chart(kind: str, results: Numbered, language: Language, name: str = "") -> Figure:
    """One end point of ``charted`` drawn under its ``name``; results of other ones are passed over."""
    from plotly.graph_objects import Figure, Scatter

    shown = [(number, result) for number, result in results if kind_of(result) == kind]
    shown.reverse()  # plotly draws from below
    ratio = kind.startswith("HR")
    figure = Figure()
    colours = _colours([result.trial for _, result in shown])
    for place, (number, result) in enumerate(shown):
        figure.add_trace(
            Scatter(
                x=[result.value],
                y=[place],
                error_x=_whiskers(result, colours[place]),
                mode="markers+text",
                text=[result.value_text],
                textposition="middle right",
                marker={"size": 11, "symbol": "square" if ratio else "circle", "color": colours[place]},
                hovertext=[_hover(result)],
                hoverinfo="text",
                customdata=[number],
                showlegend=False,
            )
        )
    if ratio:
        figure.add_vline(x=1, line={"color": _GREY, "dash": "dash"})
    for place, (number, result) in enumerate(shown):
        # Above its mark, not beside the axis: on a phone the marks need the width.
        figure.add_annotation(
            text=_label(number, result), x=0, xref="paper", xanchor="left", y=place + 0.28, yanchor="bottom",
            showarrow=False, align="left",
        )  # fmt: skip
    figure.update_layout(
        title={
            "text": _title(name or kind, [result for _, result in shown], language),
            "font": {"size": 13},
            "x": 0.02,
        },
        xaxis={"title": {"text": _axis(shown, ratio, language)}, "gridcolor": _FAINT, "zeroline": False},
        yaxis={"visible": False, "range": [-0.4, len(shown) - 0.05]},
        height=130 + 76 * max(1, len(shown)),
        margin={"l": 14, "r": 14, "t": 60, "b": 50},
        # Transparent, in a grey that is read on white and on black: the page's own mode shows through.
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _GREY, "size": 12},
    )
    if ratio:
        figure.update_xaxes(type="log", tickvals=_RATIOS, ticktext=[f"{tick:g}" for tick in _RATIOS])
    else:
        figure.update_xaxes(rangemode="tozero")
    return figure


def _colours(trials: Sequence[str | None]) -> list[str]:
    """One of two colours each, changing with the trial, so that a trial's arms stand together."""
    colours: list[str] = []
    for place, trial in enumerate(trials):
        same = place > 0 and trial == trials[place - 1]
        previous = colours[-1] if colours else _VERMILION
        colours.append(previous if same else (_BLUE if previous == _VERMILION else _VERMILION))
    return colours


def _whiskers(result: TrialResult, colour: str) -> dict[str, Any] | None:
    """The interval, where it is printed with both its ends."""
    low, high = result.ci or (None, None)
    if low is None or high is None:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - result.value],
        "arrayminus": [result.value - low],
        "color": colour,
    }


def _label(number: int, result: TrialResult) -> str:
    named = " · ".join(_short(part, 26) for part in (result.trial, result.arm) if part)
    lines = [named or "?", *([_short(result.setting, 44)] if result.setting else [])]
    text = "<br>".join(html.escape(line) for line in lines)
    return f'<a href="#result-{number}" target="_self">{text}</a>'


def _hover(result: TrialResult) -> str:
    lines = [result.figure()]
    lines += [result.sentence[start : start + 40] for start in range(0, len(result.sentence), 40)]
    return "<br>".join(html.escape(line) for line in lines)


def _title(kind: str, results: Sequence[TrialResult], language: Language) -> str:
    populations = {(result.trial, result.setting) for result in results}
    caution = f"<br><span>{say('chart.caution', language)}</span>" if len(populations) > 1 else ""
    return f"{html.escape(kind)}{caution}"


def _axis(shown: Numbered, ratio: bool, language: Language) -> str:
    if ratio:
        return say("chart.ratio", language)
    units = {result.unit for _, result in shown}
    if units == {"%"}:
        return say("chart.rate", language)
    told = (say(f"chart.{unit}", language) if unit in UNITS else unit or "" for unit in sorted(units, key=str))
    return say("chart.median", language, unit=", ".join(told))


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
