"""The step for reference numbers."""

from __future__ import annotations

from assistant.answering.composing import reference_answer
from assistant.answering.evidence import citing_evidence
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.understanding.understood import NOTHING


def reference(case: Case) -> Reply | None:
    """What a reference of the first document that has it is, and the sentences there that cite it."""
    question, library = case.question, case.index.library
    if not question.references:
        return None
    number = question.references[0]
    # Another document's reference of that number is another work.
    document = library.citing_document(number)
    if document is None:
        return case.rejected("no_reference", (f"[{number}]",))
    evidence = case.translated(citing_evidence(case.index.citing(number, question.search, document), number))
    cited = library.reference(document, number)
    return case.answer(reference_answer(cited, evidence, question.language), evidence, NOTHING)
