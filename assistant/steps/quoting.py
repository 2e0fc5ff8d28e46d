"""The step that quotes: the sentences that tell what is asked of the subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answering.composing import quote_answer
from assistant.answering.evidence import Choice, chosen_evidence
from assistant.answering.figures import Lacking
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.steps.choosing import choices_for, hits_for, told_in
from assistant.steps.lists import targets_of
from assistant.steps.scope import ABOUT
from assistant.steps.verdicts import sentence_verdict
from assistant.understanding.cues import cue
from assistant.wording.messages import say
from corpus.packs.sidecar_formats import sentence_key
from corpus.words.folding import fold


def passages(case: Case) -> Reply:
    """The sentences of the passages found; a refusal where none on the subject tells what is asked of it."""
    choices = choices_for(case)
    told = [choice for choice in choices if told_in(choice.text, case)]
    missing = _missing(case, choices)
    if missing:
        return case.refused("not_told", missing)
    if case.focus.wants_figure and case.scope and not any(c.sureness > ABOUT for c in told):
        subject = " / ".join(case.understood.trials or case.understood.drugs)
        return case.lacks(Lacking(subject, (), case.focus.asked.measures), "not_reported")
    # A sentence that tells none of it leads where it is by far the likest; else it is padding.
    strict = any(attribute.strict for attribute in case.attributes)
    likest = [] if not told or choices[0] in told or case.focus.wants_figure or strict else choices[:1]
    best = _best([*likest, *told] or choices, case, bool(told))
    evidence = case.told(chosen_evidence(best, hits_for(case), case.options.evidence.passages))
    answer = case.answer(_opening(case, best) + quote_answer(evidence, case.question.language), evidence)
    return replace(answer, listed=targets_of(case)) if any(a.key == "target" for a in case.attributes) else answer


def _missing(case: Case, choices: Sequence[Choice]) -> list[str]:
    """What is asked of the subject, all of it, where nothing on the subject tells it; else nothing."""
    if not case.scope or case.question.sections:
        return []
    missing = [
        attribute.names[case.question.language]
        for attribute in case.attributes
        if attribute.strict and not any(attribute.is_told(c.text) and c.sureness > ABOUT for c in choices)
    ]
    return missing if len(missing) == len(case.attributes) else []


def _best(choices: Sequence[Choice], case: Case, told: bool) -> list[Choice]:
    options, attributes = case.options.evidence, case.attributes
    most, margin = options.sentences, options.sentence_margin
    if case.focus.wants_figure and cue("compare").search(fold(case.question.read).text):
        margin = options.compared_margin
    if any(attribute.key == "definition" for attribute in attributes):
        most = 1
    elif told and any(attribute.wide for attribute in attributes):
        most = options.wide_sentences
    best = [choice for choice in choices[:most] if choice.score >= choices[0].score - margin]
    # What is asked besides may stand in a sentence of its own.
    for attribute in attributes if len(attributes) > 1 else ():
        if not any(attribute.is_told(choice.text) for choice in best):
            best += [choice for choice in choices if attribute.is_told(choice.text)][:1]
    return best


def _opening(case: Case, best: Sequence[Choice]) -> str:
    """The answer in a word, where the quotes bear it out: yes, no, the trial's name; else ""."""
    language, question = case.question.language, case.question.read
    subject = " ".join(case.understood.trials or case.understood.drugs)
    for choice in best[:2]:
        said = _in_language(choice, case)
        about = f"{choice.hit.passage.topic} {subject}"
        # Of an approval what is approved counts, not how it is said; of a dose or a half-life each word does.
        told = any(attribute.key == "approval" and attribute.is_told(choice.text) for attribute in case.attributes)
        found = sentence_verdict(question, said, about, case.index.vocabulary, told=told) if said else ""
        if found:
            return say(f"verdict.{found}", language) + "\n"
    if cue("which_trial").search(fold(question).text) and not case.question.asks_reference and best:
        trials = [group.name for group in case.trials.spoken_of([best[0].hit.passage])]
        if len(trials) == 1 and trials[0] not in case.understood.trials:
            return say("which.trial", language, trial=trials[0], number=1) + "\n"
    return ""


def _in_language(choice: Choice, case: Case) -> str:
    """A sentence in the reader's language: as it stands, or its translation; "" where there is none."""
    passage = choice.hit.passage
    if passage.language == case.question.language:
        return choice.text
    return case.index.translations(passage.document_id).get(sentence_key(choice.text), "")
