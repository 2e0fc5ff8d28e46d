"""Claims: what a sentence says of each figure, read by the machine that reads papers, held against its sources.

A figure's claim is its value and unit, end point, arm, time point, subgroup, trial and direction. An answer's claim must
be one of its sources'; which part differs is told. What a sentence says without a figure must have the direction and
the negation of what it cites, and no number word, month, advice or link that its sources do not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.guard.faults import Fault
from corpus.language import HAN
from corpus.trial_results import TrialResult
from corpus.trial_results.arms.register import Register, StudyArm, drug_keys
from corpus.vocabulary.endpoints import by_key
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold

_L, _R = r"(?<![a-z])", r"(?![a-z])"
_INTERVAL = re.compile(
    rf"[89][0-9](?:\.[0-9])? ?% ?(?:ci|置信区间|可信区间|confidence interval)[^0-9]{{0,6}}[0-9.]+ ?%? ?(?:-|~|to|至|,) ?[0-9.]+"
    rf"|[(\[][0-9.]+ ?%? ?(?:-|~|to|至) ?[0-9.]+ ?%?[)\]]"
)
_NEGATED = re.compile(
    rf"未(?!来|知)|没有|并非|并不|不(?!良|可|同|仅|但|限|应|断|含|规则|典型)|尚无|无(?!进展|病|事件|复发|症状|论|缝|远处)|非(?!小细胞|鳞|常|典型)|缺乏"
    rf"|{_L}(?:not|no|never|without|neither|nor|none|fail(?:s|ed)?|lack(?:s|ed|ing)?|unable|cannot|nothing)(?![a-z-])|n't{_R}"
)
_SUBGROUP_NEGATED = re.compile(rf"未|无|没有|不曾|{_L}(?:not|no|without|never|naive){_R}|negative|阴性")
_UP = re.compile(
    rf"高于|长于|优于|多于|大于|超过|延长|提高|升高|增加|上升|改善|更高|更长|更多|更优|推高"
    rf"|{_L}(?:longer|higher|greater|more|prolong\w*|improv\w*|increas\w*|extend\w*|raised?|superior|better|exceed\w*|rose){_R}"
)
_DOWN = re.compile(
    rf"低于|短于|劣于|少于|小于|缩短|降低|下降|减少|更低|更短|更少|较低|较差"
    rf"|{_L}(?:shorter|lower\w*|less|fewer|shorten\w*|reduc\w*|decreas\w*|declin\w*|inferior|worse\w*|fell|cut){_R}"
)
_RISK = re.compile(rf"风险|{_L}(?:risk|hazard)s?{_R}")
_ADVICE = re.compile(
    rf"(?<![效反适响相供对])应当?(?!答|用|激|对|急|者)|务必|必须|切勿|立即|马上|请(?!求)|建议|停用|换药|报销"
    rf"|{_L}(?:should|must|ought|need to|stop|switch|consult|ask your|avoid|take|see|visit|click|buy|order|immediately){_R}"
)
_TITLE = re.compile(rf"[{HAN}]{{2,3}}(?:教授|博士|医生|院士|主任)|{_L}(?:professor|prof\.|dr\.) ?[a-z]+")
_LINK = re.compile(r"https?:|www\.|\.(?:com|org|net|example|cn|io)(?![a-z])|@[a-z]")
_MONTHS = "january february march april may june july august september october november december".split()
_DATE = re.compile(rf"{_L}(?P<name>{'|'.join(_MONTHS)}) (?:[0-9]{{1,2}},? )?(?P<year>(?:19|20)[0-9]{{2}})|(?P<y>(?:19|20)[0-9]{{2}}) ?年 ?(?P<m>[0-9]{{1,2}}) ?月")
_ENGLISH = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0}
_WORD_NUMBER = re.compile(
    rf"{_L}(?P<en>(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ENGLISH[1:10])}))?|{'|'.join(reversed(_ENGLISH))})"
    rf"(?P<point> point (?P<decimal>{'|'.join(_ENGLISH[:10])}))?{_R}|(?P<zh>[零一二两三四五六七八九十百]{{1,4}})(?=倍|成|年|个月|例|周|天|次|级|%|个|条|组|臂|款|种)"
)
_COMMON = frozenset({0, 1, 2})
"""Number words that any sentence may have: one of, two arms."""
_LATIN_UNIT = re.compile(r" ?([a-zμ]{1,4}(?:/[a-z0-9]{1,4})?)(?![a-z])")
_ALL = re.compile(rf"所有|全部|全体|总体|整体|{_L}(?:all|overall|entire|whole){_R} (?!survival|response)")


@dataclass(frozen=True, slots=True)
class Source:
    """A cited passage with its results."""

    text: str
    """With its heading and the trial that it is about."""
    results: tuple[TrialResult, ...]


Difference = tuple[Fault, str]
"""The part of a claim that differs, and what the sentence prints there."""


def misstated(sentence: str, sources: Sequence[Source], terms: Terms) -> Difference | None:
    """The first figure of a sentence whose claim is none of its sources', and the part that differs; else None.

    ``sentence``: without citations and quotations.
    """
    folded = fold(sentence).text
    texts = [fold(source.text).text for source in sources]
    return _figures(sentence, folded, sources, texts, terms) or _directions(folded, texts)


def untraced(sentence: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """What a sentence says beside its figures that its sources do not: a link, advice, another month, a number in
    words, a negation or a direction; else None."""
    folded, texts = fold(sentence).text, [fold(text).text for text in texts]
    return _foreign(folded, texts) or _numbers(folded, texts) or _negations(folded, texts, terms)


def _foreign(folded: str, texts: Sequence[str]) -> Difference | None:
    """A link, or advice, that the sources do not hold; a month that is not theirs."""
    whole = "\n".join(texts)
    if link := next((link[0] for link in _LINK.finditer(folded) if link[0] not in whole), None):
        return "link", link
    if advice := next((word[0] for word in _ADVICE.finditer(folded) if word[0] not in whole), None):
        return "advice", advice
    if title := next((word[0] for word in _TITLE.finditer(folded) if word[0] not in whole), None):
        return "name", title
    months = {date for text in texts for date, _ in _dates(text)}
    return next((("date", printed) for date, printed in _dates(folded) if months and date not in months), None)


def _dates(folded: str) -> Iterable[tuple[tuple[int, int], str]]:
    for match in _DATE.finditer(folded):
        if match["name"]:
            yield (int(match["year"]), _MONTHS.index(match["name"]) + 1), match[0]
        else:
            yield (int(match["y"]), int(match["m"])), match[0]


def _numbers(folded: str, texts: Sequence[str]) -> Difference | None:
    """A number in words that no source has, in words or digits."""
    told: set[Decimal] = set()
    for text in texts:
        told |= {Decimal(digits) for digits in re.findall(r"[0-9]+(?:\.[0-9]+)?", text)}
        told |= {value for value, _ in _words(text)}
    for value, printed in _words(folded):
        if value not in told and value not in _COMMON:
            return "number", printed
    return None


def _words(folded: str) -> Iterable[tuple[Decimal, str]]:
    for match in _WORD_NUMBER.finditer(folded):
        if match["en"]:
            parts = re.split("[ -]", match["en"])
            value = sum(_TENS.get(part, _ENGLISH.index(part) if part in _ENGLISH else 0) for part in parts)
            decimal = f".{_ENGLISH.index(match['decimal'])}" if match["point"] else ""
            yield Decimal(f"{value}{decimal}"), match[0]
        else:
            yield Decimal(_chinese(match["zh"])), match[0]


def _chinese(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    if "十" in text:
        return (_CHINESE.get(tens[-1:], 1) if tens else 1) * 10 + (_CHINESE.get(ones, 0) if ones else 0)
    return int("".join(str(_CHINESE.get(c, 0)) for c in text))


def _figures(
    sentence: str, folded: str, sources: Sequence[Source], texts: Sequence[str], terms: Terms
) -> Difference | None:
    from corpus.trial_results.extraction import claims_of

    results = [result for source in sources for result in source.results]
    register = _register(results, terms)
    claims = claims_of(sentence, register)
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
        part: Fault | None = None
        for source, result in same:
            part = _differs(claim, result, source, folded, register, terms)
            if not part:
                break
        if part:
            return part, claim.value_text
    return _ordered(folded, claims)


def _named(folded: str, claim: TrialResult, terms: Terms) -> set[str]:
    """The drugs and trials that the clause of a figure names before it, as concepts."""
    at = folded.find(fold(claim.value_text).text)
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
    if claim.statistic not in ("ratio", "reduction") and claim.arm and result.arm and "all" not in (claim.arm, result.arm):
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
    named, told = by_key().get(claim.name), by_key().get(result.name)
    if named and told and (result.name in named.covers or claim.name in told.covers):
        return True
    if pair <= {"AE_rate", "TRAE_rate", "discontinuation"} or "p_value" in pair or "dose" in pair:
        return pair != {"AE_rate", "discontinuation"}
    return claim.name.removesuffix("_rate") == result.name.removesuffix("_rate")


def _times(text: str) -> set[str]:
    """Time points of a setting: "12 months" for 12-month and 12 个月."""
    folded = fold(text).text
    found = re.findall(r"([0-9]+)[- ]?(?:个?(月)|(年)|(month)s?|(year)s?|(周)|(week)s?)", folded)
    return {parts[0] + ("m" if parts[1] or parts[3] else "y" if parts[2] or parts[4] else "w") for parts in found}


def _subgroup(claim: TrialResult, result: TrialResult, folded: str) -> Fault | None:
    mine, its = fold(_untimed(claim.setting or "")).text, fold(_untimed(result.condition)).text
    numbers = set(re.findall(r"[0-9]+", mine)), set(re.findall(r"[0-9]+", its))
    if numbers[0] and not numbers[0] <= numbers[1] | set(re.findall(r"[0-9]+", fold(result.sentence).text)):
        return "subgroup"
    if numbers[0] and numbers[1] and not numbers[0] & numbers[1]:
        return "subgroup"
    people = re.search(r"患者|人群|亚组|patient|who|those|subgroup", its)
    if people and mine and re.search(r"患者|人群|亚组|者|patient|who|those|subgroup", mine):
        if bool(_SUBGROUP_NEGATED.search(mine)) != bool(_SUBGROUP_NEGATED.search(its)):
            return "subgroup"
    if people and "所有" not in its and "all" not in its and "overall" not in its and _ALL.search(folded):
        return "subgroup"
    return None


def _untimed(text: str) -> str:
    return re.sub(r"[0-9]+[- ]?(?:个?月|年|months?|years?|周|weeks?)", "", text)


def _bounds(folded: str, texts: Sequence[str], claims: Sequence[TrialResult]) -> Difference | None:
    """A bound of an interval told as the value."""
    inside: set[Decimal] = set()
    outside: set[Decimal] = set()
    for text in texts:
        intervals = [match.span() for match in _INTERVAL.finditer(text)]
        for number in re.finditer(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9])", text):
            held = any(a <= number.start() < b for a, b in intervals)
            (inside if held else outside).add(Decimal(number[0]))
    mine = [match.span() for match in _INTERVAL.finditer(folded)]
    for number in re.finditer(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9])", folded):
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
        if behind and unit not in behind and not any(unit.startswith(b) or b.startswith(unit) for b in behind - {unit} if len(b) > 2):
            return "unit", match[0]
    return None


_PLAIN_WORDS = frozenset("to of in and or vs the for was with on at by as mos mo yrs yr wks wk ci is had from per who were than".split())


def _ordered(folded: str, claims: Sequence[TrialResult]) -> Difference | None:
    """Two arms' values of one end point, and a word that says which is more."""
    for first in claims:
        for second in claims:
            if first is second or first.statistic in ("ratio", "reduction", "count") or first.name != second.name:
                continue
            if first.unit != second.unit or first.setting != second.setting or first.arm == second.arm:
                continue
            a, b = folded.find(fold(first.value_text).text), folded.find(fold(second.value_text).text)
            if not 0 <= a < b:
                continue
            said = folded[:b]
            up, down = _last(_UP, said), _last(_DOWN, said)
            if up == down:
                continue
            if (first.value > second.value) != (up > down) and first.value != second.value:
                return "direction", first.value_text
    return None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last word of a pattern stands that is not about a risk; -1 for nowhere."""
    places = [m.start() for m in pattern.finditer(text) if not _RISK.search(text[max(0, m.start() - 12) : m.end() + 24])]
    return max(places, default=-1)


def _directions(folded: str, texts: Sequence[str]) -> Difference | None:
    """A risk that is said to go the other way than in any source."""
    mine, theirs = _risks(folded), set().union(*(_risks(text) for text in texts)) if texts else set()
    if mine and theirs and not mine & theirs:
        return "direction", "risk" if re.search("risk", folded) else "风险"
    return None


def _risks(folded: str) -> set[str]:
    found = set()
    for risk in _RISK.finditer(folded):
        around = folded[max(0, risk.start() - 24) : risk.end() + 40]
        if _UP.search(around) and not _DOWN.search(around):
            found.add("up")
        elif _DOWN.search(around) and not _UP.search(around):
            found.add("down")
    return found


_CLAUSES = re.compile(r"[,;。!?:]|\. ")


def _negations(folded: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """A negation that no source has near the same words, or one that is missing."""
    negated = _NEGATED.search(folded)
    sentences = [s for text in texts for s in re.split(r"[。!?]|\. |\n", text) if s.strip()]
    if negated and not any(_NEGATED.search(s) for s in sentences):
        return "negation", negated[0]
    if re.search("[0-9]", folded):
        return None
    mine = _content(folded, terms)
    scored = sorted(((len(mine & _content(s, terms)), s) for s in sentences), key=lambda pair: -pair[0])
    if not scored or not scored[0][0]:
        return None
    best = scored[0][1]
    clauses = sorted(
        ((len(mine & _content(c, terms)), c) for c in _CLAUSES.split(best) if c.strip()), key=lambda pair: -pair[0]
    )
    its = [clause for shared, clause in clauses if shared == clauses[0][0]]
    if negated and not _NEGATED.search(best):
        return "negation", negated[0]
    if not negated and all(_NEGATED.search(clause) for clause in its):
        return "negation", _NEGATED.search(its[0])[0]  # type: ignore[index]
    up, down = bool(_UP.search(folded)), bool(_DOWN.search(folded))
    if up != down and bool(_UP.search(best)) != bool(_DOWN.search(best)) and up != bool(_UP.search(best)):
        return "direction", (_UP.search(folded) or _DOWN.search(folded))[0]  # type: ignore[index]
    return None


def _content(folded: str, terms: Terms) -> frozenset[str]:
    """What a piece of text is about: concepts, and pairs of Chinese characters."""
    concepts = {mention.concept.id for mention in terms.find(folded)}
    pairs = {run[i : i + 2] for run in re.findall(f"[{HAN}]+", folded) for i in range(len(run) - 1)}
    return frozenset(concepts | pairs)
