"""Claims: what a sentence says of each figure, read by the machine that reads papers, held against its sources.

A figure's claim is its value and unit, end point, arm, time point, subgroup, trial and direction. An answer's claim
must be one of its sources'; which part differs is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.guard.faults import Difference, Fault
from assistant.guard.statements import DOWN, RISK, UP, directions
from assistant.guard.wording import in_digits, in_months
from corpus.trial_results import TrialResult
from corpus.trial_results.arms.register import Register, StudyArm, drug_keys
from corpus.vocabulary.endpoints import by_key
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold

_L, _R = r"(?<![a-z])", r"(?![a-z])"
_INTERVAL = re.compile(
    r"[89][0-9](?:\.[0-9])? ?% ?(?:ci|置信区间|可信区间|confidence interval)[^0-9]{0,6}"
    r"[0-9.]+ ?%? ?(?:-|~|to|至|,) ?[0-9.]+"
    r"|[(\[][0-9.]+ ?%? ?(?:-|~|to|至) ?[0-9.]+ ?%?[)\]]"
)
_NUMBER = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9])")
_SUBGROUP_NEGATED = re.compile(rf"未|无|没有|不曾|{_L}(?:not|no|without|never|naive){_R}|negative|阴性")
_LATIN_UNIT = re.compile(r" ?([a-zμ]{1,4}(?:/[a-z0-9]{1,4})?)(?![a-z])")
_ALL = re.compile(rf"所有|全部|全体|总体|整体|{_L}(?:all|overall|entire|whole){_R} (?!survival|response)")


@dataclass(frozen=True, slots=True)
class Source:
    """A cited passage with its results."""

    text: str
    """With its heading and the trial that it is about."""
    results: tuple[TrialResult, ...]


def misstated(sentence: str, sources: Sequence[Source], terms: Terms) -> Difference | None:
    """The first figure of a sentence whose claim is none of its sources', and the part that differs; else None.

    ``sentence``: without citations and quotations.
    """
    folded = fold(sentence).text
    texts = [fold(source.text).text for source in sources]
    return _figures(sentence, folded, sources, texts, terms) or _risk_turned(folded, texts)


def _figures(
    sentence: str, folded: str, sources: Sequence[Source], texts: Sequence[str], terms: Terms
) -> Difference | None:
    from corpus.trial_results.extraction import claims_of

    results = [result for source in sources for result in source.results]
    register = _register(results, terms)
    claims = claims_of(in_digits(sentence), register)
    if fault := _bounds(folded, texts, claims):
        return fault
    if fault := _units(folded, texts):
        return fault
    concepts = {id(source): {m.concept.id for m in terms.find(source.text)} for source in sources}
    for claim in claims:
        same = [
            (source, result)
            for source in sources
            for result in source.results
            if result.value == claim.value and (result.unit == claim.unit or not claim.unit)
        ]
        named = _named(folded, claim, terms)
        if same and named and not any(named <= concepts[id(source)] for source, _ in same):
            return "trial", claim.value_text
        if not same:
            if claim.endpoint == "enrolled" and any(r.endpoint == "enrolled" for r in results):
                return "size", claim.value_text
            continue
        if _sized_otherwise(claim, [result for _, result in same], folded, texts):
            return "size", claim.value_text
        if _of_another_subgroup(claim, same, folded, terms):
            return "subgroup", claim.value_text
        part: Fault | None = None
        for source, result in same:
            part = _differs(claim, result, source, folded, register, terms)
            if not part:
                break
        if part:
            return part, claim.value_text
    told = {claim.value for claim in claims}
    for result in results:
        # What is no end point by name, "responses in 57.1%", is held against the level of expression all the same.
        at = _place(folded, result)
        if at >= 0 and result.value not in told and result.setting:
            levels = (
                set(_LEVEL.findall(folded[max(0, at - 60) : at + 90])),
                set(_LEVEL.findall(fold(result.setting).text)),
            )
            if levels[0] and levels[1] and not levels[0] & levels[1]:
                return "subgroup", result.value_text
    return _ordered(folded, claims)


_EACH = re.compile(r"各(?![种类国地项方])|每组|每个治疗组|(?<![a-z])(?:each|per) (?:treatment )?(?:group|arm)")
_PART = re.compile(r"亚组|(?<![a-z])subgroups?(?![a-z])")


def _sized_otherwise(claim: TrialResult, same: Sequence[TrialResult], folded: str, texts: Sequence[str]) -> bool:
    """Whether a number of patients is said to be each group's, or a subgroup's, and is the whole study's."""
    if not any(result.endpoint == "enrolled" for result in same):
        return False
    around = _clause(folded, claim)
    each = _EACH.search(around) and not any(_EACH.search(text) for text in texts)
    part = claim.endpoint in ("enrolled", "arm_size") and _PART.search(
        around.split(fold(claim.value_text).text)[0][-24:]
    )
    return bool(each or part)


