"""What a question can ask a figure of: one row a measure, with its names and how questions and texts put it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.document import Language
from corpus.trial_results import TrialResult
from corpus.words.folding import fold

_L, _R = r"(?<![a-z])", r"(?![a-z])"


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity."""

    key: str
    """An end point of ``TrialResult``, or a quantity that trial results never hold (price)."""
    names: dict[Language, str]
    """As an answer calls it."""
    pattern: str
    """How questions put it, folded."""
    text: str = ""
    """How texts put it, folded, where that is more or other than ``pattern``."""

    def asked_in(self, question: str) -> bool:
        """Whether a question asks for it."""
        return bool(re.search(self.pattern, fold(question).text))

    def told_in(self, text: str) -> bool:
        """Whether a text speaks of it."""
        return bool(re.search(self.text or self.pattern, fold(text).text))

    def holds(self, result: TrialResult) -> bool:
        """Whether a result is one of it."""
        return result.endpoint == self.key


_OS = rf"总(?:体)?生存|overall survival|{_L}m?os{_R}"
_PFS = rf"无(?:疾病)?进展生存|progression[- ]free survival|{_L}m?pfs{_R}"
_RATE = r"(?:个月|年)[^,。]{0,8}率|[0-9][- ]?(?:month|year)s?\b|率"
_RATE_ASKED = r"[0-9]+ ?(?:个?月|年|[- ]?(?:month|mo|year)s?[- ])"
_GRADE = r"(?:[≥>=]{1,2} ?[345] ?级|[345] ?级(?:及|或)?以上|[345] ?级|grade ?[≥>]?=? ?[345])"

# The narrower before the wider: each takes its words away from those after it.
MEASURES: tuple[Measure, ...] = (
    Measure(
        "intracranial_PFS",
        {"en": "median intracranial progression-free survival", "zh": "中位颅内无进展生存期"},
        r"颅内 ?(?:中位)?(?:无进展生存期?|m?pfs)|(?:intracranial|cns) (?:progression[- ]free survival|m?pfs)",
        r"颅内|intracranial|cns",
    ),
    Measure(
        "OS_rate",
        {"en": "overall survival rate", "zh": "总生存率"},
        rf"{_RATE_ASKED}[的 ]?(?:{_OS}|生存|survival)(?: ?率)?|(?:{_OS}) ?(?:期)?(?:率| rates?)|survival rates?|生存率",
        rf"(?:{_OS}|生存|survival)",
    ),
    Measure(
        "PFS_rate",
        {"en": "progression-free survival rate", "zh": "无进展生存率"},
        rf"{_RATE_ASKED}[的 ]?(?:{_PFS})|(?:{_PFS}) ?(?:期)?(?:率| rates?)",
        rf"(?:{_PFS}) ?期?(?:率| rate)",
    ),
    Measure("PFS", {"en": "median progression-free survival", "zh": "中位无进展生存期"}, _PFS),
    Measure(
        "DFS", {"en": "disease-free survival", "zh": "无病生存期"}, rf"无病生存|disease[- ]free survival|{_L}dfs{_R}"
    ),
    Measure("OS", {"en": "median overall survival", "zh": "中位总生存期"}, rf"{_OS}|median survival|中位生存"),
    Measure(
        "cORR",
        {"en": "confirmed objective response rate", "zh": "确认的客观缓解率"},
        rf"确认的? ?(?:客观缓解率|orr)|confirmed (?:objective |overall )?(?:response(?: rate)?|orr)|{_L}corr{_R}",
    ),
    Measure(
        "ORR",
        {"en": "objective response rate", "zh": "客观缓解率"},
        rf"客观(?:缓解|应答|反应)率|总?缓解率|有效率|(?:objective |overall )?response rates?|{_L}orr{_R}",
    ),
    Measure(
        "DoR",
        {"en": "median duration of response", "zh": "中位缓解持续时间"},
        rf"(?:缓解|应答|反应)的?持续时间|持续缓解时间|duration of response|response duration|{_L}m?dor{_R}",
    ),
    Measure(
        "DCR",
        {"en": "disease control rate", "zh": "疾病控制率"},
        rf"疾病控制率|disease[- ]control(?: rate)?|{_L}dcr{_R}",
    ),
    Measure("HR", {"en": "hazard ratio", "zh": "风险比"}, rf"(?:风险|危险)比|hazard ratio|{_L}hr{_R}"),
    Measure(
        "risk_reduction",
        {"en": "reduction in risk", "zh": "风险降低"},
        r"风险降低|降低.{0,12}风险|(?:risk|hazard) reduction|reduc(?:tion|ed|e) .{0,20}risk",
        r"风险(?:分别)?(?:降低|下降)|risk",
    ),
    Measure(
        "enrolled",
        {"en": "number of patients enrolled", "zh": "入组患者数"},
        r"how many (?:patients|people|participants|subjects)|number of (?:patients|participants)|sample size"
        r"|(?:多少|几)(?:例|名|位|个)(?:患者|病人|受试者)?|(?:入组|纳入)(?:的)?(?:人数|例数|多少)|样本量",
        r"[0-9] ?(?:例|名|位)|patients",
    ),
    Measure("follow_up", {"en": "median follow-up", "zh": "中位随访时间"}, r"随访|follow[- ]?up"),
    Measure(
        "TRAE_rate",
        {"en": "rate of treatment-related adverse events", "zh": "治疗相关不良事件发生率"},
        rf"{_GRADE}[^,。?]{{0,20}}(?:不良|ae|adverse|trae)"
        rf"|(?:不良(?:事件|反应)|adverse events?|t?r?aes?)[^,。?]{{0,12}}{_GRADE}",
        r"不良(?:事件|反应)|adverse|aes?",
    ),
    Measure(
        "discontinuation",
        {"en": "discontinuation rate", "zh": "终止治疗率"},
        r"(?:停药|终止治疗|中止治疗)(?:率|比例|的)|discontinu(?:ation|ed)",
        r"停药|终止|中止|discontinu",
    ),
    # No results of trials: told only where a text says so.
    Measure(
        "price",
        {"en": "price", "zh": "价格"},
        r"价格|售价|定价|多少钱|药费|\bprices?\b|\bcosts? of (?!(?:produc|manufac))"
        r"|how (?:much|expensive) (?:does|is|do)",
        r"价格|售价|定价|费用|\bprice",
    ),
    Measure("half_life", {"en": "half-life", "zh": "半衰期"}, r"半衰期|half-life|half life"),
    Measure(
        "age", {"en": "age of the patients", "zh": "患者年龄"}, r"年龄|median age|mean age|how old", r"年龄|岁|\bage"
    ),
    Measure(
        "p_value",
        {"en": "P value", "zh": "P值"},
        r"(?<![a-z])p[ -]?(?:值|values?)",
        r"(?<![a-z])p ?(?:值|value)?s? ?[<>=≤≥]",
    ),
    Measure(
        "complete_response",
        {"en": "complete response rate", "zh": "完全缓解率"},
        r"完全缓解|complete (?:response|remission)",
    ),
    Measure(
        "quality_of_life",
        {"en": "quality of life", "zh": "生活质量"},
        r"生活质量|生命质量|quality of life|\bqol\b",
    ),
)

