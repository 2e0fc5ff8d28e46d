"""Yes or no: what a question claims, held against the figures, or against the sentence, that answer it.

A claim is judged only where both of its sides are found. Where it cannot be, nothing is said before the figures or the
quotes: a wrong "yes" is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.answering.figure_wording import UNITS, arm_name
from assistant.answering.figures import FigureLine
from assistant.steps.case import Case
from assistant.trials.arms import arm_key
from assistant.trials.groups import Found
from assistant.understanding.cues import cue
from assistant.wording.messages import say
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.store.keywords import Unit, Vocabulary
from index.store.tables.catalogue import CatalogueRow

_THAN = re.compile(
    r"(?<![a-z])(?:than|above|below|beat|outperform(?:ed)?|versus|vs\.?|over|against|compared (?:with|to)|relative to)"
    r"(?![a-z])"
    r"|优于|劣于|[高长多低短少好差]于|对比|相较于|相比于?|(?<![相对])比(?![较例])"
)
_FIRST_IS_OTHER = re.compile(
    r"^[^,，]{0,4}(?:compared (?:with|to)|relative to|与|和|同|较|相较于|相比于)"
    r"([^,，]{1,40}?)(?:组)?(?:相比|比较)?[,，]"
)
_ADDED = re.compile(r"(.+?)(?<![a-z])(?:on top of|added to|in addition to)(?![a-z])(.+)")
_DOSE = re.compile(r"(?<![0-9.])([0-9]{1,4}(?:\.[0-9]+)?) ?mg")
_ROUTE = re.compile(r"(?:皮下|静脉)(?!注射|输|给药|血)")
"""Routes as they are called for short: 皮下组."""
_THRESHOLD = re.compile(
    r"(?:than|over|above|exceed(?:s|ed)?|at least|below|under|超过|高于|大于|多于|低于|不到|达到|至少) ?"
    r"(?:(half)|([0-9]+(?:\.[0-9]+)?)(?![0-9.]| ?(?:m?g|µg|kg|ml|iu)(?![a-z])))|(过半|一半以上)"
)
_HARMS = frozenset({"TRAE_rate", "HR", "OR", "IRR", "mortality"})
"""Measures of which more is worse, where the question says no more than better or worse."""
_NUMBER = re.compile(r"(?<![a-z0-9.-])[0-9]+(?:\.[0-9]+)?(?![0-9])")
_DIGITS = "一二三四五六七八九"
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER_WORD = re.compile(
    rf"(?<![a-z])({'|'.join(_NUMBER_WORDS[1:])})(?![a-z])|([{_DIGITS}])(?=个?(?:周|月|年|天|次|组|例|种|项|线(?!治)))"
)
_EACH = re.compile(
    r"(?:every|each|once an?|per) (?:week|month|day|year)(?![a-z])|(?<![a-z])(?:weekly|daily)|每[周月天日年]"
)
"""A time that is one of its unit: "every week" is not "every two weeks"."""
_TENTHS = re.compile(f"([{_DIGITS}])成")


@dataclass(frozen=True, slots=True)
class _Claim:
    """That one arm has more of the measure than the others, or less; or that it reaches a number."""

    direction: int
    """1 for more, -1 for less."""
    by_worth: bool
    """Whether more means better, and less worse."""
    first: frozenset[str]
    """Treatments, and doses, of the arm that is said to have it; empty where none is named."""
    second: frozenset[str]
    """Of the arm beside it; empty for all others."""
    threshold: float | None


def verdict(case: Case, lines: Sequence[FigureLine]) -> str:
    """ "Yes" or "No" for a question that asks for one; that it supposes what is not so, for another; "" for neither."""
    language, question = case.question.language, _plain(case.question.read)
    asked = bool(cue("yes_no").search(question))
    claim = _claim_in(question, case.index.vocabulary.terms)
    if claim is None or (claim.threshold is not None and not asked):
        return ""
    found = [_holds(claim, line, case.index.vocabulary.terms) for line in lines]
    if not found or None in found or len(set(found)) > 1:
        return ""
    if not found[0]:
        return say("verdict.no" if asked else "verdict.premise", language)
    if not asked:
        return ""
    return say("verdict.unsure" if any(map(_may_be_chance, lines)) else "verdict.yes", language)


def comparison(case: Case, lines: Sequence[FigureLine]) -> str:
    """Which of the arms, or of the trials, has the higher figure, where a question compares them; "" where none has,
    or where they are not of one measure."""
    language = case.question.language
    measures = {line.measure.key for line in lines}
    if len(measures) != 1 or measures & _HARMS or not cue("compare").search(fold(case.question.read).text):
        return ""
    time = lines[0].found[0].result.unit in UNITS
    if len(lines) == 1:
        best = _highest([(f, f.result.arm or "") for f in lines[0].found])
        if not best:
            return ""
        arm = arm_name(best, language, case.index.vocabulary.terms)
        return say("comparison.longer_arm" if time else "comparison.higher_arm", language, arm=arm)
    # Of trials, only the arms that the question names are compared: another one's may be a control.
    terms = case.index.vocabulary.terms
    named = _arms(fold(case.question.read).text, terms)
    alike = all(len(f) == 1 or named & _arms(fold(f[0].result.arm or "").text, terms) for f in (x.found for x in lines))
    best = _highest([(line.found[0], line.group.name) for line in lines if not line.setting])
    if not best or not alike or len({line.group.name for line in lines}) < 2:
        return ""
    return say("comparison.longer_trial" if time else "comparison.higher_trial", language, trial=best)


def _highest(named: Sequence[tuple[Found, str]]) -> str:
    """The name of the one highest figure; "" where two share it, one is unknown, or it has no name."""
    values = [f.result.value for f, _ in named]
    known = [value for value in values if value is not None]
    if len(known) < max(2, len(values)) or known.count(max(known)) > 1:
        return ""
    return named[known.index(max(known))][1]


def _claim_in(question: str, terms: Terms) -> _Claim | None:
    """What a folded question claims of arms; None where it claims nothing."""
    worth = bool(cue("better").search(question)) - bool(cue("worse").search(question))
    plain = bool(cue("more").search(question)) - bool(cue("less").search(question))
    direction = plain or worth
    if not direction:
        return None
    reached = _THRESHOLD.search(question)
    if reached:
        number = 50.0 if reached[1] or reached[3] else float(reached[2])
        return _Claim(direction, False, _arms(question, terms), frozenset(), number)
    by_worth = not plain
    other = _FIRST_IS_OTHER.match(question)
    if other:
        return _Claim(direction, by_worth, _arms(question[other.end() :], terms), _arms(other[1], terms), None)
    added = _ADDED.match(question)
    if added:
        second = _arms(added[2], terms)
        return _Claim(direction, by_worth, _arms(added[1], terms) | second, second, None)
    than = _THAN.search(question)
    before, after = (question[: than.start()], question[than.end() :]) if than else (question, "")
    return _Claim(direction, by_worth, _arms(before, terms), _arms(after, terms), None)


def _arms(text: str, terms: Terms) -> frozenset[str]:
    text = _ROUTE.sub(lambda match: f"{match[0]}注射", text)
    return arm_key(text, terms) | {f"{dose} mg" for dose in _DOSE.findall(text)}


def _holds(claim: _Claim, line: FigureLine, terms: Terms) -> bool | None:
    """Whether a line bears a claim out; None where it does not tell."""
    reduction = line.measure.key in ("risk_reduction", "HR")
    if claim.threshold is not None:
        return _reaches(claim, _named(line.found, claim.first, terms, ()) or line.found[0])
    if reduction:
        return None if line.setting else _reduces(claim, line)
    keys = [_arms(fold(f.result.arm or "").text, terms) for f in line.found]
    if len(line.found) < 2 or not any(keys):
        return None
    first = _named(line.found, claim.first, terms, claim.second)
    if first is None or first.result.value is None:
        return None
    others = [f for f in line.found if f is not first]
    if claim.second:
        second = _named(others, claim.second, terms, claim.first - claim.second)
        if second is None:
            return None
        others = [second]
    sign = claim.direction * (-1 if claim.by_worth and line.measure.key in _HARMS else 1)
    told = {(first.result.value - other.result.value) * sign > 0 for other in others}
    return told.pop() if len(told) == 1 else None


def _named(found: Sequence[Found], key: Collection[str], terms: Terms, unlike: Collection[str]) -> Found | None:
    """The one whose arm is named best by ``key``; None where two are, or none."""
    if not key:
        return None
    worth = []
    for f in found:
        arm = _arms(fold(f.result.arm or "").text, terms)
        shared = len(arm & set(key))
        worth.append((shared - 0.4 * len(arm ^ set(key)) - 0.2 * len(arm & set(unlike) - set(key)), shared))
    best = max(worth)
    if not best[1] or worth.count(best) > 1:
        return None
    return found[worth.index(best)]


def _reaches(claim: _Claim, f: Found) -> bool | None:
    if f.result.value is None or claim.threshold is None:
        return None
    return (f.result.value - claim.threshold) * claim.direction > 0


def _reduces(claim: _Claim, line: FigureLine) -> bool | None:
    """Whether a risk is said to be lower, of a reduction or a ratio."""
    value = line.found[0].result.value
    if value is None:
        return None
    less = value > 0 if line.measure.key == "risk_reduction" else value < 1
    return less == (claim.direction < 0 or claim.by_worth)


def _may_be_chance(line: FigureLine) -> bool:
    """Whether what is printed beside the figures says that they may differ by chance."""
    beside = [f.result for f in (*line.found, *([line.ratio] if line.ratio else []))]
    if any(r.p_value and (number := re.search(r"[0-9.]+", r.p_value)) and float(number[0]) >= 0.05
           and not r.p_value.lstrip("Pp ").startswith("<") for r in beside):  # fmt: skip
        return True
    ratio = line.ratio.result.ci if line.ratio else None
    return ratio is not None and ratio[0] is not None and ratio[1] is not None and ratio[0] < 1 < ratio[1]


_OPPOSITES = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (r"stronger|更强|较强", r"weaker|更弱|较弱|较差"),
        (r"(?<![a-z])higher|更高|高于", r"(?<![a-z])lower|更低|低于|较低"),
        (r"longer|更长|长于", r"shorter|更短|短于"),
        (r"(?<![a-z])(?:related|associated|depend|predict|correlat)\w*|有关|相关|预测|取决|影响",
         r"unrelated|independent|regardless|irrespective|无关|无论"),
        (r"(?:double|single)?-? ?blind(?:ed)?|[双单]盲|设盲", r"open-? ?label|开放标签"),
        (r"single-? ?blind(?:ed)?|单盲", r"double-? ?blind(?:ed)?|双盲"),
        (r"大量|普遍|widely|highly|abundant\w*", r"极少|很少|rarely|scarcely|very (?:low|little)"),
        (r"randomi[sz]ed|随机", r"single-? ?arm|单臂"),
        (r"multi-?cent(?:er|re)|多中心", r"single-? ?cent(?:er|re)|单中心"),
    )
)  # fmt: skip


def sentence_verdict(question: str, sentence: str, about: str, vocabulary: Vocabulary, *, told: bool) -> str:
    """``yes`` or ``no`` where a sentence says, or denies, all that a yes/no question asks; "" where it does neither.

    Args:
        sentence: in the question's language.
        about: what it is about and may not say itself.
        told: it tells the attribute that is asked; then it need hold no more than the things named in the question.
    """
    folded, said = _plain(question), _plain(sentence)
    if not cue("yes_no").search(folded):
        return ""
    if _SIGNIFICANT.search(folded) and _SIGNIFICANT.search(said):
        held = set(vocabulary.body(f"{about} {said}").split())
        named = [u for u in vocabulary.units(folded) if _is_thing(u, vocabulary) or _is_measure(u, vocabulary)]
        if not all(u.key in held for u in named) or cue("less").search(folded) or cue("worse").search(folded):
            return ""
        return "no" if _NOT_SIGNIFICANT.search(said) else "yes"
    phases, printed = set(_PHASE.findall(folded)), set(_PHASE.findall(said))
    numbers = _numbers(folded)
    if (phases and not printed) or not numbers <= _numbers(f"{_plain(about)} {said}"):
        return ""
    against = bool(phases) and phases.isdisjoint(printed)
    for one, other in _OPPOSITES:
        for asked, opposite in ((one, other), (other, one)):
            if asked.search(folded) and opposite.search(said) and not asked.search(opposite.sub(" ", said)):
                folded, against = asked.sub(" ", folded), True
    # What is more or less of something is told by figures, or by the opposite word, alone.
    if not against and not numbers and any(cue(claim).search(folded) for claim in _CLAIMS):
        return ""
    asked_with = cue("yes_no").sub(" ", _PHASE.sub(" ", folded))
    units = [
        u for u in vocabulary.units(asked_with) if not _empty(u.printed) and (not told or _is_thing(u, vocabulary))
    ]
    held = set(vocabulary.body(f"{about} {said}").split())
    if not all(unit.key in held for unit in units):
        return ""
    if against:
        return "no"
    if numbers and not _bound(numbers, units, said, about, vocabulary):
        return ""
    clause = max(_CLAUSE.split(said), key=lambda part: len({u.key for u in units} & set(vocabulary.body(part).split())))
    if cue("absent").search(cue("yes_no").sub(" ", folded)):
        return ""  # what yes says to a question that denies is not the same in all languages
    return "no" if cue("absent").search(clause) else "yes"


def _bound(numbers: set[str], units: Sequence[Unit], said: str, about: str, vocabulary: Vocabulary) -> bool:
    """Whether one part of a sentence has the numbers of a question and the things that it says them of."""
    things = {unit.key for unit in units if _is_thing(unit, vocabulary)}
    known = _numbers(_plain(about))
    return any(
        numbers <= _numbers(part) | known and things <= set(vocabulary.body(f"{about} {part}").split())
        for part in re.split(r"[;；。]", said)
    )


def _is_thing(unit: Unit, vocabulary: Vocabulary) -> bool:
    """Whether a word of a question names a thing, which a sentence that tells what is asked of it names as well."""
    concept = vocabulary.terms.concepts.get(unit.concept) if unit.concept else None
    return concept is not None and concept.category in _THINGS


def _is_measure(unit: Unit, vocabulary: Vocabulary) -> bool:
    concept = vocabulary.terms.concepts.get(unit.concept) if unit.concept else None
    return concept is not None and concept.category == "endpoint"


_THINGS = frozenset({"drug", "drug code", "target", "disease", "organisation", "treatment", "class"})


def targets_verdict(case: Case) -> tuple[str, tuple[CatalogueRow, ...]]:
    """``yes`` or ``no`` for a question whether a drug has targets, with the catalogue's rows of those it has; "" for
    another question, or where they are not known."""
    question = fold(case.question.read).text
    if len(case.focus.drugs) != 1 or case.focus.groups or not cue("yes_no").search(question):
        return "", ()
    rows = tuple(case.index.library.catalogue("drug", case.focus.drugs[0][0].id, "target"))
    known = {concept_key(row.entry.value) for row in rows}
    asked = {concept_key(symbol) for symbol in _SYMBOL.findall(case.question.read)}
    drugs = {concept_key(name) for concept, _ in case.focus.drugs for name in concept.names}
    asked -= drugs
    if not known or not asked or not BINDS.search(question):
        return "", ()
    return ("yes" if asked <= known else "no"), rows


BINDS = re.compile(r"(?<![a-z])(?:target|bind|hit|block|engage|recogni[sz]e|against|directed)\w*|靶|结合|针对|阻断")
_SYMBOL = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z]*-?[A-Z]?[0-9]+[A-Za-z]?|[A-Z]{3,5}|c-[A-Z]{3})(?![A-Za-z0-9-])")
_CLAIMS = ("more", "less", "better", "worse")
_CLAUSE = re.compile(r"[，,;；。]|(?<![a-z])(?:but|although|while|whereas)(?![a-z])|虽|但|而(?=不|未|无)")
_SIGNIFICANT = re.compile(r"significan\w*|显著(?:性|差异|意义)?")
_NOT_SIGNIFICANT = re.compile(
    r"(?:no|not|without|neither)(?: \w+){0,3} significan\w*|non-?significan|"
    r"(?:无|没有|未见|不)(?:统计学)?(?:意义的?)?显著|差异无"
)
_PHASE = re.compile(r"phase ?(i{1,3}|iv)[ab]?(?![a-z])|(?<![a-z])(i{1,3}|iv)[ab]? ?期")


def _plain(text: str) -> str:
    """A folded text with its tenths in per cent and its phases in Roman numerals."""
    folded = fold(_in_figures(text)).text
    for number, roman in (("三|3", "iii"), ("二|2", "ii"), ("一|1", "i"), ("四|4", "iv")):
        folded = re.sub(rf"(?:{number})([ab]?) ?期", rf"{roman}\1 期", folded)
        folded = re.sub(rf"phase (?:{number})(?![0-9.])", f"phase {roman}", folded)
    return folded


def _in_figures(text: str) -> str:
    """``text`` with its tenths in per cent: 四成 is 40%."""
    return _TENTHS.sub(lambda match: f" {(_DIGITS.index(match[1]) + 1) * 10}%", text)


def _numbers(folded: str) -> set[str]:
    """The numbers of a folded text, those in words as well."""
    found = set(_NUMBER.findall(folded))
    for match in _NUMBER_WORD.finditer(folded):
        found.add(str(_NUMBER_WORDS.index(match[1]) + 1 if match[1] else _DIGITS.index(match[2]) + 1))
    found |= {"1"} if _EACH.search(folded) else set()
    return {number.removesuffix(".0") for number in found}


def _empty(word: str) -> bool:
    """A word that says nothing of what is asked."""
    key = fold(word).text
    return bool(cue("filler").fullmatch(key) or cue("yes_no").fullmatch(f"{key} ") or len(key) < 2)
