"""Outcomes that no vocabulary has, named as the text names them: an open class, taken where an arm takes the figure.

"Right-sided approach was more frequent (42.6% versus 25.5%)", "临床治愈率分别为 83.0% 和 75.0%".
"""

from __future__ import annotations

import re

from corpus.language import HAN
from corpus.trial_results.patterns import L, R
from corpus.trial_results.scanning import LIST, Bound, Figure, Tokens

_BEFORE = re.compile(
    rf"(?:[≥≤<>±/]|[0-9] ?[-~]|{L}(?:SDs?|SE|SEM|IQR|ranged?|ranging|range of|from|between|aged?|ages|over|under"
    r"|at least|at most|up to|more than|less than|fewer than|within|every|for|after|power of|alpha|level|type|stage"
    r"|grades?|phase|day|week|month|year|table|figure|version|Q|P|p|n|N|I|CI|confidence interval|to detect|margin of"
    r"|cut-?off|threshold|after the|before the|in the|dose|doses of|score of ≥?"
    r"|differen\w{1,5}(?: (?:of|was|between[^,;.]{1,40}|in[^,;.]{1,30}))?"
    r"|MD|SMD|WMD|beta|β|chi2|χ2|t|F|r|kappa|coefficient|correlation|factor of|total of|by)"
    r"|P ?值?(?:分别|均|依次)?为?[ :]?(?:0?\.[0-9]+ ?(?:和|、|,|及) ?){0,4}|标准差|四分位|第|约?每|至少|超过|不足|小于"
    r"|大于|年龄|相差|差值|差异(?:为|值为)?|率差|平均差|均差|水平|检验|系数|界值|阈值|治疗|随访|剂量|给药|间隔|共|"
    r"[tFrχU²]) ?[=:(]? ?[-−]?$|(?<![A-Za-z])[A-Za-zχ][A-Za-z]?[0-9]{0,4} ?= ?[-−]?$"
    r"|(?<![A-Za-z])at(?: [0-9.]+(?:,| and|-| to)?){0,4} $"
)
_BEHIND = re.compile(
    r" ?(?:-[A-Za-z]|%? ?(?:CI|confidence|置信|可信)|[-~] ?[0-9]|[–] ?[0-9]|(?:-|th|st|nd|rd)(?![a-z])"
    r"|[ -]?(?:years?|岁|周岁)(?: of age| old|-old)?|-(?:week|month|year|day|hour|min|item|point|fold|arm|center"
    r"|centre)|[ -]fold|倍|mg|μg|ug|mcg|Gy|IU|kDa|例|名|位|人(?!均)|只|眼|个(?:中心|研究|国家)|patients|participants"
    r"|subjects|women|men|children|infants|people|individuals|eyes|centers|centres|sites|hospitals|countries|trials"
    r"|studies|cycles|courses|doses|sessions|visits|times)(?![A-Za-z])"
)
# What a value stands behind; "2 minute demonstrations" and "24 h urine" have none of it.
_LED = re.compile(
    rf"(?:{L}(?:median|mean|averaging|was|were|is|are|of|to|=|vs\.?|versus|v|and|or|than|reached|had|averaged|only|about|approximately|from"
    r"|with|in)|[=:(\[,;~±、]|为|达到?|至|是|和|与|及|比|对|仅|约|于|了|升高|降低|增加|减少|延长|缩短|的) ?[-−+]?$"
)
_UNIT = re.compile(
    r" ?(?:mm ?Hg|mmol/[lL]|mg/d[lL]|μmol/[lL]|ng/m[lL]|g/d[lL]|g/[lL]|U/[lL]|pg/m[lL]|m[lL]/min|kPa|cm|mm|kg/m2|kg"
    r"|m[lL]|points?|score|min(?:utes)?|h(?:ours?|rs?)?|seconds?|s|/week|events?/100|分|小时|分钟|次|个)(?![A-Za-z])"
)
# Sentences that say that arms were alike before anything was done.
_BASELINE = re.compile(r"^(?:Results?:{1,2} )?At baseline,|well[- ](?:matched|balanced)|基线资料|一般资料", re.I)
_EVENTS = re.compile(
    r" (?:[a-z-]+ ){0,2}(?:deaths|relapses|events|recurrences|episodes|infections|failures|strokes"
    r"|complications)(?![a-z])"
)
# Words that name no outcome.
_LINKS = re.compile(
    rf"{L}(?:was|were|is|are|be|been|had|has|have|the|an?|of|in|with|for|on|to|at|and|or|by|as|than|versus|vs\.?|v"
    r"|compared|both|between|among|respectively|significantly|higher|lower|greater|fewer|less|more|longer|shorter"
    r"|better|worse|similar|also|while|whereas|but|those|patients?|participants?|subjects?|groups?|arms?|that|who|which"
    r"|only|approximately|about|there|observed|seen|found|reported|frequent(?:ly)?"
    r"|common|occurred|mean|median|did|not|it|its|their|after|during|from|up|down|either|each|all|results?|showed?"
    r"|shown|treated|receiving|received|however|in addition|moreover|furthermore|overall|respective|corresponding"
    rf"|i\.e\.|e\.g\.){R}|分别|依次|为|是|达到?|仅|约|均|的|在|于|与|和|及|以及|而|则|但|其中|组间|两组|各组|三组|显著"
    r"|明显|高|低|长|短|优|多|少|较|比|对|升至?|降至?|由|从|增至?|减少|增加|升高|降低|下降|患者|者|占|中|有|结果|显示"
    r"|发现|治疗后?|后"
)
_NO_LABEL = re.compile(r"^[\W\d_]*$")
_AFTER = re.compile(
    r"[ )\]]{0,2}(?:\[[^\[\]]{0,40}\] ?|\([^()]{0,40}\) ?)?(?:of )?(?:the |all |these "
    r"|those )?(?:[\w-]{1,16} ){0,2}?(?:patients|participants|subjects|women|men|children|infants|individuals|cases"
    rf"|eyes|those)?[^,;.()]{{0,60}}?{L}(?:had|achieved|achieving|experienced|developed|underwent|reported|showed"
    r"|completed|responded|died|survived|relapsed|received|were|was|reached|improved|discontinued|remained"
    rf"|maintained){R} ?(?P<what>[^,;.()]{{0,60}})"
)
_AFTER_ZH = re.compile(
    rf"[)]?的?(?:患者|病人|受试者|人|者)?(?P<what>(?:接受|出现|发生|达到?|获得|完成|存在|有|选择|仍)[{HAN}]{{2,16}})"
)
_NUMERATOR = re.compile(
    r"[0-9,]{1,7} ?(?:例|人|名|位|只|眼|次|patients?|participants?|subjects?|women|men|cases|events?|eyes"
    r"|[a-z]{3,14})? ?[(\[] ?"
)
_CLAUSE = re.compile(
    r"[;。]|\. |, (?:and|but|while|whereas|with|which) |：|(?<=[结果方法结论])[ :]"
    r"|(?:RESULTS?|Results?|Findings|FINDINGS) ?:|,(?=[\u3400-\u9fff])|[,、](?=[\u3400-\u9fff])"
)


