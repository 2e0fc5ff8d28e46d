"""The assistant: a question in, an Answer or NotFound out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answering.cited_references import cites, references_in
from assistant.answering.composing import not_reported, quote_answer, reference_answer, refusal
from assistant.answering.evidence import (
    EvidenceOptions,
    citing_evidence,
    nearest_evidence,
    result_evidence,
    select_evidence,
)
from assistant.answering.figure_wording import figure_answer
from assistant.answering.figures import Lacking, false_premise, figure_lines, lacking
from assistant.answering.language_model import LanguageModel
from assistant.answering.reply import Answer, Evidence, NotFound, Reason, Reply
from assistant.guard.number_guard import Failure, verify
from assistant.trials.groups import Trials
from assistant.trials.reports import DrugReports, DrugTexts, Reports, Texts, TrialReports, TrialTexts
from assistant.trials.source_notes import checks_of, results_of
from assistant.understanding.focus import Focus, focus_on
from assistant.understanding.follow_ups import MAX_CHARACTERS
from assistant.understanding.intents import intent_of
from assistant.understanding.question import Question, references_asked, understand
from assistant.understanding.understood import NOTHING, Understood
from corpus.document import Language, Passage, Span
from corpus.language import language_of
from corpus.trial_results.trial_names import is_trial_name
from index.search.hit import Hit
from index.search.hybrid import HybridIndex


@dataclass(frozen=True, slots=True)
class AssistantOptions:
    """When to answer and how much to show."""

    hits: int = 8
    """Passages that evidence is chosen from."""
    nearest: int = 3
    """Passages shown beside a refusal."""
    similar_english: float = 0.45
    """Similarity at which an English passage supports the answer to an English question by itself."""
    similar_chinese: float = 0.50
    """The same in Chinese. Of XQuAD's questions whose article is taken out, 2 to 5 % reach these two; of those
    whose paragraph is there, 90 %."""
    similar_across: float = 0.48
    """The same across languages, where 1 % and 37 % do: there it takes a name, too."""
    related: float = 0.38
    """Similarity at which it does where it also holds a name of the question, or most of its words."""
    covered: float = 0.6
    """Share of the question's words that is most of them."""
    evidence: EvidenceOptions = EvidenceOptions()


class _Case:
    """A question on its way through the steps; what it is about and what is found for it, once a step asks."""

    def __init__(self, assistant: Assistant, question: Question, history: Sequence[str]) -> None:
        self.question = question
        self._assistant, self._history = assistant, history

    @cached_property
    def focus(self) -> Focus:
        """The trials, drugs and measures that the question is about."""
        return focus_on(self.question, self._history, self._assistant.index, self._assistant.trials())

    @cached_property
    def hits(self) -> list[Hit]:
        """The passages found for it, best first."""
        index, question = self._assistant.index, self.question
        searched = index.library.title_of(question.sections) if question.whole else self.focus.search
        return index.search(searched, self._assistant.options.hits, sections=question.sections)

    @cached_property
    def understood(self) -> Understood:
        """What it is about, for its reader to check."""
        return self.focus.understood(self.question)


