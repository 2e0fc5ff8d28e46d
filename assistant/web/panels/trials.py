"""The panel of trial results: a table to filter and sort, a chart of one end point, trials side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import gradio

from assistant.exchange.contract import note_json
from assistant.trials.charts import chart, kind_of
from assistant.trials.table import COLUMNS, Row, Wanted, kind_name, kinds_in, select
from assistant.web.panels.components import AT_ONCE, panel_html
from assistant.web.panels.rendering import TELL_CLICKS, button, note_html, passage_html, read_link
from assistant.web.site import Site
from assistant.wording.markup import as_html, attribute
from assistant.wording.messages import number, say
from corpus.document import Language
from corpus.trial_results import TrialResult
from corpus.vocabulary.endpoints import charted

_SHOWN = 300
"""Rows of a table at most; a filter finds the others."""
_FIRST = "HR (PFS)"
"""Shown first, where the library has any."""


def build_trials(site: Site, language: Language, tab: gradio.Tab) -> None:
    """The panel, inside the tab that is being built; it reads the library anew whenever the tab is opened."""
    state = gradio.State(Wanted())
    with gradio.Tabs():
        with gradio.Tab(say("trials.table", language), id="table"):
            with gradio.Row(elem_id="bsab-filters"):
                kind = gradio.Dropdown(label=say("label.endpoint", language), elem_id="bsab-endpoint", min_width=180)
                trials = gradio.Dropdown(
                    label=say("label.trial", language), multiselect=True, elem_id="bsab-trial-filter", min_width=180
                )
                drugs = gradio.Dropdown(
                    label=say("label.drug", language), multiselect=True, elem_id="bsab-drug-filter", min_width=180
                )
                words = gradio.Textbox(
                    label=say("trials.filter", language),
                    placeholder=say("trials.filter_hint", language),
                    max_lines=1,
                    elem_id="bsab-word-filter",
                    min_width=180,
                )
            plot = gradio.Plot(show_label=False, visible=False, elem_id="bsab-chart")
            table = panel_html(js_on_load=TELL_CLICKS, elem_id="bsab-results")
        with gradio.Tab(say("trials.side_by_side", language), id="side"):
            compared = gradio.Dropdown(
                label=say("trials.compare", language), multiselect=True, elem_id="bsab-compare", max_choices=6
            )
            side = panel_html(side_by_side_html((), (), language), elem_id="bsab-side-by-side")

    def show(wanted: Wanted) -> dict[Any, Any]:
        kept = select(site.rows(), wanted)
        drawn = [(row.number, row.result) for row in kept]
        # A chart of a hundred marks is no chart.
        drawable = wanted.kind in charted() and 0 < len(drawn) <= 60
        figure = chart(wanted.kind, drawn, language, kind_name(wanted.kind, language)) if drawable else None
        return {plot: gradio.Plot(figure, visible=drawable), table: table_html(kept, wanted, language)}

    def opened(wanted: Wanted, compared_now: list[str]) -> dict[Any, Any]:
        rows = site.rows()
        kinds = kinds_in(rows)
        choices = site.choices(language)
        reported = dict.fromkeys(row.result.trial for row in rows if row.result.trial)
        named = [name for name, _ in choices["trials"] if name in reported]
        held = {id for row in rows for id in row.drugs}
        if not wanted.kind and wanted == Wanted() and _FIRST in kinds:
            wanted = replace(wanted, kind=_FIRST)
        return {
            state: wanted,
            kind: gradio.Dropdown([(say("label.all", language), ""), *((kind_name(k, language), k) for k in kinds)],
                                  value=wanted.kind),
            trials: gradio.Dropdown(list(reported), value=[t for t in wanted.trials if t in reported]),
            drugs: gradio.Dropdown([choice for choice in choices["drugs"] if choice[1] in held]),
            compared: gradio.Dropdown(named, value=[name for name in compared_now or () if name in named]),
            **show(wanted),
        }  # fmt: skip

    def narrow(wanted: Wanted, kind: str | None, trials: list[str], drugs: list[str], words: str) -> tuple[Any, ...]:
        wanted = replace(
            wanted, kind=kind or "", trials=tuple(trials or ()), drugs=tuple(drugs or ()), words=words or ""
        )
        shown = show(wanted)
        return wanted, shown[plot], shown[table]

    def sort(wanted: Wanted, event: gradio.EventData) -> tuple[Any, ...]:
        column = (event._data or {}).get("column")
        if column not in COLUMNS:
            return wanted, gradio.skip(), gradio.skip()
        again = wanted.sort == column
        wanted = replace(wanted, sort=column, descending=again and not wanted.descending)
        return wanted, gradio.skip(), table_html(select(site.rows(), wanted), wanted, language)

    tab.select(opened, [state, compared], [state, kind, trials, drugs, compared, plot, table], **AT_ONCE)
    filters: list[Any] = [kind, trials, drugs, words]
    gradio.on(
        [kind.input, trials.input, drugs.input, words.change],
        narrow,
        [state, *filters],
        [state, plot, table],
        **AT_ONCE,
    )
    table.click(sort, [state], [state, plot, table], **AT_ONCE)
    compared.input(
        lambda chosen: side_by_side_html(site.rows(), tuple(chosen or ()), language), [compared], [side], **AT_ONCE
    )


def table_html(rows: Sequence[Row], wanted: Wanted, language: Language) -> str:
    """The results as a table; each row opens the sentence it stands in, with the notes on it."""
    if not rows:
        return f'<p class="bsab-empty">{as_html(say("trials.none", language))}</p>'
    query = [("trial", name) for name in wanted.trials] + [("drug", id) for id in wanted.drugs]
    query += [("kind", wanted.kind), ("words", wanted.words), ("sort", wanted.sort or "")]
    query += [("descending", "1")] if wanted.descending else []
    csv = f"trials.csv?{urlencode([(key, value) for key, value in query if value])}"
    head = "".join(_head_html(column, wanted, language) for column in COLUMNS)
    body = "".join(_row_html(row, language) for row in rows[:_SHOWN])
    count = say("trials.found", language, count=number(len(rows), language))
    return (
        f'<p class="bsab-count"><span role="status">{as_html(count)}</span> '
        f'<a href="{attribute(csv)}" download="trials.csv">{as_html(say("trials.csv", language))}</a></p>'
        f'<div class="bsab-scroll" tabindex="0" role="region" aria-label="{attribute(say("page.trials", language))}">'
        f'<table class="bsab-table"><thead><tr>{head}<th scope="col">{as_html(say("label.source", language))}</th></tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _head_html(column: str, wanted: Wanted, language: Language) -> str:
    label = say(f"label.{column}", language)
    sorted_by = wanted.sort == column
    order = ("descending" if wanted.descending else "ascending") if sorted_by else "none"
    sign = {"descending": " ▼", "ascending": " ▲", "none": ""}[order]
    name = say("trials.sort", language, column=label)
    shown = button(label + sign, "sort", name=name, kind="bsab-sort", column=column)
    return f'<th scope="col" aria-sort="{order}">{shown}</th>'


def _row_html(row: Row, language: Language) -> str:
    result = row.result
    cells = "".join(f"<td>{as_html(cell or '')}</td>" for cell in (result.trial, result.arm))
    rest = "".join(f"<td>{as_html(cell or '')}</td>" for cell in (kind_name(kind_of(result), language), result.setting))
    place = f"{row.place.document_id} {row.place.section}"
    noted = f' <span title="{attribute(say("trials.noted", language))}">⚠</span>' if row.checks else ""
    figure = _figure_html(result, row.number, language)
    # page.js opens the row below wherever this one is clicked; the button is for the keyboard.
    return (
        f'<tr id="result-{row.number}" class="bsab-row">{cells}<td>{figure}{noted}</td>{rest}'
        f"<td>{as_html(place)}</td></tr>"
        f'<tr id="sentence-{row.number}" class="bsab-sentence" hidden>'
        f'<td colspan="6">{_sentence_html(row, language)}</td></tr>'
    )


def _figure_html(result: TrialResult, number: int, language: Language) -> str:
    name = say("trials.show_sentence", language, value=result.figure())
    return (
        '<button type="button" class="bsab-button bsab-figure" aria-expanded="false" '
        f'aria-controls="sentence-{number}" aria-label="{attribute(name)}">{as_html(result.figure())}</button>'
    )


def _sentence_html(row: Row, language: Language) -> str:
    result = row.result
    place = result.sentence.find(result.value_text)
    quotes = [[place, place + len(result.value_text)]] if place >= 0 else []
    notes = "".join(note_html(note_json(check, language), language) for check in row.checks)
    link = read_link(row.place.document_id, result.span.start, result.span.end, language)
    shown = passage_html(result.sentence, quotes, ())
    return f'<span lang="{row.place.language}" dir="auto">{shown}</span>{notes} {link}'


def side_by_side_html(rows: Sequence[Row], trials: Sequence[str], language: Language) -> str:
    """Trials as columns, end points as rows, with the warning that such a table needs."""
    caution = f'<p class="bsab-note" role="note">{as_html(say("trials.caution", language))}</p>'
    if len(trials) < 2:
        return f'<p class="bsab-empty">{as_html(say("trials.compare_none", language))}</p>'
    cells: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        trial = row.result.trial
        if trial and trial in trials:
            cells.setdefault(kind_of(row.result), {}).setdefault(trial, []).append(row)
    kinds = kinds_in([row for held in cells.values() for found in held.values() for row in found])
    # What several report comes first: that is what is compared.
    kinds.sort(key=lambda kind: -len(cells[kind]))
    head = "".join(f'<th scope="col">{as_html(trial)}</th>' for trial in trials)
    body = "".join(
        f'<tr><th scope="row">{as_html(kind_name(kind, language))}</th>'
        + "".join(f"<td>{_cell_html(cells[kind].get(trial, ()), language)}</td>" for trial in trials)
        + "</tr>"
        for kind in kinds
    )
    name = attribute(say("trials.side_by_side", language))
    return (
        f'{caution}<div class="bsab-scroll" tabindex="0" role="region" aria-label="{name}"><table class="bsab-table">'
        f'<thead><tr><th scope="col">{as_html(say("label.endpoint", language))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell_html(rows: Sequence[Row], language: Language) -> str:
    if not rows:
        return f'<span class="bsab-empty">{as_html(say("trials.not_reported", language))}</span>'
    parts = []
    for row in rows:
        result = row.result
        told = " · ".join(part for part in (result.arm, result.setting) if part)
        parts.append(
            f"<details><summary><b>{as_html(result.figure())}</b> {as_html(told)}</summary>"
            f"{_sentence_html(row, language)}</details>"
        )
    return "".join(parts)
