"""The panel that asks: the chat, what was understood, suggestions, ratings, and the conversations kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio

from assistant.answering.reply import Answer
from assistant.answering.suggestions import follow_ups
from assistant.conversations.rephrasing import rephrase
from assistant.exchange.contract import reply_json
from assistant.understanding.understood import Understood
from assistant.web.panels.chat import pending_html, question_html, reply_html, suggestions_html
from assistant.web.panels.components import AT_ONCE, STREAMED, panel_html
from assistant.web.panels.evidence import evidence_html
from assistant.web.panels.kept_conversations import asked_for, find, forget, keep, kept_html
from assistant.web.panels.rendering import TELL_CLICKS
from assistant.web.panels.streaming import worded
from assistant.web.site import Site, Talk, visitor_of
from assistant.wording.markup import attribute
from assistant.wording.messages import say
from corpus.document import Language
from corpus.language import language_of
from index.errors import LibraryError

KINDS = ("trials", "drugs", "endpoints", "sections")
# The chat's own buttons lie inside its messages, where no component hears them.
_HEAR = """document.addEventListener('click', event => {
  const button = event.target.closest('#bsab-chat [data-act], #bsab-follow [data-act]');
  if (button && ACTS.includes(button.dataset.act)) trigger('click', {...button.dataset});
});"""

Updates = dict[Any, Any]


class AskPanel:
    """Built once for each language of the page; what belongs to one visitor is in its states."""

    def __init__(self, site: Site, language: Language) -> None:
        self.site = site
        self.language: Language = language
        self.talk = gradio.State(Talk())

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    # Building

    def build_history(self) -> None:
        """The side bar, inside the Blocks that is being built."""
        with gradio.Sidebar(label=self._say("history.title"), open=False, elem_id="bsab-side"):
            panel_html(f"<h2>{self._say('history.title')}</h2>")
            self.new = gradio.Button(self._say("page.new"), size="sm", elem_id="bsab-clear")
            self.words = gradio.Textbox(label=self._say("history.search"), elem_id="bsab-history-search", max_lines=1)
            self.kept = panel_html("", js_on_load=TELL_CLICKS, elem_id="bsab-history")
            self.delete_all = panel_html(
                f'<button type="button" class="bsab-button bsab-quiet" data-act="delete_all" '
                f'data-confirm="{self._say("history.delete_sure")}">{self._say("history.delete_all")}</button>',
                js_on_load=TELL_CLICKS,
            )

    def build(self) -> None:
        """The panel, inside the tab that is being built."""
        with gradio.Row(elem_id="bsab-columns"):
            with gradio.Column(scale=3):
                self.chat = gradio.Chatbot(
                    label=self._say("page.conversation"),
                    show_label=False,
                    height="52vh",
                    latex_delimiters=[],
                    feedback_options=None,
                    buttons=[],
                    elem_id="bsab-chat",
                )
                self.follow = panel_html(self._examples(), elem_id="bsab-follow")
                with gradio.Row(elem_id="bsab-ask-row"):
                    self.text = gradio.Textbox(
                        label=self._say("page.question"),
                        placeholder=self._say("ask.placeholder"),
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        scale=5,
                        elem_id="bsab-question",
                    )
                    self.send = gradio.Button(
                        self._say("ask.send"), variant="primary", scale=1, min_width=80, elem_id="bsab-ask"
                    )
                    self.stop = gradio.Button(
                        self._say("ask.stop"), interactive=False, scale=1, min_width=60, elem_id="bsab-stop"
                    )
                self.comment = gradio.Textbox(
                    label=self._say("ask.comment"), max_lines=4, visible=False, elem_id="bsab-comment"
                )
                self.save = gradio.Button(self._say("ask.save"), size="sm", visible=False, elem_id="bsab-save")
                with gradio.Accordion(self._say("ask.narrow"), open=False, elem_id="bsab-understood") as self.scope:
                    with gradio.Row():
                        self.chips = {
                            kind: gradio.Dropdown(
                                choices=self.site.choices(self.language)[kind],
                                value=[],
                                multiselect=True,
                                label=self._say(f"label.{kind[:-1]}"),
                                min_width=200,
                                elem_id=f"bsab-chip-{kind}",
                            )
                            for kind in KINDS
                        }
                    self.again = gradio.Button(self._say("ask.again"), size="sm", elem_id="bsab-again")
            with gradio.Column(scale=2):
                self.evidence = panel_html(evidence_html((), self.language), elem_id="bsab-evidence")
        self.rated = gradio.State(0)
        # page.js keeps the address of the page at the conversation on the screen.
        self.here = panel_html("", elem_id="bsab-here", visible="hidden")
        self.heard = panel_html("", js_on_load=_HEAR.replace("ACTS", "['ask', 'regenerate']"), visible="hidden")
        self.rated_by = panel_html("", js_on_load=_HEAR.replace("ACTS", "['rate']"), visible="hidden")
        self._connect()

    def _connect(self) -> None:
        # What an answer changes; functions give back those that do change.
        outputs = self._outputs = [
            self.text, self.chat, self.evidence, self.talk, self.follow, self.scope, self.stop, self.save,
            self.rated, self.comment, self.here, self.kept, *self.chips.values(),
        ]  # fmt: skip
        chips = [self.chips[kind] for kind in KINDS]
        asked = (
            gradio.on(
                [self.text.submit, self.send.click], self._ask, [self.text, self.talk, self.words], outputs, **STREAMED
            ),
            self.heard.click(self._hear, [self.talk, self.words], outputs, **STREAMED),
            self.again.click(self._ask_changed, [self.talk, self.words, self.text, *chips], outputs, **STREAMED),
        )
        for answered in asked:
            answered.then(self._follow, [self.talk], [self.follow], **AT_ONCE)
        self.rated_by.click(self._rate, [self.talk], outputs, **AT_ONCE)
        gradio.on([self.new.click, self.chat.clear], self._clear, [self.words], outputs, **AT_ONCE)
        self.kept.click(self._manage, [self.talk, self.words], outputs, **AT_ONCE)
        self.delete_all.click(self._delete_all, None, outputs, **AT_ONCE)
        self.save.click(self._comment, [self.talk, self.rated, self.comment], outputs, **AT_ONCE)
        self.stop.click(self._stop, None, None, **AT_ONCE)
        self.words.change(self._list, [self.talk, self.words], [self.kept], **AT_ONCE)

    def load(self, page: gradio.Blocks) -> None:
        """Open what the page's address names, when it is loaded."""
        page.load(self._open, None, self._outputs, **AT_ONCE)

    # Asking

    def _ask(self, text: str, talk: Talk, words: str, request: gradio.Request) -> Iterator[Updates]:
        if not text.strip():
            yield self._nothing()
            return
        yield from self._answer(text, talk, words, request, talk.questions)

    def _hear(self, talk: Talk, words: str, request: gradio.Request, event: gradio.EventData) -> Iterator[Updates]:
        told = event._data or {}
        if told.get("act") == "ask":
            yield from self._answer(str(told["question"]), talk, words, request, talk.questions)
        elif told.get("act") == "regenerate" and talk.turns:
            before = replace(talk, turns=talk.turns[:-1])
            yield from self._answer(talk.turns[-1].question, before, words, request, before.questions, again=True)

    def _ask_changed(
        self,
        talk: Talk,
        words: str,
        text: str,
        trials: list[str],
        drugs: list[str],
        endpoints: list[str],
        sections: list[str],
        request: gradio.Request,
    ) -> Iterator[Updates]:
        """The last question, or the one that is being typed, for what the reader chose."""
        question = text.strip() or (talk.turns[-1].question if talk.turns else "")
        if not question:
            yield self._tell(talk, self._say("ask.placeholder"))
            return
        scope = talk.turns[-1].reply["scope"] if talk.turns and not text.strip() else {}
        before = Understood(**{kind: tuple(scope.get(kind, ())) for kind in KINDS})
        chosen = (trials, drugs, endpoints, sections)
        values = dict(zip(KINDS, (each or [] for each in chosen), strict=True))
        after = self.site.changed(before, values, language_of(question))
        assistant = self.site.assistant
        anew = rephrase(question, before, after, assistant.trials(), assistant.index.vocabulary.terms)
        yield from self._answer(anew, talk, words, request, [])

    def _answer(
        self, text: str, talk: Talk, words: str, request: gradio.Request, earlier: list[str], again: bool = False
    ) -> Iterator[Updates]:
        yield {
            self.text: "",
            self.chat: self._messages(talk, text, pending_html(self.language)),
            self.stop: gradio.Button(interactive=True),
            **self._commenting(False),
        }
        started = time.perf_counter()
        assistant = self.site.assistant
        try:
            with self.site.answering:
                reply = assistant.extract(text, earlier)
            if isinstance(reply, Answer) and assistant.language_model:
                for said in worded(assistant, reply, self.site.running, str(request.session_hash)):
                    if isinstance(said, str):
                        yield {self.chat: self._messages(talk, text, pending_html(self.language, said))}
                    else:
                        reply = said
        except LibraryError as error:
            yield {self.chat: self._messages(talk), self.stop: gradio.Button(interactive=False)}
            raise gradio.Error(str(error), print_exception=False) from error
        told = reply_json(reply, time.perf_counter() - started)
        talk = keep(self.site, talk, text, told, visitor_of(request), self.language, again)
        yield {
            **self._show(talk),
            self.stop: gradio.Button(interactive=False),
            self.kept: self._list(talk, words, request),
        }

    def _follow(self, talk: Talk) -> str:
        """Questions to ask next, once the answer is on the screen."""
        if not talk.turns:
            return self._examples()
        # Found again, without the model: in a talk that was reopened, its reply is JSON.
        with self.site.answering:
            reply = self.site.assistant.extract(talk.questions[-1], talk.questions[:-1])
            further = follow_ups(self.site.assistant, reply, talk.questions)
        return suggestions_html(further, self._say("ask.follow_ups")) or self._examples()

    def _stop(self, request: gradio.Request) -> None:
        if running := self.site.running.get(str(request.session_hash)):
            running.set()

    def _tell(self, talk: Talk, word: str = "") -> Updates:
        """Tell page.js the conversation on the screen, for the page's address, and a word to the reader."""
        said = f'data-said="{attribute(word)}"' if word else ""
        # Said twice, it is news twice.
        return {self.here: f'<span data-conversation="{talk.id or ""}" data-at="{time.time_ns()}" {said}></span>'}

    def _nothing(self) -> Updates:
        """An update that changes nothing: gradio takes no empty one."""
        return {self.text: gradio.skip()}

    # Showing

    def _show(self, talk: Talk) -> Updates:
        last = talk.turns[-1].reply if talk.turns else None
        names = " · ".join(last["understood"]) if last else ""
        understood = self._say("ask.understood_as", names=names) if names else self._say("ask.narrow")
        scope = last["scope"] if last else {}
        choices = self.site.choices(self.language)
        chosen = self.site.chosen(Understood(**{kind: tuple(scope.get(kind, ())) for kind in KINDS}))
        return {
            self.talk: talk,
            self.chat: self._messages(talk),
            self.evidence: evidence_html(talk.turns, self.language),
            self.scope: gradio.Accordion(label=understood),
            **self._tell(talk),
            **{chip: gradio.Dropdown(choices[kind], value=chosen[kind]) for kind, chip in self.chips.items()},
        }

    def _messages(self, talk: Talk, asked: str = "", pending: str = "") -> list[dict[str, Any]]:
        # Components, not Markdown: a message is HTML that we escaped, and is not parsed again.
        shown: list[tuple[str, str]] = []
        for place, turn in enumerate(talk.turns):
            shown.append(("user", question_html(turn.question)))
            shown.append(("assistant", reply_html(talk.turns, place, self.language)))
        if pending:
            shown += [("user", question_html(asked)), ("assistant", pending)]
        return [{"role": role, "content": panel_html(content)} for role, content in shown]

    def _examples(self) -> str:
        return suggestions_html(self.site.examples(self.language), self._say("ask.examples"))

    # Rating

    def _rate(self, talk: Talk, request: gradio.Request, event: gradio.EventData) -> Updates:
        told = event._data or {}
        place, rating = int(told["turn"]), int(told["rating"])
        if not self.site.history or not talk.id or not 0 <= place < len(talk.turns) or rating not in (1, -1):
            return self._tell(talk, self._say("history.unkept"))
        self.site.history.rate(talk.id, place, rating, "", visitor_of(request))
        talk = find(self.site, talk.id, visitor_of(request)) or talk
        return {
            self.talk: talk,
            self.chat: self._messages(talk),
            self.rated: place,
            **self._commenting(True),
        }

    def _comment(self, talk: Talk, place: int, comment: str, request: gradio.Request) -> Updates:
        if self.site.history and talk.id and place < len(talk.turns) and (rating := talk.turns[place].rating):
            self.site.history.rate(talk.id, place, rating, comment.strip(), visitor_of(request))
            talk = find(self.site, talk.id, visitor_of(request)) or talk
            return {self.talk: talk, **self._commenting(False), **self._tell(talk, self._say("ask.saved"))}
        return self._commenting(False)

    def _commenting(self, shown: bool) -> Updates:
        return {self.comment: gradio.Textbox("", visible=shown), self.save: gradio.Button(visible=shown)}

    # Conversations kept

    def _open(self, request: gradio.Request) -> Updates:
        """Open what the address names: ``?c=`` a conversation of the visitor's, ``?q=`` questions to ask in turn."""
        opened, questions = asked_for(request)
        if not opened and not questions:
            # Whoever was quick may have asked already: their answer stays.
            return {self.kept: self._list(Talk(), "", request)}
        found = find(self.site, opened, visitor_of(request)) if opened else Talk()
        talk = found or Talk()
        for question in questions:
            started = time.perf_counter()
            reply = self.site.assistant.ask(question, talk.questions)
            told = reply_json(reply, time.perf_counter() - started)
            talk = keep(self.site, talk, question, told, visitor_of(request), self.language)
        shown = self._show(talk)
        gone = {} if found else self._tell(talk, self._say("history.gone"))
        return {**shown, **gone, self.follow: self._follow(talk), self.kept: self._list(talk, "", request)}

    def _clear(self, words: str, request: gradio.Request) -> Updates:
        return {
            **self._show(Talk()),
            self.text: "",
            self.follow: self._examples(),
            **self._commenting(False),
            self.kept: self._list(Talk(), words, request),
        }

    def _manage(self, talk: Talk, words: str, request: gradio.Request, event: gradio.EventData) -> Updates:
        told = event._data or {}
        id = str(told.get("conversation", ""))
        if told.get("act") == "open":
            if not (found := find(self.site, id, visitor_of(request))):
                return {**self._tell(talk, self._say("history.gone")), self.kept: self._list(talk, words, request)}
            talk = found
        elif told.get("act") == "delete":
            forget(self.site, request, id)
            if talk.id != id:
                return {self.kept: self._list(talk, words, request)}
            talk = Talk()
        else:
            return self._nothing()
        return {**self._show(talk), self.follow: self._follow(talk), self.kept: self._list(talk, words, request)}

    def _delete_all(self, request: gradio.Request) -> Updates:
        forget(self.site, request)
        return self._clear("", request)

    def _list(self, talk: Talk, words: str, request: gradio.Request) -> str:
        return kept_html(self.site, talk, words, visitor_of(request), self.language)
