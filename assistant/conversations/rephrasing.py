"""A question put anew after its reader changed what it was taken to be about.

The change becomes words of the question, so that what is asked stays in view, can be shared, and is understood
like any other question: what was dropped goes, what took its place stands where it stood, the rest is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.trials.arms import drugs_in
from assistant.trials.groups import Trials
from assistant.understanding.measures import measures_in
from assistant.understanding.question import sections_in
from assistant.understanding.understood import Understood
from assistant.wording.messages import say
from corpus.document import Language, Span
from corpus.language import language_of
from corpus.vocabulary.endpoints import by_key
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold

_END = re.compile(r"[\s?？。.!！]*$")
# What a name that went leaves behind: "the OS with in X", "X与的比较".
_STRAY: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:with|in|of|for|and|versus|vs\.?|by)\s+(?=(?:with|in|of|for|versus|vs|by)\b|[?.!]|$)", re.I), ""),
    (re.compile(r"\b(\w+) \1\b", re.I), r"\1"),
    (re.compile(r"\s{2,}"), " "),
    (re.compile(r"\s+([?.!,])"), r"\1"),
)


def rephrase(question: str, before: Understood, after: Understood, trials: Trials, terms: Terms) -> str:
    """``question``, which was understood as ``before``, for ``after``. Asked without the questions before it."""
    language = language_of(question)
    _, question = sections_in(question, lambda: before.sections)
    question = _exchange(question, _trial_spans(question, trials), before.trials, after.trials)
    question = _exchange(question, _drug_spans(question, terms), before.drugs, after.drugs)
    names = {key: endpoint.names[language] for key, endpoint in by_key().items()}
    question = _exchange(question, _measure_spans(question), before.endpoints, after.endpoints, names)
    for pattern, instead in _STRAY:
        question = pattern.sub(instead, question)
    named = {group.name for group in trials.named_in(question)}
    missing = [name for name in after.trials if name not in named]
    held = {concept.id for concept, _ in drugs_in(question, terms)}
    missing += [name for name in after.drugs if held.isdisjoint(concept.id for concept, _ in drugs_in(name, terms))]
    asked = {measure.key for measure in measures_in(question).measures}
    missing += [names[key] for key in after.endpoints if key in names and key not in asked]
    return _append(question, missing, after.sections, language)


def _append(question: str, names: Sequence[str], sections: Sequence[str], language: Language) -> str:
    if not names and not sections:
        return question.strip()
    end = _END.search(question)
    at = end.start() if end else len(question)
    body, mark = question[:at].strip(), question[at:].strip()
    for name in names:
        body = say("question.with", language, question=body, name=name)
    for section in sections:
        body = say("question.with_section", language, question=body, section=section)
    return f"{body}{mark}"


def _exchange(
    text: str,
    spans: Sequence[tuple[str, Span]],
    before: Iterable[str],
    after: Iterable[str],
    printed: dict[str, str] | None = None,
) -> str:
    """``text`` with the names of ``before`` that are not in ``after`` replaced, one by one, by those that are new."""
    gone = set(before) - set(after)
    new = [name for name in after if name not in set(before)]
    instead = dict(zip([name for name in before if name in gone], new, strict=False))
    for name, span in sorted(spans, key=lambda found: found[1], reverse=True):
        if name in gone:
            taken = instead.get(name, "")
            text = text[: span.start] + (printed or {}).get(taken, taken) + text[span.end :]
    return text


def _trial_spans(text: str, trials: Trials) -> list[tuple[str, Span]]:
    return [
        (name, span) for name in (group.name for group in trials.named_in(text)) for span in trials.spans(name, text)
    ]


def _drug_spans(text: str, terms: Terms) -> list[tuple[str, Span]]:
    return [(mention.span.of(text), mention.span) for mention in terms.find(text)]


def _measure_spans(text: str) -> list[tuple[str, Span]]:
    folded = fold(text)
    return [
        (measure.key, folded.printed(*place))
        for measure in measures_in(text).measures
        for place in measure.places(folded.text)
    ]
