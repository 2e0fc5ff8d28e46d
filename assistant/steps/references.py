"""The step for reference numbers."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.composing import reference_answer
from assistant.answering.evidence import citing_evidence
from assistant.answering.reply import Evidence, Reply
from assistant.steps.case import Case
from assistant.understanding.understood import NOTHING
from assistant.wording.messages import say

_MOST = 4
"""Documents whose references of one number are told."""


def reference(case: Case) -> Reply | None:
    """What a reference is, and the sentences that cite it: of the document that the question, or the one before it, is
    about, else of each document that has the number, apart, for it is another work in each."""
    question, library = case.question, case.index.library
    if not question.references:
        return None
    number = question.references[0]
    documents = library.documents.citing(number, _MOST)
    if not documents:
        return case.rejected("no_reference", (f"[{number}]",))
    meant = [document for document in documents if document in _talked_about(case)]
    texts: list[str] = []
    evidence: list[Evidence] = []
    for document in meant or documents:
        hits = case.index.citing(number, question.search, document)
        found = case.told(_numbered(citing_evidence(hits, number), len(evidence)))
        told = reference_answer(library.reference(document, number), found, question.language)
        title = found[0].source if found and len(meant or documents) > 1 else ""
        texts += [say("answer.source", question.language, title=title)] if title else []
        texts.append(told)
        evidence += found
    return case.answer("\n".join(texts), evidence, NOTHING)


def _talked_about(case: Case) -> set[str]:
    """The documents that speak of the trials or drugs of the question or, if it names none, of those before it."""
    rows = case.scope.rows or []
    return {passage.document_id for passage in case.index.library.passages(rows[:_FEW])}


_FEW = 200
"""Passages on a subject that are looked at for their documents."""


def _numbered(evidence: tuple[Evidence, ...], before: int) -> tuple[Evidence, ...]:
    return tuple(replace(item, number=item.number + before) for item in evidence)
