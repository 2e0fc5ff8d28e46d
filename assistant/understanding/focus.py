"""What a question is about once what came before it is taken into account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.trials.arms import ARM_CATEGORIES, drugs_in
from assistant.trials.groups import Group, Trials
from assistant.understanding import cues
from assistant.understanding.attributes import Attribute, attributes_in
from assistant.understanding.cues import cue
from assistant.understanding.follow_ups import named_before
from assistant.understanding.measures import MeasuresAsked, measures_in
from assistant.understanding.question import Question
from assistant.understanding.understood import Understood
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex
from index.store.keywords import Unit

_DOSE = re.compile(r"[0-9] ?mg")
_SAME_PATIENTS = re.compile(
    r"\b(?:these|those|the same) (?:patients|people|participants)|\bth(?:at|is) (?:sub)?group\b|"
    r"这些(?:患者|病人|人)|(?:该|这个|这一)(?:亚组|人群)",
    re.I,
)
"""Words that mean the patients of the question before."""
_CLAIMS: tuple[cues.Group, ...] = ("compare", "more", "less", "better", "worse", "yes_no")


@dataclass(frozen=True, slots=True)
class Focus:
    """A question with what it leaves out."""

    search: str
    """What is searched for."""
    groups: tuple[Group, ...]
    """Trials that it names or takes from before."""
    drugs: tuple[tuple[Concept, str], ...]
    """Drugs that it names, with how it prints them."""
    asked: MeasuresAsked
    """Measures that it asks for or takes from before."""
    rest: tuple[Unit, ...]
    """What it says besides."""
    attributes: tuple[Attribute, ...]
    """What it asks besides figures, or takes from before."""
    topics: tuple[Concept, ...]
    """What it asks of safety, where it asks no figure."""
    wants_figure: bool
    """Whether it asks for a figure of a trial or a drug."""
    wants_results: bool = False
    """Whether it asks for all that a trial or a drug reports."""

    def understood(self, question: Question) -> Understood:
        """All of it, for the reader to check."""
        return Understood(
            trials=tuple(group.name for group in self.groups),
            drugs=tuple(printed for _, printed in self.drugs),
            endpoints=tuple(measure.key for measure in self.asked.measures),
            topics=tuple(topic.name_in(question.language) for topic in self.topics),
            sections=question.sections,
        )


def focus_on(question: Question, history: Sequence[str], index: HybridIndex, trials: Trials) -> Focus:
    """The trials, drugs and measures of ``question``; a follow-up takes those it leaves out from ``history``."""
    terms = index.vocabulary.terms
    search = question.search
    groups = trials.named_in(search)
    drugs = drugs_in(search, terms)
    asked = measures_in(search)
    if question.follow_up and not groups and drugs:
        before = named_before(history, index, trials.named_in) or []
        held = {id for group in before for id in group.concepts(terms)}
        # "And with pembrolizumab?" is about the trial in hand where that has it, else a new subject.
        if before and all(concept.id in held for concept, _ in drugs):
            groups = before
            search = f"{' '.join(group.name for group in groups)} {search}"
    if (
        question.follow_up
        and groups
        and cue("of_the_drug").search(fold(question.text).text)
        and not trials.named_in(question.text)
    ):
        # What a drug is and does is told outside its trials.
        about = named_before(history, index, lambda text: drugs_in(text, terms))
        about = about or drugs_in(groups[0].passages[0].heading if groups[0].passages else "", terms)
        if about:
            groups, drugs = [], about
            search = f"{' '.join(printed for _, printed in about)} {question.read}"
    rest = _leftover(index.vocabulary.units(_unclaimed(question.read)), asked, groups, terms)
    if question.follow_up and _SAME_PATIENTS.search(question.read) and history:
        asked_before = _unclaimed(history[-1])
        rest += _leftover(index.vocabulary.units(asked_before), measures_in(asked_before), groups, terms)
    identifies = bool(cue("which_trial").search(fold(question.read).text))
    attributes = () if identifies else attributes_in(question.read)
    judged = any(cue(claim).search(fold(question.read).text) for claim in ("better", "worse"))
    bare = not asked.measures and not attributes and not rest and not judged
    if question.follow_up and bare and (drugs or groups or _DOSE.search(fold(search).text)):
        # The latest question that asked for something tells what is asked of another subject, too.
        asked, attributes = named_before(history, index, _asked_for) or (asked, attributes)
        names = [m.names[question.language] for m in asked.measures]
        names += [a.names[question.language] for a in attributes]
        search = f"{search} {' '.join(names)}".rstrip()
    figure = bool(asked.measures) and not question.asks_reference and not cue("which_trial").search(fold(search).text)
    topics = {m.concept.id: m.concept for m in terms.find(search) if m.concept.category == "safety"}
    folded = fold(question.read).text
    results = (
        bool(groups or drugs)
        and not (asked.measures or topics or attributes or question.whole or question.asks_reference)
        and bool(cue("results").search(folded) or (groups and judged))
    )
    return Focus(
        search, tuple(groups), tuple(drugs), asked, tuple(rest), attributes, tuple(topics.values()), figure, results
    )


@lru_cache(maxsize=2)
def _routes(terms: Terms) -> tuple[str, ...]:
    """The names of routes."""
    return tuple(name for concept in terms.concepts.values() if concept.category == "route" for name in concept.names)


def _unclaimed(question: str) -> str:
    """A question without the words in which it claims that something is more or better, or asks whether."""
    folded = fold(question)
    for claim in _CLAIMS:
        places = [folded.printed(*match.span()) for match in cue(claim).finditer(folded.text)]
        for place in reversed(places):
            question = f"{question[: place.start]} {question[place.end :]}"
        folded = fold(question)
    return question


def _asked_for(question: str) -> tuple[MeasuresAsked, tuple[Attribute, ...]] | None:
    measures, attributes = measures_in(question), attributes_in(question)
    return (measures, attributes) if measures or attributes else None


def _leftover(units: Sequence[Unit], asked: MeasuresAsked, groups: Sequence[Group], terms: Terms) -> list[Unit]:
    """What a question says beyond measure, trial, treatment and disease: a subgroup, a cause, another thing."""
    names = [re.sub(r"[\s\-]", "", fold(group.name).text) for group in groups]
    routes = _routes(terms)
    rest = []
    for unit in units:
        concept = terms.concepts.get(unit.concept) if unit.concept else None
        key = re.sub(r"[\s\-]", "", fold(unit.printed).text)
        if concept and concept.category in ARM_CATEGORIES | {"disease", "design", "endpoint"}:
            continue
        if (
            cue("filler").fullmatch(key)
            or any(key in name for name in names)
            or re.fullmatch(r"[0-9.]+(?:mg|个?月|年|%)?|[一二三四五六七八九]成", key)
        ):
            continue
        if any(fold(unit.printed).text in words or key in words for words in asked.words):
            continue
        if any(key and name.startswith(key) for name in routes):  # 皮下, for 皮下注射
            continue
        parts = [part for part in re.split(r"[-\s]|[0-9.]+", unit.printed) if part]
        if parts != [unit.printed] and parts and all(terms.find(part) for part in parts):
            continue  # "amivantamab-chemotherapy", "tarlatamab 10"
        rest.append(unit)
    return rest
