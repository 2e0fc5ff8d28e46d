"""The concepts of a library, found in any text.

塔拉妥单抗, Tarlatamab and tarlatamab are one concept; an index and a query that carry concepts
besides words find each other across languages. Concepts are matched on a skeleton, the folded
text without blanks and hyphens, longest name first, so that 非小细胞肺癌 is never 小细胞肺癌.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from corpus.document import Span
from corpus.vocabulary.concepts import Concept, concept_key, has_han, is_full
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
_ALNUM = re.compile(r"[a-z0-9α-ω]")
_LEFT_OUT = frozenset(c for c in map(chr, range(0x3001)) if re.match(r"[\s\-–]", c))
"""Of a skeleton."""
_FEW = 50
"""New names up to which the concepts that may imply them are looked for one by one."""
_LAYER = 1_000
"""Names that are kept apart from the automaton of most: making one takes time in proportion to its names."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept where a text names it."""

    concept: Concept
    span: Span
    """In the text as printed."""
    negated: bool
    """Whether the text speaks of its absence: 不含 Fc, without brain metastases."""


class Terms:
    """The concepts of a library, found in any text. Never changes: ``joined`` makes another one."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.concepts: dict[str, Concept] = {}
        """By id, those that share a full name made one, each with what it implies."""
        self.fresh: tuple[str, ...] = ()
        """Names that mean something else than in ``origin``."""
        self._origin: weakref.ref[Terms] | None = None  # no chain of all that there ever were
        self._owner: dict[str, str] = {}
        """By key of a name, the concept that had it first."""
        self._holders: dict[str, tuple[str, ...]] = {}
        """By key as a text may print it, all concepts that have it."""
        self._places: dict[str, int] = {}
        self._ends: dict[str, tuple[str, ...]] = {}
        """By key of a name that tells by its end what it is a kind of, the concepts that have it."""
        self._main: frozenset[str] = frozenset()
        self._recent: frozenset[str] = frozenset()
        self._automata: tuple[Any, ...] = (_finder(self._main),)
        """They find the keys of ``_main`` and of ``_recent``."""
        self._take([self._merged(concept) for concept in concepts])

    def _merged(self, concept: Concept) -> str:
        """Add a concept, to the one that shares a full name with it (Zenocutuzumab, in two rows) where there is one."""
        keys = [concept_key(name) for name in concept.names]
        shared = next(
            (self._owner[k] for n, k in zip(concept.names, keys, strict=True) if is_full(n) and k in self._owner), None
        )
        return self._put(self._with_names(shared, concept) if shared else concept)

    # Joining

    def joined(self, mined: Iterable[Concept]) -> Terms:
        """These terms and the concepts that documents state themselves, in their order.

        A mined concept that shares a full name with a known one adds its other names to it. One that
        shares an abbreviation alone goes without it: OS is overall survival before it is osteosarcoma.
        One that then has a single name is left out, and so is one whose names belong to two known ones:
        they would become one thing.
        """
        made = Terms.__new__(Terms)
        made.concepts, made._places = dict(self.concepts), dict(self._places)
        made._owner, made._holders, made._ends = dict(self._owner), dict(self._holders), dict(self._ends)
        made._main, made._recent, made._automata = self._main, self._recent, self._automata
        changed = [made._put(target) for concept in mined if (target := made._target(concept))]
        if not changed:
            return self
        made._take(changed)
        made.fresh = tuple(name for name in made.fresh if any(made._renames(key, self) for key in _variants(name)))
        made._origin = weakref.ref(self)
        return made

    @property
    def origin(self) -> Terms | None:
        """The terms which these were ``joined`` from; None where there are none, or no longer."""
        return self._origin() if self._origin else None

    def _target(self, mined: Concept) -> Concept | None:
        """The concept that a mined one becomes here; None where it adds nothing."""
        keys = {concept_key(name): name for name in mined.names}
        owners = {self._owner[key] for key in keys if key in self._owner}
        full = {self._owner[key] for key, name in keys.items() if key in self._owner and is_full(name)}
        if not owners:
            return mined
        if len(owners) == 1 and full:
            made = self._with_names(full.pop(), mined)
            return made if made.names != self.concepts[made.id].names else None
        own = tuple(name for key, name in keys.items() if key not in self._owner)
        return Concept.of(own, mined.category) if not full and len(own) > 1 else None

    def _with_names(self, id: str, other: Concept) -> Concept:
        old = self.concepts[id]
        return replace(old, names=tuple(dict.fromkeys(old.names + other.names)))

    def _put(self, concept: Concept) -> str:
        self.concepts[concept.id] = concept
        self._places.setdefault(concept.id, len(self._places))
        for name in concept.names:
            self._owner.setdefault(concept_key(name), concept.id)
        return concept.id

    def _take(self, changed: Iterable[str]) -> None:
        """Make what concepts new or renamed change: what names mean, and which concepts imply which."""
        changed = dict.fromkeys(changed)
        names, ends = self._hold(changed)
        affected = self.concepts if len(ends) > _FEW else [*changed, *self._wider_than(ends)]
        for id in dict.fromkeys(affected):
            concept = self.concepts[id]
            implies = self._implied(concept)
            if implies != concept.implies:
                self.concepts[id] = replace(concept, implies=implies)
                names.update(dict.fromkeys(concept.names))
        self.fresh = tuple(names)

    def _hold(self, changed: Iterable[str]) -> tuple[dict[str, None], set[str]]:
        """Let the names of concepts be found; those that were not theirs before, and the keys new in ``_ends``."""
        names: dict[str, None] = {}
        ends, keys = set(), set()
        for id in changed:
            concept = self.concepts[id]
            for name in concept.names:
                for key in filter(None, _variants(name)):
                    held = self._holders.get(key, ())
                    if id not in held:
                        self._holders[key] = (*held, id)
                        names[name] = None
                        if not held:
                            keys.add(key)
                if _tells_by_its_end(name) and id not in (had := self._ends.get(key := concept_key(name), ())):
                    self._ends[key] = (*had, id)
                    ends.add(key)
        self._look_for(keys)
        return names, ends

    def _look_for(self, keys: set[str]) -> None:
        if not keys:
            return
        self._recent |= keys
        if len(self._recent) > _LAYER or not self._main:
            self._main, self._recent = self._main | self._recent, frozenset()
            self._automata = (_finder(self._main),)
        else:
            self._automata = (self._automata[0], _finder(self._recent))

    def _wider_than(self, ends: set[str]) -> Iterator[str]:
        """Concepts that may imply one of the names ``ends``."""
        for end in ends:
            for key, ids in self._ends.items():
                if key.endswith(end) and key != end:
                    yield from ids

    def _implied(self, concept: Concept) -> tuple[str, ...]:
        """The concepts that a concept implies, in their order.

        It implies another when a name of its own is that of the other with words before it
        that do not negate. Drugs imply nothing: 德曲妥珠单抗 is not 曲妥珠单抗.
        """
        if concept.category == "drug":
            return ()
        mine = {concept_key(name) for name in concept.names if _tells_by_its_end(name)}
        implied = {id for key in mine for end in _wider(key) for id in self._ends.get(end, ())} - {concept.id}
        return tuple(sorted(implied, key=self._places.__getitem__))

    # Finding

    def names(self) -> list[str]:
        """All names, for the segmenter."""
        return [name for concept in self.concepts.values() for name in concept.names]

    def meaning(self, key: str) -> Concept | None:
        """The concept that a name's key means: of several, the widest (OS), of these the last."""
        ids = self._holders.get(key, ())
        if not ids:
            return None
        return self.concepts[min(ids, key=lambda id: (len(self.concepts[id].implies), -self._places[id]))]

    def unlike(self, other: Terms) -> list[str]:
        """Names that mean one thing here and another, or nothing, in ``other``, or the other way round."""
        keys = {key for key in self._holders.keys() | other._holders.keys() if self._renames(key, other)}
        named = dict.fromkeys([*self.names(), *other.names()])
        return [name for name in named if not keys.isdisjoint(_variants(name))]

    def _renames(self, key: str, other: Terms) -> bool:
        """Tell whether a key means another thing here than in ``other``."""
        return _sense(self.meaning(key)) != _sense(other.meaning(key))

    @cached_property
    def drugs(self) -> dict[str, Concept]:
        """The drugs, by id."""
        return {id: concept for id, concept in self.concepts.items() if concept.category.startswith("drug")}

    def find(self, text: str) -> list[Mention]:
        """Mentions in ``text``, in order, none inside a longer one."""
        folded = fold(text)
        kept, skeleton = skeleton_of(folded.text)
        found: list[tuple[int, int, str]] = []
        for automaton in self._automata:
            for last, length in automaton.iter(skeleton):
                start, end = kept[last - length + 1], kept[last] + 1
                if _stands_alone(folded.text, start, end) and not _is_word(folded.printed(start, end).of(text)):
                    found.append((start, end, skeleton[last - length + 1 : last + 1]))
        mentions: list[Mention] = []
        taken = 0
        for start, end, key in sorted(found, key=lambda f: (f[0], -f[1])):
            if start >= taken and (concept := self.meaning(key)):
                negated = _is_negated(folded.text, start, end)
                mentions.append(Mention(concept, folded.printed(start, end), negated))
                taken = end
        return mentions


