"""The steps for lists: the trials of a drug, or of a design; the drugs of a target, or of a kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.evidence import passage_evidence
from assistant.answering.reply import Answer, Reply
from assistant.steps.case import Case
from assistant.steps.verdicts import BINDS, targets_verdict
from assistant.trials.arms import DRUG_CATEGORIES, drugs_in
from assistant.trials.groups import REGISTERED
from assistant.understanding.cues import cue
from assistant.wording.messages import joined, say
from corpus.catalogue.rules import senses
from corpus.document import Language, Passage, Span
from corpus.words.folding import fold
from index.store.tables.catalogue import CatalogueRow

_TRIALS = re.compile(r"(?<![a-z])(?:trials|studies)(?![a-z])|试验|研究")
_DRUGS = re.compile(
    r"(?<![a-z])(?:drugs?|agents?|antibod(?:y|ies)|bispecifics?|bsabs?|molecules?|medicines?)(?![a-z])|药|双抗|抗体"
)
_WHICH = re.compile(r"(?<![a-z])(?:which|what|list|name)(?![a-z])|哪|列")
_OTHER = re.compile(r"(?<![a-z])(?:other|else|besides|another)(?![a-z])|其他|另外|还有|别的")
_SYMBOL = re.compile(
    r"(?<![A-Za-z0-9-])[A-Za-z]{1,6}(?:-[A-Za-z0-9]{1,4}|[0-9]{1,4}[A-Za-z]?)?(?:-[0-9])?(?![A-Za-z0-9])"
)
_READ = 200
"""Passages on a drug that are read for its trials at most."""
_MOST = 12
"""Lines of a list at most: more are a table's business."""


@dataclass(slots=True)
class _Listed:
    """A thing of a list, with what is told of it and where."""

    name: str
    told: list[str] = field(default_factory=list)
    places: list[tuple[Passage, Span]] = field(default_factory=list)


def trials(case: Case) -> Reply | None:
    """The trials of the drugs that a question names, or of a design, where it asks which there are."""
    question, focus = fold(case.question.read).text, case.focus
    if not (cue("list").search(question) and _TRIALS.search(question)) or focus.groups or focus.asked.measures:
        return None
    designed = [row for row in _of_design(case) if _is_on(row, case) and not REGISTERED.fullmatch(row.entry.name)]
    if designed:
        return _answer(case, _trials_frame, _gathered(case, designed))
    rows = case.scope.rows or []
    if not focus.drugs or case.attributes or not 0 < len(rows) <= _READ:
        return None
    with case.index.library.snapshot():
        passages = case.index.library.passages_by_row(rows)
    ids = {concept.id for concept, _ in focus.drugs}
    terms = case.index.vocabulary.terms
    found: dict[str, _Listed] = {}
    for passage in passages.values():
        for group in case.trials.spoken_of([passage]):
            named = passage.topic and ids & {m.concept.id for m in terms.find(f"{passage.heading}\n{passage.text}")}
            if named and not REGISTERED.fullmatch(group.name) and group.passages and group.name not in found:
                first = group.passages[0]
                found[group.name] = _Listed(group.name, [], [(first, first.sentences[0])])
    return _answer(case, _trials_frame, list(found.values())) if len(found) > 1 else None


def _is_on(row: CatalogueRow, case: Case) -> bool:
    """Whether a row's trial is one of a drug that the question names, if it names any."""
    ids = {concept.id for concept, _ in case.focus.drugs}
    passage = _passage_of(row, case) if ids else None
    terms = case.index.vocabulary.terms
    return not passage or bool(ids & {m.concept.id for m in terms.find(f"{passage.heading}\n{passage.text}")})


def _of_design(case: Case) -> Iterable[CatalogueRow]:
    """The catalogue's rows of the trials that are blinded, or designed, as a question asks."""
    phases = set(_phases(case.question.read))
    if phases:
        return [
            r
            for r in case.index.library.catalogue("trial", field="phase")
            if phases & set(_phases(f"{r.entry.value}期"))
        ]
    for told in ("blinding", "design"):
        wanted = senses(told, case.question.read)
        if wanted:
            rows = case.index.library.catalogue("trial", field=told)
            return [row for row in rows if wanted & senses(told, row.entry.value)]
    return ()


def _phases(text: str) -> list[str]:
    """The phases that a text names, in Roman numerals: phase 3, III 期, Ⅲ期."""
    folded = fold(text).text
    for number, roman in (("三|3", "iii"), ("二|2", "ii"), ("一|1", "i"), ("四|4", "iv")):
        folded = re.sub(rf"(?:phase )?(?:{number})(?=[ab]? ?期)|(?<=phase )(?:{number})", roman, folded)
    return [
        one or two
        for one, two in re.findall(r"phase ?(i{1,3}|iv)[ab]?(?![a-z])|(?<![a-z])(i{1,3}|iv)[ab]? ?期", folded)
    ]


