"""Questions that the library can answer: to begin with, and to go on with after an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer, Evidence, Reply
from assistant.trials.arms import drugs_in
from assistant.trials.groups import REGISTERED, Group
from assistant.wording.messages import say
from corpus.document import Language
from corpus.vocabulary.endpoints import EndPoint, endpoints

EXAMPLES = ("1", "2", "3", "4")
"""What the bundled review answers; where the library does not, its own trials take their place."""


def follow_ups(assistant: Assistant, reply: Reply, questions: Sequence[str], count: int = 3) -> list[str]:
    """At most ``count`` questions to ask after ``reply``, none of ``questions``; the library answers each."""
    return _answered(assistant, _next(assistant, reply), questions, count)


def examples(assistant: Assistant, language: Language, count: int = 4) -> list[str]:
    """At most ``count`` questions to begin with; the library answers each."""
    named = (group for group in assistant.trials().reporting() if _is_named(group))
    trials = (_figure(group, measure, language) for group in named for measure in _held(group)[:1])
    bundled = (say(f"example.{number}", language) for number in EXAMPLES)
    return _answered(assistant, chain(bundled, trials), (), count)


def _answered(assistant: Assistant, candidates: Iterable[str], asked: Sequence[str], count: int) -> list[str]:
    """The first ``count`` of ``candidates`` that have an answer."""
    found: dict[str, None] = {}
    for candidate in candidates:
        if len(found) == count:
            break
        if candidate not in found and candidate not in asked and isinstance(assistant.extract(candidate), Answer):
            found[candidate] = None
    return list(found)


def _next(assistant: Assistant, reply: Reply) -> Iterator[str]:
    language = reply.language
    groups = _about(assistant, reply)
    told = set(reply.understood.endpoints)
    for group in groups[:2]:
        fresh = [measure for measure in _held(group) if measure.key not in told]
        yield from (_figure(group, measure, language) for measure in fresh[:1])
        yield say("question.safety", language, trial=group.name)
        yield from (_figure(group, measure, language) for measure in fresh[1:3])
    for group in groups[:1]:
        asked = [measure for measure in _held(group) if measure.key in (told or {measure.key})]
        arms = {arm for found in group.found for arm in (found.result.arm, found.result.comparator) if arm}
        for other in assistant.trials().with_any(arms, [measure.key for measure in asked]):
            shared = [measure for measure in asked if measure in _held(other)]
            same = arms & {arm for found in other.found for arm in (found.result.arm, found.result.comparator)}
            if other.name != group.name and _is_named(other) and shared and same:
                measure = shared[0].names[language]
                yield say("question.comparison", language, measure=measure, trial=group.name, other=other.name)
    shown = _shown(reply)
    terms = assistant.index.vocabulary.terms
    for drug, _ in drugs_in("\n".join(item.passage.text for item in shown), terms):
        yield say("question.drug", language, drug=drug.name_in(language))
    for number in dict.fromkeys(r.marker for item in shown for r in item.references if r.works):
        yield say("question.reference", language, number=number)


def _about(assistant: Assistant, reply: Reply) -> list[Group]:
    """The trials that a reply is about, else those of its passages."""
    trials = assistant.trials()
    asked = [group for group in trials.groups(reply.understood.trials) if _is_named(group)]
    if asked:
        return asked
    return [group for group in trials.spoken_of(item.passage for item in _shown(reply)) if _is_named(group)]


def _shown(reply: Reply) -> tuple[Evidence, ...]:
    return reply.evidence if isinstance(reply, Answer) else reply.nearest


def _is_named(group: Group) -> bool:
    """Whether a trial has results, and a name that readers call it."""
    return not REGISTERED.search(group.name) and bool(group.found)


def _held(group: Group) -> list[EndPoint]:
    """The measures that a trial reports, the most asked first."""
    held = {found.result.name for found in group.found}
    return sorted((e for e in endpoints() if e.rank and e.key in held), key=lambda e: e.rank)


def _figure(group: Group, measure: EndPoint, language: Language) -> str:
    return say("question.figure", language, measure=measure.names[language], trial=group.name)