def _other_kind(claim: TrialResult, result: TrialResult, folded: str, terms: Terms) -> bool:
    """Whether the patients named behind a figure had what those of the result had not, or the other way round."""
    at = _place(folded, claim)
    behind = re.match(
        r"[^,;。]{0,12}?(?:in|among|for) (?P<who>(?:patients|those|people)[^,;.。]{3,80})",
        folded[at + len(claim.value_text) :],
    )
    if not behind or at < 0 or not result.setting:
        return False
    shared = {m.concept.id for m in terms.find(behind["who"])} & {m.concept.id for m in terms.find(result.setting)}
    its = fold(result.setting).text
    return bool(shared) and bool(_SUBGROUP_NEGATED.search(behind["who"])) != bool(_SUBGROUP_NEGATED.search(its))


def _of_another_subgroup(
    claim: TrialResult, same: Sequence[tuple[Source, TrialResult]], folded: str, terms: Terms
) -> bool:
    """Whether what stands with a figure names the patients of its neighbour in the source, and not its own."""
    for source, result in same:
        if result.setting and _other_kind(claim, result, folded, terms):
            return True
        others = [
            other
            for other in source.results
            if other.name == result.name
            and other.arm == result.arm
            and other.sentence == result.sentence
            and other.setting
            and other.value != result.value
        ]
        if not result.setting or not others:
            return False
        at = _place(folded, claim)
        after = re.match(r"[^0-9,;。]{0,90}", folded[at + len(claim.value_text) :])
        before = re.search(r"[^0-9,;。]{0,60}$", folded[:at])
        told = (
            after[0]
            if after and re.match(r" ?(?:months? )?(?:in|among|for) ", after[0])
            else before[0]
            if before
            else ""
        )
        mine = {m.concept.id for m in terms.find(told)}
        own = {m.concept.id for m in terms.find(result.setting)}
        its = {m.concept.id for other in others for m in terms.find(other.setting or "")}
        if mine & (own - its) or not mine & (its - own):
            return False
    return bool(same)


def _named(folded: str, claim: TrialResult, terms: Terms) -> set[str]:
    """The drugs and trials that the clause of a figure names before it, as concepts."""
    at = _place(folded, claim)
    clause = re.split(r"[,;。]", folded[: max(at, 0)])[-1]
    return {m.concept.id for m in terms.find(clause) if m.concept.category in ("drug", "drug code", "trial")}


def _register(results: Sequence[TrialResult], terms: Terms) -> Register:
    """The arms of the sources, by names that either language has."""
    register = Register(drugs=drug_keys(terms.drugs.values()))
    for result in results:
        for name in (result.arm, result.comparator):
            if name and name != "all":
                register.add([name], 3.0, True)
    return register


