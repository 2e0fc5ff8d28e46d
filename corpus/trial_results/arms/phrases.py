"""Phrases that stand where an arm stands: an open class, known by its place and not by its words.

"randomised to X or Y", "X versus Y", "X (n = 30)", "group A (X)", "随机分为 X 组和 Y 组". Texts are folded; places are
half-open. Nothing here knows a drug.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from corpus.language import HAN
from corpus.trial_results.patterns import L, R


@dataclass(frozen=True, slots=True)
class Phrase:
    """What may name an arm, from ``start`` to ``end`` of a folded sentence."""

    text: str
    start: int
    end: int
    labels: tuple[str, ...] = ()
    """Other names that stand in brackets behind it."""
    sized: bool = False
    """Whether its number of patients stands with it."""


# Words before a phrase that are no part of it.
_LEAD = re.compile(
    r"(?:(?:the|a|an|either|both|those|these|that|patients|participants|subjects|women|men|children|individuals|people"
    r"|adults|infants|eyes|eligible|group|arm|who|were|was|had|be|receiving|received|receive|treated|treatment (?=with)"
    r"|therapy (?=with)|given|taking|using|assigned|allocated|randomi[sz]ed|undergoing|underwent|undergo|with|in|on"
    rf"|for|of|to|into|by|one of|then|only|only the|their|our|use of){R}[ ,:]{{1,2}})*",
    re.I,
)
# Words that end a phrase: verbs, comparisons, prepositions of time and place.
_STOP = re.compile(
    rf"{L}(?:was|were|is|are|been|being|had|has|have|having|did|does|do|can|could|may|might|will|would|should|must"
    r"|show(?:ed|s)?|result(?:ed|s|ing)?|led|demonstrat(?:ed|es)|achiev(?:ed|es|ing)|experienc(?:ed|es|ing)|report(?:ed"
    r"|ing)|develop(?:ed|ing)|occurr(?:ed|ing)|receiv(?:ed|ing|e)|underw(?:ent)|improv(?:ed|es|ing)|reduc(?:ed|es|ing)"
    r"|increas(?:ed|es|ing)|decreas(?:ed|es|ing)|produc(?:ed|es)|provid(?:ed|es)|appear(?:ed|s)|seem(?:ed|s)"
    r"|remain(?:ed|s)|significantly|statistically|respectively|while|whereas|because|but|although|though|if|as|than"
    r"|versus|vs\.?|v|compar(?:ed|ing|ison|able)|relative|against|at|during|from|after|before|over|within|between|among"
    r"|per|until|throughout|since|via|towards?|which|that|who|whose|whom|where|when|this|these|those|in|on|for|to|into"
    r"|by|once|twice|thrice|every|each|daily|weekly|monthly|followed|administered|according|using|not"
    rf"|no(?= (?:significant|statistically|difference))|followed|based on|p|n){R}|[,;:()\[\]]|\.(?= |$)"
    r"|(?<![A-Za-z0-9.-])[0-9]+(?:\.[0-9]+)?(?! ?(?:mg|μg|µg|mcg|g|kg|ml|mL|IU|Gy|U|mmol|%? ?(?:solution|cream|gel"
    r"|saline)))(?![A-Za-z0-9-])|[<>=±≥≤]"
)
_INSIDE = re.compile(
    r"(?:in )?(?:combin(?:ed|ation)|together|along|supplemented|coupled|plus) with|with or without", re.I
)
_AND = re.compile(rf" ?{L}(?:and|or){R} ?|&")
_TAIL = re.compile(
    rf"(?:-treated (?:patients|participants|subjects|[a-z]+).*)$|(?: ?{L}(?:groups?|arms?|cohorts?|patients"
    r"|participants|subjects|recipients|therapy|treatments?|and|or|with|of"
    r"|the|a|regimens?|only|users|treated|condition|respectively|interventions?|supplementation"
    rf"|administration){R})+$",
    re.I,
)
# What such a place may hold without naming an arm.
_NO_ARM = re.compile(
    r"^(?:(?:the )?(?:two|three|four|five|six|both|all|each|either|other|others|another|same|first|second|third|last"
    r"|total|baseline|control period|week|month|year|day|one|treatment|therapy|intervention phase|phase|follow-?up"
    r"|study|trial|randomi[sz]ation|equal|parallel|different|groups?|arms?|patients?|participants?|subjects|it|them"
    r"|they|her|him|us|we|general population|age|sex|gender|stratif\w*|time|ratio|blocks?|order|sequence|general"
    r"|overall|whole|entire|respectively|screening|enrol\w+|receive|hospital|cent(?:re|er)s?|data|results?|rate"
    r"|analysis|outcomes?|safety|efficacy|primary|secondary|composite|clinical|influenza-associated|respective"
    r"|survival|mortality|life|morbidity|quality|weight loss|weight|health|pain"
    r"|cohort|performance|incidence|risk|mean|median|difference|significant|similar|higher|lower|greater|years?|months?"
    rf"|weeks?|days?|hours?|minutes?|[0-9]+|more|less|most|at least){R} ?)+$",
    re.I,
)
_PURPOSE = re.compile(
    r"(?:assess|evaluate|compare|determine|investigate|examine|test|study|identify|establish|explore|measure"
    r"|participate|reduce|improve|see|find|estimate|describe|following|comprising|including|whichever|whether|how|max"
    rf"|mean|median|crossed|completed|also|both|more|less|further|then|all){R}",
    re.I,
)
_SIZE = re.compile(
    r" ?[(\[](?:[^()\[\]]{0,60}?[,; ])??[nN] ?= ?[0-9]{1,6}[^()\[\]]{0,40}[)\]]| ?\([0-9]{1,5}(?: patients)?\)"
)
_SIZE_LABEL = re.compile(r"[nN] ?= ?[0-9]+[,;] ?(?P<label>[A-Za-z][A-Za-z -]{1,20})[)\]]")
_LABEL = re.compile(
    r" ?[(\[](?:the )?(?P<label>[A-Za-z][A-Za-z0-9+/ -]{0,30}?)(?: ?(?:group|arm)s?)?(?:[,;:] ?[^()\[\]]{0,60})?[)\]]"
)


def behind(text: str, position: int, conjunctions: bool = False) -> Phrase | None:
    """The phrase that begins at ``position``, without the words that lead to it; None where there is none."""
    lead = _LEAD.match(text, position)
    start = lead.end() if lead else position
    end = _end(text, start, conjunctions)
    return _phrase(text, start, end)


def _end(text: str, start: int, conjunctions: bool) -> int:
    position = start
    limit = min(len(text), start + 110)
    while stop := _STOP.search(text, position, limit):
        if inside := _INSIDE.match(text, stop.start()):
            position = inside.end()
            continue
        limit = stop.start()
        break
    if not conjunctions:
        for joined in _AND.finditer(text, start, limit):
            if joined.start() > start and not _INSIDE.match(text, max(start, joined.start() - 5)):
                return joined.start()
    return limit


def _phrase(text: str, start: int, end: int) -> Phrase | None:
    raw = text[start:end].rstrip(" -'\"")
    bare = _TAIL.sub("", raw).strip(" -'\"")
    if len(bare) < 2 or len(bare.split()) > 12 or _NO_ARM.match(bare) or not re.search(r"[A-Za-z]{2}", bare):
        return None
    if _PURPOSE.match(bare):
        return None
    begin = start + raw.find(bare)
    stop, labels, sized = start + len(raw), [], False
    for _ in range(2):
        if size := _SIZE.match(text, stop):
            sized, stop = True, size.end()
            if named := _SIZE_LABEL.search(size[0]):
                labels.append(named["label"])
        label = _LABEL.match(text, stop if not size else size.start())
        if label and not re.fullmatch(r"(?:n|N|mean|median|range|p|P|HR|OR|RR|CI|see .*)", label["label"]):
            labels.append(label["label"].strip())
            stop = max(stop, label.end())
    return Phrase(bare, begin, start + len(raw), tuple(dict.fromkeys(labels)), sized)


_ALLOTTED = re.compile(
    rf"{L}(?:randomi[sz]ed|randomly|assigned|allocated|divided|randomi[sz]ation|grouped|categori[sz]ed|classified){R}"
)
_TO = re.compile(rf"{L}(?:to receive|to undergo|to be|to either|to|into|received|receive|either){R}(?! a [0-9])[ :]")
_PART = re.compile(rf"[,;]? ?{L}(?:or|and|versus|vs\.?){R} ?(?:to )?|[,;:] ?(?:to )?(?=[A-Za-z(])|/(?=[a-z])")
_BRACKETED = re.compile(r"\([^()]*\)")
_SENTENCE_END = re.compile(r"\.(?: |$)")
_NOT_ALLOTTED = re.compile(
    r"^(?:for|in|at|during|stratif|by|using|with (?:a|the)|after|before|every|once|daily|until|weeks?|months?|days?"
    r"|years?|single|double|open|placebo-controlled|parallel|[0-9]+ ?:|ratio|block|according|based|group$|groups of)",
    re.I,
)
_VERSUS = re.compile(rf" ?{L}(?:versus|vs\.?|v|compared (?:with|to)|as compared (?:with|to)|against|or){R} ?")
# What leads to an arm that another is compared with; "quality of life compared with" does not.
_LEADS = re.compile(
    rf"(?:^|[:;(] ?|\. |{L}(?:with|receiving|received|between|receive|adding|given|using|taking|by|to|in|plus"
    r"|comparing|compare[ds]?|versus|vs\.?|(?:effects?|efficacy|safety|comparison|superiority|non-?inferiority|use"
    r"|benefits?|addition|trial|study|role|impact|evaluation) of)(?: (?:the|an?|patients|participants|subjects|those"
    r"|group|arm|with|in|receiving|who|received|treated))* )$",
    re.I,
)
_BETWEEN = re.compile(
    rf"{L}(?:compar(?:e[ds]?|ing)|comparison (?:of|between)|between|difference between|differ between){R} "
)
# "irinotecan plus 5-fluorouracil (ILF) vs etoposide (ELF)"
_LABELLED = re.compile(
    r"\((?P<one>[A-Z][A-Za-z0-9+/-]{1,9})\) (?:vs\.?|versus|or|compared (?:with"
    r"|to))(?: the)? [^.;()]{3,90}\((?P<other>[A-Z][A-Za-z0-9+/-]{1,9})\)"
)
_IN_BRACKET = re.compile(r"[^()]{3,120}(?=\))")
_PAIRED = re.compile(rf",? ?{L}(?:with|to|and|versus|vs\.?|against|or){R} ")
_GROUP_IS = re.compile(
    rf"{L}(?P<kind>[Gg]roups?|[Aa]rms?|[Cc]ohorts?|GROUP) (?P<label>[A-H]|[1-6]|I{{1,3}}|IV|V){R}(?![0-9.])"
    r"(?P<size> ?\([^()]{0,40}[0-9]\))?(?P<is>,? ?(?:[:=]|was|were|received|receiving|treated with|underwent|included"
    r"|consisted of|with|is)[ -]?(?:the |treated with |given )?| ?\((?![nN] ?=|[0-9]))?"
)


How = Literal["allotted", "compared", "lettered", "sized"]


@dataclass(frozen=True, slots=True)
class Introduced:
    """Arms that a sentence introduces together, in its order."""

    how: How
    phrases: tuple[Phrase, ...]


def introduced_in(text: str) -> Iterator[Introduced]:
    """The arms that a sentence introduces."""
    for phrases in _allotted(text):
        yield Introduced("allotted", phrases)
    for phrases in _compared(text):
        yield Introduced("compared", phrases)
    for phrases in _lettered(text):
        yield Introduced("lettered", phrases)
    for phrases in _sized(text):
        yield Introduced("sized", phrases)


_GIVEN_EN = re.compile(
    rf"{L}(?:[Tt]he )?(?P<a>[A-Za-z][A-Za-z0-9-]{{1,24}}(?: [A-Za-z0-9-]{{1,20}})?) (?:groups?|arms?"
    rf"|patients){R}(?: ?\([^()]{{0,30}}\))? (?:were |was |who )?(?:received|receiving|underwent|was treated with"
    rf"|were treated with|treated with|were given|given|took|consisted of|drank|used){R} "
)
_GIVEN_ZH = re.compile(
    rf"(?P<a>[{HAN}A-Za-z0-9]{{1,8}})组(?: ?\([^()]{{0,20}}\))?[^,;。组]{{0,6}}?(?:给予|采用|接受|口服|予以|应用|使用"
    r"|单用|服用|予)(?P<b>[^,;。()组0-9]{2,24}?)(?:治疗|干预|[,;。(]|[0-9])"
)


# "布比卡因组(B组)": two names of one arm.
_CALLED_ZH = re.compile(
    rf"(?P<a>[{HAN}A-Za-z0-9α-ω/+-]{{1,16}})组 ?\((?P<b>[A-Za-z0-9Ⅰ-Ⅳ+./-]{{1,8}}|[{HAN}]{{1,4}})组[),，;:]"
)


def aliases_in(text: str) -> Iterator[tuple[str, str]]:
    """Names that a sentence says are one arm's: "the control group received placebo"."""
    for match in _GIVEN_EN.finditer(text):
        if phrase := behind(text, match.end()):
            yield (match["a"], phrase.text)
    for match in _CALLED_ZH.finditer(text):
        yield (match["a"], match["b"])
    for match in _GIVEN_ZH.finditer(text):
        yield (match["a"], match["b"].strip())


