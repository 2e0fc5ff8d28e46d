"""What a sentence says beside its figures: links and advice, dates, numbers in words, negations and directions.

None of it may be said that the cited sources do not say: the same direction, the same negation, no month, number word,
order or address of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from assistant.guard.faults import Difference
from assistant.guard.wording import in_digits, numbers_in_words
from corpus.language import HAN
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold

_L, _R = r"(?<![a-z])", r"(?![a-z])"
_NEGATED = re.compile(
    rf"未(?!来|知)|没有|并非|并不|不(?!良|论|管|可|同|仅|但|限|应|断|含|规则|典型)|尚无|无(?!论|进展|病|事件|复发|症状|论|缝|远处)|非(?!小细胞|鳞|常|典型)|缺乏"
    rf"|{_L}(?:not|no|never|without|neither|nor|none|fail(?:s|ed)?|lack(?:s|ed|ing)?|unable|cannot|nothing)(?![a-z-])|n't{_R}"
)
UP = re.compile(
    rf"高于|长于|优于|多于|大于|超过|延长|提高|升高|增加|上升|改善|更高|更长|更多|更优|推高"
    rf"|{_L}(?:longer|higher|greater|more|prolong\w*|improv\w*|increas\w*|extend\w*|raised?|superior|better|exceed\w*|rose){_R}"
)
DOWN = re.compile(
    rf"低于|短于|劣于|少于|小于|缩短|降低|下降|减少|更低|更短|更少|较低|较差"
    rf"|{_L}(?:shorter|lower\w*|less|fewer|shorten\w*|reduc\w*|decreas\w*|declin\w*|inferior|worse\w*|fell|cut){_R}"
)
RISK = re.compile(rf"风险(?!比)|{_L}(?:risks?|hazards?(?! ratio)){_R}")
_ADVICE = re.compile(
    rf"(?<![效反适响相供对])应当?(?!答|用|激|对|急|者)|务必|必须|切勿|立即|马上|请(?!求)|建议|停用|换药|报销"
    rf"|{_L}(?:should|must|ought|need to|stop|switch|consult|ask your|avoid|take|see|visit|click|buy|order"
    rf"|immediately){_R}"
)
# What research, not the reader, is told to do may be put in either language.
_MODAL = re.compile(
    rf"{_L}(?:should|must|ought|need to){_R}|(?<![效反适响相供对])应当?(?!答|用|激|对|急|者)|必须|务必|需|有待|仍须"
)
_RESEARCH = re.compile(rf"{_L}(?:future|research|stud(?:y|ies)|trials?|work|investigat\w+){_R}|未来|研究|试验|探索")
_TITLE = re.compile(rf"[{HAN}]{{2,3}}(?:教授|博士|医生|院士|主任)|{_L}(?:professor|prof\.|dr\.) ?[a-z]+")
_LINK = re.compile(r"https?:|www\.|\.(?:com|org|net|example|cn|io)(?![a-z])|@[a-z]")
_MONTHS = "january february march april may june july august september october november december".split()
_DATE = re.compile(
    rf"{_L}(?P<name>{'|'.join(_MONTHS)}) (?:[0-9]{{1,2}},? )?(?P<year>(?:19|20)[0-9]{{2}})"
    r"|(?P<y>(?:19|20)[0-9]{2}) ?年 ?(?P<m>[0-9]{1,2}) ?月"
)
_MULTIPLE = re.compile(
    rf"[0-9.零一二两三四五六七八九十几数半]+ ?倍|翻番|减半|-fold{_R}"
    rf"|{_L}(?:twice|doubl\w+|tripl\w+|halv\w+|times as|fold){_R}"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_COMMON = frozenset({0, 1, 2})
"""Number words that any sentence may have: one of, two arms."""


def untraced(sentence: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """What a sentence says beside its figures that its sources do not: a link, advice, another month, a number in
    words, a negation or a direction; else None."""
    folded, texts = fold(sentence).text, [fold(text).text for text in texts]
    return (
        _foreign(folded, texts)
        or _numbers(folded, texts)
        or _years(folded, texts, terms)
        or _negations(folded, texts, terms)
        or compared_otherwise(folded, texts, terms)
    )


def _foreign(folded: str, texts: Sequence[str]) -> Difference | None:
    """A link, or advice, that the sources do not hold; a month that is not theirs."""
    whole = "\n".join(texts)
    if link := next((link[0] for link in _LINK.finditer(folded) if link[0] not in whole), None):
        return "link", link
    for advice in _ADVICE.finditer(folded):
        on_research = _MODAL.fullmatch(advice[0]) and _RESEARCH.search(folded) and _MODAL.search(whole)
        if advice[0] not in whole and not on_research:
            return "advice", advice[0]
    if title := next((word[0] for word in _TITLE.finditer(folded) if word[0] not in whole), None):
        return "name", title
    if (schedule := _schedules(folded) - set().union(*map(_schedules, texts))) and any(map(_schedules, texts)):
        return "time", min(schedule)
    months = {date for text in texts for date, _ in _dates(text)}
    return next((("date", printed) for date, printed in _dates(folded) if months and date not in months), None)


def _schedules(folded: str) -> set[str]:
    """How often something is given, "3w" for Q3W, 每 3 周 and "every three weeks"."""
    text = in_digits(folded).replace("every other week", "every 2 weeks")
    found = re.findall(
        r"(?:每 ?|every |(?<![a-z])q ?)([0-9]{1,2}) ?(周|天|日|个月|weeks?|days?|months?|[wdm])(?![a-z])", text
    )
    return {number + {"周": "w", "天": "d", "日": "d", "个月": "m"}.get(unit, unit[0]) for number, unit in found}


def _dates(folded: str) -> Iterable[tuple[tuple[int, int], str]]:
    for match in _DATE.finditer(folded):
        if match["name"]:
            yield (int(match["year"]), _MONTHS.index(match["name"]) + 1), match[0]
        else:
            yield (int(match["y"]), int(match["m"])), match[0]


def _numbers(folded: str, texts: Sequence[str]) -> Difference | None:
    """A number in words that no source has, in words or digits; a multiple where no source has any."""
    if (multiple := _MULTIPLE.search(folded)) and not any(_MULTIPLE.search(text) for text in texts):
        return "number", multiple[0]
    told: set[Decimal] = set()
    for text in texts:
        told |= {Decimal(digits) for digits in re.findall(r"[0-9]+(?:\.[0-9]+)?", text)}
        told |= {value for value, _, _ in numbers_in_words(text)}
        told |= {Decimal(number) for name, number in _ROMAN.items() if re.search(rf"(?<![a-z]){name}(?![a-z])", text)}
    for value, printed, _ in numbers_in_words(folded):
        if value not in told and value not in _COMMON:
            return "number", printed
    return None


def turned(folded: str, texts: Sequence[str]) -> Difference | None:
    """A risk, or what else is compared, that is said to go the other way than in any source."""
    theirs = set().union(*(directions(text) for text in texts)) if texts else set()
    for about, way in directions(folded):
        other = (about, "down" if way == "up" else "up")
        if other in theirs and (about, way) not in theirs:
            return "direction", (UP if way == "up" else DOWN).search(folded)[0]  # type: ignore[index]
    return None


def directions(folded: str) -> set[tuple[str, str]]:
    """Which way a text says that a risk goes, and that what else it compares does: ("risk", "down")."""
    found = set()
    for clause in _CLAUSES.split(folded):
        about = "risk" if RISK.search(clause) else "other"
        up, down = bool(UP.search(clause)), bool(DOWN.search(clause))
        if up != down:
            found.add((about, "up" if up else "down"))
    return found


_TREATMENTS = frozenset({"drug", "drug code", "treatment"})
_YEAR = re.compile(r"(?<![0-9.])(?:19|20)[0-9]{2}(?![0-9.])")
_CLAUSES = re.compile(r"[,;。!?:]|\. ")


def _years(folded: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """A year that the sentence of the sources which says most of the same does not have, but another."""
    mine = set(_YEAR.findall(folded))
    if not mine:
        return None
    content = _content(folded, terms)
    sentences = _sentences(texts)
    scored = [(len(content & _content(s, terms)), s) for s in sentences]
    most = max((score for score, _ in scored), default=0)
    its = {year for score, s in scored if score >= 0.7 * most for year in _YEAR.findall(s)}
    return ("date", min(mine - its)) if its and mine - its else None


def _negations(folded: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """A negation that no source has near the same words, or one that is missing."""
    negated = _NEGATED.search(folded)
    sentences = _sentences(texts)
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
    return turned(folded, [best]) or turned(folded, texts)


def _sentences(texts: Sequence[str]) -> list[str]:
    return [s for text in texts for s in re.split(r"[。!?]|\. |\n", text) if s.strip()]


def compared_otherwise(folded: str, texts: Sequence[str], terms: Terms) -> Difference | None:
    """Two treatments that are said to stand to one another as no source says: the lower one said to be the higher."""
    mine = _comparisons(folded, terms)
    theirs = set().union(*(_comparisons(text, terms) for text in texts)) if texts else set()
    for more, less, about in mine:
        if (less, more, about) in theirs and (more, less, about) not in theirs:
            return "direction", (UP.search(folded) or DOWN.search(folded))[0]  # type: ignore[index]
    return None


def _comparisons(folded: str, terms: Terms) -> set[tuple[str, str, frozenset[str]]]:
    """Which treatment has more than which, of what: of each sentence that names two and says which way they go."""
    found = set()
    for sentence in re.split(r"[。!?;]|\. |\n", folded):
        mentions = terms.find(sentence)
        named = [m.concept.id for m in mentions if m.concept.category in _TREATMENTS]
        named = list(dict.fromkeys(named))
        up, down = bool(UP.search(sentence)), bool(DOWN.search(sentence))
        if len(named) == 2 and up != down and not RISK.search(sentence):
            about = frozenset(m.concept.id for m in mentions if m.concept.category not in _TREATMENTS)
            ordered = named if up else named[::-1]
            found |= {(ordered[0], ordered[1], frozenset({topic})) for topic in about}
    return found


def _content(folded: str, terms: Terms) -> frozenset[str]:
    """What a piece of text is about: concepts, and pairs of Chinese characters."""
    concepts = {mention.concept.id for mention in terms.find(folded)}
    pairs = {run[i : i + 2] for run in re.findall(f"[{HAN}]+", folded) for i in range(len(run) - 1)}
    return frozenset(concepts | pairs)
