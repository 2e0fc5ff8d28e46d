"""Figures in words, in both languages: "In DeLLphi-304 the median overall survival was 13.6 months with …"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answering.figures import FigureLine
from assistant.trials.groups import REGISTERED, Found
from corpus.document import Language
from corpus.language import HAN
from corpus.trial_results import TrialResult
from corpus.vocabulary.concepts import Terms

_HAN = re.compile(f"[{HAN}]")
_UNITS_ZH = {"months": "个月", "years": "年", "weeks": "周", "days": "天", "patients": "例", "%": "%"}
# Words between the names of drugs in an arm's name, for an English reader.
_JOINTS = (
    ("联合", " plus "), ("单药", " monotherapy"), ("单纯", ""), ("以及", " and "), ("与", " and "), ("和", " and "),
    ("或", " or "), ("组", ""), ("皮下注射", "subcutaneous"), ("静脉注射", "intravenous"), ("安慰剂", "placebo"),
    ("含铂", "platinum-based "),
)  # fmt: skip
_GRADE = re.compile(
    r"(?:≥ ?([1-5]) ?级|([1-5]) ?级(?:及|或)?以上|grade ?(?:≥ ?)?([1-5])(?: or (?:higher|worse))?)", re.I
)
_POINT = re.compile(r"([0-9]+) ?[- ]?(?:个?月|months?)")


def figure_answer(lines: Sequence[FigureLine], numbers: Mapping[str, int], language: Language, terms: Terms) -> str:
    """A line each, every one with the [n] of the passages that print its figures.

    ``numbers``: by passage id.
    """
    worded = _english if language == "en" else _chinese
    return "\n".join(worded(line, _cited(line, numbers), terms) for line in lines)


def _cited(line: FigureLine, numbers: Mapping[str, int]) -> str:
    used = [f.passage.id for f in (*line.found, *([line.ratio] if line.ratio else []))]
    return " ".join(f"[{n}]" for n in sorted({numbers[id] for id in used}))


def _english(line: FigureLine, cited: str, terms: Terms) -> str:
    name = "" if REGISTERED.fullmatch(line.group.name) else line.group.name
    if line.measure.key == "enrolled":
        return f"{name or 'The trial'} enrolled {line.found[0].result.value_text} patients {cited}."
    said = f"In {name} the {_measure(line, 'en')}" if name else f"The {_measure(line, 'en')}"
    figures = [_figure(f.result, "en") + _with(f, terms) for f in line.found]
    return f"{said} was {_joined(figures, ' and ')}{_ratio(line, 'en')} {cited}."


def _chinese(line: FigureLine, cited: str, terms: Terms) -> str:
    name = "" if REGISTERED.fullmatch(line.group.name) else line.group.name
    if line.measure.key == "enrolled":
        return f"{name}共纳入{line.found[0].result.value_text}例患者 {cited}。"
    figures = []
    for f in line.found:
        arm = "" if f.result.arm in (None, "all") else _arm(f.result.arm or "", "zh", terms)
        if f.result.endpoint == "HR" and f.result.comparator:
            arm += f"对比{_arm(f.result.comparator, 'zh', terms)}"
        figures.append(f"{arm}{'组' if arm and not arm.endswith('组') else ''}为{_figure(f.result, 'zh')}")
    where = f"{name}中，" if name else ""
    return f"{where}{_measure(line, 'zh')}：{'，'.join(figures)}{_ratio(line, 'zh')} {cited}。"


def _measure(line: FigureLine, language: Language) -> str:
    name = line.measure.names[language]
    ofs = {f.result.of for f in line.found} - {None}
    if len(ofs) == 1:
        of = {"PFS": ("progression-free survival", "无进展生存期"), "OS": ("overall survival", "总生存期"),
              "DFS": ("disease-free survival", "无病生存期")}.get(str(*ofs))  # fmt: skip
        if of:
            name = f"{name} for {of[0]}" if language == "en" else f"{of[1]}的{name}"
    setting = line.setting
    if line.measure.key.endswith("_rate") and (point := _POINT.search(setting)):
        return f"{point[1]}-month {name}" if language == "en" else f"{point[1]}个月{name}"
    if line.measure.key == "TRAE_rate" and (grade := _GRADE.search(setting)):
        number = next(filter(None, grade.groups()))
        return f"{name} of grade ≥{number}" if language == "en" else f"≥{number}级{name}"
    if setting:
        return f"{name} (“{setting}”)" if language == "en" else f"{name}（{setting}）"
    return name


def _figure(result: TrialResult, language: Language) -> str:
    if language == "en":
        return result.figure()
    unit = _UNITS_ZH.get(result.unit or "", f" {result.unit}" if result.unit else "")
    return f"{result.value_text}{unit}{_interval(result, '（', '）')}"


def _interval(result: TrialResult, left: str, right: str) -> str:
    figure = result.figure()
    return f"{left}{figure[figure.index('(') + 1 : -1]}{right}" if result.ci else ""


def _with(found: Found, terms: Terms) -> str:
    result = found.result
    if result.arm in (None, "all"):
        return ""
    arm = f" with {_arm(result.arm or '', 'en', terms)}"
    if result.endpoint in ("HR", "risk_reduction") and result.comparator:
        arm += f" versus {_arm(result.comparator, 'en', terms)}"
    return arm


def _ratio(line: FigureLine, language: Language) -> str:
    if line.ratio is None:
        return ""
    result = line.ratio.result
    interval = _interval(result, ", " if language == "en" else "，", "")
    value = f"HR {result.value_text}{interval}"
    return f" ({value})" if language == "en" else f"（{value}）"


def _arm(name: str, language: Language, terms: Terms) -> str:
    """An arm's name in the reader's language, as far as its words are known; else as printed, in quotation marks."""
    parts, last = [], 0
    for mention in terms.find(name):
        parts += [name[last : mention.span.start], _term(mention.concept.name_in(language))]
        last = mention.span.end
    said = "".join([*parts, name[last:]])
    if language == "en":
        if said in ("subcutaneous", "intravenous"):
            return f"{said} administration"
        for chinese, english in _JOINTS:
            said = said.replace(chinese, english)
        said = re.sub(r" {2,}", " ", said).strip()
        return f"“{name}”" if _HAN.search(said) else said
    return re.sub(rf"(?<=[{HAN}]) (?=[{HAN}])", "", said)


def _term(name: str) -> str:
    """Names of drugs are no proper nouns in a sentence: Tarlatamab, but PM8002."""
    return name.lower() if re.fullmatch(r"[A-Z][a-z]{4,}", name) else name


def _joined(parts: Sequence[str], last: str) -> str:
    return last.join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
