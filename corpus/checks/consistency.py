"""What a text shows on its own to be wrong: figures that do not fit each other, one number for two things.

Each rule is one function of ``_RULES``. A rule speaks only where arithmetic or the text itself
leaves no other reading: a false alarm costs more trust than a slip that is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Span
from corpus.references.reference import Reference
from corpus.segments.markers import find_markers
from corpus.segments.sentences import split_sentences
from corpus.trial_results import TrialResult
from corpus.vocabulary.general import general_concepts
from corpus.vocabulary.terms import Terms

_REGISTRATION = re.compile(r"(?<![A-Za-z0-9])NCT\d{8}(?!\d)")
# Percentage points that rounding alone can bring about between a printed ratio and a printed reduction.
_ROUNDING = 1.0
_NAMED = frozenset({"drug", "drug code", "target", "class", "disease"})
_SOURCE = "the text itself"


def find_slips(
    document: Document,
    results: Sequence[TrialResult],
    references: Mapping[int, Reference],
    terms: Terms | None = None,
) -> list[SourceCheck]:
    """List what the rules find, in the order of the rules; ids count from "T01".

    ``terms``: those that tell drugs apart; None for the general ones.
    """
    checked = _Checked(document, results, references, terms or _general())
    found = [slip for rule in _RULES for slip in rule(checked)]
    return [
        SourceCheck(f"T{number:02d}", quote, kind, note_zh, note_en, _SOURCE, "established")
        for number, (quote, kind, note_zh, note_en) in enumerate(found, start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A document with all that the rules look at."""

    document: Document
    results: Sequence[TrialResult]
    references: Mapping[int, Reference]
    terms: Terms


_Slip = tuple[str, str, str, str]
"""Quote, kind, note in Chinese, note in English."""


def _reductions(checked: _Checked) -> Iterator[_Slip]:
    """A risk reduction is 1 − HR of the same sentence."""
    for result in checked.results:
        ratios = [r for r in checked.results if r.endpoint == "HR" and r.span == result.span and _same_of(r, result)]
        if result.endpoint == "risk_reduction" and len(ratios) == 1 and result.arm == ratios[0].arm:
            expected = 100 * (1 - ratios[0].value)
            if abs(result.value - expected) > _ROUNDING:
                yield (
                    result.sentence,
                    "number",
                    f"风险降低 {result.value_text} 与风险比 {ratios[0].value_text} 不符（1 − HR 为 {expected:.0f}%）。",
                    f"A risk reduction of {result.value_text} does not fit the hazard ratio "
                    f"{ratios[0].value_text} (1 − HR is {expected:.0f}%).",
                )


def _same_of(one: TrialResult, other: TrialResult) -> bool:
    return one.of == other.of or one.of is None or other.of is None


def _arm_sizes(checked: _Checked) -> Iterator[_Slip]:
    """The arms of one sentence that states the whole add up to it."""
    for whole in checked.results:
        arms = [r for r in checked.results if r.endpoint == "arm_size" and r.span == whole.span]
        if whole.endpoint == "enrolled" and len(arms) > 1:
            total = sum(arm.value for arm in arms)
            if total > whole.value:
                printed = " + ".join(arm.value_text for arm in arms)
                yield (
                    whole.sentence,
                    "number",
                    f"各组人数之和 {printed} = {total:.0f}，超过总数 {whole.value_text}。",
                    f"The arms ({printed} = {total:.0f}) are more than the total of {whole.value_text}.",
                )


def _intervals(checked: _Checked) -> Iterator[_Slip]:
    """An interval holds its value."""
    for result in checked.results:
        if result.ci:
            low, high = result.ci
            if result.value < low or (high is not None and result.value > high):
                yield (
                    result.sentence,
                    "number",
                    f"数值 {result.value_text} 不在其置信区间内。",
                    f"The value {result.value_text} lies outside its own confidence interval.",
                )


def _two_values(checked: _Checked) -> Iterator[_Slip]:
    """One quantity of one arm has one value."""
    seen: dict[tuple[object, ...], TrialResult] = {}
    for result in checked.results:
        if not result.trial or not result.arm or result.endpoint not in _SINGLE:
            continue
        key = (result.trial, result.arm, result.endpoint, result.statistic, result.of, result.setting, result.unit)
        first = seen.setdefault(key, result)
        if first.value != result.value and first.span != result.span:
            yield (
                result.sentence,
                "internal",
                f"同一指标在文中另有数值 {first.value_text}：“{first.sentence}”",
                f"The text gives another value for the same quantity, {first.value_text}: “{first.sentence}”",
            )


_SINGLE = frozenset({"PFS", "OS", "DFS", "DoR", "intracranial_PFS", "ORR", "cORR", "DCR", "HR"})


def _registrations(checked: _Checked) -> Iterator[_Slip]:
    """A registration number belongs to one trial: the one whose paper the reference list gives it to."""
    owners = {
        str(work.details["nct"]): (number, reference)
        for number, reference in checked.references.items()
        for work in reference.works
        if work.details.get("nct") and reference.status == "resolved"
    }
    terms = checked.terms
    for sentence in _sentences(checked.document):
        text = sentence.of(checked.document.text)
        for match in _REGISTRATION.finditer(text):
            if match[0] not in owners:
                continue
            number, reference = owners[match[0]]
            record = " ".join([reference.about, *(work.title for work in reference.works)])
            drugs, theirs = _names(terms, text, {"drug", "drug code"}), _names(terms, record, {"drug", "drug code"})
            if drugs and theirs and not drugs & theirs:
                yield (
                    text,
                    "identifier",
                    f"{match[0]} 是文献[{number}]所报告试验的注册号，与本句所述药物不同。",
                    f"{match[0]} is the registration of the trial in reference [{number}], which is of another drug.",
                )


def _one_number_two_works(checked: _Checked) -> Iterator[_Slip]:
    """A reference with a known work is not cited where nothing of that work is spoken of."""
    terms = checked.terms
    citing: dict[int, list[str]] = {}
    for sentence in _sentences(checked.document):
        text = sentence.of(checked.document.text)
        for number in {n for marker in find_markers(text) for n in marker.numbers}:
            citing.setdefault(number, []).append(text)
    for number, texts in citing.items():
        subjects = [_names(terms, text, _NAMED) for text in texts]
        works = checked.references[number].works if number in checked.references else ()
        drugs = set().union(*(_names(terms, work.title, {"drug", "drug code"}) for work in works)) if works else set()
        if len(texts) < 2 or not drugs:
            continue
        fits = [bool(names & drugs) for names in subjects]
        if any(fits) and not all(fits):
            stray = texts[fits.index(False)]
            yield (
                stray,
                "citation",
                f"文献[{number}]在文中用于两项不同的工作：此处与“{texts[fits.index(True)][:60]}…”无共同对象。",
                f"Reference [{number}] is used for two works: nothing here is spoken of where it is cited for its own.",
            )


def _sentences(document: Document) -> Iterable[Span]:
    return split_sentences(document.text)


def _names(terms: Terms, text: str, categories: Iterable[str]) -> set[str]:
    wanted = set(categories)
    return {mention.concept.id for mention in terms.find(text) if mention.concept.category in wanted}


@cache
def _general() -> Terms:
    return Terms(general_concepts())


_RULES: tuple[Callable[[_Checked], Iterator[_Slip]], ...] = (
    _reductions,
    _arm_sizes,
    _intervals,
    _two_values,
    _registrations,
    _one_number_two_works,
)
