"""Bilingual terms: every name of one thing is one concept.

塔拉妥单抗, Tarlatamab and tarlatamab are one concept; an index and a query that carry concepts
besides words find each other across languages. Concepts are matched on a skeleton, the folded
text without blanks and hyphens, longest name first, so that 非小细胞肺癌 is never 小细胞肺癌.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.document import Span
from corpus.language import HAN
from corpus.words.folding import fold

# What turns a name into another thing's: 非小细胞肺癌, neoadjuvant therapy.
_NEGATION = re.compile(r"(?:非|不|无|新|non|neo)$")
# What right before or after a name says that the thing is absent.
_ABSENT_BEFORE = re.compile(
    r"(?:不含有?|不伴有?|无|没有|缺乏|缺失|缺少|去除|未(?:接受|经|使用|合并|伴有?|携带|发生|出现)过?|"
    r"(?<![a-z])(?:without|lack(?:s|ing)?|no|absence of|free of|devoid of)(?: (?:an?|the|any|prior|previous))*) ?$"
)
_ABSENT_AFTER = re.compile(r"[ -]?(?:free(?![a-z])|缺失|缺陷)")
# Abbreviations that are English words too, met as names only in capitals.
_ALSO_WORDS = frozenset({"all", "met"})
_HAS_HAN = re.compile(f"[{HAN}]")
_ALNUM = re.compile(r"[a-z0-9α-ω]")
_BLANK = re.compile(r"[\s\-–]")
_COLUMNS = ("zh", "en", "abbr", "category")
"""Of a glossary, those that are read."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing and its names."""

    id: str
    """Its first name folded, without blanks ("tarlatamab"): stable while the glossary is."""
    names: tuple[str, ...]
    """As printed, both languages, abbreviations included; the glossary's order."""
    category: str
    """drug, drug code, class, disease, target, endpoint, safety, mechanism, route, treatment, organisation"""
    implies: tuple[str, ...] = ()
    """Ids of wider concepts: median progression-free survival implies progression-free survival."""

    @classmethod
    def of(cls, names: tuple[str, ...], category: str) -> Concept:
        """A concept whose id is its first Latin name, else its first."""
        return cls(concept_key(next((n for n in names if not _HAS_HAN.search(n)), names[0])), names, category)

    def name_in(self, language: str) -> str:
        """The first name written in ``language``, else the first."""
        for name in self.names:
            if bool(_HAS_HAN.search(name)) == (language == "zh"):
                return name
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept where a text names it."""

    concept: Concept
    span: Span
    """In the text as printed."""
    negated: bool
    """Whether the text speaks of its absence: 不含 Fc, without brain metastases."""


class Terms:
    """The concepts of a library, found in any text."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: dict[str, Concept] = {c.id: c for c in _related(list(concepts))}
        self._automaton = _automaton(self.concepts.values())

    def names(self) -> list[str]:
        """All names, for the segmenter."""
        return [name for concept in self.concepts.values() for name in concept.names]

    def find(self, text: str) -> list[Mention]:
        """Mentions in ``text``, in order, none inside a longer one."""
        folded = fold(text)
        kept = [i for i, c in enumerate(folded.text) if not _BLANK.match(c)]
        skeleton = "".join(folded.text[i] for i in kept)
        found: list[tuple[int, int, str]] = []
        for last, (length, id) in self._automaton.iter(skeleton):
            start, end = kept[last - length + 1], kept[last] + 1
            if _stands_alone(folded.text, start, end) and not _is_word(folded.printed(start, end).of(text)):
                found.append((start, end, id))
        mentions: list[Mention] = []
        taken = 0
        for start, end, id in sorted(found, key=lambda f: (f[0], -f[1])):
            if start >= taken:
                negated = _is_negated(folded.text, start, end)
                mentions.append(Mention(self.concepts[id], folded.printed(start, end), negated))
                taken = end
        return mentions


def read_glossary(text: str) -> list[Concept]:
    """Concepts from tab-separated ``zh, en, abbr, category, …`` with a heading line; a cell may be empty.

    Raises:
        ValueError: it is no such table; the message says what to correct.
    """
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    if not rows.fieldnames or not set(_COLUMNS) <= set(rows.fieldnames):
        raise ValueError(f"begin with a line that names the columns {', '.join(_COLUMNS)}, a tab between two.")
    concepts = []
    for row in rows:
        zh, en, abbreviation, category = (row[column] or "" for column in _COLUMNS)
        names = tuple(name for name in (zh, en, abbreviation) if concept_key(name))
        if None in row or not names:
            raise ValueError(f"line {rows.line_num}: give each row a name, and no more cells than there are columns.")
        concepts.append(Concept(concept_key(en) or concept_key(names[0]), names, category or "term"))
    return concepts


