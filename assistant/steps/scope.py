"""What a question is about, in the library: the passages that speak of it, and how surely each sentence does.

A sentence that shares words with a question may still be another trial's or another drug's. Evidence is chosen by what
it is about before it is chosen by what it is like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.trials.arms import DRUG_CATEGORIES
from assistant.trials.groups import Group
from corpus.document import Passage, Span
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.general import general_concepts
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex
from index.store.keywords import concept_word

ABOUT, BESIDE, NAMED = 0, 1, 2
"""How surely a sentence is about the subject: its passage speaks of it somewhere; the paragraph or the section is its
own, or the sentence goes on about what the one before it names; the sentence names it."""
_FEW = 50
"""Passages on a drug whose documents are looked at."""
_MOST = 2_000
"""Passages on a subject up to which a search stays among them."""
_GOES_ON = re.compile(
    r"且|并且|此外|同时|其|该|这|它|与|但|而|"
    r"(?:it|its|they|their|this|these|the (?:drug|trial|study|latter|former))\b"
)
"""Beginnings of a folded sentence whose subject is the one of the sentence before it."""
_BELONGING = DRUG_CATEGORIES | {"disease", "safety", "target"}
"""Categories of what is told of a subject, or is not."""


class Scope:
    """What a library holds on the trials, else the drugs, that a question is about."""

    def __init__(self, groups: Sequence[Group], drugs: Sequence[Concept], index: HybridIndex) -> None:
        self._groups, self._drugs, self._index = groups, drugs, index
        self._titled: dict[str, bool] = {}
        self._ids = frozenset(concept.id for concept in drugs)

    def __bool__(self) -> bool:
        return bool(self._groups or self._drugs)

    @cached_property
    def rows(self) -> list[int] | None:
        """Of the passages that speak of all that is named, else of any of it; None where the whole library counts."""
        if not self:
            return None
        if self._groups:
            ids = {passage.id for group in self._groups for passage in group.passages}
            spoken = [rows for group in self._groups for rows in self._index.library.trials.speaking(group.name)]
            rows = sorted({row for found in spoken for row in found})
            with self._index.library.snapshot():
                read = self._index.library.passages_by_row(rows)
            return [row for row in rows if read[row].id in ids]
        keys = [concept_word(drug.id) for drug in self._drugs]
        rows = self._index.library.rows_with_all(keys, _MOST + 1)
        if not rows:
            rows = sorted({row for key in keys for row in self._index.library.rows_with_all([key], _MOST + 1)})
        return rows if 0 < len(rows) <= _MOST else None

    def holds(self, concept: Concept) -> bool:
        """Whether a passage on the subject names a concept, or a narrower one."""
        terms = self._index.vocabulary.terms
        if self._groups:
            held = {id for group in self._groups for id in group.concepts(terms)}
            wider = {implied for id in held for implied in terms.concepts[id].implies}
            return concept.id in held | wider
        key = concept_word(concept.id)
        library = self._index.library
        if any(library.rows_with_all([concept_word(drug.id), key], 1) for drug in self._drugs):
            return True
        # A paper on the drug speaks of it throughout.
        rows = {row for drug in self._drugs for row in library.rows_with_all([concept_word(drug.id)], _FEW)}
        passages = library.passages(sorted(rows))
        if any(fold(name).text in fold(passage.text).text for name in concept.names for passage in passages):
            return True  # 铂 in 含铂化疗
        held = set(library.rows_with(key).tolist())
        titles = library.documents.titles({passage.document_id for passage in passages})
        own = {id: title for id, title in titles.items() if self.is_of(id)}
        return any(_titles(title, concept) or held & set(library.rows_of(id)) for id, title in own.items())

    def sureness(self, passage: Passage) -> dict[Span, int]:
        """By sentence, ``ABOUT``, ``BESIDE`` or ``NAMED``; ``NAMED`` for all where nothing is named."""
        if not self:
            return dict.fromkeys(passage.sentences, NAMED)
        terms = self._index.vocabulary.terms
        own = self._names(f"{passage.heading}\n{passage.topic}", terms) or any(
            passage.topic and group.name and group.name in passage.topic for group in self._groups
        )
        own = own or self._is_whole(passage) or (not self._groups and self.is_of(passage.document_id))
        found: dict[Span, int] = {}
        before = ABOUT
        for span in passage.sentences:
            sentence = passage.sentence(span)
            if self._names(sentence, terms):
                found[span] = NAMED
            elif own or (before > ABOUT and _GOES_ON.match(fold(sentence).text)):
                found[span] = BESIDE
            else:
                found[span] = ABOUT
            before = found[span]
        return found

    def is_of(self, document_id: str) -> bool:
        """Whether a document is on the drugs: its title names one."""
        if document_id not in self._titled:
            title = self._index.library.documents.titles([document_id]).get(document_id, "")
            self._titled[document_id] = self._names(title, self._index.vocabulary.terms)
        return self._titled[document_id]

    def _names(self, text: str, terms: Terms) -> bool:
        if self._groups:
            folded = fold(text).text
            return any(group.name and fold(group.name).text in folded for group in self._groups)
        return any(mention.concept.id in self._ids for mention in terms.find(text))

    def _is_whole(self, passage: Passage) -> bool:
        """Whether the passage's document is about one of the trials alone."""
        names = self._index.library.trials.whole(passage.document_id) if self._groups else ()
        return any(group.name in names for group in self._groups)


def _titles(title: str, concept: Concept) -> bool:
    """Whether a title has a word of a disease that other diseases do not share: "carcinoma breast" is breast cancer."""
    words = set(re.findall("[a-z]+", fold(title).text))
    names = {word for name in concept.names for word in re.findall("[a-z]{4,}", fold(name).text)}
    return bool(words & (names - _SHARED))


_SHARED = frozenset(
    "cancer cancers carcinoma tumor tumors tumour disease syndrome cell lung acute chronic advanced stage small".split()
)
"""Words of many diseases' names."""


def belonging(question: str, subject: frozenset[str], terms: Terms) -> list[tuple[Concept, str]]:
    """What a question says belongs to its subject (concepts ``subject``): diseases, drugs, adverse events, targets.

    Each with how it is printed. Safety at large belongs to everything.
    """
    general = {concept.id for concept in general_concepts() if concept.category == "safety"} - _events()
    found: dict[str, tuple[Concept, str]] = {}
    for mention in terms.find(question):
        concept = mention.concept
        printed = mention.span.of(question)
        if _GENERIC.fullmatch(fold(printed).text):
            continue
        if concept.category in _BELONGING and concept.id not in subject | general and not mention.negated:
            found.setdefault(concept.id, (concept, printed))
    return list(found.values())


_GENERIC = re.compile(r"targets?|antigens?|receptors?|ligands?|drugs?|antibod(?:y|ies)|靶点|靶标|抗原|受体|配体|药物?")
"""Words for kinds of things, which belong to any."""


def _events() -> frozenset[str]:
    from corpus.vocabulary.adverse_events import adverse_event_concepts

    return frozenset(concept.id for concept in adverse_event_concepts())
