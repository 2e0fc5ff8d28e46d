"""Searcher: a store that can be searched, by meaning and by words.

1. typing errors in the question are forgiven; it becomes a vector, its language centre taken out,
   and units (concepts and words)
2. FAISS gives the nearest passages, FTS5 those that share units
3. each candidate's similarity, in standard deviations within its language, and its keyword vote add up
4. of the best, each sentence is scored alone; the best sentence counts for its passage
5. a reranker, where one is named, has the last word; summaries and near-duplicates give way
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache, cachedmethod
from numpy.typing import NDArray

from corpus.document import Language, Passage
from corpus.language import language_of
from corpus.vocabulary.concepts import Concept, Terms, concept_key, join_mined
from corpus.words.segmenting import Segmenter
from index.embedding.balance import Centres
from index.embedding.embedders import Embedder, Vectors
from index.search.candidates import Asked, Candidates, Scorer
from index.search.engines import Store, VectorStore
from index.search.fusion import FusionOptions, Spread
from index.search.hit import Hit
from index.search.indexing import in_context
from index.search.reranking import Reranker, rerank
from index.search.selection import select
from index.search.spelling import Spelling
from index.search.vectors import VectorIndex
from index.store.keywords import Unit, Vocabulary

_log = logging.getLogger(__name__)

_READINGS = 2000
_QUERIES = 500
# Characters of a question that are embedded: the model reads about 500 tokens at once, and 2,000 take seconds.
_EMBEDDED = 600
# Passages that are read for a name, of those that hold all its words.
_NAMING = 50

_Kept = TypeVar("_Kept", bound=Store)


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The width of a search and its weights. Origin of the weights: docs/retrieval.md."""

    candidates: int = 50
    """Passages taken from each of the two searches."""
    reread: int = 12
    """Passages whose sentences are scored one by one."""
    sentence_weight: float = 0.75
    """The part that the best sentence adds, as a share of its standard deviations."""
    title_weight: float = 1.0
    """Standard deviations that a section's title adds where it names all that the question names: the
    section on a thing comes before a mention of it elsewhere."""
    fusion: FusionOptions = FusionOptions()


@dataclass(frozen=True, slots=True)
class _Reading:
    """A passage as its sentences are scored."""

    passage: Passage
    vectors: Vectors
    """``(sentences, dim)``"""
    bodies: tuple[str, ...]
    """Words and concepts of each sentence in its context."""
    title: str
    """Words and concepts of the section's title."""
    lead: Passage | None
    """``Hit.lead``"""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """All that search keeps in memory for one revision of the library."""

    revision: str
    vocabulary: Vocabulary
    spelling: Spelling
    vectors: VectorStore
    spread: Spread | None
    """None for a library without passages."""
    languages: dict[int, Language]
    """By row."""
    positions: dict[int, int]
    """Row to position in ``vectors``."""
    readings: LRUCache[int, _Reading]
    """Passages that were hits: cutting their sentences into words is half the cost of a search."""


