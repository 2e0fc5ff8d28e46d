"""Which names of a paragraph mean one arm, and which arm is what the others are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from corpus.trial_results.arm_names import Arm
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.general import general_concepts

_L = r"(?<![A-Za-z])"

_SAME_WORDS = {
    "sc": "皮下", "subcutaneous": "皮下", "皮下注射": "皮下", "皮下": "皮下", "iv": "静脉", "intravenous": "静脉",
    "静脉注射": "静脉",
    "静脉": "静脉", "chemotherapy": "化疗", "placebo": "安慰剂", "control": "对照", "chemo": "化疗",
}  # fmt: skip
_SPLIT = re.compile(
    r"联合|加用|加|\+|和|与|及|或|/|,| plus | and | or | with | combined with |(?<=[a-z])-(?=[A-Z])|单药|治疗"
    r"| alone| monotherapy|剂量|\s(?=[0-9])"
)
_FILLER = frozenset(
    """
    治疗 剂量 单药 方案 相同 注射 每两周 标准 单纯 含铂 标准化疗 group the alone monotherapy
    combination therapy standard treatment
    """.split()
)
_PLAIN = re.compile(r"^(?:单纯|标准|含铂)(?=化疗)")
_COMBINED = re.compile(r"联合|加|\+|plus|combin|with", re.I)
_CONTROL = re.compile(
    rf"对照|安慰剂|单纯|标准|常规|支持治疗|^(?:含铂)?(?:放|放化|化)疗$|{_L}(?:placebo|control|standard|alone"
    rf"|observation|physician|investigator|supportive|usual)|^(?:chemotherapy|docetaxel|sorafenib|sunitinib|paclitaxel)$",
    re.I,
)
_BLANK = re.compile(r"安慰剂|placebo", re.I)
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


def is_blank(name: str) -> bool:
    """True where an arm gets a placebo."""
    return bool(_BLANK.search(name))


@dataclass(slots=True)
class Roster:
    """The arms of a paragraph so far, in the order of their first mention."""

    arms: list[str] = field(default_factory=list)
    treatments: list[str] = field(default_factory=list)
    """Named without "组" or "group"."""
    drugs: Mapping[str, str] = field(default_factory=_general)
    """``drug_keys`` of what is known."""
    _components: dict[str, frozenset[str]] = field(default_factory=dict)

    def components(self, name: str) -> frozenset[str]:
        """The parts of an arm's name, one word for one thing in both languages."""
        if name not in self._components:
            parts = (part.strip(" -()").lower() for part in _SPLIT.split(name))
            words = {
                _SAME_WORDS.get(part, _PLAIN.sub("", part)).replace(" ", "").replace("-", "")
                for part in parts
                if part and part not in _FILLER
            }
            self._components[name] = frozenset(self.drugs.get(w, w) for w in words if w and w not in _FILLER)
        return self._components[name]

    def resolve(self, arm: Arm) -> str:
        """The fullest name of an arm; a new one joins the roster."""
        known = self._known(arm.name)
        if known is None:
            known = arm.name
            (self.arms if arm.strong else self.treatments).append(known)
        elif arm.strong and known not in self.arms:
            self.arms.append(known)
        return known

    def _known(self, name: str) -> str | None:
        mine, combined = self.components(name), bool(_COMBINED.search(name))
        strong, weak = self.arms, [t for t in self.treatments if t not in self.arms]
        # What is named as an arm outweighs what is only given: "安慰剂组" is the arm "安慰剂联合化疗".
        for names in (strong, weak):
            for other in names:
                same = self.components(other) == mine and (len(mine) > 1 or combined == bool(_COMBINED.search(other)))
                if other == name or (mine and same):
                    return other
            # "化疗组" is not short for "A 联合化疗组": the backbone does not tell arms apart.
            if (
                (mine or combined)
                and (combined or not (mine <= _BACKBONE or (is_control(name) and not is_blank(name))))
                and (wider := self._wider(name, mine, combined, names))
            ):
                return wider
        return None

    def _wider(self, name: str, mine: frozenset[str], combined: bool, names: list[str]) -> str | None:
        """The one smallest arm that holds all words of a short name, never a placebo's unless it says so."""
        wider = [
            other
            for other in names
            if mine < self.components(other)
            and (not combined or (_COMBINED.search(other) and (is_blank(name) or not is_blank(other))))
        ]
        least = min((len(self.components(other)) for other in wider), default=0)
        smallest = [other for other in wider if len(self.components(other)) == least]
        return smallest[0] if len(smallest) == 1 else None
