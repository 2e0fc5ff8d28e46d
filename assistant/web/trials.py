"""The panel of trial results: a chart of one end point, and the table that it is drawn from."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from assistant.charts import CHARTED, Numbered, chart, kind_of
from assistant.notes import checked_results
from assistant.web.rendering import as_text
from corpus.document import Language, Passage
from corpus.results import TrialResult
from corpus.source_checks import SourceCheck
from index.hybrid import HybridIndex

_HEADINGS = ("Trial · 试验", "Arm · 组", "End point · 终点", "Setting · 条件", "Value · 数值", "Sentence · 原句")
_EVERY = "All · 全部"

Row = tuple[int, Passage, TrialResult, tuple[SourceCheck, ...]]


def build_trials(index: HybridIndex) -> None:
    """The panel, inside the Blocks that is being built; it shows the library as it is when the page is opened."""
    import gradio

    with gradio.Row():
        kind = gradio.Dropdown(
            [_EVERY, *CHARTED], value="HR (PFS)", label="End point · 终点", elem_id="bsab-endpoint", scale=1
        )
        text = gradio.Textbox(label="Trial, drug, arm · 试验、药物、组", elem_id="bsab-trial-filter", scale=2)
        language = gradio.Radio(
            [("English", "en"), ("中文", "zh")],
            value="en",
            label="Chart · 图表",
            elem_id="bsab-chart-language",
            scale=1,
        )
    plot = gradio.Plot(show_label=False, elem_id="bsab-chart")
    table = gradio.HTML(elem_id="bsab-results")

    def show(wanted: str, words: str | None, spoken: Language) -> tuple[Any, str]:
        rows = _rows(index)
        needle = "".join((words or "").split()).lower()
        kept = [row for row in rows if wanted in (_EVERY, kind_of(row[2])) and needle in _searched(row[2])]
        drawn: Numbered = [(number, result) for number, _, result, _ in kept]
        figure = chart(wanted, drawn, spoken) if wanted != _EVERY and kept else None
        return gradio.Plot(figure, visible=figure is not None), table_html(kept)

    chosen = [kind, text, language]
    for event in (kind.change, text.change, language.change):
        event(show, chosen, [plot, table], api_visibility="private")
    _on_load(show, chosen, [plot, table])


def _on_load(show: Any, inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    from gradio.context import Context

    page = Context.root_block
    assert page is not None
    page.load(show, inputs, outputs, api_visibility="private")


def _rows(index: HybridIndex) -> list[Row]:
    return [(number, *found) for number, found in enumerate(checked_results(index.library), start=1)]


def table_html(rows: Sequence[Row]) -> str:
    """The results as a table; each row has the sentence it stands in, and the notes on that sentence."""
    if not rows:
        return '<p class="bsab-empty">No results · 没有结果</p>'
    head = "".join(f'<th scope="col">{html.escape(heading)}</th>' for heading in _HEADINGS)
    body = "".join(_row_html(*row) for row in rows)
    table = f'<table class="bsab-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="bsab-scroll" tabindex="0">{table}</div>'


def _row_html(number: int, passage: Passage, result: TrialResult, checks: Sequence[SourceCheck]) -> str:
    notes = "".join(
        f'<p class="bsab-note" role="note">{as_text(check.note("en"))}<br>{as_text(check.note("zh"))}</p>'
        for check in checks
    )
    mark = " !" if checks else ""
    sentence = (
        f"<details><summary>{html.escape(passage.document_id)} {html.escape(passage.section)}{mark}</summary>"
        f'<span lang="{passage.language}">{as_text(result.sentence)}</span>{notes}</details>'
    )
    cells = (result.trial, result.arm, kind_of(result), result.setting, result.figure())
    shown = "".join(f"<td>{as_text(cell or '')}</td>" for cell in cells)
    return f'<tr id="result-{number}">{shown}<td>{sentence}</td></tr>'


def _searched(result: TrialResult) -> str:
    return "".join(
        " ".join(filter(None, (result.trial, result.arm, result.comparator, result.setting))).split()
    ).lower()
