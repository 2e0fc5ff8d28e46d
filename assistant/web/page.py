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
from assistant.wording.page_words import LANGUAGES, say
from corpus.document import Language


def build_page(site: Site, language: Language, *, programs: bool) -> gradio.Blocks:
    """The page in one language; ``programs``: whether it also holds the endpoints for other programs."""
    other = next(each for each in LANGUAGES if each != language)
    page: gradio.Blocks
    with gradio.Blocks(title=say("title", language), analytics_enabled=False, fill_width=True) as page:
        ask = AskPanel(site, language)
        ask.build_history()
        panel_html(
            f'<header class="bsab-title"><div><h1>{as_html(say("title", language))}</h1>'
            f"<p>{as_html(say('about', language))}</p></div>"
            f'<a id="bsab-language" href="language?to={other}" hreflang="{other}" lang="{other}">'
            f"{as_html(say('other_language', language))}</a></header>"
        )
        with gradio.Tabs(elem_id="bsab-tabs"):
            with gradio.Tab(say("ask_tab", language), id="ask"):
                ask.build()
            with gradio.Tab(say("trials_tab", language), id="trials") as trials:
                build_trials(site, language, trials)
            with gradio.Tab(say("references_tab", language), id="references") as references:
                build_references(site, language, references)
            with gradio.Tab(say("library_tab", language), id="library") as library:
                build_library(site, language, library)
        # Filled by page.js: a section of a document, and what was just done.
        read, close = (as_html(say(key, language)) for key in ("read", "close"))
        told = ("copied", "failed", "side", "new", "conversation", "question", "answer")
        data = " ".join(f'data-{key}="{as_html(say(key, language))}"' for key in told)
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
