"""Steps that refuse: no question, no question to a library, a name or a thing that the library does not hold."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.figures import Lacking, false_premise
from assistant.answering.reply import Reply
from assistant.steps.case import AssistantOptions, Case
from assistant.steps.choosing import choices_for, tells_of_subject, told_in
from assistant.steps.scope import belonging
from assistant.understanding.cues import cue
from assistant.understanding.intents import intent_of
from assistant.understanding.question import Question
from corpus.document import Language
from corpus.words.folding import fold
from index.search.hit import Hit


def nothing_asked(case: Case) -> Reply | None:
    """Where there is no letter and no digit."""
    asked = any(character.isalnum() for character in case.question.text)
    return None if asked else case.rejected("empty")


def no_question_to_a_library(case: Case) -> Reply | None:
    """Advice on someone's own treatment, instructions to the program."""
    intent = intent_of(case.question.text)
    return case.rejected(intent) if intent else None


def missing_name(case: Case) -> Reply | None:
    """A name that no passage holds."""
    return case.refused("missing_name", case.question.missing) if case.question.missing else None


def premise_of_a_trial(case: Case) -> Reply | None:
    """A drug, arm or dose that a trial does not have."""
    focus, terms = case.focus, case.index.vocabulary.terms
    lacks = false_premise(focus.search, focus.groups, terms) if focus.groups else None
    return case.lacks(lacks, "false_premise") if lacks else None


def not_of_the_subject(case: Case) -> Reply | None:
    """A disease, an adverse event or a target that nothing on the subject speaks of."""
    focus, scope = case.focus, case.scope
    if not scope or case.question.sections:
        return None
    drugs = frozenset(concept.id for concept, _ in focus.drugs)
    compared = bool(cue("compare").search(fold(case.question.text).text))
    asked = belonging(case.question.read, drugs, case.index.vocabulary.terms)
    lacking = [printed for concept, printed in asked if not scope.holds(concept)]
    if not lacking or (compared and not focus.groups and len(drugs) > 1):
        return None
    subject = " / ".join(group.name for group in focus.groups) or " + ".join(printed for _, printed in focus.drugs)
    return case.lacks(Lacking(subject, (), names=tuple(dict.fromkeys(lacking))), "false_premise")


def unsupported(case: Case) -> Reply | None:
    """Where no passage is close enough to the question to hold its answer."""
    supported = _supported(case.question, case.hits, case.options) or tells_of_subject(case) or _is_told(case)
    return None if supported else case.refused("no_support")


def _is_told(case: Case) -> bool:
    """Whether the best sentence tells what is asked, and its passage is related to the question."""
    best = choices_for(case)[:1] if case.attributes else []
    return any(told_in(c.text, case) and c.hit.similarity >= case.options.related for c in best)


def _supported(question: Question, hits: Sequence[Hit], options: AssistantOptions) -> bool:
    # Who names the place asks what stands there.
    if question.sections and any(question.whole or hit.terms for hit in hits):
        return True
    return any(
        hit.similarity >= _similar(question.language, hit.passage.language, options)
        or (
            hit.similarity >= options.related
            and (
                not question.names.isdisjoint(hit.terms)
                or (hit.passage.language == question.language and hit.coverage >= options.covered)
            )
        )
        for hit in hits
    )


def _similar(asked: Language, answered: Language, options: AssistantOptions) -> float:
    if asked != answered:
        return options.similar_across
    return options.similar_chinese if asked == "zh" else options.similar_english