def _differs(
    claim: TrialResult, result: TrialResult, source: Source, folded: str, register: Register, terms: Terms
) -> Fault | None:
    """The part in which a claim is not a source's result; None where it may be it."""
    if not _same_point(claim, result):
        return "size" if {claim.endpoint, result.endpoint} <= {"enrolled", "arm_size"} else "endpoint"
    if (
        claim.statistic not in ("ratio", "reduction")
        and claim.arm
        and result.arm
        and "all" not in (claim.arm, result.arm)
    ):
        mine, its = register.resolve(claim.arm), register.resolve(result.arm)
        if mine is not None and its is not None and mine is not its and not _within(mine, its, register):
            return "size" if claim.endpoint == "arm_size" else "arm"
    times = _times(claim.setting or ""), _times(result.setting or "")
    if times[0] and times[1] and not times[0] & times[1]:
        return "time"
    return _subgroup(claim, result, folded)


def _within(one: StudyArm, other: StudyArm, register: Register) -> bool:
    """Whether one arm's name may be short for the other's, of which there is but one."""
    a, b = register.keys(one), register.keys(other)
    wider = [arm for arm in register.arms if a < register.keys(arm)]
    return a < b and len(wider) == 1


def _same_point(claim: TrialResult, result: TrialResult) -> bool:
    if claim.name == result.name or claim.endpoint == result.endpoint != "other":
        return True
    if "other" in (claim.name, result.name):
        return True
    pair = {claim.endpoint, result.endpoint}
    if pair <= {"HR", "risk_reduction"}:
        return False
    named = by_key().get(claim.name)
    if named and (result.name in named.covers or claim.name == "cORR"):
        # A confirmed response is a response, a response is not a confirmed one.
        return result.name in named.covers
    if pair <= {"AE_rate", "TRAE_rate", "discontinuation"} or "p_value" in pair or "dose" in pair:
        return pair != {"AE_rate", "discontinuation"}
    return claim.name.removesuffix("_rate") == result.name.removesuffix("_rate")


def _times(text: str) -> set[str]:
    """Time points of a setting: "12 months" for 12-month and 12 个月."""
    folded = in_months(fold(text).text)
    found = re.findall(r"([0-9]+)[- ]?(?:个?(月)|(年)|(month)s?|(year)s?|(周)|(week)s?)", folded)
    return {parts[0] + ("m" if parts[1] or parts[3] else "y" if parts[2] or parts[4] else "w") for parts in found}


def _subgroup(claim: TrialResult, result: TrialResult, folded: str) -> Fault | None:
    mine, its = fold(_untimed(claim.setting or "")).text, fold(_untimed(result.condition)).text
    levels = set(_LEVEL.findall(_clause(folded, claim))), set(_LEVEL.findall(its))
    if levels[0] and levels[1] and not levels[0] & levels[1]:
        return "subgroup"
    numbers = set(re.findall(r"[0-9]+", mine)), set(re.findall(r"[0-9]+", its))
    if numbers[0] and not numbers[0] <= numbers[1] | set(re.findall(r"[0-9]+", fold(result.sentence).text)):
        return "subgroup"
    if numbers[0] and numbers[1] and not numbers[0] & numbers[1]:
        return "subgroup"
    people = re.search(r"患者|人群|亚组|patient|who|those|subgroup|tps|cps|阳性|positive", its)
    both = people and re.search(r"患者|人群|亚组|者|patient|who|those|subgroup", mine)
    if both and bool(_SUBGROUP_NEGATED.search(mine)) != bool(_SUBGROUP_NEGATED.search(its)):
        return "subgroup"
    if people and "所有" not in its and "all" not in its and "overall" not in its and _ALL.search(folded):
        return "subgroup"
    return None


_LEVEL = re.compile(r"(?:tps|cps|tc|pd-l1)[^0-9]{0,24}?([0-9]{1,2}) ?%")


def _place(folded: str, claim: TrialResult) -> int:
    """Where a folded sentence first prints a figure; -1 for nowhere."""
    return folded.find(fold(claim.value_text).text)


