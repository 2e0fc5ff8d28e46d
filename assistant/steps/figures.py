"""The step for figures of trials and drugs."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.composing import not_reported
from assistant.answering.evidence import result_evidence
from assistant.answering.figure_wording import figure_answer
from assistant.answering.figures import FigureLine, Lacking, figure_lines, lacking
from assistant.answering.reply import Answer, Reply
from assistant.steps.case import Case
from assistant.steps.verdicts import comparison, verdict
from assistant.trials.reports import DrugReports, DrugTexts, Reports, Texts, TrialReports, TrialTexts
from assistant.understanding.focus import Focus
from corpus.vocabulary.endpoints import EndPoint, endpoints, survival_keys
from index.store.keywords import told_word

_LAST = 99
_LINES = 12
"""Lines of a trial's results at most."""


def figures(case: Case) -> Reply | None:
    """The figures asked for, or what is not reported; None where passages have to answer."""
    question, focus = case.question, case.focus
    terms, language = case.index.vocabulary.terms, question.language
    if not focus.wants_figure:
        return None
    reports, told, subject = _subject(case, focus)
    if question.sections:
        reports = reports.within(question.sections)
    if not focus.groups and (lacking_here := _not_in_the_study(case)):
        return lacking_here
    if not reports and not told:
        return None
    lacks = lacking(focus.asked, reports, told, subject)
    if lacks and len(lacks.measures) == len(focus.asked.measures):
        return case.lacks(lacks, "not_reported")
    lines = figure_lines(focus.search, focus.asked, reports, focus.rest, terms)
    answer = _worded(case, lines)
    if answer is None:
        return None
    opening = verdict(case, lines)
    if not opening and any(attribute.key == "cause" for attribute in case.attributes):
        return None  # figures are no reason
    wording = "\n".join(filter(None, (opening, answer.text, "" if opening else comparison(case, lines))))
    # What one of them does not report stands below what the others do.
    groups = [[group] for group in focus.groups]
    apart = [lacking(focus.asked, TrialReports(g), TrialTexts(g), g[0].name) for g in groups] or [lacks]
    for each in filter(None, apart):
        wording += "\n" + not_reported(replace(each, reported=()), language, nearest=False)
    return replace(answer, text=wording)


def _not_in_the_study(case: Case) -> Reply | None:
    """The refusal of a measure that the one document which a question is about does not speak of."""
    if not case.document:
        return None
    library = case.index.library
    own = set(library.rows_of(case.document))
    measures = case.focus.asked.measures
    if not case.is_called or any(
        not own.isdisjoint(library.rows_with(told_word(measure.key)).tolist()) for measure in measures
    ):
        return None
    title = library.documents.titles([case.document])[case.document]
    return case.lacks(Lacking(title, (), measures), "not_reported")


def results(case: Case) -> Reply | None:
    """All that one trial, or one drug, reports, a line a measure; None where it is not asked for or is none."""
    focus = case.focus
    if not focus.wants_results:
        return None
    reports, _, _ = _subject(case, focus)
    # Of a drug there may be thousands of results: what is asked for most is looked up, of a trial all.
    held = {found.result.name for group in focus.groups for found in group.found}
    measures = [m for m in endpoints() if (m.key in held if focus.groups else m.rank and reports.reports([m.key]))]
    lines: list[FigureLine] = []
    for measure in sorted(measures, key=lambda measure: measure.rank or _LAST):
        if measure.asked and not _said_with(measure, measures):
            one = replace(focus.asked, measures=(measure,))
            lines += figure_lines(focus.search, one, reports, (), case.index.vocabulary.terms)
    answer = _worded(case, lines[:_LINES])
    opening = verdict(case, [line for line in lines if not line.setting and line.measure.rank]) if answer else ""
    return replace(answer, text=f"{opening}\n{answer.text}") if answer and opening else answer


def _said_with(measure: EndPoint, measures: list[EndPoint]) -> bool:
    """Whether a measure's figures stand in the line of another: a hazard ratio, and the risk that tells it again."""
    return measure.key in ("HR", "risk_reduction") and any(m.key in survival_keys() for m in measures)


def _worded(case: Case, lines: list[FigureLine]) -> Answer | None:
    """The lines in words, with their evidence; None where there are none, or where the guard finds fault."""
    found = [f for line in lines for f in (*line.found, *([line.ratio] if line.ratio else []))]
    if not found:
        return None
    leads = [case.index.library.lead(f.passage) for f in found]
    evidence = case.told(result_evidence(found, case.hits, leads))
    numbers = {item.passage.id: item.number for item in evidence}
    wording = figure_answer(lines, numbers, case.question.language, case.index.vocabulary.terms)
    if case.faults(wording, evidence):
        return None
    return replace(case.answer(wording, evidence), results=tuple(dict.fromkeys(f.result for f in found)))


def _subject(case: Case, focus: Focus) -> tuple[Reports, Texts, str]:
    """What is reported and what is told of the trials, else of the drugs, that a question is about; its name."""
    groups, drugs = focus.groups, [concept.id for concept, _ in focus.drugs]
    if groups or not drugs:
        return TrialReports(groups), TrialTexts(groups), " / ".join(group.name for group in groups)
    library, terms = case.index.library, case.index.vocabulary.terms
    reports = DrugReports(drugs, case.trials, library, terms)
    return reports, DrugTexts(drugs, library, terms), " + ".join(printed for _, printed in focus.drugs)