def open_outcomes(tokens: Tokens, bound: list[Bound], taken: list[tuple[int, int]]) -> list[Bound]:
    """The figures that may be of an outcome with no entry in the vocabulary, in order.

    ``bound``: those that have one. ``taken``: half-open runs of figures that are spoken for otherwise.
    """
    if _BASELINE.search(tokens.text):
        return []
    held = {id(item.figure): item for item in bound}
    previous: Bound | None = None
    found: list[Bound] = []
    label = ""
    waiting: list[Figure] = []
    for i, figure in enumerate(tokens.figures):
        if id(figure) in held:
            label = ""
            if previous is None or not _bracketed(tokens.text, figure.start):
                previous = held[id(figure)]
            waiting = []
            continue
        if any(a <= figure.start < b for a, b in taken) or not _may_be_value(tokens, figure):
            continue
        told = _label(tokens, i)
        if re.search(r"(?<![a-z])(?:ages?|difference|differences)(?![a-z])|年龄|率差|差值", told, re.I):
            label = ""
            continue
        if found and found[-1].label and LIST.fullmatch(tokens.text[found[-1].figure.tail : figure.start]):
            told = ""
        label = told or label
        if told and not _bracketed(tokens.text, figure.start):
            previous = None
        if previous and not told and previous.figure.kind == figure.kind and previous.statistic != "ratio":
            # "the response rate was 69%, with no difference between A (71%) and B (66%)"
            found.append(Bound(figure, previous.endpoint, previous.statistic, previous.name, previous.label, open=True))
            continue
        if not label:
            waiting.append(figure)
            continue
        # "65.1% in the A group and 48.2% in the B group were alive"
        for one in [*(f for f in waiting if f.kind == figure.kind), figure]:
            statistic = "rate" if one.kind == "%" else "median" if one.kind == "t" else "mean"
            found.append(Bound(one, "other", statistic, "other", label=label, open=True))
        waiting = []
    return found


def _bracketed(text: str, place: int) -> bool:
    """Whether a figure stands in a bracket that began after another figure: "69% (complete remission 60%)"."""
    depth, opened = 0, -1
    for at, character in enumerate(text[:place]):
        if character in "([":
            depth, opened = depth + 1, at if depth == 0 else opened
        elif character in ")]":
            depth = max(0, depth - 1)
    return depth > 0 and bool(re.search("[0-9] ?% ?$", text[:opened]))