def _clause(folded: str, claim: TrialResult) -> str:
    """A figure with what stands around it, up to the next punctuation but one."""
    at = _place(folded, claim)
    return folded[max(0, at - 60) : at + 80] if at >= 0 else ""


def _untimed(text: str) -> str:
    """A setting without time points and numbers of patients."""
    return re.sub(r"[0-9]+[- ]?(?:个?月|年|months?|years?|周|weeks?|例|名|人|位|(?:\w+ )?patients)", "", text)


def _bounds(folded: str, texts: Sequence[str], claims: Sequence[TrialResult]) -> Difference | None:
    """A bound of an interval told as the value."""
    inside: set[Decimal] = set()
    outside: set[Decimal] = set()
    for text in texts:
        intervals = [match.span() for match in _INTERVAL.finditer(text)]
        for number in _NUMBER.finditer(text):
            held = any(a <= number.start() < b for a, b in intervals)
            (inside if held else outside).add(Decimal(number[0]))
    mine = [match.span() for match in _INTERVAL.finditer(folded)]
    for number in _NUMBER.finditer(folded):
        value = Decimal(number[0])
        if value in inside and value not in outside and not any(a <= number.start() < b for a, b in mine):
            around = folded[max(0, number.start() - 30) : number.end() + 20]
            if not re.search(r"ci|置信|可信|interval|-|~|至|to [0-9]|from [0-9]|between", around):
                return "bound", number[0]
            if any(Decimal(str(claim.value)) == value for claim in claims):
                return "bound", number[0]
    return None


def _units(folded: str, texts: Sequence[str]) -> Difference | None:
    """A unit that the vocabulary does not have, where the source prints another behind the same digits."""
    for match in re.finditer(r"(?<![0-9.a-z-])([0-9]+(?:\.[0-9]+)?)" + _LATIN_UNIT.pattern, folded):
        digits, unit = match[1], match[2]
        if len(unit) < 2 or unit in _PLAIN_WORDS:
            continue
        behind = {
            found[1]
            for text in texts
            for at in re.finditer(rf"(?<![0-9.]){re.escape(digits)}(?![0-9.])", text)
            if (found := _LATIN_UNIT.match(text, at.end())) and found[1] not in _PLAIN_WORDS
        }
        if (
            behind
            and unit not in behind
            and not any(unit.startswith(b) or b.startswith(unit) for b in behind - {unit} if len(b) > 2)
        ):
            return "unit", match[0]
    return None


_PLAIN_WORDS = frozenset(
    "to of in and or vs the for was with on at by as mos mo yrs yr wks wk ci is had from per who were than".split()
)


def _ordered(folded: str, claims: Sequence[TrialResult]) -> Difference | None:
    """Two arms' values of one end point, and a word that says which is more."""
    for first in claims:
        for second in claims:
            if first is second or first.statistic in ("ratio", "reduction", "count") or first.name != second.name:
                continue
            if first.unit != second.unit or first.setting != second.setting or first.arm == second.arm:
                continue
            a, b = _place(folded, first), _place(folded, second)
            if not 0 <= a < b:
                continue
            said = folded[:b]
            up, down = _last(UP, said), _last(DOWN, said)
            if up == down:
                continue
            if (first.value > second.value) != (up > down) and first.value != second.value:
                return "direction", first.value_text
    return None


def _risk_turned(folded: str, texts: Sequence[str]) -> Difference | None:
    """A risk that is said to go the other way than in any source."""
    mine = {way for about, way in directions(folded) if about == "risk"}
    theirs = {way for text in texts for about, way in directions(text) if about == "risk"}
    return ("direction", "risk" if "risk" in folded else "风险") if mine and theirs and not mine & theirs else None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last word of a pattern stands that is not about a risk; -1 for nowhere."""
    places = [m.start() for m in pattern.finditer(text) if not RISK.search(text[max(0, m.start() - 12) : m.end() + 24])]
    return max(places, default=-1)
