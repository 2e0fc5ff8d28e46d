"""What the extraction looks for in a sentence: end points and units of the vocabulary, figures, intervals.

All patterns match text folded by ``fold_width``: ASCII digits and punctuation, one character for one, so
that offsets stay. No quantifier is without a bound, and none stands inside another: what is hostile
costs no more than what is long. Latin and Han are told apart by explicit lookarounds, because ``\\b``
sees no boundary between a digit or a letter and a Han character.
"""

from __future__ import annotations

from corpus.vocabulary.adverse_events import adverse_event_names
from corpus.vocabulary.endpoints import EndPoint, endpoints

# Lookarounds of a Latin word.
_L, _R = r"(?<![A-Za-z])", r"(?![A-Za-z])"


ROWS: tuple[EndPoint, ...] = tuple(endpoint for endpoint in endpoints() if endpoint.printed)
"""What a figure may measure, the longer name first where one holds another."""


def _printed(row: EndPoint) -> str:
    return f"{row.printed}|{adverse_event_names()}" if row.key == "AE_rate" else row.printed


ENDPOINT = "|".join(f"(?P<e{i}>{_printed(row)})" for i, row in enumerate(ROWS))

NUMBER = (
    r"(?<![0-9])(?<![0-9]\.)(?:[0-9]{1,3}(?:,[0-9]{3}){1,2}|[0-9]{1,6}(?:\.[0-9]{1,4})?)(?![0-9]|\.[0-9]"
    r"|,[0-9]{3}(?![0-9]))"
)
"""A figure, digit-bounded on both sides."""

# (unit as reported, class: t(ime) % d(ose) c(ount) x (no figure of a trial), pattern after the figure)
UNITS: tuple[tuple[str, str, str], ...] = (
    ("%", "%", r" ?%"),
    ("months", "t", rf"[ -]?(?:个? ?月(?!\d| ?\d{{1,2}} ?日)|months?{_R}|mos?{_R})"),
    ("years", "t", rf"[ -]?(?:年|years?(?! of age|-old){_R}|yrs?{_R})"),
    ("weeks", "t", rf"[ -]?(?:周(?!期)|weeks?{_R}|wks?{_R})"),
    ("days", "t", rf"[ -]?(?:天|日|days?{_R})"),
    ("mg/kg", "d", rf" ?mg/kg{_R}"),
    ("mg/m2", "d", r" ?mg/m(?:2|²)"),
    ("mg", "d", rf"[ -]?(?:mg|毫克){_R}(?!/)"),
    ("μg/kg", "d", rf" ?(?:μg|µg|ug)/kg{_R}"),
    ("Gy", "d", rf" ?Gy{_R}"),
    ("AUC", "x", r"(?!)"),
    ("cycles", "k", rf" ?(?:个)?(?:周期|疗程)| cycles?{_R}"),
    ("centres", "s", rf" ?(?:个|家)(?:研究)?(?:中心|医院)| (?:cent(?:er|re)s?|sites|hospitals){_R}"),
    ("lines", "l", r" ?线(?:系统|治疗)| (?:prior )?lines"),
    (
        "patients",
        "c",
        r" ?(?:例|名|位)(?!次)| (?:of )?(?:(?:eligible|evaluable|enrolled|assessable|randomi[sz]ed|treated|adult"
        r"|consecutive|Chinese|Asian|women|men)\s?){0,2}"
        rf"(?:patients|participants|subjects|women|men|adults){_R}",
    ),
    ("age", "x", r" ?(?:岁|years of age|-year-old)"),
    ("grade", "x", r" ?(?:级|度)"),
    ("other", "x", r" ?(?:次|种|个(?!月)|期|项|kDa|ml|mL|cm|mm|μm|nM|kg|倍|分|d/)"),
)
UNIT = "|".join(f"(?P<u{i}>{pattern})" for i, (_, _, pattern) in enumerate(UNITS))

_BOUND = r"[0-9]{1,4}(?:\.[0-9]{1,4})?"
_OPEN_END = (
    r"could not be (?:evaluated|estimated|calculated)|not (?:reached|estimable|evaluable|estimated"
    r"|calculable|available)|N\.?[REAC]\.?(?![A-Za-z])|未达到|未达|不可估计|无法估计|NE"
)
_TO = r" ?%? ?(?:个月|months?)? ?(?:to|-|~|至|,|—) ?"
INTERVAL = (
    r"(?P<level>[89][0-9](?:\.[0-9]{1,2})?) ?% ?(?:CI|置信区间|可信区间|confidence interval|credible interval)"
    r"(?: ?[(\[{]CI[)\]}])?(?: ?[:,=为]| of)? ?[(\[]?"
    rf"(?P<low>{_BOUND}){_TO}(?P<high>{_BOUND}|{_OPEN_END})(?! ?个?月? ?(?:和|vs))"
)
BARE_INTERVAL = rf"[(\[] ?(?P<blow>{_BOUND})(?: ?%)? ?(?:to|-|~|至) ?(?P<bhigh>{_BOUND}|{_OPEN_END})(?: ?%)? ?[)\]]"
P_VALUE = r"(?<![A-Za-z])[Pp](?: ?值| values?)?(?: for \w{1,15})? ?(?P<p>[<>=≤≥] ?0?\.[0-9]{1,6})"
PATIENTS_N = r"(?<![A-Za-z])[nN] ?= ?(?P<n>[0-9]{1,3}(?:,[0-9]{3})|[0-9]{1,6})(?![0-9])"
FRACTION = r"(?<![0-9./])(?P<part>[0-9]{1,5}) ?(?:/|of(?: the)?) ?(?P<whole>[0-9]{1,5})(?![0-9./:-])"
RESPECTIVELY = r"分别|respectively|依次"