def _allotted(text: str) -> Iterator[tuple[Phrase, ...]]:
    for cue in _ALLOTTED.finditer(text):
        to = _TO.search(text, cue.end(), cue.end() + 120)
        if not to:
            continue
        end = _SENTENCE_END.search(text, to.end())
        stop = min(end.start() if end else len(text), to.end() + 500)
        masked = _BRACKETED.sub(lambda m: "(" + "_" * (len(m[0]) - 2) + ")", text)
        phrases: list[Phrase] = []
        position = to.end()
        while position < stop and len(phrases) < 6:
            part = _PART.search(masked, position, stop)
            phrase = None if _NOT_ALLOTTED.match(text[position:stop]) else behind(text, position)
            if phrase and not _NOT_ALLOTTED.match(phrase.text) and phrase.end <= (part.start() if part else stop) + 1:
                phrases.append(phrase)
            if not part:
                break
            position = part.end()
        phrases = _joined(text, phrases)
        if len(phrases) >= 2 or (phrases and phrases[0].sized):
            yield tuple(phrases)


def _joined(text: str, phrases: list[Phrase]) -> list[Phrase]:
    """Where arms have labels, what has none is the beginning of the next: "diazepam and nerve block (Group III)"."""
    if sum(bool(phrase.labels) for phrase in phrases) < 2:
        return phrases
    found: list[Phrase] = []
    start: int | None = None
    for phrase in phrases:
        if not phrase.labels:
            start = phrase.start if start is None else start
            continue
        if start is not None:
            phrase = replace(phrase, text=text[start : phrase.start] + phrase.text, start=start)
            start = None
        found.append(phrase)
    return found


