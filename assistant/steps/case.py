"""Case: a question on its way through the steps of an answer, and what every step does with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answering.cited_references import references_in
from assistant.answering.composing import not_reported, refusal
from assistant.answering.evidence import Choice, EvidenceOptions, nearest_evidence
from assistant.answering.figures import Lacking
from assistant.answering.reply import Answer, Evidence, NotFound, Reason
from assistant.guard.number_guard import Failure, verify
from assistant.steps.scope import Scope
from assistant.trials.groups import Trials
from assistant.trials.source_notes import checks_of, results_of
from assistant.understanding.attributes import Attribute
from assistant.understanding.cues import cue
from assistant.understanding.focus import Focus, focus_on
from assistant.understanding.question import Question
from assistant.understanding.understood import NOTHING, Understood
from corpus.document import Span
from corpus.packs.sidecar_formats import sentence_key
from corpus.trial_results.trial_names import is_trial_name
from corpus.words.folding import fold
from index.search.hit import Hit
from index.search.hybrid import HybridIndex


@dataclass(frozen=True, slots=True)
class AssistantOptions:
    """When to answer and how much to show."""

    hits: int = 8
    """Passages that evidence is chosen from."""
    within: int = 40
    """The same of the one document that a question is about: most have fewer."""
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
    candidates: int = 20
    """Passages by which the document of a question is known."""
    second: float = 0.5
    """What a document's second passage counts of its score beside the first."""
    titled: float = 4.0
    """What a title adds that holds all words of the question."""
    stands_out: float = 0.5
    """By how much one document must be ahead of the next."""
    evidence: EvidenceOptions = EvidenceOptions()


_REVIEW = re.compile(r"review|overview|meta-?analysis|综述|荟萃分析")
USUAL = AssistantOptions()


