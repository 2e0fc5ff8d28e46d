"""The step for what a document, or a section of one, says in short: its own words for that."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.composing import quote_answer
from assistant.answering.evidence import passage_evidence
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.understanding.cues import cue
from corpus.document import Passage
from corpus.words.folding import fold
from index.search.selection import is_summary

_SENTENCES = 5


def summary(case: Case) -> Reply | None:
    """The abstract of the document asked about; of a section, its opening and closing sentences."""
    if not cue("summary").search(fold(case.question.read).text):
        return None
    if case.scope or case.focus.asked.measures:
        return None
    passages = _abstract(case)
    if not passages:
        return None
    evidence = case.translated(passage_evidence([(p, p.sentences[:_SENTENCES]) for p in passages]))
    return case.answer(quote_answer(evidence, case.question.language), evidence)


def _abstract(case: Case) -> Sequence[Passage]:
    """The passages of the abstract, in the reader's language where there is one, of the document that a question finds
    first."""
    if case.question.sections or not case.hits:
        return ()
    document = case.hits[0].passage.document_id
    library = case.index.library
    held = library.passages(library.rows_of(document))
    summaries = [passage for passage in held if is_summary(passage)]
    own = [passage for passage in summaries if passage.language == case.question.language]
    return own or summaries