_CARRIERS = frozenset({"HR", "risk_reduction"})
"""Measures of another end point: the hazard ratio *for PFS*."""


@dataclass(frozen=True, slots=True)
class MeasuresAsked:
    """Measures of a question."""

    measures: tuple[Measure, ...]
    """In the order of the table; of a hazard ratio for PFS, the hazard ratio alone."""
    of: tuple[str, ...]
    """End points that a hazard ratio or a risk reduction is asked of; empty for any."""
    words: tuple[str, ...]
    """The question's words for them, folded."""
    months: str
    """Time point in months of a rate ("12"), "" for none."""


def measures_in(question: str) -> MeasuresAsked:
    """The measures that a question asks for; folded words count once, for the narrowest measure."""
    text = fold(question).text
    found: list[Measure] = []
    spans: list[tuple[int, int]] = []
    for measure in MEASURES:
        for match in re.finditer(measure.pattern, text):
            if not any(match.start() < end and start < match.end() for start, end in spans):
                spans.append(match.span())
                if measure not in found:
                    found.append(measure)
    of: tuple[str, ...] = ()
    if any(measure.key in _CARRIERS for measure in found):
        of = tuple(m.key for m in found if m.key in ("PFS", "OS", "DFS"))
        found = [measure for measure in found if measure.key not in of]
    point = re.search(r"([0-9]{1,3}) ?[- ]?(个?月|months?|mo\b|年|years?)", text)
    months = ""
    if point and any(m.key.endswith("_rate") for m in found):
        months = str(int(point[1]) * (12 if point[2][0] in "年y" else 1))
        spans.append(point.span())
    return MeasuresAsked(tuple(found), of, tuple(text[start:end] for start, end in spans), months)