class Searcher(Generic[_Kept]):
    """A store with its model and its vocabulary. Thread-safe."""

    def __init__(
        self,
        library: _Kept,
        embedder: Embedder,
        concepts: Sequence[Concept],
        reranker: Reranker | None = None,
        segmenter: Segmenter | None = None,
        engine: type[VectorStore] = VectorIndex,
    ) -> None:
        """``concepts`` are known beforehand; those that documents state join them.

        Args:
            segmenter: one that is loaded already.
            engine: the one that compares vectors.
        """
        self.library = library
        self.embedder = embedder
        self._reranker = reranker
        self._known = tuple(concepts)
        self._segmenter = segmenter or Segmenter()
        self._engine = engine
        self._lock = threading.RLock()
        # A page asks for what to ask next with the question just answered.
        self._queries: LRUCache[str, NDArray[np.float32]] = LRUCache(_QUERIES)
        self._forget()

    def _forget(self) -> None:
        """Keep nothing of the library in memory: it is new, or another one now."""
        self._vocabulary: tuple[list[Concept], Vocabulary] | None = None
        self._centres: Centres | None = None
        self._loaded: _Loaded | None = None
        self._queries.clear()

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts known beforehand, joined by those that the library's documents state now."""
        return self._vocabulary_of(self.library.concepts())

    def _vocabulary_of(self, stated: list[Concept]) -> Vocabulary:
        """The concepts known beforehand, joined by those that are ``stated``."""
        with self._lock:
            if self._vocabulary is None or self._vocabulary[0] != stated:
                terms = Terms(join_mined(self._known, stated))
                self._vocabulary = (stated, Vocabulary(terms, self._segmenter))
            return self._vocabulary[1]

    def _centred(self) -> Centres:
        if self._centres is None:
            self._centres = Centres(self.library.centres())
        return self._centres

    def search(
        self, question: str, k: int = 5, options: SearchOptions = SearchOptions(), sections: Sequence[str] = ()
    ) -> list[Hit]:
        """The ``k`` best passages for a question, best first, ties in the order of the library.

        ``sections``: those to stay in, with all below them; empty for the whole library.
        """
        if not question.strip():
            return []
        question = self.correct(question)
        vector = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            if loaded.spread is None:
                return []
            asked = self._asked(question, vector, loaded)
            scorer = Scorer(asked, loaded.spread, options.fusion)
            inside = set(self.library.rows_under(sections)) if sections else None
            count = max(options.candidates, k) if inside is None else len(loaded.positions)
            candidates = _candidates(asked, scorer, loaded, count)
            rows = candidates.best(max(options.reread, 2 * k), inside)
            hits = [self._hit(row, loaded, asked, candidates, scorer, options) for row in rows]
        if self._reranker:
            hits = rerank(question, hits, self._reranker)
        return select(hits, k)

    def correct(self, text: str) -> str:
        """``text`` with its typing errors forgiven, as ``search`` reads it."""
        with self.library.snapshot():
            return self._load().spelling.correct(text)

    def unknown(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of ``units`` that no passage of the library holds."""
        return self.library.unknown(units)

    def names(self, name: str) -> bool:
        """Tell whether a passage names what ``name`` names: by it, or by another name of the same concept."""
        units = self.vocabulary.units(name)
        if len(units) == 1 and units[0].concept and concept_key(units[0].printed) == concept_key(name):
            return not self.unknown(units)
        with self.library.snapshot():
            matches = self.library.keyword_query(units).passages()
            rows = [row for row, match in matches.items() if len(match.shared) == len(units)][:_NAMING]
            return any(concept_key(name) in concept_key(p.text) for p in self.library.passages(rows))

    def citing(self, number: int, question: str) -> list[Hit]:
        """Every passage that cites a reference number, in the order of the library, scored for ``question``."""
        vector = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            rows = self.library.rows_citing(number)
            if not rows or loaded.spread is None:
                return []
            asked, options = self._asked(question, vector, loaded), SearchOptions()
            scorer = Scorer(asked, loaded.spread, options.fusion)
            candidates = _candidates(asked, scorer, loaded, len(loaded.positions))
            return [self._hit(row, loaded, asked, candidates, scorer, options) for row in rows]

    def _asked(self, question: str, vector: NDArray[np.float32], loaded: _Loaded) -> Asked:
        keywords = self.library.keyword_query(loaded.vocabulary.units(question))
        return Asked(vector, language_of(question), keywords)

    @cachedmethod(lambda self: self._queries, lock=lambda self: self._lock)
    def _query_vector(self, question: str) -> NDArray[np.float32]:
        vectors = self.embedder.encode_query([question[:_EMBEDDED]])
        vector: NDArray[np.float32] = self._centred().centred(vectors, "query", [language_of(question)])[0]
        return vector

    def _hit(
        self,
        row: int,
        loaded: _Loaded,
        asked: Asked,
        candidates: Candidates,
        scorer: Scorer,
        options: SearchOptions,
    ) -> Hit:
        reading = self._reading(row, loaded)
        passage = reading.passage
        sentence_scores = scorer.sentence_scores(reading.vectors, reading.bodies, passage.language)
        title = asked.keywords.text(reading.title, passage.language)
        match = candidates.matches.get(row)
        shared = match.shared if match else ()
        return Hit(
            passage=passage,
            score=candidates.scores[row]
            + options.sentence_weight * max(sentence_scores, default=0.0)
            + options.title_weight * title.coverage,
            similarity=candidates.similarities[row],
            coverage=match.coverage if match else 0.0,
            dense_rank=candidates.dense_ranks.get(row),
            keyword_rank=candidates.keyword_ranks.get(row),
            terms=tuple(unit.printed for unit in shared),
            translations=tuple(loaded.vocabulary.translation(unit, passage.language) for unit in shared),
            lead=reading.lead,
            sentence_scores=sentence_scores,
        )

    def _reading(self, row: int, loaded: _Loaded) -> _Reading:
        with self._lock:
            if row in loaded.readings:
                return loaded.readings[row]
        (passage,) = self.library.passages([row])
        reading = _Reading(
            passage,
            self.library.sentence_vectors(row, self.embedder.dim),
            tuple(loaded.vocabulary.body(in_context(passage, passage.sentence(s))) for s in passage.sentences),
            loaded.vocabulary.body(passage.heading),
            self.library.lead(passage),
        )
        with self._lock:
            loaded.readings[row] = reading
        return reading

    def _load(self) -> _Loaded:
        """All that search needs of the library's present revision; vectors from their file where it is current."""
        revision = self.library.meta("revision") or ""
        loaded = self._loaded
        if loaded is not None and loaded.revision == revision:
            return loaded
        path = self.library.home / self._engine.file_name
        vectors = self._engine.load(path, revision)
        if vectors is None:
            vectors = self._engine(*self.library.vectors(self.embedder.dim))
            try:
                vectors.save(path, revision)
            except OSError as error:
                _log.info("%s was not saved: %s", path, error)
        languages = self.library.rows()
        rows = [int(row) for row in vectors.rows]
        vocabulary = self.vocabulary
        self._loaded = _Loaded(
            revision=revision,
            vocabulary=vocabulary,
            spelling=Spelling.of([" ".join(vocabulary.terms.names()), *self.library.texts()]),
            vectors=vectors,
            spread=Spread.of(vectors.vectors, [languages[row] for row in rows]) if rows else None,
            languages=languages,
            positions={row: position for position, row in enumerate(rows)},
            readings=LRUCache(_READINGS),
        )
        return self._loaded


def _candidates(asked: Asked, scorer: Scorer, loaded: _Loaded, count: int) -> Candidates:
    """The ``count`` best of either search."""
    dense = loaded.vectors.nearest(asked.vector, count)
    matches = {row: match for row, match in asked.keywords.passages().items() if row in loaded.positions}
    similarities = dict(dense)
    for row in list(matches)[:count]:
        if row not in similarities:
            similarities[row] = float(loaded.vectors.vectors[loaded.positions[row]] @ asked.vector)
    return Candidates(dense, matches, similarities, loaded.languages, scorer)
