"""The assistant: a question in, an Answer or NotFound out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.composing import refusal
from assistant.answering.language_model import LanguageModel
from assistant.answering.reply import Evidence, NotFound, Reply
from assistant.conversations.looking_back import Conversation
from assistant.guard.number_guard import Failure
from assistant.steps.case import USUAL, AssistantOptions, Case, faults
from assistant.steps.definitions import definition
from assistant.steps.figures import figures, results
from assistant.steps.lists import binds, drugs, trials
from assistant.steps.quoting import passages
from assistant.steps.references import reference
from assistant.steps.refusing import (
    missing_name,
    no_question_to_a_library,
    not_of_the_subject,
    nothing_asked,
    premise_of_a_trial,
    unsupported,
)
from assistant.steps.summaries import outline, summary
from assistant.trials.groups import Trials
from assistant.understanding.follow_ups import MAX_CHARACTERS
from assistant.understanding.question import references_asked, understand
from corpus.document import Language
from corpus.language import HAN, language_of
from corpus.reading.cleaning import clean
from corpus.words.segmenting import STOP_WORDS
from index.search.hybrid import HybridIndex

_STEPS: tuple[Callable[[Case], Reply | None], ...] = (
    nothing_asked,
    reference,
    no_question_to_a_library,
    missing_name,
    definition,
    binds,
    premise_of_a_trial,
    not_of_the_subject,
    summary,
    trials,
    drugs,
    outline,
    figures,
    results,
    unsupported,
    passages,
)
"""How a question is answered: the first step that replies has the answer; the last one always does."""


class Assistant:
    """Answers questions from one library. Thread-safe; keeps nothing of a question."""

    def __init__(
        self,
        index: HybridIndex,
        options: AssistantOptions = USUAL,
        language_model: LanguageModel | None = None,
    ) -> None:
        """``language_model``: words the answers where its words can be traced; None for the library's sentences."""
        self.index = index
        self.language_model = language_model
        self.options = options
        self._kept: tuple[str, Trials] | None = None

    def ask(self, text: str, history: Sequence[str] = ()) -> Reply:
        """Answer ``text``; ``history`` holds the questions asked before it, oldest first."""
        return self.reword(self.extract(text, history))

    def reword(
        self,
        reply: Reply,
        on_text: Callable[[str], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> Reply:
        """``reply`` in the language model's words, where there is one and its words can be traced.

        ``on_text`` is told what has passed the checks so far, each time that grows; ``cancelled`` stops the model.
        """
        # What a reference is comes from its record, not from evidence that a model could cite.
        if self.language_model is None or isinstance(reply, NotFound) or references_asked(reply.question):
            return reply
        return self.language_model.reword(reply, self.faults, self.index.vocabulary.terms, cancelled, on_text)

    def extract(self, text: str, history: Sequence[str] = ()) -> Reply:
        """``ask`` in the library's own sentences, without a language model."""
        if len(text) > MAX_CHARACTERS:
            return _too_long(text)
        said, before = Conversation(self.index, self.trials(), self._again).resolved(text, history)
        return self._reply(said, before, text, _language(text, history))

    def _again(self, said: str, before: Sequence[str]) -> Reply:
        """The answer to an earlier question; neither it nor one ``before`` it looks back at an answer any more."""
        if len(said) > MAX_CHARACTERS:
            return _too_long(said)
        return self._reply(said, before, said, _language(said, before))

    def _reply(self, said: str, before: Sequence[str], text: str, language: Language) -> Reply:
        """The answer to ``text``, which ``said`` says without looking back at an answer, as do those ``before`` it."""
        question = replace(understand(said, before, self.index), text=clean(text).strip(), language=language)
        case = Case(question, before, self.index, self.trials, self.options)
        return next(reply for step in _STEPS if (reply := step(case)) is not None)

    def faults(self, text: str, evidence: Sequence[Evidence]) -> list[Failure]:
        """What the number guard finds against ``text``, which cites ``evidence``; empty where it may be shown."""
        return faults(text, evidence, self.index)

    def trials(self) -> Trials:
        """The trials of the library's present revision."""
        revision = self.index.library.meta("revision") or ""
        kept = self._kept
        if kept is None or kept[0] != revision:
            kept = self._kept = (revision, Trials(self.index.library))
        return kept[1]


def _too_long(text: str) -> NotFound:
    language = language_of(text[:MAX_CHARACTERS])
    return NotFound(text, language, "too_long", refusal("too_long", (), language, nearest=False), (), ())


def _language(text: str, history: Sequence[str]) -> Language:
    """The language of a question: by its words, however many names it holds in the other script ("ORBIT-5 的 ORR？");
    of one that is no more than names ("MARIPOSA-2?"), that of the question before."""
    words = [word for word in _WORDS.findall(text) if word.lower() in STOP_WORDS]
    if _HAN.search(text):
        return language_of(text) if words else "zh"
    return language_of(text) if words or not history or _SENTENCE.search(text) else _language(history[-1], history[:-1])


_HAN = re.compile(f"[{HAN}]")
_WORDS = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]{2,}(?![A-Za-z0-9-])")
_SENTENCE = re.compile(r"(?<![A-Za-z0-9-])[a-z]{2,} [a-z]{2,}(?![A-Za-z0-9-])")
"""Two words of a sentence, side by side."""