def _compared(text: str) -> Iterator[tuple[Phrase, ...]]:
    for cue in _VERSUS.finditer(text):
        if cue[0].strip() in ("or", "v") or re.search(r"[0-9%)] ?$", text[max(0, cue.start() - 3) : cue.start()]):
            continue
        second, first = behind(text, cue.end()), before(text, cue.start())
        if first and not _LEADS.search(text[max(0, first.start - 40) : first.start]):
            continue
        if first and second and not re.match(r" ?[0-9]", text[cue.end() :]):
            yield (first, second)
    for pair in _LABELLED.finditer(text):
        named = [before(text, pair.start("one") - 1), before(text, pair.start("other") - 1)]
        yield tuple(
            Phrase(label, pair.start(key), pair.end(key), (phrase.text,) if phrase else ())
            for key, phrase in zip(("one", "other"), named, strict=True)
            for label in [pair[key]]
        )
    for cue in _BETWEEN.finditer(text):
        first = behind(text, cue.end())
        if not first:
            continue
        joined = _PAIRED.match(text, first.end)
        second = behind(text, joined.end()) if joined else None
        if second:
            yield (first, second)


def before(text: str, position: int) -> Phrase | None:
    """The phrase that ends at ``position``."""
    window = text[max(0, position - 110) : position]
    offset = position - len(window)
    start = 0
    for stop in _STOP.finditer(window):
        if not _INSIDE.match(window, stop.start()) and not re.search(
            r"combined $|combination $|with or $", window[: stop.start()]
        ):
            start = stop.end()
    for word in re.finditer(
        rf"{L}(?:of|the|a|an|with|and|or|receiving|adding|effects?|efficacy|safety|study|trial){R} ", window
    ):
        if (
            word.start() >= start
            and not _INSIDE.match(window, max(0, word.start() - 9))
            and not re.search(r"(?:combined|combination|together|plus|standard|dose|level) $", window[: word.start()])
            and word[0].strip() != "and"
        ):
            start = word.end()
    lead = _LEAD.match(window, start)
    return _phrase(text, offset + (lead.end() if lead else start), position)