def prints(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text prints one of ``names``, alone or inside a longer one."""
    folded = fold(text)
    kept, skeleton = skeleton_of(folded.text)
    return any(
        _stands_alone(folded.text, kept[start], kept[start + len(key) - 1] + 1)
        for name in names
        for key in filter(None, _variants(name))
        for start in _places(key, skeleton)
    )


def _places(key: str, skeleton: str) -> Iterator[int]:
    start = skeleton.find(key)
    while start >= 0:
        yield start
        start = skeleton.find(key, start + 1)


def skeleton_of(folded: str) -> tuple[list[int], str]:
    """A folded text without blanks and hyphens, as names are matched, and where in it each character stood."""
    kept = [i for i, c in enumerate(folded) if c not in _LEFT_OUT]
    return kept, "".join([folded[i] for i in kept])


def _finder(keys: Iterable[str]) -> Any:
    """An automaton that finds each of ``keys``, giving its length."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for key in keys:
        automaton.add_word(key, len(key))
    automaton.add_word(" ", 1)  # one without words cannot be searched; a skeleton has no blank
    automaton.make_automaton()
    return automaton


def _sense(concept: Concept | None) -> tuple[str, tuple[str, ...]] | None:
    """All of a concept that the keyword index holds."""
    return (concept.id, concept.implies) if concept else None


def _tells_by_its_end(name: str) -> bool:
    """True of 德曲妥珠单抗 and "median survival". Abbreviations say nothing by their ending: NSCLC ends in SCLC."""
    return has_han(name) or " " in name


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


def _variants(name: str) -> Iterator[str]:
    """The keys of a name: as it is, and its singular or plural where the ending changes."""
    key = concept_key(name)
    yield key
    if key.endswith("ies"):
        yield key[:-3] + "y"
    elif key.endswith("s") and len(key) > 6 and not key.endswith(("ss", "us", "is")):
        yield key[:-1]
    elif key.endswith("y") and len(key) > 6 and not has_han(key):
        yield key[:-1] + "ies"


def _wider(key: str) -> Iterator[str]:
    """The ends of a name, shorter than it, that no negation stands before."""
    return (key[start:] for start in range(1, len(key)) if not _NEGATION.search(key, 0, start))