def _may_be_value(tokens: Tokens, figure: Figure) -> bool:
    text = tokens.text
    if figure.kind not in "%trim" or _BEFORE.search(text[max(0, figure.start - 60) : figure.start]):
        return False
    if figure.kind in "trim" and not _LED.search(text[max(0, figure.start - 24) : figure.start]):
        return False
    if re.search(r"(?<![a-z])ages?(?![a-z])|年龄|aged", text[max(0, figure.start - 70) : figure.start], re.I):
        return False
    if figure.kind in "ri" and _BEHIND.match(text, figure.end):
        return False
    if figure.kind in "%t" and re.match(r" ?[-~–] ?[0-9]| ?(?:CI|置信|可信|confidence)", text[figure.end :]):
        return False
    if figure.kind == "t" and not re.search(
        r"time|duration|stay|length|interval|delay|latency|时间|时长|住院|用药|天数|间期",
        text[max(0, figure.start - 90) : figure.start],
        re.I,
    ):
        return False
    if figure.kind == "i":
        # A bare whole number is an outcome only with its unit, or set against another.
        value = int(text[slice(*figure.digits)].replace(",", ""))
        if figure.ci or _EVENTS.match(text, figure.end):
            return True
        near = text[max(0, figure.start - 14) : figure.start], text[figure.end : figure.end + 14]
        versus = re.search(rf"(?:{L}(?:vs\.?|versus|v)|对|比|和|与) ?$", near[0]) or re.match(
            rf" ?(?:\([^()]{{0,10}}\) ?)?(?:{L}(?:vs\.?|versus)|对|比)", near[1]
        )
        if 1900 <= value <= 2100 or not (versus or _UNIT.match(text, figure.end)):
            return False
    return True


def _label(tokens: Tokens, i: int) -> str:
    """What the text calls what a figure measures; "" where it goes on with what it said."""
    text, figure = tokens.text, tokens.figures[i]
    # Its own count before it, "268 [9%]", "12 patients (44%)", ends nothing.
    earlier = [f for f in tokens.figures[:i] if not _NUMERATOR.fullmatch(text, f.start, figure.start)]
    floor = max((f.tail for f in earlier), default=0)
    start = max([floor, *(m.end() for m in _CLAUSE.finditer(text, 0, figure.start))])
    said = _bare(tokens, start, figure.start)
    if said:
        return said
    if figure.kind == "i" and (events := _EVENTS.match(text, figure.end)):
        return events[0].strip()
    if figure.kind == "%" and (behind := _AFTER_ZH.match(text, figure.tail)):
        return behind["what"]
    if figure.kind == "%" and (after := _AFTER.match(text, figure.tail)):
        stop = next((f.start for f in tokens.figures[i + 1 :]), len(text))
        what = _bare(tokens, after.start("what"), min(after.end("what"), stop))
        return what or re.sub(r"\W", "", after[0].split()[-1]) if after[0].split() else ""
    return ""


def _bare(tokens: Tokens, start: int, end: int) -> str:
    """A piece of a sentence without arms, brackets, numbers and words that name nothing; "" where nothing is left."""
    piece = re.sub(r"[(\[][^()\[\]]{0,60}[)\]]", " ", tokens.armless(start, end))
    left = re.sub(r"\s+", " ", _LINKS.sub(" ", piece))
    if _NO_LABEL.match(re.sub(r"[A-Za-z](?![A-Za-z])", "", left)):
        return ""
    words = re.sub(r"\s+", " ", re.sub(r"[()\[\],:;=]", " ", piece)).strip(" -.")
    words = re.sub(
        rf"^(?:(?:the|an?|and|in|of|with|for|but|while|was|were|than|to|that|group|arm){R} ?)+", "", words, flags=re.I
    )
    words = re.sub(
        rf"(?: ?{L}(?:was|were|in|of|with|for|the|had|an?|at|than|to|and|is|as|from|by|median|mean))+$",
        "",
        words,
        flags=re.I,
    )
    words = re.sub(r"(?:分别|依次|为|是|达到?|仅|约|均|升至|降至|在|于)+$", "", words)
    words = re.sub(r" ?[0-9]+ ?(?:例|人|名|patients)?$", "", words)
    words = re.sub(r"^(?:发生|出现)(?=.{2})", "", words)
    words = re.sub(r"^(?:的|者|在|为|与|和|而|则|其|均|较)+", "", words)
    return words[-80:].strip() if not _NO_LABEL.match(words) else ""
