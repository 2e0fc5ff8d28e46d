"""An optional language model that words the answer, held to the same checks as the program's own words.

Any endpoint that speaks OpenAI's protocol (Ollama, llama.cpp, vLLM, hosted ones). It is given the question and
the numbered evidence, as data. Of what it writes, each sentence must cite evidence, name nothing that its
evidence does not, and pass the number guard; the others are struck out. Where nothing is left, or the
endpoint fails in any way, the answer stays the extractive one, with a notice.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.answering.reply import Answer, Evidence
from assistant.guard.citations import citations_in, cited_sentences, without_citations
from assistant.guard.number_guard import Failure, figures
from assistant.guard.statements import untraced
from assistant.wording.messages import joined, say
from corpus.reading.cleaning import clean
from corpus.vocabulary.terms import Terms

Trouble = Literal["unreachable", "timeout", "cut_off", "nonsense", "cancelled", "nothing_left"]
Guard = Callable[[str, Sequence[Evidence]], list[Failure]]
"""``Assistant.faults``."""


@dataclass(frozen=True, slots=True)
class LanguageModelOptions:
    """An endpoint and how long to wait for it."""

    base_url: str
    """As ``http://127.0.0.1:11434/v1``."""
    model: str
    api_key: str = ""
    timeout: float = 60.0
    """Seconds for the whole answer."""
    stalled: float = 20.0
    """Seconds without a word after which it is given up."""
    retries: int = 2
    """After a refused connection, 429 or 5xx."""
    max_tokens: int = 400


_HELD = frozenset({"drug", "drug code", "disease", "target"})


class _Trouble(Exception):
    def __init__(self, kind: Trouble) -> None:
        self.kind = kind


class LanguageModel:
    """One endpoint. Thread-safe."""

    def __init__(self, options: LanguageModelOptions) -> None:
        self.options = options

    def reword(
        self,
        answer: Answer,
        guard: Guard,
        terms: Terms,
        cancelled: threading.Event | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """``answer`` in the model's words as far as they can be traced, else as it is; ``notice`` says which and why.

        ``on_text`` is told the sentences that have passed so far, each time one more does: nothing that is struck
        out later is ever seen. Never raises for trouble with the endpoint.
        """
        language = answer.language
        whole, heard = 0, 0

        def listen(draft: str) -> None:
            nonlocal whole, heard
            # The last sentence may go on.
            sentences = list(cited_sentences(clean(draft).strip()))[:-1]
            if not on_text or len(sentences) <= whole:
                return
            whole = len(sentences)
            passed = checked("\n".join(sentences), answer.evidence, guard, terms)[0]
            if len(passed) > heard:
                heard = len(passed)
                on_text(joined(passed, language, "sentences"))

        try:
            draft = clean(self._draft(answer, cancelled or threading.Event(), listen)).strip()
            kept, struck = checked(draft, answer.evidence, guard, terms)
            if not kept:
                raise _Trouble("nothing_left")
        except _Trouble as trouble:
            return _instead(answer, trouble.kind)
        notices = [
            say(
                "model.struck",
                language,
                sentence=failure.sentence,
                fault=say(f"fault.{failure.fault}", language, figure=failure.figure),
            )
            for failure in struck
        ]
        text = joined(kept, language, "sentences")
        if on_text:
            on_text(text)
        return replace(answer, text=text, notice="\n".join(notices))

    @staticmethod
    def stopped(answer: Answer) -> Answer:
        """``answer`` as it is, saying that the model was stopped."""
        return _instead(answer, "cancelled")

    def _draft(self, answer: Answer, cancelled: threading.Event, listen: Callable[[str], None]) -> str:
        """What the model writes, whole; ``listen`` is told what there is so far."""
        import httpx
        import openai

        options, parts, finished = self.options, [], False
        deadline = time.monotonic() + options.timeout
        try:
            client = openai.OpenAI(
                base_url=options.base_url,
                api_key=options.api_key or "none",
                timeout=min(options.stalled, options.timeout),
                max_retries=options.retries,
            )
            with (
                client,
                client.chat.completions.create(
                    model=options.model,
                    messages=_messages(answer),
                    temperature=0,
                    seed=0,
                    max_tokens=options.max_tokens,
                    stream=True,
                ) as stream,
            ):
                for chunk in stream:
                    if cancelled.is_set():
                        raise _Trouble("cancelled")
                    if time.monotonic() > deadline:
                        raise _Trouble("timeout")
                    if not chunk.choices:
                        continue
                    finished = finished or chunk.choices[0].finish_reason is not None
                    if text := chunk.choices[0].delta.content:
                        parts.append(text)
                        listen("".join(parts))
        except (openai.APITimeoutError, httpx.TimeoutException):
            raise _Trouble("timeout") from None
        except (openai.APIConnectionError, openai.APIStatusError):
            raise _Trouble("unreachable") from None
        except httpx.HTTPError:
            raise _Trouble("cut_off") from None
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            raise _Trouble("nonsense") from None
        if not finished:
            raise _Trouble("cut_off" if parts else "nonsense")
        return "".join(parts)


def _instead(answer: Answer, trouble: Trouble) -> Answer:
    told = say(f"model.{trouble}", answer.language)
    return replace(answer, notice=say("model.instead", answer.language, trouble=told))


def _messages(answer: Answer) -> Any:
    evidence = [
        {"number": item.number, "about": item.passage.topic or item.passage.heading, "text": item.passage.text}
        for item in answer.evidence
    ]
    asked = json.dumps({"question": answer.question, "evidence": evidence}, ensure_ascii=False)
    return [{"role": "system", "content": say("model.prompt", answer.language)}, {"role": "user", "content": asked}]


def checked(draft: str, evidence: Sequence[Evidence], guard: Guard, terms: Terms) -> tuple[list[str], list[Failure]]:
    """The sentences that may be shown, and those that may not."""
    kept: list[str] = []
    struck: list[Failure] = []
    for sentence in cited_sentences(draft):
        failure = next(iter(guard(sentence, evidence)), None) or _untraced(sentence, evidence, terms)
        if failure:
            struck.append(failure)
        elif sentence not in kept:
            kept.append(sentence)
    return kept, struck


def _untraced(sentence: str, evidence: Sequence[Evidence], terms: Terms) -> Failure | None:
    """Whether a sentence cites nothing, or names what its evidence does not."""
    cited = set(citations_in(sentence))
    if not cited:
        return Failure(sentence, "uncited", "")
    texts = [f"{item.passage.heading}\n{item.passage.text}" for item in evidence if item.number in cited]
    if difference := untraced(without_citations(sentence), texts, terms):
        return Failure(sentence, *difference)
    held = {id for text in texts for m in terms.find(text) for id in (m.concept.id, *m.concept.implies)}
    told = terms.find(sentence)
    for mention in told:
        if mention.concept.category in _HELD and mention.concept.id not in held:
            return Failure(sentence, "name", mention.span.of(sentence))
    # Without one thing in common, a figure or a name, a sentence only pretends to cite.
    if not figures(sentence) and held.isdisjoint(m.concept.id for m in told):
        return Failure(sentence, "uncited", "")
    return None
