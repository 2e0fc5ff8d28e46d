"""Figures in words: "In DeLLphi-304 the median overall survival was 13.6 months with …"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answering.figures import FigureLine
from assistant.trials.groups import REGISTERED, Found
from assistant.wording.messages import joined, say
from corpus.document import Language
from corpus.language import HAN
from corpus.trial_results import TrialResult
from corpus.vocabulary.endpoints import by_key
from corpus.vocabulary.terms import Terms

_HAN = re.compile(f"[{HAN}]")
UNITS = ("months", "years", "weeks", "days", "patients")
ARM_WORDS = (
    "plus", "alone", "as_well_as", "with", "and", "or", "subcutaneous", "intravenous", "placebo", "platinum",
)  # fmt: skip
"""Words between the names of drugs in an arm's name."""
RISKS = frozenset({"OS", "PFS"})
"""End points whose events are risks with names of their own."""
_JOINING = re.compile(r" (plus|and|or) ")
_OUR_OWN = re.compile("单纯|组")
"""Words of an arm's name that other languages do without."""
_GRADE = re.compile(
    r"(?:≥ ?([1-5]) ?级|([1-5]) ?级(?:及|或)?以上|grade ?(?:≥ ?)?([1-5])(?: or (?:higher|worse))?)", re.I
)
_POINT = re.compile(r"([0-9]+) ?[- ]?(?:个?月|months?)")


def figure_answer(lines: Sequence[FigureLine], numbers: Mapping[str, int], language: Language, terms: Terms) -> str:
    """A line each, every one with the [n] of the passages that print its figures.

    ``numbers``: by passage id.
    """
    return "\n".join(_worded(line, _cited(line, numbers), language, terms) for line in lines)


def _cited(line: FigureLine, numbers: Mapping[str, int]) -> str:
    used = [f.passage.id for f in (*line.found, *([line.ratio] if line.ratio else []))]
    return " ".join(f"[{n}]" for n in sorted({numbers[id] for id in used}))


def _worded(line: FigureLine, cited: str, language: Language, terms: Terms) -> str:
    trial = "" if REGISTERED.fullmatch(line.group.name) else line.group.name
    if line.measure.key == "enrolled":
        value = line.found[0].result.value_text
        if trial:
            return say("figure.enrolled", language, trial=trial, value=value, cited=cited)
        return say("figure.enrolled_unnamed", language, value=value, cited=cited)
    *first, last = (_of_arm(f, language, terms) for f in line.found)
    figures = say("list.last_figure", language, one=joined(first, language, "figures"), other=last) if first else last
    if line.ratio:
        value, interval = line.ratio.result.value_text, _interval(line.ratio.result)
        ratio = say("figure.ratio_interval", language, ratio=value, interval=interval) if interval else value
        figures = say("figure.with_ratio", language, figures=figures, ratio=ratio)
    measure = _measure(line, language)
    if trial:
        return say("figure.told", language, trial=trial, measure=measure, figures=figures, cited=cited)
    return say("figure.told_unnamed", language, measure=measure, figures=figures, cited=cited)


def _measure(line: FigureLine, language: Language) -> str:
    name = line.measure.names[language]
    ofs = {f.result.of for f in line.found} - {None}
    if len(ofs) == 1 and line.measure.key == "risk_reduction" and ofs <= RISKS:
        name = say(f"measure.risk_{next(iter(ofs))}", language)
    elif len(ofs) == 1:
        of = by_key()[str(*ofs)].names[language].removeprefix("median ").removeprefix("中位")
        name = say("measure.of", language, measure=name, of=of)
    setting = line.setting
    if line.measure.is_rate and (point := _POINT.search(setting)):
        return say("measure.at_month", language, months=point[1], measure=name)
    if line.measure.key == "TRAE_rate" and (grade := _GRADE.search(setting)):
        number = next(filter(None, grade.groups()))
        return say("measure.of_grade", language, measure=name, grade=number)
    return say("measure.in_setting", language, measure=name, setting=setting) if setting else name


def _of_arm(found: Found, language: Language, terms: Terms) -> str:
    result = found.result
    figure, _, _ = result.figure().partition(" (")
    if result.unit in UNITS:
        figure = say(f"unit.{result.unit}", language, value=result.value_text)
    if interval := _interval(result):
        figure = say("figure.interval", language, figure=figure, interval=interval)
    if result.arm is None or result.arm == "all":
        return say("figure.alone", language, figure=figure)
    arm = arm_name(result.arm, language, terms)
    # A risk is reduced in one arm, in Chinese; in English, against another one.
    compared = result.endpoint == "HR" or (result.endpoint == "risk_reduction" and language != "zh")
    if compared and result.comparator:
        arm = say("figure.versus", language, arm=arm, other=arm_name(result.comparator, language, terms))
    # The Chinese frame ends the name with this word, which the name may end with already.
    return say("figure.of_arm", language, figure=figure, arm=arm.removesuffix("组"))


def _interval(result: TrialResult) -> str:
    """As "95% CI 11.8–15.4"; "" where none is printed."""
    return result.figure().partition(" (")[2][:-1]


def arm_name(name: str, language: Language, terms: Terms) -> str:
    """An arm's name in the reader's language, as far as its words are known; else as printed, in quotation marks."""
    parts, last = [], 0
    for mention in terms.find(name):
        parts += [name[last : mention.span.start], _term(mention.concept.name_in(language))]
        last = mention.span.end
    said = "".join([*parts, name[last:]])
    if language == "zh":
        if parts and not _HAN.search(name):
            said = _JOINING.sub(lambda word: say(f"arm.{word[1]}", language, one="", other=""), said)
        return re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", said)
    if said in (say("arm.subcutaneous", language), say("arm.intravenous", language)):
        return say("arm.route", language, route=said)
    said = _OUR_OWN.sub("", said)
    for word in ARM_WORDS:
        chinese, ours = (say(f"arm.{word}", each, one="", other="") for each in ("zh", language))
        said = said.replace(chinese, ours)
    said = re.sub(r" {2,}", " ", said).strip()
    return say("arm.printed", language, arm=name) if _HAN.search(said) else said


def _term(name: str) -> str:
    """Names of drugs are no proper nouns in a sentence: Tarlatamab, but PM8002."""
    return name.lower() if re.fullmatch(r"[A-Z][a-z]{4,}", name) else name
