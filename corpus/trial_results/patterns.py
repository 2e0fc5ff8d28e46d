"""What the extraction looks for in a sentence: end points and units of the vocabulary, figures, intervals.

All patterns match text folded by ``fold_width``: ASCII digits and punctuation, one character for one, so
that offsets stay. No quantifier is without a bound, and none stands inside another: what is hostile
costs no more than what is long. Latin and Han are told apart by explicit lookarounds, because ``\\b``
sees no boundary between a digit or a letter and a Han character.
"""

from __future__ import annotations

from corpus.vocabulary.adverse_events import adverse_event_names
from corpus.vocabulary.endpoints import EndPoint, endpoints
from corpus.vocabulary.units import units

L, R = r"(?<![A-Za-z])", r"(?![A-Za-z])"
"""Where a Latin word begins and ends."""

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

UNIT = "|".join(f"(?P<u{i}>{unit.printed})" for i, unit in enumerate(units()))

_BOUND = r"[-−+]?[0-9]{1,4}(?:\.[0-9]{1,4})?"
_OPEN_END = (
    r"could not be (?:evaluated|estimated|calculated)|not (?:reached|estimable|evaluable|estimated"
    r"|calculable|available)|N\.?[REAC]\.?(?![A-Za-z])|未达到|未达|不可估计|无法估计|NE"
)
_TO = r" ?%? ?(?:个月|months?)? ?(?:to|-|~|至|,|—) ?"
INTERVAL = (
    r"(?P<level>[89][0-9](?:\.[0-9]{1,2})?) ?% ?(?:CI|置信区间|可信区间|信赖区间|confidence interval|credible interval)"
    r"(?: ?[(\[{]CI[)\]}])?(?: ?[:,=为]| of)? ?[(\[]?"
    rf"(?P<low>{_BOUND}){_TO}(?P<high>{_BOUND}|{_OPEN_END})(?! ?个?月? ?(?:和|vs))"
)
BARE_INTERVAL = rf"[(\[] ?(?P<blow>{_BOUND})(?: ?%)? ?(?:to|-|~|至) ?(?P<bhigh>{_BOUND}|{_OPEN_END})(?: ?%)? ?[)\]]"
P_VALUE = r"(?<![A-Za-z])[Pp](?: ?值| values?)?(?: for \w{1,15})? ?(?P<p>[<>=≤≥] ?0?\.[0-9]{1,6}(?![0-9]))"
PATIENTS_N = r"(?<![A-Za-z])[nN] ?= ?(?P<n>[0-9]{1,3}(?:,[0-9]{3})|[0-9]{1,6})(?![0-9])"
FRACTION = r"(?<![0-9./])(?P<part>[0-9]{1,5}) ?(?:/|of(?: the)?) ?(?P<whole>[0-9]{1,5})(?![0-9./:-])"
RESPECTIVELY = r"分别|respectively|依次|依序"
