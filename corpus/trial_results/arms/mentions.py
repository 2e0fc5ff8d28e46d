"""The arms that a sentence names: "X 组", "the X group", treatments by drug, dose or route.

Names are found by their ends (组, group) or by the drugs in them, then cut at the words that cannot
be part of a name. One arm goes by several names in a paragraph; see ``Register``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.language import HAN
from corpus.trial_results.patterns import L, R
from corpus.vocabulary.drugs import chinese_endings, english_endings, second_words


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention of an arm in a folded sentence, from character ``start`` to ``end``, half-open."""

    name: str
    """Without 组 or "group"."""
    start: int
    end: int
    strong: bool
    """Named as an arm (X 组, the X group), not only as a treatment."""
    known: bool = False
    """Whether it is a name that a register has."""


# Names that end in no stem.
_STEM = rf"(?:{english_endings()}|aspirin)"
_DRUG_EN = (
    rf"(?:[A-Za-z]{{2,20}}-)?[A-Za-z]{{0,20}}{_STEM}(?: (?:{second_words()}))?{R}"
    rf"|(?:[0-9]{{1,3}}[A-Za-z]{{1,3}}-)?[A-Z][A-Za-z0-9]{{1,12}}(?:-[A-Za-z0-9]{{1,8}}){{0,3}}"
    r"(?= plus | alone| monotherapy)"
    rf"|nab-paclitaxel|lazertinib|FOLF[A-Z]{{2,7}}|m?FOLFOX6?|CAPOX|XELOX|SOX|GEMOX|R-CHOP|ABVD|BEACOPP|S-1"
    rf"|T-DXd|T-DM1|BCG"
    rf"|[A-Z][a-z]{{2,9}}-[A-Z][a-z]{{2,9}}{R}|(?!NCT)[A-Z]{{2,5}}-?[0-9]{{3,7}}[A-Z]?(?![A-Za-z0-9])"
    rf"|{L}(?:[A-Z][a-z]{{1,6}}-?)?(?:cel|CAR-T)(?: cells?)?{R}"
)
_CLASS_EN = (
    r"(?:platinum-based |platinum |standard |standard-of-care |induction |adjuvant "
    r"|neoadjuvant )?(?:chemotherapy|chemoradiotherapy"
    r"|chemoradiation|radiotherapy|immunotherapy|endocrine therapy|androgen[- ]deprivation therapy|ADT)"
    r"|placebo|standard (?:of care|care|therapy|treatment)|best supportive care|observation|surgery|physician's choice"
    r"|(?:the )?investigator's choice|control"
)
_DRUG_ZH = (
    rf"(?:单纯|标准|含铂|双药|同步|诱导|辅助|新辅助)?"
    rf"(?:(?:含铂)?放?化疗|放疗|内分泌治疗|免疫治疗)|安慰剂|标准 ?(?:EGFR-TKI|治疗|方案)|最佳支持治疗|手术|替吉奥"
    rf"|(?:(?!联合|加用)[{HAN}]){{1,7}}(?:{chinese_endings()}|替吉奥|戈沙妥珠|维泊妥珠)"
    rf"|(?:白蛋白结合型|多西他赛|多西|吉西|脂质体)?(?:紫杉醇)|多西他赛|来曲唑|阿那曲唑|他莫昔芬|卡培他滨"
    rf"|替莫唑胺|依托泊苷|阿比特龙"
)
_DRUG = rf"(?:{L}(?:{_DRUG_EN}|{_CLASS_EN}{R})|{_DRUG_ZH})"
_DOSE = r"(?:[ (]{0,2}[0-9]{1,4}(?:\.[0-9]{1,2})? ?(?:mg/kg|mg/m2|mg/m²|mg)[^,;:()。\u4e00-\u9fff]{0,12}[)]?)?"
_ANY_DOSE = re.compile(r"[ (]{0,2}[0-9]{1,4}(?:\.[0-9]{1,2})? ?(?:mg/kg|mg/m2|mg/m²|mg)[)]?")
_WITH = r"(?:[ ]?(?:联合|加用|加|\+|plus|combined with|in combination with|with or without|/|-) ?)"
_AND = r"(?:[ ]?(?:和|与|及|或|and|or|、) ?)"
# A treatment: one drug, or several of which the first two are joined by a word that can only join a regimen.
TREATMENT = re.compile(
    rf"{_DRUG}(?:{_DOSE}{_WITH}{_DRUG}(?:(?:{_WITH}|{_AND}(?!placebo|安慰剂"
    rf"|{_DRUG}{_WITH})){_DRUG}){{0,3}})?(?: ?(?:单药|单纯治疗| alone| monotherapy))?"
)

