"""The step that quotes: the sentences that tell what is asked of the subject."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.cited_references import cites
from assistant.answering.composing import quote_answer
from assistant.answering.evidence import Choice, chosen_evidence
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.steps.scope import ABOUT, NAMED
from assistant.steps.verdicts import sentence_verdict
from assistant.understanding.cues import cue
from assistant.wording.messages import joined, say
from corpus.document import Span
from corpus.packs.sidecar_formats import sentence_key
from corpus.trial_results.trial_names import is_trial_name
from corpus.words.folding import fold
from index.search.hit import Hit
from index.search.selection import is_summary

_TELLS, _IS_NAMED = 1.5, 0.25
"""Standard deviations that a sentence gains for each thing asked that it tells, and where it names the subject."""


_SUMMED_UP = 1.0
"""What a sentence of an abstract loses beside those of the body, which tell more."""


def passages(case: Case) -> Reply:
    """The sentences of the passages found; a refusal where none on the subject tells what is asked of it."""
    hits = _of_named_trials(case.hits, case)
    choices = _choices(hits, case)
    told = [choice for choice in choices if _told(choice.text, case)]
    strict = [attribute for attribute in case.attributes if attribute.strict]
    if strict and case.scope and not case.question.sections:
        missing = [
            attribute for attribute in strict
            if not any(attribute.is_told(c.text) and c.sureness > ABOUT for c in choices)
        ]  # fmt: skip
        if len(missing) == len(case.attributes):
            return case.refused("not_told", [attribute.names[case.question.language] for attribute in missing])
    defines = any(attribute.key == "definition" for attribute in case.attributes)
    wide = any(attribute.wide for attribute in case.attributes) and bool(told)
    options = case.options.evidence
    # A sentence that tells none of it leads where it is by far the likest; else it is padding.
    likest = [] if not told or choices[0] in told else choices[:1]
    most = 1 if defines else options.wide_sentences if wide else options.sentences
    best = _best([*likest, *told] or choices, most, options.sentence_margin)
    evidence = case.translated(chosen_evidence(best, hits, options.passages, options.passage_margin))
    return case.answer(_opening(case, best) + quote_answer(evidence, case.question.language), evidence)


def _choices(hits: Sequence[Hit], case: Case) -> list[Choice]:
    """The sentences that may be quoted, those of another subject left out where there are any on the subject."""
    share = case.options.evidence.passage_share
    choices = []
    for hit in hits:
        sureness = case.scope.sureness(hit.passage)
        for span, score in zip(hit.passage.sentences, hit.sentence_scores, strict=True):
            text = hit.passage.sentence(span)
            told = _told(text, case)
            worth = score + share * hit.score + _TELLS * told
            worth += _IS_NAMED * (bool(case.scope) and sureness[span] == NAMED)
            worth -= _SUMMED_UP * is_summary(hit.passage)
            choices.append(Choice(hit, span, worth, sureness[span]))
    wanted = [choice for choice in choices if _is_wanted(choice, case)] or choices
    sure = [choice for choice in wanted if choice.sureness > ABOUT]
    return sorted(sure or wanted, key=lambda choice: -choice.score)


def _is_wanted(choice: Choice, case: Case) -> bool:
    """Whether a sentence is of the kind that is asked for: one with a reference, one on safety."""
    if case.question.asks_reference:
        return cites(choice.text)
    if case.focus.topics:
        return any(m.concept.category == "safety" for m in case.index.vocabulary.terms.find(choice.text))
    return True


def _told(sentence: str, case: Case) -> int:
    """How many of the attributes and measures asked for a sentence tells."""
    folded = fold(sentence).text
    measures = sum(measure.is_told(folded) for measure in case.focus.asked.measures)
    return measures + sum(attribute.is_told(sentence) for attribute in case.attributes)


def _best(choices: Sequence[Choice], most: int, margin: float) -> list[Choice]:
    return [choice for choice in choices[:most] if choice.score >= choices[0].score - margin]


def _opening(case: Case, best: Sequence[Choice]) -> str:
    """The answer in a word, where the quotes bear it out: yes, no, the trial's name; else ""."""
    language, question = case.question.language, case.question.read
    for choice in best[:2]:
        said = _in_language(choice, case)
        passage = choice.hit.passage
        about = f"{passage.topic} {' '.join(case.understood.trials or case.understood.drugs)} {said}"
        found = sentence_verdict(question, about, case.index.vocabulary) if said else ""
        if found:
            return say(f"verdict.{found}", language) + "\n"
    if cue("which_trial").search(fold(question).text) and not case.question.asks_reference and best:
        first = best[0].hit.passage
        trials = [group.name for group in case.trials.spoken_of([first])]
        if len(trials) == 1 and trials[0] not in case.understood.trials:
            return say("which.trial", language, trial=joined(trials, language), number=1) + "\n"
    return ""


def _in_language(choice: Choice, case: Case) -> str:
    """A sentence in the reader's language: as it stands, or its translation; "" where there is none."""
    passage = choice.hit.passage
    if passage.language == case.question.language:
        return choice.text
    return case.index.translations(passage.document_id).get(sentence_key(choice.text), "")


def _of_named_trials(hits: Sequence[Hit], case: Case) -> Sequence[Hit]:
    """Of the documents that print a trial which the question names, where there are any: no neighbour's figures."""
    trials = {name for name in case.question.subjects if is_trial_name(name)}
    documents = {hit.passage.document_id for hit in hits if not trials.isdisjoint(hit.terms)}
    return [hit for hit in hits if hit.passage.document_id in documents] if documents else hits