def join_mined(concepts: Sequence[Concept], mined: Iterable[Concept]) -> list[Concept]:
    """``concepts`` with those that documents state themselves.

    A mined concept that shares a full name with a known one adds its other names to it. One that
    shares an abbreviation alone goes without it: OS is overall survival before it is osteosarcoma.
    One that then has a single name is left out, and so is one whose names belong to two known ones:
    they would become one thing.
    """
    joined = {concept.id: concept for concept in _merged(concepts)}
    owner = {concept_key(name): concept.id for concept in reversed(joined.values()) for name in concept.names}
    for concept in mined:
        keys = {concept_key(name): name for name in concept.names}
        owners = {owner[key] for key in keys if key in owner}
        full = {owner[key] for key, name in keys.items() if key in owner and _is_full(name)}
        if not owners:
            target = concept
        elif len(owners) == 1 and full:
            old = joined[full.pop()]
            target = Concept(old.id, tuple(dict.fromkeys(old.names + concept.names)), old.category)
        elif not full and len(own := tuple(name for key, name in keys.items() if key not in owner)) > 1:
            target = Concept.of(own, concept.category)
        else:
            continue
        joined[target.id] = target
        owner.update({key: target.id for key in keys if key not in owner})
    return list(joined.values())


def _is_full(name: str) -> bool:
    """True where a name is more than an abbreviation, which other things may share."""
    return bool(_HAS_HAN.search(name)) or len(concept_key(name)) > 4


def concept_key(name: str) -> str:
    """A name as concepts are matched by it: folded, without blanks and hyphens."""
    return _BLANK.sub("", fold(name).text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin names end at a word's end (a plural's s or es may follow); Chinese ones anywhere."""
    if _ALNUM.match(text[start]) and start and _ALNUM.match(text[start - 1]):
        return False
    if not _ALNUM.match(text[end - 1]):
        return True
    return not re.match(r"(?!e?s(?![a-z0-9]))[a-z0-9α-ω]", text[end : end + 3])


def _is_negated(text: str, start: int, end: int) -> bool:
    return bool(_ABSENT_BEFORE.search(text, max(0, start - 24), start) or _ABSENT_AFTER.match(text, end))


def _is_word(printed: str) -> bool:
    return printed.lower() in _ALSO_WORDS and not printed.isupper()


def _variants(name: str) -> Iterable[str]:
    """The keys of a name: as it is, and its singular or plural where the ending changes."""
    key = concept_key(name)
    yield key
    if key.endswith("ies"):
        yield key[:-3] + "y"
    elif key.endswith("s") and len(key) > 6 and not key.endswith(("ss", "us", "is")):
        yield key[:-1]
    elif key.endswith("y") and len(key) > 6 and not _HAS_HAN.search(key):
        yield key[:-1] + "ies"


def _merged(concepts: Iterable[Concept]) -> list[Concept]:
    """Concepts with those that share a full name (Zenocutuzumab, in two rows) made one."""
    merged: dict[str, Concept] = {}
    owner: dict[str, str] = {}
    for concept in concepts:
        shared = next((owner[key] for n in concept.names if _is_full(n) and (key := concept_key(n)) in owner), None)
        if shared:
            old = merged[shared]
            merged[shared] = Concept(old.id, tuple(dict.fromkeys(old.names + concept.names)), old.category)
        else:
            merged[concept.id] = concept
        for name in concept.names:
            owner.setdefault(concept_key(name), shared or concept.id)
    return list(merged.values())


def _related(concepts: Sequence[Concept]) -> list[Concept]:
    """Concepts with what they imply, one for each thing.

    A concept implies another when a name of its own is that of the other with words before it
    that do not negate. Drugs imply nothing: 德曲妥珠单抗 is not 曲妥珠单抗.
    """
    merged = _merged(concepts)
    # Abbreviations say nothing by their ending: NSCLC ends in SCLC.
    keys = {
        concept.id: {concept_key(name) for name in concept.names if _HAS_HAN.search(name) or " " in name}
        for concept in merged
    }
    owners: dict[str, list[str]] = {}
    for id, forms in keys.items():
        for form in forms:
            owners.setdefault(form, []).append(id)
    places = {id: place for place, id in enumerate(keys)}
    related = []
    for concept in merged:
        mine = keys[concept.id] if concept.category != "drug" else set()
        implied = {id for key in mine for form in _wider(key) for id in owners.get(form, ())} - {concept.id}
        related.append(
            Concept(concept.id, concept.names, concept.category, tuple(sorted(implied, key=places.__getitem__)))
        )
    return related


def _wider(key: str) -> Iterator[str]:
    """The ends of a name, shorter than it, that no negation stands before."""
    return (key[start:] for start in range(1, len(key)) if not _NEGATION.search(key, 0, start))


def _automaton(concepts: Iterable[Concept]) -> Any:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    # Wider concepts last, so that a name that both carry (OS) is theirs.
    for concept in sorted(concepts, key=lambda c: -len(c.implies)):
        for key in {key for name in concept.names for key in _variants(name) if key}:
            automaton.add_word(key, (len(key), concept.id))
    automaton.add_word(" ", (1, ""))  # one without words cannot be searched; a skeleton has no blank
    automaton.make_automaton()
    return automaton