_GROUP_ZH = re.compile(r"(?:剂量|治疗)?(?:组|臂)(?![织分合成胚间学别蛋])")
# Words that cannot be inside an arm's name, so that it begins after the last of them.
_CUT_ZH = re.compile(
    r"于|为|的|在|是|而|或|较|比|对比|至|到|接受|显示|中(?!剂量|等|药|成药|效|西|危|间|医)|且|但|以及|其|该|相|从|被|将|均"
    r"|月|年|后(?!路|续)|,|、|vs\.?|分为|分成|随机|达到|达(?=[0-9 ])|(?<![每隔双])周(?!期)|若|则|%"
    r"|优|另|者|本|以|分入|纳入|归入|PFS|OS|ORR|DCR|DoR|(?<![早晚短长同近中远])期|率|患|(?<!病)例|结果|提示|表明|当|约|由"
)
_SOFT_ZH = re.compile(r"和|与|及")
_JOIN_ZH = re.compile(r"联合|加|\+")
_NOT_ZH = frozenset(
    "亚 分 各 每 两 二 三 四 多 一 另一 前 后 前两 后两 此 同 哪 小 大 入 其他 任一 对 组 该 本 年龄 全 某".split()
)
_GROUP_EN = re.compile(rf"{L}(?:groups?|arms?|cohorts?){R}")
_CUT_EN = re.compile(
    rf"{L}(?:the|in|of|with|than|to|for|vs\.?|versus|was|were|between|by|each|both|two|or|on|at|among|from"
    rf"|patients|a|an|as|into|per"
    rf"|respectively|is|had|one|three|four|either|other|treatment|this|that|these|all|assigned|randomi[sz]ed"
    rf"|receiving|compared|months?"
    rf"|age|sub|safety|primary|over|across|who|which|response|survival|rate|median){R}|[,;:()]|[0-9]%"
)
_BAD_EN = re.compile(
    r"(?i)^(?:sub|age|risk|same|larger?|respective|overall|whole|entire|patients?|first|second|third|high"
    r"|low|positive|negative|dose|\d+|every|"
    r"different|ethnic|parallel|expansion|escalation|phase|validation|training|subgroups?|patient|research|working"
    r"|collaborative|cancer|oncology|non|.{0,20}age)$"
)
_PAIR_DOSES = re.compile(
    r"(?P<doses>[0-9]{1,4}(?:\.[0-9])?(?: ?mg(?:/kg)?)?(?:(?:, ?(?:and |or )?"
    r"| ?(?:或|和|与|/|、|or|and) ?)[0-9]{1,4}(?:\.[0-9])?(?: ?mg(?:/kg)?)?){1,5})"
    rf"(?<=[gkm]) ?(?P<drug>{_DRUG})?[^,;。()0-9]{{0,6}}?(?:剂?量?组|doses?|groups?|arms?)"
)
_ONE_DOSE = re.compile(r"(?P<value>[0-9]{1,4}(?:\.[0-9])?) ?(?P<unit>mg(?:/kg)?)?")
# Treatments that patients had before are no arm.
_PRIOR = re.compile(
    rf"既往|曾|耐药|失败|经治|接受过|(?<!无)(?<!疾病)进展(?!生存|或|风险|期)|难治|不耐受|初治|标准治疗后"
    rf"|{L}(?:prior|previous(?:ly)?|after|refractory|progress(?:ed|ing)|resistan\w{{1,3}}"
    rf"|failed|failure|following|pretreated|on or after|naive|eligible|ineligible|approv\w{{1,4}}){R}"
)
_FOLLOWED = re.compile(
    r"^(?:[- ](?:naive|based|treated|resistant|refractory|sensitive|related|induced|free|eligible|pretreated)"
    r"|[^,;。]{0,10}(?:治疗后|耐药|失败|初治|经治|后进展))"
)
# Where a treatment by itself stands for an arm, English: what stands before it.
_INTRODUCED = re.compile(
    rf"(?:^|[,;:(]|{L}(?:with|receiv\w{{1,4}}|given|for|of|to|than|versus|vs\.?|and|or|by|on|from|was|were|that"
    rf"|either|adding|in the|in|plus|assigned|the)) ?$",
    re.I,
)


@lru_cache(maxsize=512)
def _unnamed(text: str) -> tuple[list[Mention], ...]:
    """What each way of finding finds; a sentence is read for its register, then for its figures."""
    return _dose_pairs(text), _lettered(text), _chinese_groups(text), _english_groups(text), _treatments(text)


_COMMON = re.compile(r"controls?|intervention|treatment|study|standard|reference|active|combination|comparison", re.I)
_LEADS = re.compile(
    rf"(?:^|[0-9%(\[,;:/] ?|{L}(?:vs\.?|versus|v|than|with|to|in|for|among|of|and|or|on|as)(?: the)? )$", re.I
)
_JOIN = re.compile(r"联合|加用|\+|(?<![A-Za-z])(?:plus|combined with|in combination with)(?![A-Za-z])")