class Case:
    """A question; what it is about and what is found for it, once a step asks."""

    def __init__(
        self,
        question: Question,
        history: Sequence[str],
        index: HybridIndex,
        trials: Callable[[], Trials],
        options: AssistantOptions,
    ) -> None:
        """``history``: the questions before it, oldest first."""
        self.question, self.history = question, history
        self.index, self.options = index, options
        self._trials = trials
        self.choices: list[Choice] | None = None
        """The sentences that may be quoted (``choosing``), once they are known."""
        self.is_called = False
        """Whether the question calls ``document`` by words of its title; known once that is."""

    @property
    def trials(self) -> Trials:
        """The trials of the library's present revision."""
        return self._trials()

    @cached_property
    def focus(self) -> Focus:
        """The trials, drugs, measures and attributes that the question is about."""
        return focus_on(self.question, self.history, self.index, self.trials)

    @cached_property
    def content(self) -> frozenset[str]:
        """Keys of the words and concepts that it asks with, those aside that any question has."""
        units = self.index.vocabulary.units(self.question.read)
        return frozenset(
            u.key for u in units if len(u.printed) > 1 and not cue("filler").fullmatch(fold(u.printed).text)
        )

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What it asks besides figures."""
        return self.focus.attributes

    @cached_property
    def scope(self) -> Scope:
        """What the library holds on its subject."""
        return Scope(self.focus.groups, [concept for concept, _ in self.focus.drugs], self.index)

    @cached_property
    def hits(self) -> list[Hit]:
        """The passages found for it, best first: those on its subject, where it has one."""
        question, index = self.question, self.index
        if question.sections:
            searched = index.library.title_of(question.sections) if question.whole else self.focus.search
            return index.search(searched, self.options.hits, sections=question.sections)
        rows = self.scope.rows
        if not self.focus.groups and self.document:
            own = index.library.rows_of(self.document)
            # A paper on the drug speaks of it throughout.
            rows = sorted(set(own) & set(rows)) if rows and not self.is_study(self.document) else own
        most = self.options.within if self.document and not self.focus.groups else self.options.hits
        return index.search(self.focus.search, most, rows=rows)

    @cached_property
    def document(self) -> str | None:
        """The one document that a question seems to be about, by what it is called and by what is found; None where
        there is but one, or where none stands out.

        A question for a figure of a study is answered from that study: another one's sentence may be as like it.
        """
        library, vocabulary = self.index.library, self.index.vocabulary
        if library.documents.is_one():
            return None
        hits = of_named_trials(
            self.index.search(self.focus.search, self.options.candidates, rows=self.scope.rows), self.question
        )
        worth: dict[str, list[float]] = {}
        for hit in hits:
            worth.setdefault(hit.passage.document_id, []).append(hit.score)
        titles = library.documents.titles(worth)
        asked = frozenset(unit.key for unit in vocabulary.units(self.focus.search)) & self.content or self.content
        ranked: list[tuple[float, str, int]] = []
        for id, scores in worth.items():
            best, second = [*sorted(scores, reverse=True), min(scores)][:2]
            held = set(vocabulary.body(titles.get(id, "")).split())
            share = len(asked & held) / max(1, len(asked))
            worth_all = best + self.options.second * second + self.options.titled * share
            ranked.append((worth_all, id, len(asked & held)))
        ranked.sort(reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < self.options.stands_out):
            return None
        self.is_called = ranked[0][2] > 1
        return ranked[0][1]

    def is_study(self, document_id: str) -> bool:
        """Whether a document is the study that the question is about, all of it: its title names the drug, or is what
        the question calls it by, and is no review's."""
        if document_id != self.document:
            return False
        title = self.index.library.documents.titles([document_id]).get(document_id, "")
        return self.scope.is_of(document_id) or (self.is_called and not _REVIEW.search(title.lower()))

    @cached_property
    def understood(self) -> Understood:
        """What it is about, for its reader to check."""
        return self.focus.understood(self.question)

    def faults(self, text: str, evidence: Sequence[Evidence]) -> list[Failure]:
        """What the number guard finds against ``text``, which cites ``evidence``; empty where it may be shown."""
        return faults(text, evidence, self.index)

    def answer(self, text: str, evidence: Sequence[Evidence], understood: Understood | None = None) -> Answer:
        """The answer ``text``, with all that is known of its evidence, which ``told`` gave."""
        library = self.index.library
        quoted = [item for item in evidence if item.quotes]
        return Answer(
            question=self.question.text,
            language=self.question.language,
            text=text,
            evidence=self._completed(evidence),
            results=tuple(r for item in quoted for r in results_of(item.passage, item.quotes, library)),
            notes=tuple(dict.fromkeys(c for item in quoted for c in checks_of(item.passage, item.quotes, library))),
            understood=self.understood if understood is None else understood,
        )

    def lacks(self, lacking: Lacking, reason: Reason) -> NotFound:
        """The refusal that names what the library does not report of the subject."""
        nearest = self._completed(self.told(nearest_evidence(self.hits[: self.options.nearest])))
        wording = not_reported(lacking, self.question.language, nearest=bool(nearest))
        return NotFound(
            self.question.text, self.question.language, reason, wording, lacking.missing(self.question.language),
            nearest, self.understood,
        )  # fmt: skip

    def refused(self, reason: Reason, missing: Sequence[str] = ()) -> NotFound:
        """The refusal for a reason, with what is nearest to the question."""
        return self._refusal(reason, missing, self.hits, self.understood)

    def rejected(self, reason: Reason, missing: Sequence[str] = ()) -> NotFound:
        """The refusal of what is no question to a library, with nothing beside it."""
        return self._refusal(reason, missing, (), NOTHING)

    def _refusal(self, reason: Reason, missing: Sequence[str], hits: Sequence[Hit], understood: Understood) -> NotFound:
        question = self.question
        nearest = self._completed(self.told(nearest_evidence(hits[: self.options.nearest])))
        wording = refusal(reason, missing, question.language, nearest=bool(nearest))
        return NotFound(question.text, question.language, reason, wording, tuple(missing), nearest, understood)

    def told(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Evidence with whose it is, where there are several documents, and with the translations of its quotes, where
        its reader's language is another."""
        library = self.index.library
        titles = (
            {} if library.documents.is_one() else library.documents.titles({i.passage.document_id for i in evidence})
        )
        found = []
        for item in evidence:
            item = replace(item, source=titles.get(item.passage.document_id, ""))
            if item.quotes and item.passage.language != self.question.language:
                known = self.index.translations(item.passage.document_id)
                item = replace(item, translations=tuple(known.get(sentence_key(q), "") for q in item.quoted()))
            found.append(item)
        return tuple(found)

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


def of_named_trials(hits: Sequence[Hit], question: Question) -> Sequence[Hit]:
    """Of the documents that print a trial which the question names, where there are any: no neighbour's figures."""
    trials = {name for name in question.subjects if is_trial_name(name)}
    documents = {hit.passage.document_id for hit in hits if not trials.isdisjoint(hit.terms)}
    return [hit for hit in hits if hit.passage.document_id in documents] if documents else hits


def faults(text: str, evidence: Sequence[Evidence], index: HybridIndex) -> list[Failure]:
    """What the number guard finds against ``text``, which cites ``evidence``; empty where it may be shown."""
    sources = {item.number: f"{item.passage.heading}\n{item.passage.text}" for item in evidence}
    results = [result for item in evidence for result in index.library.results_in(item.passage)]
    return verify(text, sources, index.vocabulary.terms, results)
