"""The register of a study's arms: made in one pass over its text, then asked which arm a name means.

An arm is known by how it is introduced and goes by several names. What tells arms apart are the words that not all of
them share: the backbone of a combination names none of them. A name that fits two arms fits none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from corpus.language import HAN
from corpus.trial_results.patterns import L, R
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.general import general_concepts
from corpus.words.folding import fold

Role = Literal["control", "experimental", ""]

_SAME_WORDS = {
    "sc": "皮下", "subcutaneous": "皮下", "皮下注射": "皮下", "iv": "静脉", "intravenous": "静脉", "静脉注射": "静脉",
    "chemotherapy": "化疗", "chemo": "化疗", "placebo": "安慰剂", "control": "对照", "controls": "对照",
    "radiotherapy": "放疗", "surgery": "手术", "病人": "患者", "实验": "试验", "干预": "介入",
}  # fmt: skip
_SPLIT = re.compile(
    r"联合|加用|加|\+|和|与|及|或|/|,| plus | and | or | with(?:out)? | combined with |(?<=[a-z])-(?=[A-Z])|单药|单用"
    r"|治疗| alone| monotherapy|剂量|\s(?=[0-9])"
)
_FILLER = frozenset(
    """
    治疗 剂量 单药 方案 相同 注射 每两周 标准 单纯 单用 含铂 标准化疗 组 患者
    group groups arm arms the a an of in on to for combination therapy standard treatment treatments treated based
    regimen patients patient alone monotherapy only
    dose doses daily oral once twice week weekly received receiving plus and or with supplementation supplement
    supplements use using trial study condition program programme intervention
    """.split()
)
_EMPTY = frozenset(
    "the both each either all other others this that these those only and or patients group 组 治疗".split()
)
_PLAIN = re.compile(r"^(?:单纯|标准|含铂|常规)(?=化疗)")
_WORD = re.compile(
    rf"[a-z][a-z0-9]*(?:[-'][a-z0-9]+)*|[0-9]+(?:\.[0-9]+)?(?: ?(?:mg/kg|mg/m2|mg|μg|ug|g|gy|iu|ml|u))?|[α-ω{HAN}]+"
)
_COMBINED = re.compile(rf"联合|加|\+|{L}(?:plus|combin\w*|with(?!out)|added){R}", re.I)
_CONTROL = re.compile(
    r"对照|安慰剂|单纯|单用|传统|标准|常规|惯常|假手术|空白|支持治疗|未用药|^(?:含铂)?(?:放|放化|化)疗$"
    rf"|{L}(?:placebo|controls?|standard|alone|observation|physician|investigator|supportive|usual|conventional|sham"
    rf"|no|non|without|untreated|only|nihil|reference|comparators?|routine){R}"
    r"|^(?:chemotherapy|docetaxel|sorafenib|sunitinib|paclitaxel)$",
    re.I,
)
_THE = re.compile(r"^(?:(?:the|a|an|and|or|either|both|plus) |[和与及或])+", re.I)
_LETTER = re.compile(  # "IV" alone is a way to give a drug
    r"(?:group |arm |cohort )?(?P<letter>[A-H]|[1-6]|I{1,3}|(?<= )I?V|Ⅰ|Ⅱ|Ⅲ|Ⅳ)$", re.I
)
_DOSE = re.compile(r" ?[(]?[0-9]+(?:\.[0-9]+)? ?(?:mg/kg|mg/m2|mg|μg|ug|mcg|g|Gy|IU)(?:/[a-z]+)?(?![A-Za-z0-9])[)]?")
_JOINING = re.compile(r"^(?:联合|加用|加|\+|plus |combined with )", re.I)
_ALONE = re.compile(rf"单纯|单药|单用|{L}(?:alone|monotherapy|only){R}", re.I)
_BLANK = re.compile(r"安慰剂|placebo", re.I)
_GENERIC_CONTROL = re.compile(
    r"^(?:对照|常规|标准|參照|参照|(?:the )?(?:active )?(?:controls?|comparators?|comparison|reference|standard"
    r"|usual care|standard care|conventional))(?: ?(?:治疗|treatment|therapy))?$",
    re.I,
)
_GENERIC_EXPERIMENTAL = re.compile(
    r"^(?:试验|实验|观察|研究|治疗|干预|介入|(?:the )?(?:active |new )?(?:interventions?|experimental|experiment"
    r"|treatment|treated|study|active|investigational|test|cases?|combination|combined|联合))$",
    re.I,
)
# Treatments that both arms of a trial may share.
_BACKBONE = frozenset("化疗 放疗 放化疗 内分泌治疗 免疫治疗 radiotherapy immunotherapy".split())


@cache
def _general() -> dict[str, str]:
    return drug_keys(general_concepts())


def drug_keys(concepts: Iterable[Concept]) -> dict[str, str]:
    """Every name of a drug, lower case without blanks, to one name of it."""
    return {
        name.lower().replace(" ", ""): concept.id.lower()
        for concept in concepts
        if concept.category.startswith("drug")
        for name in concept.names
    }


def is_control(name: str) -> bool:
    """True where a name says that the arm is what the others are compared with."""
    # "A plus standard care" is what standard care is compared with; "placebo plus B" is a control.
    return bool(_CONTROL.search(name)) and (not _COMBINED.search(name) or is_blank(name) or "单纯" in name)


def is_combined(name: str) -> bool:
    """True where a name joins several treatments."""
    return bool(_COMBINED.search(name))


def is_blank(name: str) -> bool:
    """True where an arm gets a placebo."""
    return bool(_BLANK.search(name))


@dataclass(eq=False, slots=True)
class StudyArm:
    """One arm."""

    names: list[str]
    """All its names, folded, the one that it goes by first."""
    support: float = 0.0
    """How often, and how clearly, it was introduced."""
    named_as_arm: bool = False
    """Whether a text calls it a group or an arm, not only a treatment."""
    compared: int = 0
    """How often another is said to be compared with it, less how often it is with another."""
    beside: list[StudyArm] = field(default_factory=list)
    """Those that it was set against, which it is not."""

    @property
    def name(self) -> str:
        """The one that it goes by."""
        return self.names[0]


@dataclass(slots=True)
class Register:
    """The arms of a study in the order of their first mention."""

    drugs: Mapping[str, str] = field(default_factory=_general)
    """``drug_keys`` of what is known."""
    arms: list[StudyArm] = field(default_factory=list)
    _parts: dict[str, frozenset[str]] = field(default_factory=dict)

    def components(self, name: str) -> frozenset[str]:
        """The parts of an arm's name, one word for one thing in both languages."""
        if name not in self._parts:
            letter = _LETTER.match(name)
            found: set[str] = {f"#{letter['letter'].lower()}"} if letter else set()
            for part in () if letter else _SPLIT.split(name):
                part = part.strip(" -()'\"").lower()
                bare = _SAME_WORDS.get(part, _PLAIN.sub("", part)).replace(" ", "").replace("-", "")
                if not part or part in _FILLER or bare in _FILLER:
                    continue
                if bare in self.drugs:
                    found.add(self.drugs[bare])
                    continue
                for word in _WORD.findall(fold(part).text):
                    word = _SAME_WORDS.get(word, _PLAIN.sub("", word)).replace(" ", "")
                    if word and word not in _FILLER:
                        found.add(self.drugs.get(word.replace("-", ""), _stem(word)))
            # A name of nothing but common words is itself: 注射组 beside 阴道组.
            self._parts[name] = frozenset(
                found
                or ({fold(name).text} if len(name) > 1 and not generic(name) and name.lower() not in _EMPTY else ())
            )
        return self._parts[name]

    def keys(self, arm: StudyArm) -> frozenset[str]:
        """What all names of an arm hold."""
        return frozenset().union(*(self.components(name) for name in arm.names))

    def add(self, names: Sequence[str], support: float, as_arm: bool) -> StudyArm | None:
        """Introduce an arm, or more names of one that is known; None where a name says nothing."""
        names = [
            name for name in (_THE.sub("", name) for name in names) if name and (self.components(name) or generic(name))
        ]
        if not names:
            return None
        letters = {letter["letter"].lower() for name in names if (letter := _LETTER.match(name))}
        known = next((arm for name in names if (arm := self._same(name)) and not self._otherwise(arm, letters)), None)
        if known is None:
            known = StudyArm([])
            self.arms.append(known)
        for name in names:
            if name not in known.names and (self._same(name) in (None, known) or not known.names):
                known.names.append(name)
        if not known.names:
            self.arms.remove(known)
            return None
        known.support += support
        known.named_as_arm |= as_arm
        return known

    def _otherwise(self, arm: StudyArm, letters: set[str]) -> bool:
        """Whether an arm goes by another letter: group A is not group B, whatever they share."""
        held = {letter["letter"].lower() for name in arm.names if (letter := _LETTER.match(name))}
        return bool(letters and held and not letters & held)

    def drop_doses(self) -> None:
        """Leave doses out of the names of arms that differ by more."""
        bare = [frozenset(key for key in self.keys(arm) if not key[0].isdigit()) for arm in self.arms]
        if len(set(bare)) < len(bare) or not all(bare):
            return
        for arm in self.arms:
            arm.names = list(dict.fromkeys([_DOSE.sub("", name).strip() or name for name in arm.names]))

    def named(self, name: str) -> StudyArm | None:
        """The arm that has this very name, or one of the same parts."""
        return self._same(name) if name in self._parts or self.components(name) or generic(name) else None

    def _same(self, name: str) -> StudyArm | None:
        """As ``named``, whether or not the name says anything."""
        folded, mine, combined = name.lower(), self.components(name), bool(_COMBINED.search(name))
        for arm in self.arms:
            for other in arm.names:
                if other.lower() == folded:
                    return arm
        for arm in self.arms:
            for other in arm.names:
                same = mine and self.components(other) == mine
                if same and (len(mine) > 1 or combined == bool(_COMBINED.search(other))):
                    return arm
        return None

    def resolve(self, name: str) -> StudyArm | None:
        """The arm that a name means; None where it means none, or could mean two."""
        if same := self._same(name):
            return same
        if generic(name):
            return self._by_role(generic(name))
        mine = self.components(name)
        if not mine or not self.arms:
            return None
        every = [self.keys(arm) for arm in self.arms]
        shared = frozenset.intersection(*every) if len(every) > 1 else frozenset()
        hits = []
        for arm, keys in zip(self.arms, every, strict=True):
            own = keys - shared
            common = {k for k in mine if k in own or any(_alike(k, o) for o in own)}
            if not common:
                continue
            foreign = mine - keys - common
            # A dose, or a drug, that the arm does not have is another arm's.
            if any(k in self.drugs.values() or re.match(r"[0-9]", k) for k in foreign):
                continue
            hits.append((len(common) - 0.5 * len(foreign), -len(own), arm))
        if hits:
            best = max(h[0] for h in hits)
            top = [h for h in hits if h[0] == best]
            combined = bool(_COMBINED.search(name))
            if len(top) > 1:
                # A name alone is the arm of that name; "A plus" the one that adds to it.
                least = max(h[1] for h in top)
                top = [h for h in top if h[1] == least] if not combined else top
            if len(top) == 1 and (best > 0 or len(mine) == 1):
                arm = top[0][2]
                return None if is_blank(name) != is_blank(arm.name) and not combined and is_blank(name) else arm
            return None
        if mine <= shared and shared:
            controls = [arm for arm in self.arms if self.role(arm) == "control"]
            return controls[0] if len(controls) == 1 and len(self.arms) == 2 and is_control(name) else None
        return None

    def _by_role(self, role: Role) -> StudyArm | None:
        fitting = [arm for arm in self.arms if self.role(arm) == role]
        if len(fitting) == 1:
            return fitting[0]
        return None

    def role(self, arm: StudyArm) -> Role:
        """What the names of an arm say of it, and in a study of two what the other's say."""
        told = _role(arm)
        if not told and len(self.arms) == 2:
            other = next(a for a in self.arms if a is not arm)
            if its := _role(other):
                return "experimental" if its == "control" else "control"
            return (
                "control" if arm.compared > other.compared else "experimental" if arm.compared < other.compared else ""
            )
        return told

    def settle(self) -> None:
        """Keep what was introduced well enough; give generic names to the arms that they mean."""
        least = next((e for e in (2.5, 2.0, 1.0) if sum(arm.support >= e for arm in self.arms) >= 2), 2.0)
        strong = [arm for arm in self.arms if arm.support >= least or (arm.named_as_arm and arm.support >= 2.0)]
        if not strong:
            return
        weak = [arm for arm in self.arms if arm not in strong]
        self.arms = strong
        self._absorb()
        for arm in weak:
            if known := self.resolve(arm.name):
                known.names += [name for name in arm.names if name not in known.names]
        named = [arm for arm in self.arms if not all(generic(name) for name in arm.names)]
        generics = [arm for arm in self.arms if arm not in named]
        if len(named) == 2 and generics:
            self.arms = named
            for arm in generics:
                if known := self._by_role(generic(arm.name)):
                    known.names += arm.names
                    known.named_as_arm = True

    def _absorb(self) -> None:
        """Make short names those of the one arm that has all their parts.

        "The durvalumab group" is short for the one of two groups with chemotherapy that gets durvalumab.
        """
        for arm in sorted(self.arms, key=lambda arm: len(self.keys(arm))):
            mine, name = self.keys(arm), arm.name
            combined = any(_COMBINED.search(n) for n in arm.names)
            # "联合化疗组" is short for the one arm that joins more to it.
            joining = combined and all(_JOINING.match(n) for n in arm.names)
            # "化疗组" is not short for "A 联合化疗组": the backbone does not tell arms apart.
            if (
                (combined and not joining)
                or _ALONE.search(name)
                or not mine
                or (mine <= _BACKBONE and not joining)
                or (is_control(name) and not is_blank(name))
            ):
                continue
            wider = [
                other
                for other in self.arms
                if other is not arm
                and mine < self.keys(other)
                and other not in arm.beside
                and (is_blank(name) or not is_blank(other.name))
                and (not joining or any(_COMBINED.search(n) for n in other.names))
            ]
            least = min((len(self.keys(other)) for other in wider), default=0)
            smallest = [other for other in wider if len(self.keys(other)) == least]
            if len(smallest) == 1:
                known = smallest[0]
                known.names += [n for n in arm.names if n not in known.names]
                known.support += arm.support
                known.named_as_arm |= arm.named_as_arm
                self.arms.remove(arm)

    def two(self) -> tuple[StudyArm, ...]:
        """Both arms of a study of two, the investigated one first; else nothing."""
        return tuple(sorted(self.arms, key=lambda arm: self.role(arm) == "control")) if len(self.arms) == 2 else ()


def generic(name: str) -> Role:
    """The role that a name gives an arm without saying more of it."""
    if _GENERIC_CONTROL.match(name.strip()):
        return "control"
    return "experimental" if _GENERIC_EXPERIMENTAL.match(name.strip()) else ""


def _role(arm: StudyArm) -> Role:
    for name in arm.names:
        if told := generic(name):
            return told
    if any(is_control(name) for name in arm.names):
        return "control"
    return ""


def _stem(word: str) -> str:
    if re.search(f"[{HAN}]", word):
        return word.removesuffix("组")
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word


def _alike(a: str, b: str) -> bool:
    """Whether one word is the other's beginning: 神脑康 and 神脑康胶囊, probiotic and probiotics."""
    short, long = sorted((a, b), key=len)
    han = bool(re.search(f"[{HAN}]", short))
    return long.startswith(short) and len(short) >= (2 if han else 4) and (han or len(long) - len(short) <= 3)