def find_mentions(text: str, names: re.Pattern[str] | None = None) -> list[Mention]:
    """The arms that a folded sentence names, in its order, none overlapping another.

    ``names``: those that a register has, each with what ends it.
    """
    known = [
        Mention(m["name"], m.start("name"), m.end(), bool(m["group"]), True)
        for m in (names.finditer(text) if names else ())
        # "glucose control", "the control of pain": the word, not the arm.
        if m["group"] or not _COMMON.fullmatch(m["name"]) or _LEADS.search(text[max(0, m.start() - 14) : m.start()])
    ]
    doses, letters, chinese, english, treatments = _unnamed(text)
    # What is called a group comes before what joins treatments, and that before the name of one of them.
    ranked = (
        doses,
        letters,
        [mention for mention in known if mention.strong],
        chinese,
        english,
        [mention for mention in treatments if _JOIN.search(mention.name)],
        known,
        treatments,
    )
    found: list[Mention] = []
    for mentions in ranked:
        found += [m for m in mentions if not any(a.start < m.end and m.start < a.end for a in found)]
    return sorted(found, key=lambda arm: arm.start)


_LETTERS = r"(?:[A-H]|[1-6]|I{1,3}|IV|V)(?![A-Za-z0-9]|\.[0-9])"
_LETTERED_EN = re.compile(
    rf"{L}(?P<kind>[Gg]roups?|[Aa]rms?|[Cc]ohorts?|GROUPS?|ARMS?) ?(?P<labels>{_LETTERS}"
    rf"(?:(?:, ?(?:and |or )?| ?(?:and|or|/|vs\.?|versus|&) ?)(?:(?:[Gg]roup|[Aa]rm) )?{_LETTERS}){{0,5}})"
)
_ONE_LETTER = re.compile(_LETTERS)


def _lettered(text: str) -> list[Mention]:
    """Group A, arm 2: the register's names of arms that are told apart by a letter alone."""
    found = []
    for m in _LETTERED_EN.finditer(text):
        kind = m["kind"].lower().rstrip("s")
        for i, letter in enumerate(_ONE_LETTER.finditer(text, m.start("labels"), m.end())):
            found.append(Mention(f"{kind} {letter[0]}", letter.start() if i else m.start(), letter.end(), True))
    return found


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """An expression that finds any of the names, the longer first, with "group" or 组 behind it."""
    told = sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name))
    if not told:
        return None
    either = "|".join(re.escape(name).replace(r"\ ", "[ -]") for name in told)
    return re.compile(
        rf"(?<![A-Za-z0-9])(?P<name>{either})s?(?![A-Za-z0-9])(?P<group>[ -](?:group|arm|cohort)s?(?![A-Za-z])"
        r"| ?(?:剂量|治疗)?组)?",
        re.I,
    )


def _dose_pairs(text: str) -> list[Mention]:
    """10 mg 或 100 mg Tarlatamab 治疗组: two arms of one drug."""
    arms = []
    for match in _PAIR_DOSES.finditer(text):
        drug = f"{match['drug'].strip()} " if match["drug"] else ""
        doses = list(_ONE_DOSE.finditer(text, match.start("doses"), match.end("doses")))
        unit = next((dose["unit"] for dose in doses if dose["unit"]), "mg")
        for dose in doses:
            end = match.end() if dose is doses[-1] else dose.end()
            arms.append(Mention(f"{drug}{dose['value']} {unit}", dose.start(), end, True))
    return arms


_LETTER_BEHIND = re.compile(rf"[{HAN}] ?(?P<letter>[A-HⅠⅡⅢⅣ])$")


def _begin(window: str) -> int:
    """Where the Chinese name that ends a piece of text begins."""
    # After the last punctuation; brackets directly before 组 hold a dose or an abbreviation.
    start = max(window.rfind(c) for c in ',;:()。、!?"“”[]') + 1
    start = max([start, *(cut.end() for cut in _CUT_ZH.finditer(window))])
    for soft in _SOFT_ZH.finditer(window, start):
        if not _JOIN_ZH.search(window, start, soft.start()):
            start = soft.end()
    return start


_SIZED_ZH = re.compile(
    r"(?<=[^组0-9 ])(?: ?\(?(?:n|N) ?= ?[0-9]{1,6}\)?| ?\([0-9]{1,6} ?(?:例|人|名|只|眼)\))"
    rf"|\((?P<people>[{HAN}]{{2,10}}者)\) ?[0-9]{{1,6}} ?(?:例|人|名)"
)


