"""The assistant: a question in, an Answer or NotFound out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer, Evidence, NotFound, Reason, Reply
from assistant.compose import quote_answer, reference_answer, refusal
from assistant.evidence import EvidenceOptions, citing_evidence, nearest_evidence, select_evidence
from assistant.notes import checks_of, results_of
from assistant.question import MAX_CHARACTERS, Question, understand
from assistant.references import references_in
from corpus.document import Language
from corpus.language import language_of
from index.hit import Hit
from index.hybrid import HybridIndex


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


class Assistant:
    """Answers questions from one library. Thread-safe; keeps nothing between questions."""

    def __init__(self, index: HybridIndex, options: AssistantOptions = AssistantOptions()) -> None:
        self.index = index
        self.options = options

    def ask(self, text: str, history: Sequence[str] = ()) -> Reply:
        """Answer ``text``; ``history`` holds the questions asked before it, oldest first."""
        if len(text) > MAX_CHARACTERS:
            return self._refuse(text, language_of(text[:MAX_CHARACTERS]), "too_long")
        question = understand(text, history, self.index)
        if not any(character.isalnum() for character in question.text):
            return self._refuse(question.text, question.language, "empty")
        if question.references:
            return self._answer_reference(question)
        hits = self.index.search(question.search, self.options.hits)
        if question.missing:
            return self._refuse(question.text, question.language, "missing_name", question.missing, hits)
        if not self._supported(question, hits):
            return self._refuse(question.text, question.language, "no_support", (), hits)
        evidence = select_evidence(hits, self.options.evidence, citing=question.asks_reference)
        return self._answer(question, quote_answer(evidence, question.language), evidence)

    def _answer_reference(self, question: Question) -> Reply:
        number = question.references[0]
        hits = self.index.citing(number, question.search)
        if not hits:
            return self._refuse(question.text, question.language, "no_reference", (f"[{number}]",))
        evidence = citing_evidence(hits, number)
        cited = self.index.library.reference(hits[0].passage.document_id, number)
        text = reference_answer(cited, evidence, question.language)
        return self._answer(question, text, evidence)

    def _answer(self, question: Question, text: str, evidence: Sequence[Evidence]) -> Answer:
        library = self.index.library
        quoted = [item for item in evidence if item.quotes]
        return Answer(
            question=question.text,
            language=question.language,
            text=text,
            evidence=self._with_references(evidence),
            results=tuple(r for item in quoted for r in results_of(item.passage, item.quotes, library)),
            notes=tuple(dict.fromkeys(c for item in quoted for c in checks_of(item.passage, item.quotes, library))),
        )

    def _with_references(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        return tuple(replace(item, references=references_in(item.passage, self.index.library)) for item in evidence)

    def _supported(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether a passage is close enough to the question to hold its answer."""
        options = self.options
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

    def _refuse(
        self, text: str, language: Language, reason: Reason, missing: Sequence[str] = (), hits: Sequence[Hit] = ()
    ) -> NotFound:
        nearest = self._with_references(nearest_evidence(hits[: self.options.nearest]))
        wording = refusal(reason, missing, language, nearest=bool(nearest))
        return NotFound(text, language, reason, wording, tuple(missing), nearest)