def drugs(case: Case) -> Reply | None:
    """The drugs that have a target, where a question asks which they are."""
    question, focus = fold(case.question.read).text, case.focus
    if not (_WHICH.search(question) and _DRUGS.search(question) and BINDS.search(question)):
        return None
    if focus.groups or focus.drugs or focus.asked.measures:
        return None
    rows = case.index.library.catalogue("drug", field="target", values=_targets(case))
    found = _gathered(case, rows)
    if not cue("list").search(question):  # one drug is asked for: the one that has all of them
        most = max((len(one.told) for one in found), default=0)
        found = [one for one in found if len(one.told) == most]
    if _OTHER.search(question):
        terms = case.index.vocabulary.terms
        before = {concept.id for earlier in case.history for concept, _ in drugs_in(earlier, terms)}
        before |= {m.concept.id for g in case.trials.named_in(" ".join(case.history)) for p in g.passages
                   for m in terms.find(p.heading) if m.concept.category in DRUG_CATEGORIES}  # fmt: skip
        found = [one for one in found if not any(c.id in before for c, _ in drugs_in(one.name, terms))]
    return _answer(case, _drugs_frame, found)


def binds(case: Case) -> Reply | None:
    """Whether a drug has the targets that a question asks about, with those it has."""
    found, rows = targets_verdict(case)
    gathered = _gathered(case, rows)
    answer = _answer(case, _drugs_frame, gathered) if found and gathered else None
    if answer is None:
        return None
    lines = [say(f"verdict.{found}", case.question.language), *answer.text.split("\n")[1:]]
    return replace(answer, text="\n".join(lines), listed=())


def _targets(case: Case) -> list[str]:
    """What a question may call a target: its symbols, and every name of the concepts that they are."""
    terms = case.index.vocabulary.terms
    named = [m.concept for m in terms.find(case.question.read) if m.concept.category == "target"]
    return list(dict.fromkeys([*_SYMBOL.findall(case.question.read), *(n for concept in named for n in concept.names)]))


def targets_of(case: Case) -> tuple[str, ...]:
    """The targets of the one drug that a question names, in the order of the library; none of several drugs."""
    if len(case.focus.drugs) != 1:
        return ()
    rows = case.index.library.catalogue("drug", case.focus.drugs[0][0].id, "target")
    return tuple(dict.fromkeys(row.entry.value for row in rows))


def _gathered(case: Case, rows: Iterable[CatalogueRow]) -> list[_Listed]:
    """Rows by the thing that they are of, each named in the reader's language."""
    terms = case.index.vocabulary.terms
    found: dict[str, _Listed] = {}
    for row in rows:
        concept = terms.meaning(row.entry.key)
        name = concept.name_in(case.question.language) if concept else row.entry.name
        one = found.setdefault(concept.id if concept else row.entry.key, _Listed(name))
        if row.entry.value not in one.told:
            one.told.append(row.entry.value)
        passage = _passage_of(row, case)
        if passage:
            inside = [s for s in passage.sentences if s.start <= row.entry.span.start < s.end]
            one.places.append((passage, inside[0] if inside else passage.sentences[0]))
    return [one for one in found.values() if one.places]


def _passage_of(row: CatalogueRow, case: Case) -> Passage | None:
    """The passage that a row's sentence stands in, or that follows its heading."""
    library = case.index.library
    found = library.documents.row_at(row.document_id, row.entry.span.start)
    return None if found is None else library.passages([found])[0]


def _trials_frame(count: int, language: Language) -> str:
    return say("listing.trials", language, count=count)


def _drugs_frame(count: int, language: Language) -> str:
    return say("listing.drugs", language, count=count)


def _answer(case: Case, frame: Callable[[int, Language], str], found: Sequence[_Listed]) -> Answer | None:
    """The list, counted, each line with where it stands; None of an empty one, or one that is too long."""
    if not 0 < len(found) <= _MOST:
        return None
    quotes: dict[str, tuple[Passage, set[Span]]] = {}
    for one in found:
        passage, span = one.places[0]
        quotes.setdefault(passage.id, (passage, set()))[1].add(span)
    evidence = case.told(passage_evidence([(p, tuple(sorted(spans))) for p, spans in quotes.values()]))
    numbers = {item.passage.id: item.number for item in evidence}
    language = case.question.language
    lines = [frame(len(found), language)]
    for one in found:
        told = joined(one.told, language)
        name = say("listing.told", language, name=one.name, told=told) if told else one.name
        lines.append(say("listing.item", language, name=name, number=numbers[one.places[0][0].id]))
    return replace(case.answer("\n".join(lines), evidence), listed=tuple(one.name for one in found))