def sized_in(text: str) -> list[Mention]:
    """What stands before a number of patients in brackets, Chinese, without 组: "突变型(n=35)与野生型(n=82)"."""
    found = []
    for match in _SIZED_ZH.finditer(text):
        if match["people"]:
            found.append(Mention(match["people"], match.start("people"), match.end("people"), True))
            continue
        floor = max(0, match.start() - 30)
        window = text[floor : match.start()]
        start = _begin(window)
        name = window[start:].strip(" (")
        if len(name) > 1 and re.search(f"[{HAN}]", name) and not re.search(r"[0-9]$|患者|病例|研究|试验$", name):
            found.append(Mention(name, floor + start, match.start(), True))
    return found if len({mention.name for mention in found}) > 1 else []


def _chinese_groups(text: str) -> list[Mention]:
    arms: list[Mention] = []
    for match in _GROUP_ZH.finditer(text):
        floor = max(arms[-1].end if arms else 0, match.start() - 45)
        window = text[floor : match.start()]
        start = _begin(window)
        name = window[start:].strip()
        # "腹泻 A 组": the letter names the arm, whatever Chinese stands before it.
        if (letter := _LETTER_BEHIND.search(name)) and not re.search(
            r"维生素|流感|甲型|蛋白$", name[: letter.start() + 1]
        ):
            start, name = start + window[start:].find(name) + letter.start() + 1, letter["letter"]
        # "静脉注射 10 mg 剂量组" is the 10 mg arm.
        name = re.sub(r"^(?:(?:静脉|皮下)(?:注射|输注|滴注)|口服) ?(?=[0-9])", "", name).strip(" -")
        if (
            name
            and name not in _NOT_ZH
            and (name == "介入" or not name.endswith(tuple("亚分入编重单双群羣小两二三四各每述")))
            and not re.fullmatch(r"[0-9. ]{1,6}", name)
        ):
            arms.append(
                Mention(name, floor + start + len(window[start:]) - len(window[start:].lstrip()), match.end(), True)
            )
    return arms


def _english_groups(text: str) -> list[Mention]:
    arms: list[Mention] = []
    for match in _GROUP_EN.finditer(text):
        floor = max(arms[-1].end if arms else 0, match.start() - 80)
        window = text[floor : match.start()].rstrip(" -")
        start = max((cut.end() for cut in _CUT_EN.finditer(window)), default=0)
        parts = [(start, len(window))]
        if match[0].endswith("s") and not re.search(rf"{L}and{R}|/|[0-9]", window[start:]):
            # "weight loss groups" names what groups are made by, no group.
            continue
        for soft in re.finditer(rf"{L}and{R}", window[start:]):
            left = window[start : start + soft.start()]
            whole = match[0].endswith("s") or re.search(rf"{L}(?:between|both) $", window[:start])
            if not whole and left.strip() and not re.search(rf"{L}(?:group|arm)s?{R}", left):
                # "the vitamin A and zinc group" is one.
                continue
            if not re.search(r" plus | with |\+", left):
                # "the A and B groups" names two arms; "and the B group" begins one.
                parts = [(start + soft.end(), len(window))]
                if match[0].endswith("s") and left.strip():
                    parts.insert(0, (start, start + soft.start()))
        for a, b in parts:
            name = window[a:b].strip(" -")
            offset = floor + a + len(window[a:b]) - len(window[a:b].lstrip())
            if name and not _BAD_EN.match(name) and len(name.split()) <= 7:
                arms.append(Mention(name, offset, match.end() if (a, b) == parts[-1] else floor + b, True))
    return arms


def _treatments(text: str) -> list[Mention]:
    arms = []
    for match in TREATMENT.finditer(text):
        name, start = match[0], match.start()
        if re.match(f"[{HAN}]", name):
            # The Han run before 单抗 may hold words that introduce the drug.
            lead = max(
                (
                    c.end()
                    for c in re.finditer(
                        r"抗体|衔接器|抑制剂|观察|探讨|评价|口服|治疗|对比|比|显示|评估|接受|给予|比较|使用|应用|采用|探讨|研究|包括|或"
                        r"|与|和|及|在|为|用|的|将|于|种|药物?|较|对|首个|一线|二线|后线|后|者|了|中|由|于|期|率",
                        name[:-2],
                    )
                ),
                default=0,
            )
            joined = re.search(r"联合|加用|\+", name)
            if not joined or lead <= joined.start():
                name, start = name[lead:], start + lead
        clause = text[max(0, start - 60) : start]
        clause = clause[max(clause.rfind(c) for c in ",;。(") + 1 :]
        if not name or _PRIOR.search(clause) or _FOLLOWED.match(text[match.end() : match.end() + 20]):
            continue
        arms.append(Mention(_ANY_DOSE.sub(" ", name).replace("  ", " ").strip(" -/"), start, match.end(), False))
    return arms


def introduced(text: str, arm: Mention) -> bool:
    """True of a treatment that stands where an arm stands: after "with", at the start of a clause."""
    return arm.strong or arm.known or bool(_INTRODUCED.search(text[max(0, arm.start - 12) : arm.start]))
