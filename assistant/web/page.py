"""The page: a side bar of conversations, and a tab each for asking, trials, references and the library."""

from __future__ import annotations

import gradio

from assistant.web.panels.ask import AskPanel
from assistant.web.panels.components import panel_html
from assistant.web.panels.library import build_library
from assistant.web.panels.references import build_references
from assistant.web.panels.trials import build_trials
from assistant.web.programs import build_programs
from assistant.web.site import Site
from assistant.wording.markup import as_html
from assistant.wording.messages import languages, say
from corpus.document import Language

TOLD = ("copied", "failed", "side", "new", "conversation", "question", "answer")
"""Words that page.js says."""


def build_page(site: Site, language: Language, *, programs: bool) -> gradio.Blocks:
    """The page in one language; ``programs``: whether it also holds the endpoints for other programs."""
    others = " ".join(
        f'<a href="language?to={other}" hreflang="{other}" lang="{other}">{as_html(say("this.name", other))}</a>'
        for other in languages()
        if other != language
    )
    page: gradio.Blocks
    with gradio.Blocks(title=say("page.title", language), analytics_enabled=False, fill_width=True) as page:
        ask = AskPanel(site, language)
        ask.build_history()
        panel_html(
            f'<header class="bsab-title"><div><h1>{as_html(say("page.title", language))}</h1>'
            f"<p>{as_html(say('page.about', language))}</p></div>"
            f'<div id="bsab-language">{others}</div></header>'
        )
        with gradio.Tabs(elem_id="bsab-tabs"):
            with gradio.Tab(say("page.ask", language), id="ask"):
                ask.build()
            with gradio.Tab(say("page.trials", language), id="trials") as trials:
                build_trials(site, language, trials)
            with gradio.Tab(say("page.references", language), id="references") as references:
                build_references(site, language, references)
            with gradio.Tab(say("page.library", language), id="library") as library:
                build_library(site, language, library)
        # Filled by page.js: a section of a document, and what was just done.
        read, close = as_html(say("page.read", language)), as_html(say("page.close", language))
        data = " ".join(f'data-{name}="{as_html(say(f"page.{name}", language))}"' for name in TOLD)
        panel_html(
            f'<dialog id="bsab-dialog" aria-label="{read}"><button type="button" class="bsab-button" id="bsab-close">'
            f'{close}</button><div id="bsab-dialog-body"></div></dialog>'
            f'<p id="bsab-told" role="status" {data}></p>'
        )
        ask.load(page)
        if programs:
            build_programs(site)
    # How many are answered at once is the site's to say: what waits there waits for its turn.
    page.queue(default_concurrency_limit=32, max_size=200)
    return page
