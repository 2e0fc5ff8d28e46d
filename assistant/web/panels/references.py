"""The panel of references: every work that the library cites, how sure it is, and where it is cited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args
from urllib.parse import urlencode

import gradio

from assistant.answering.cited_references import CitedReference, look_up
from assistant.exchange.contract import reference_json
from assistant.web.panels.components import AT_ONCE, panel_html
from assistant.web.panels.rendering import read_link, work_html
from assistant.web.site import Site
from assistant.wording.markup import as_html, attribute
from assistant.wording.messages import number, say
from corpus.document import Language, Passage, Span
from corpus.references.reference import Status


def build_references(site: Site, language: Language, tab: gradio.Tab) -> None:
    """The panel, inside the tab that is being built; it reads the library whenever the tab is opened."""
    with gradio.Row():
        words = gradio.Textbox(
            label=say("references.search", language), max_lines=1, scale=3, elem_id="bsab-reference-search"
        )
        states = [(say(f"reference.{state}", language), state) for state in get_args(Status)]
        status = gradio.Dropdown(
            [(say("label.all", language), ""), *states],
            value="",
            label=say("references.status", language),
            elem_id="bsab-reference-status",
        )
    found = panel_html(elem_id="bsab-references")

    def show(words: str, status: str) -> str:
        cited = look_up(site.assistant.index, words or "")
        return references_html([c for c in cited if not status or c.reference.status == status], words or "", language)

    gradio.on([tab.select, words.change, status.input], show, [words, status], [found], **AT_ONCE)


def references_html(cited: Sequence[CitedReference], words: str, language: Language) -> str:
    """References as a list, with downloads of those that ``words`` found."""
    if not cited:
        return f'<p class="bsab-empty" role="status">{as_html(say("references.none", language))}</p>'
    query = f"?{urlencode({'words': words})}" if words.strip() else ""
    downloads = " ".join(
        f'<a href="references.{ending}{attribute(query)}" download="references.{ending}">{name}</a>'
        for name, ending in (("BibTeX", "bib"), ("RIS", "ris"))
    )
    count = say("references.found", language, count=number(len(cited), language))
    items = "".join(_reference_html(found, language) for found in cited)
    return (
        f'<p class="bsab-count"><span role="status">{as_html(count)}</span> {downloads}</p>'
        f'<ul class="bsab-list">{items}</ul>'
    )


def _reference_html(cited: CitedReference, language: Language) -> str:
    reference = reference_json(cited)
    told = say("references.cited_in", language, count=number(len(cited.citing), language))
    places = "".join(_place_html(passage, span, language) for passage, span in cited.citing)
    about = f'<p class="bsab-source">{as_html(reference["about"])}</p>' if reference["about"] else ""
    return (
        f"<li><b>[{reference['marker']}]</b> {work_html(reference, language)}{about}"
        f'<p class="bsab-source">{as_html(cited.document_id)}</p>'
        f"<details><summary>{as_html(told)}</summary><ul>{places}</ul></details></li>"
    )


def _place_html(passage: Passage, span: Span, language: Language) -> str:
    label = f"{passage.section} {passage.heading}" if passage.section != passage.heading else passage.heading
    link = read_link(passage.document_id, span.start, span.end, language, label)
    return f'<li>{link} <span lang="{passage.language}" dir="auto">{as_html(passage.sentence(span))}</span></li>'