def _lettered(text: str) -> Iterator[tuple[Phrase, ...]]:
    found = []
    for match in _GROUP_IS.finditer(text):
        name = f"{match['kind'].rstrip('s').lower()} {match['label']}"
        inside = _IN_BRACKET.match(text, match.end()) if match["is"] and "(" in match["is"] else None
        if inside and not re.search(r"[nN] ?=|[0-9]{2,} ?(?:patients|%)", inside[0]):
            found.append(Phrase(inside[0], match.start(), inside.end(), (name,), bool(match["size"])))
            continue
        told = behind(text, match.end(), conjunctions=True) if match["is"] else None
        if told and not re.match(r"(?:received|underwent)? ?[0-9]", told.text):
            found.append(Phrase(told.text, match.start(), told.end, (name, *told.labels), bool(match["size"])))
        else:
            found.append(Phrase(name, match.start(), match.end("label"), (), bool(match["size"])))
    if found:
        yield tuple(found)


_SIZED_AFTER = re.compile(r" ?[(\[] ?[nN] ?= ?[0-9]{1,6}")


def _sized(text: str) -> Iterator[tuple[Phrase, ...]]:
    found = []
    for size in _SIZED_AFTER.finditer(text):
        phrase = before(text, size.start())
        if phrase:
            found.append(Phrase(phrase.text, phrase.start, phrase.end, phrase.labels, True))
    if len(found) >= 2:
        yield tuple(found)
