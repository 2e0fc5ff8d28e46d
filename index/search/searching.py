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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache, cachedmethod
from numpy.typing import NDArray

from corpus.language import language_of
from corpus.vocabulary.concepts import Concept, concept_key
from corpus.vocabulary.terms import Terms
from corpus.words.segmenting import Segmenter
from index.embedding.balance import Centres
from index.embedding.embedders import Embedder
from index.search.candidates import Asked, Candidates, Scorer
from index.search.engines import Store, VectorStore
from index.search.fusion import FusionOptions, Spread
from index.search.hit import Hit
from index.search.loaded import Loaded, Reading, best_of_either, scored, sentence_bodies
from index.search.selection import Reranker, rerank, select
from index.search.spelling import Spelling
from index.search.vectors import VectorIndex
from index.store.keywords import KeywordQuery, Unit, Vocabulary
from index.store.writing import UNSAID, spelled

_log = logging.getLogger(__name__)

_READINGS = 2000
_QUERIES = 500
# Characters of a question that are embedded: the model reads about 500 tokens at once, and 2,000 take seconds.
_EMBEDDED = 600
# Positions that are kept, of all words together.
_POSITIONS = 5_000_000
# Changed passages, as one part in so many of all, from which the file of vectors is written again.
_SHARE = 20
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
class _Stated:
    """The vocabulary of one revision of the library."""

    revision: str | None
    unsaid: str | None
    """The library's value of ``UNSAID``."""
    last: int
    """``Library.last_pair``"""
    vocabulary: Vocabulary


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
        self._base = Terms(self._known)
        self._spelling = Spelling(library, spelled(self._base.names()))
        self._segmenter = segmenter or Segmenter()
        self._engine = engine
        self._lock = threading.RLock()
        # A page asks for what to ask next with the question just answered.
        self._queries: LRUCache[str, NDArray[np.float32]] = LRUCache(_QUERIES)
        self._forget()

    def _forget(self) -> None:
        """Keep nothing of the library in memory: it is new, or another one now."""
        self._vocabulary: _Stated | None = None
        self._centres: Centres | None = None
        self._loaded: Loaded | None = None
        self._queries.clear()

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts known beforehand, joined by those that the library's documents state now."""
        with self.library.snapshot(), self._lock:  # in this order everywhere
            revision = self.library.meta("revision")
            if self._vocabulary is None or self._vocabulary.revision != revision:
                self._vocabulary = self._stated(self._vocabulary, revision)
            return self._vocabulary.vocabulary

    def _look_again(self) -> None:
        """Let the vocabulary be compared with what documents state: this transaction has changed that."""
        if self._vocabulary is not None:
            self._vocabulary = replace(self._vocabulary, revision=None)

    def _stated(self, before: _Stated | None, revision: str | None) -> _Stated:
        """What documents state now; ``before`` is what is known of an earlier revision."""
        unsaid, last = self.library.meta(UNSAID), self.library.last_pair()
        if before is not None and not self._goes_on(before, unsaid):
            self._segmenter = Segmenter()  # the one that was, cuts as if the names taken out were still there
            before = None
        if before is None:
            terms = self._base.joined(self.library.concepts())
        elif last == before.last:
            return replace(before, revision=revision)
        else:
            terms = before.vocabulary.terms.joined(self.library.concepts(before.last))
            if terms is before.vocabulary.terms:
                return _Stated(revision, unsaid, last, before.vocabulary)
        return _Stated(revision, unsaid, last, Vocabulary(terms, self._segmenter))

    def _goes_on(self, before: _Stated, unsaid: str | None) -> bool:
        """Tell whether all that was stated then is stated now, in the same order."""
        known = before.revision is None or self.library.had(before.revision)
        return known and before.unsaid == unsaid

    def _centred(self) -> Centres:
        if self._centres is None:
            self._centres = Centres(self.library.centres())
        return self._centres

    def search(
        self,
        question: str,
        k: int = 5,
        options: SearchOptions = SearchOptions(),
        sections: Sequence[str] = (),
        rows: Sequence[int] | None = None,
    ) -> list[Hit]:
        """The ``k`` best passages for a question, best first, ties in the order of the library.

        ``sections``: those to stay in, with all below them; empty for the whole library. ``rows``: of the passages to
        stay in, where sections are not given; None for all.
        """
        if not question.strip():
            return []
        question = self.correct(question)
        vector = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            if not loaded.spread.languages:
                return []
            asked = self._asked(question, vector, loaded)
            scorer = Scorer(asked, loaded.spread, options.fusion)
            if sections or rows is not None:
                inside = loaded.place(self.library.rows_under(sections) if sections else rows or ()).tolist()
                candidates = scored(inside, asked, scorer, loaded)
            else:
                candidates = best_of_either(asked, scorer, loaded, max(options.candidates, k))
            positions = candidates.best(max(options.reread, 2 * k))
            hits = [self._hit(position, loaded, asked, candidates, scorer, options) for position in positions]
        if self._reranker:
            hits = rerank(question, hits, self._reranker)
        return select(hits, k)

    def correct(self, text: str) -> str:
        """``text`` with its typing errors forgiven, as ``search`` reads it."""
        return self._spelling.correct(text)

    def unknown(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of ``units`` that no passage of the library holds."""
        return self.library.unknown(units)

    def names(self, name: str) -> bool:
        """Tell whether a passage names what ``name`` names: by it, or by another name of the same concept."""
        units = self.vocabulary.units(name)
        if len(units) == 1 and units[0].concept and concept_key(units[0].printed) == concept_key(name):
            return not self.unknown(units)
        with self.library.snapshot():
            rows = self.library.rows_with_all([unit.key for unit in units], _NAMING)
            return any(concept_key(name) in concept_key(p.text) for p in self.library.passages(rows))

    def citing(self, number: int, question: str, document_id: str | None = None) -> list[Hit]:
        """Every passage that cites a reference number, in the order of the library, scored for ``question``.

        ``document_id``: the document whose number it is; None for every document's.
        """
        vector = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            positions = loaded.place(self.library.rows_citing(number, document_id)).tolist()
            if not positions:
                return []
            asked, options = self._asked(question, vector, loaded), SearchOptions()
            scorer = Scorer(asked, loaded.spread, options.fusion)
            candidates = scored(positions, asked, scorer, loaded)
            return [self._hit(position, loaded, asked, candidates, scorer, options) for position in positions]

    def _asked(self, question: str, vector: NDArray[np.float32], loaded: Loaded) -> Asked:
        keywords = KeywordQuery(
            lambda key: self._positions_with(key, loaded), loaded.vocabulary.units(question), loaded.chinese
        )
        return Asked(vector, language_of(question), keywords)

    def _positions_with(self, key: str, loaded: Loaded) -> NDArray[np.int64]:
        if key not in loaded.positions:
            loaded.positions[key] = loaded.place(self.library.rows_with(key))
        return loaded.positions[key]

    @cachedmethod(lambda self: self._queries, lock=lambda self: self._lock)
    def _query_vector(self, question: str) -> NDArray[np.float32]:
        vectors = self.embedder.encode_query([question[:_EMBEDDED]])
        vector: NDArray[np.float32] = self._centred().centred(vectors, "query", [language_of(question)])[0]
        return vector

    def _hit(
        self,
        position: int,
        loaded: Loaded,
        asked: Asked,
        candidates: Candidates,
        scorer: Scorer,
        options: SearchOptions,
    ) -> Hit:
        reading = self._reading(int(loaded.vectors.rows[position]), loaded)
        passage = reading.passage
        sentence_scores = scorer.sentence_scores(reading.vectors, reading.bodies, passage.language)
        title = asked.keywords.text(reading.title, passage.language)
        match = candidates.matches[position]
        shared = match.shared if match else ()
        return Hit(
            passage=passage,
            score=candidates.scores[position]
            + options.sentence_weight * max(sentence_scores, default=0.0)
            + options.title_weight * title.coverage,
            similarity=candidates.similarities[position],
            coverage=match.coverage if match else 0.0,
            dense_rank=candidates.dense_ranks.get(position),
            keyword_rank=candidates.keyword_rank(position),
            terms=tuple(unit.printed for unit in shared),
            translations=tuple(loaded.vocabulary.translation(unit, passage.language) for unit in shared),
            lead=reading.lead,
            sentence_scores=sentence_scores,
            bodies=reading.own,
        )

    def _reading(self, row: int, loaded: Loaded) -> Reading:
        with self._lock:
            if row in loaded.readings:
                return loaded.readings[row]
        (passage,) = self.library.passages([row])
        reading = Reading(
            passage,
            self.library.sentence_vectors(row, self.embedder.dim),
            *sentence_bodies(passage, loaded.vocabulary),
            loaded.vocabulary.body(passage.heading),
            self.library.lead(passage),
        )
        with self._lock:
            loaded.readings[row] = reading
        return reading

    def _load(self) -> Loaded:
        """All that search needs of the library's present revision: what is loaded, brought up to it."""
        revision = self.library.meta("revision") or ""
        loaded = self._loaded or self._from_file()
        if loaded is None or not self._bring_up(loaded, revision):
            loaded = self._made_anew(revision)
        self._loaded = loaded
        return loaded

    def _from_file(self) -> Loaded | None:
        kept = self._engine.load(self._vectors_path)
        if kept is None:
            return None
        vectors, revision, beside = kept
        try:
            spread = Spread.read({name: array for name, array in beside.items() if name != "chinese"})
            return self._new(revision, vectors, beside["chinese"].astype(bool), spread)
        except (KeyError, ValueError):
            return None

    def _made_anew(self, revision: str) -> Loaded:
        stored = self.library.vectors(self.embedder.dim)
        spread = Spread.of(stored.vectors, stored.chinese)
        loaded = self._new(revision, self._engine(stored.rows, stored.vectors), stored.chinese, spread)
        self._save(loaded)
        return loaded

    def _new(self, revision: str, vectors: VectorStore, chinese: NDArray[np.bool_], spread: Spread) -> Loaded:
        return Loaded(
            revision=revision,
            vocabulary=self.vocabulary,
            vectors=vectors,
            chinese=chinese,
            spread=spread,
            readings=LRUCache(_READINGS),
            positions=LRUCache(
                _POSITIONS, getsizeof=lambda held: len(held) + 1
            ),  # a word that none holds takes room, too
        )

    def _bring_up(self, loaded: Loaded, revision: str) -> bool:
        """Let ``loaded`` be of ``revision``; False where what changed since its own is not known."""
        if loaded.revision == revision:
            return True
        changes = self.library.changes(loaded.revision, self.embedder.dim)
        if changes is None:
            return False
        vocabulary = self.vocabulary
        new, gone = changes
        there = np.isin(loaded.vectors.rows, gone)
        if there.any():
            loaded.spread = loaded.spread.without(loaded.vectors.vectors[there], loaded.chinese[there])
            loaded.chinese = loaded.chinese[~there]
            loaded.vectors.remove(gone)
        if len(new.rows):
            loaded.spread = loaded.spread.with_passages(new.vectors, new.chinese)
            loaded.chinese = np.concatenate([loaded.chinese, new.chinese])
            loaded.vectors.append(new.rows, new.vectors)
        loaded.revision = revision
        loaded.positions.clear()
        if vocabulary is not loaded.vocabulary:
            loaded.vocabulary = vocabulary
            loaded.readings.clear()
        # The file is written again where reading the changes would take a start longer than that.
        if _SHARE * (len(new.rows) + int(there.sum())) > len(loaded.chinese):
            self._save(loaded)
        return True

    @property
    def _vectors_path(self) -> Path:
        return self.library.home / self._engine.file_name

    def _save(self, loaded: Loaded) -> None:
        beside = {"chinese": loaded.chinese, **loaded.spread.arrays()}
        try:
            loaded.vectors.save(self._vectors_path, loaded.revision, beside)
        except OSError as error:
            _log.info("%s was not saved: %s", self._vectors_path, error)
