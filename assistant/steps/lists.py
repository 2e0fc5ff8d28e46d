"""The steps for lists: the trials of a drug, the drugs of a target."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answering.evidence import passage_evidence
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.trials.groups import REGISTERED
from assistant.understanding.cues import cue
from assistant.wording.messages import say
from corpus.words.folding import fold

_TRIALS = re.compile(r"(?<![a-z])(?:trials|studies)(?![a-z])|试验|研究")
_MOST = 12
"""Lines of a list at most: more are a table's business."""


def trials(case: Case) -> Reply | None:
    """The trials of the drugs that a question names, where it asks which there are."""
    question, focus = fold(case.question.read).text, case.focus
    if not (cue("list").search(question) and _TRIALS.search(question)) or focus.groups or not focus.drugs:
        return None
    if focus.asked.measures or case.attributes:
        return None
    rows = case.scope.rows
    if not rows:
        return None
    with case.index.library.snapshot():
        passages = case.index.library.passages_by_row(rows)
    ids = {concept.id for concept, _ in focus.drugs}
    terms = case.index.vocabulary.terms
    opening = {}
    for passage in passages.values():
        for group in case.trials.spoken_of([passage]):
            named = passage.topic and ids & {m.concept.id for m in terms.find(f"{passage.heading}\n{passage.text}")}
            if named and not REGISTERED.fullmatch(group.name) and group.passages:
                opening.setdefault(group.name, group.passages[0])
    if not 1 < len(opening) <= _MOST:
        return None
    language = case.question.language
    first = {passage.id: (passage, passage.sentences[:1]) for passage in opening.values()}
    evidence = case.translated(passage_evidence(list(first.values())))
    numbers = {item.passage.id: item.number for item in evidence}
    lines = [say("list.trials", language, count=len(opening))]
    lines += [say("list.item", language, name=name, number=numbers[p.id]) for name, p in opening.items()]
    return replace(case.answer("\n".join(lines), evidence), listed=tuple(opening))


def drugs(case: Case) -> Reply | None:
    """The drugs that have a target, where a question asks which they are."""
    return None