class Assistant:
    """Answers questions from one library. Thread-safe; keeps nothing of a question."""

    def __init__(
        self,
        index: HybridIndex,
        options: AssistantOptions = AssistantOptions(),
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
            return self._refuse(text, language_of(text[:MAX_CHARACTERS]), "too_long")
        case = _Case(self, understand(text, history, self.index), history)
        return next(reply for step in _STEPS if (reply := step(self, case)) is not None)

    # The steps of an answer, in the order of ``_STEPS``: each replies, or leaves the question to the next.

    def _nothing_asked(self, case: _Case) -> Reply | None:
        asked = any(character.isalnum() for character in case.question.text)
        return None if asked else self._refuse(case.question.text, case.question.language, "empty")

    def _reference(self, case: _Case) -> Reply | None:
        """What a reference of the first document that has it is, and the sentences there that cite it."""
        question, library = case.question, self.index.library
        if not question.references:
            return None
        number = question.references[0]
        # Another document's reference of that number is another work.
        document = library.citing_document(number)
        if document is None:
            return self._refuse(question.text, question.language, "no_reference", (f"[{number}]",))
        evidence = citing_evidence(self.index.citing(number, question.search, document), number)
        cited = library.reference(document, number)
        return self._answer(question, reference_answer(cited, evidence, question.language), evidence)

    def _no_question_to_a_library(self, case: _Case) -> Reply | None:
        intent = intent_of(case.question.text)
        return self._refuse(case.question.text, case.question.language, intent) if intent else None

    def _missing_name(self, case: _Case) -> Reply | None:
        return self._refused(case, "missing_name", case.question.missing) if case.question.missing else None

    def _false_premise(self, case: _Case) -> Reply | None:
        focus, terms = case.focus, self.index.vocabulary.terms
        lacks = false_premise(focus.search, focus.groups, terms) if focus.groups else None
        return self._lacks(case, lacks, "false_premise") if lacks else None

    def _figures(self, case: _Case) -> Reply | None:
        """The figures asked for, or what is not reported; None where passages have to answer."""
        question, focus = case.question, case.focus
        terms, language = self.index.vocabulary.terms, question.language
        if not focus.wants_figure:
            return None
        reports, told, subject = self._subject(focus)
        if question.sections:
            reports = reports.within(question.sections)
        if not reports and not told:
            return None
        lacks = lacking(focus.asked, reports, told, subject)
        if lacks and len(lacks.measures) == len(focus.asked.measures):
            return self._lacks(case, lacks, "not_reported")
        lines = figure_lines(focus.search, focus.asked, reports, focus.rest, terms)
        if not lines:
            return None
        found = [f for line in lines for f in (*line.found, *([line.ratio] if line.ratio else []))]
        leads = [self.index.library.lead(f.passage) for f in found]
        evidence = result_evidence(found, case.hits, leads)
        wording = figure_answer(lines, {item.passage.id: item.number for item in evidence}, language, terms)
        if self.faults(wording, evidence):
            return None
        # What one of them does not report stands below what the others do.
        groups = [[group] for group in focus.groups]
        apart = [lacking(focus.asked, TrialReports(g), TrialTexts(g), g[0].name) for g in groups] or [lacks]
        for each in filter(None, apart):
            wording += "\n" + not_reported(replace(each, reported=()), language, nearest=False)
        answer = self._answer(question, wording, evidence, case.understood)
        return replace(answer, results=tuple(dict.fromkeys(f.result for f in found)))

    def _subject(self, focus: Focus) -> tuple[Reports, Texts, str]:
        """What is reported and what is told of the trials, else of the drugs, that a question is about; its name."""
        groups, drugs = focus.groups, [concept.id for concept, _ in focus.drugs]
        if groups or not drugs:
            return TrialReports(groups), TrialTexts(groups), " / ".join(group.name for group in groups)
        library, terms = self.index.library, self.index.vocabulary.terms
        reports = DrugReports(drugs, self.trials(), library, terms)
        return reports, DrugTexts(drugs, library, terms), " + ".join(printed for _, printed in focus.drugs)

    def _unsupported(self, case: _Case) -> Reply | None:
        return None if self._supported(case.question, case.hits) else self._refused(case, "no_support")

    def _passages(self, case: _Case) -> Reply:
        """The sentences of the passages found."""
        hits = _of_named_trials(case.hits, case.question)
        evidence = select_evidence(hits, self.options.evidence, self._wanted(case.question, case.focus))
        return self._answer(case.question, quote_answer(evidence, case.question.language), evidence, case.understood)

    def faults(self, text: str, evidence: Sequence[Evidence]) -> list[Failure]:
        """What the number guard finds against ``text``, which cites ``evidence``; empty where it may be shown."""
        sources = {item.number: f"{item.passage.heading}\n{item.passage.text}" for item in evidence}
        results = [result for item in evidence for result in self.index.library.results_in(item.passage)]
        return verify(text, sources, self.index.vocabulary.terms, results)

    def _wanted(self, question: Question, focus: Focus) -> Callable[[Passage, str], bool] | None:
        """Which sentences are quoted where there are any: those with a reference, those on safety in the trial."""
        if question.asks_reference:
            return lambda _, sentence: cites(sentence)
        if focus.topics:
            inside = {passage.id for group in focus.groups for passage in group.passages}
            terms = self.index.vocabulary.terms
            return lambda passage, sentence: (
                (not inside or passage.id in inside)
                and any(mention.concept.category == "safety" for mention in terms.find(sentence))
            )
        return None

    def _lacks(self, case: _Case, lacks: Lacking, reason: Reason) -> NotFound:
        question = case.question
        nearest = self._completed(nearest_evidence(case.hits[: self.options.nearest]))
        wording = not_reported(lacks, question.language, nearest=bool(nearest))
        return NotFound(
            question.text, question.language, reason, wording, lacks.missing(question.language), nearest,
            case.understood,
        )  # fmt: skip

    def trials(self) -> Trials:
        """The trials of the library's present revision."""
        revision = self.index.library.meta("revision") or ""
        kept = self._kept
        if kept is None or kept[0] != revision:
            kept = self._kept = (revision, Trials(self.index.library))
        return kept[1]

    def _answer(
        self, question: Question, text: str, evidence: Sequence[Evidence], understood: Understood = NOTHING
    ) -> Answer:
        library = self.index.library
        quoted = [item for item in evidence if item.quotes]
        return Answer(
            question=question.text,
            language=question.language,
            text=text,
            evidence=self._completed(evidence),
            results=tuple(r for item in quoted for r in results_of(item.passage, item.quotes, library)),
            notes=tuple(dict.fromkeys(c for item in quoted for c in checks_of(item.passage, item.quotes, library))),
            understood=understood,
        )

    def _completed(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Evidence with its references and the places that match the question."""
        found = []
        for item in evidence:
            start = item.passage.span.start
            terms = item.hit.terms if item.hit else ()
            places = self.index.vocabulary.places(item.passage.text, terms)
            matches = tuple(Span(start + place.start, start + place.end) for place in places)
            found.append(replace(item, references=references_in(item.passage, self.index.library), matches=matches))
        return tuple(found)

    def _supported(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether a passage is close enough to the question to hold its answer."""
        options = self.options
        # Who names the place asks what stands there.
        if question.sections and any(question.whole or hit.terms for hit in hits):
            return True
        return any(
            hit.similarity >= self._similar(question.language, hit.passage.language)
            or (
                hit.similarity >= options.related
                and (
                    not question.names.isdisjoint(hit.terms)
                    or (hit.passage.language == question.language and hit.coverage >= options.covered)
                )
            )
            for hit in hits
        )

    def _similar(self, asked: Language, answered: Language) -> float:
        if asked != answered:
            return self.options.similar_across
        return self.options.similar_chinese if asked == "zh" else self.options.similar_english

    def _refused(self, case: _Case, reason: Reason, missing: Sequence[str] = ()) -> NotFound:
        question = case.question
        return self._refuse(question.text, question.language, reason, missing, case.hits, case.understood)

    def _refuse(
        self,
        text: str,
        language: Language,
        reason: Reason,
        missing: Sequence[str] = (),
        hits: Sequence[Hit] = (),
        understood: Understood = NOTHING,
    ) -> NotFound:
        nearest = self._completed(nearest_evidence(hits[: self.options.nearest]))
        wording = refusal(reason, missing, language, nearest=bool(nearest))
        return NotFound(text, language, reason, wording, tuple(missing), nearest, understood)


def _of_named_trials(hits: Sequence[Hit], question: Question) -> Sequence[Hit]:
    """Of the documents that print a trial which the question names, where there are any: no neighbour's figures."""
    trials = {name for name in question.subjects if is_trial_name(name)}
    documents = {hit.passage.document_id for hit in hits if not trials.isdisjoint(hit.terms)}
    return [hit for hit in hits if hit.passage.document_id in documents] if documents else hits


_STEPS: tuple[Callable[[Assistant, _Case], Reply | None], ...] = (
    Assistant._nothing_asked,
    Assistant._reference,
    Assistant._no_question_to_a_library,
    Assistant._missing_name,
    Assistant._false_premise,
    Assistant._figures,
    Assistant._unsupported,
    Assistant._passages,
)
"""How a question is answered: the first step that replies has the answer; the last one always does."""
