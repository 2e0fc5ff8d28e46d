"""HybridIndex: a library that can be searched, by meaning and by words.

1. the question becomes a vector, its language centre taken out, and units (concepts and words)
2. FAISS gives the nearest passages, FTS5 those that share units
3. each candidate's similarity, in standard deviations, and its keyword vote add up
4. of the best, each sentence is scored alone; the best sentence counts for its passage
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from corpus.bundled import bundled_concepts, read_review
from corpus.document import Document, Passage
from corpus.language import language_of
from corpus.terms import Terms
from index.balance import centres_of
from index.embedders import BUNDLED_MODEL, Embedder, Vectors
from index.errors import ModelMismatch
from index.fusion import FusionOptions, Moments, keyword_vote
from index.hit import Hit
from index.indexing import RECIPE, Progress, in_context, index_document
from index.keywords import KeywordQuery, Unit, Vocabulary
from index.library import Library
from index.loading import load_embedder
from index.vectors import VectorIndex

_log = logging.getLogger(__name__)

_CACHE_NAME = "vectors.faiss"
_WORDS_VERSION = "1"
_READINGS = 2000


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How much a search looks at."""

    candidates: int = 50
    """Passages taken from each of the two searches."""
    reread: int = 12
    """Passages whose sentences are scored one by one."""
    sentence_weight: float = 0.5
    """What the best sentence adds, as a share of its standard deviations."""
    fusion: FusionOptions = FusionOptions()


@dataclass(frozen=True, slots=True)
class _Reading:
    """A passage as its sentences are scored."""

    passage: Passage
    vectors: Vectors
    """``(sentences, dim)``"""
    bodies: tuple[str, ...]
    """Words and concepts of each sentence in its context."""
    lead: Passage | None
    """``Hit.lead``"""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What search keeps in memory for one revision of the library."""

    revision: str
    vectors: VectorIndex
    moments: Moments | None
    positions: dict[int, int]
    """Row to position in ``vectors``."""
    readings: LRUCache[int, _Reading]
    """Passages that were hits: cutting their sentences into words is half the cost of a search."""


class HybridIndex:
    """A library, its model and its vocabulary. Thread-safe."""

    def __init__(self, library: Library, embedder: Embedder, terms: Terms) -> None:
        self.library = library
        self.embedder = embedder
        self.vocabulary = Vocabulary(terms)
        self._centres = centres_of(embedder.name)
        self._loaded: _Loaded | None = None
        self._readings_lock = threading.Lock()

    @classmethod
    def open(
        cls,
        home: Path,
        model: str | None = None,
        progress: Progress = silent,
        load: Callable[[str | None], Embedder] = load_embedder,
    ) -> HybridIndex:
        """Open the library in ``home``; a new one is given the bundled review.

        ``model`` is a name that ``load`` takes, None for the one that the library was indexed with.
        An index of an older make is brought up to date.

        Raises:
            ModelMismatch: ``model`` is not the one that the library was indexed with.
            ModelUnavailable: there is no such model on this machine.
            LibraryError: the library cannot be opened.
        """
        library = Library(home)
        kept = library.meta("model")
        if kept and model and kept != model:
            library.close()
            raise ModelMismatch(
                f"The library in {home} was indexed with the model {kept}, not {model}; leave --model out, "
                "or name another folder with --home for the other model."
            )
        self = cls(library, load(model or kept or BUNDLED_MODEL), Terms(bundled_concepts()))
        if not kept:
            self.add(read_review(), progress)
            library.set_meta(model=self.embedder.name, dim=str(self.embedder.dim), words=self._words_version())
        elif not library.read_only:
            self.refresh(progress)
        return self

    # Filling

    def add(self, document: Document, progress: Progress = silent) -> None:
        """Index a document and store it, in place of one with the same id."""
        indexed = index_document(document, self.embedder, self._centres, self.vocabulary, progress)
        self.library.add(document, indexed, RECIPE)

    def refresh(self, progress: Progress = silent) -> None:
        """Index again what an older program indexed in another way."""
        for id, recipe in self.library.recipes().items():
            if recipe != RECIPE:
                self.add(self.library.document(id), progress)
        if self.library.meta("words") != self._words_version():
            self._rewrite_words()

    def _words_version(self) -> str:
        """Of the vocabulary: changes with the segmentation and with the concepts."""
        names = [(c.id, c.names) for c in self.vocabulary.terms.concepts.values()]
        return f"{_WORDS_VERSION}-{hashlib.sha256(repr(names).encode()).hexdigest()[:12]}"

    def _rewrite_words(self) -> None:
        rows = list(self.library.rows())
        bodies = [
            (row, self.vocabulary.body(in_context(passage, passage.text)))
            for row, passage in zip(rows, self.library.passages(rows), strict=True)
        ]
        self.library.rewrite_words(bodies, words=self._words_version())

    # Health

    def problems(self) -> list[str]:
        """What is wrong with the library, each a sentence; empty where all is well."""
        found = self.library.problems(self.embedder.dim)
        path = self.library.home / _CACHE_NAME
        # An outdated one is no fault: the first search after a change makes it anew.
        if path.exists() and not VectorIndex.is_whole(path):
            found.append("The FAISS file is damaged; the next search rebuilds it.")
        return found

    def repair(self, progress: Progress = silent) -> None:
        """Make anew all that can be made from the documents: passages, vectors, words, the FAISS file."""
        self.library.clear_derived(words="")
        for id in self.library.recipes():
            self.add(self.library.document(id), progress)
        self.library.set_meta(words=self._words_version())
        self._loaded = None
        (self.library.home / _CACHE_NAME).unlink(missing_ok=True)
        with self.library.snapshot():
            self._load()

    # Searching

    def search(self, question: str, k: int = 5, options: SearchOptions = SearchOptions()) -> list[Hit]:
        """The ``k`` best passages for a question, best first, ties in the order of the library."""
        if not question.strip():
            return []
        query = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            if loaded.moments is None:
                return []
            widened = replace(options, candidates=max(options.candidates, k))
            candidates = self._candidates(question, query, loaded, widened)
            hits = [self._hit(row, loaded, candidates) for row in candidates.best(max(options.reread, k))]
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def unknown(self, units: Iterable[Unit]) -> list[Unit]:
        """Those of ``units`` that no passage of the library holds."""
        return self.library.unknown(units)

    def citing(self, number: int, question: str) -> list[Hit]:
        """Every passage that cites a reference number, in the order of the library, scored for ``question``."""
        query = self._query_vector(question)
        with self.library.snapshot():
            loaded = self._load()
            rows = self.library.rows_citing(number)
            if not rows:
                return []
            candidates = self._candidates(question, query, loaded, SearchOptions(candidates=len(loaded.positions)))
            return [self._hit(row, loaded, candidates) for row in rows]

    def _candidates(
        self, question: str, query: NDArray[np.float32], loaded: _Loaded, options: SearchOptions
    ) -> _Candidates:
        dense = loaded.vectors.nearest(query, options.candidates)
        keywords = self.library.keyword_query(self.vocabulary.units(question))
        return _Candidates(loaded, query, dense, keywords, options)

    def _query_vector(self, question: str) -> NDArray[np.float32]:
        vectors = self.embedder.encode_query([question])
        vector: NDArray[np.float32] = self._centres.centred(vectors, "query", [language_of(question)])[0]
        return vector

    def _hit(self, row: int, loaded: _Loaded, candidates: _Candidates) -> Hit:
        with self._readings_lock:
            reading = loaded.readings.get(row)
        if reading is None:
            reading = self._read(row)
            with self._readings_lock:
                loaded.readings[row] = reading
        passage = reading.passage
        sentence_scores = candidates.sentence_scores(reading.vectors, reading.bodies, passage.language)
        match = candidates.matches.get(row)
        return Hit(
            passage=passage,
            score=candidates.scores[row] + candidates.options.sentence_weight * max(sentence_scores, default=0.0),
            similarity=candidates.similarities[row],
            coverage=match.coverage if match else 0.0,
            dense_rank=candidates.dense_ranks.get(row),
            keyword_rank=candidates.keyword_ranks.get(row),
            terms=match.terms if match else (),
            lead=reading.lead,
            sentence_scores=sentence_scores,
        )

    def _read(self, row: int) -> _Reading:
        (passage,) = self.library.passages([row])
        bodies = tuple(self.vocabulary.body(in_context(passage, passage.sentence(s))) for s in passage.sentences)
        vectors = self.library.sentence_vectors(row, self.embedder.dim)
        return _Reading(passage, vectors, bodies, self.library.lead(passage))

    def _load(self) -> _Loaded:
        """Vectors of the library's present revision, from FAISS's file where it is whole and current."""
        revision = self.library.meta("revision") or ""
        loaded = self._loaded
        if loaded is not None and loaded.revision == revision:
            return loaded
        path = self.library.home / _CACHE_NAME
        vectors = VectorIndex.load(path, revision)
        if vectors is None:
            vectors = VectorIndex(*self.library.vectors(self.embedder.dim))
            try:
                vectors.save(path, revision)
            except OSError as error:
                _log.info("%s was not saved: %s", path, error)
        positions = {int(row): position for position, row in enumerate(vectors.rows)}
        moments = Moments.of(vectors.vectors) if len(vectors) else None
        self._loaded = _Loaded(revision, vectors, moments, positions, LRUCache(_READINGS))
        return self._loaded


class _Candidates:
    """Passages that either search found, with what each search says of them."""

    def __init__(
        self,
        loaded: _Loaded,
        query: NDArray[np.float32],
        dense: list[tuple[int, float]],
        keywords: KeywordQuery,
        options: SearchOptions,
    ) -> None:
        assert loaded.moments is not None
        self.options = options
        self._query = query
        self._moments = loaded.moments
        self._keywords = keywords
        self.matches = {row: match for row, match in keywords.passages().items() if row in loaded.positions}
        self.dense_ranks = {row: rank for rank, (row, _) in enumerate(dense, start=1)}
        self.keyword_ranks = {row: rank for rank, row in enumerate(self.matches, start=1)}
        self.similarities = dict(dense)
        for row in list(self.matches)[: options.candidates]:
            if row not in self.similarities:
                self.similarities[row] = float(loaded.vectors.vectors[loaded.positions[row]] @ query)
        standard = self._moments.standard(query, np.fromiter(self.similarities.values(), np.float32))
        self.scores = {
            row: float(score) + keyword_vote(self.matches.get(row), options.fusion)
            for row, score in zip(self.similarities, standard, strict=True)
        }

    def best(self, k: int) -> list[int]:
        """Rows of the ``k`` highest scores, ties by row."""
        return sorted(self.scores, key=lambda row: (-self.scores[row], row))[:k]

    def sentence_scores(self, vectors: Vectors, bodies: Sequence[str], language: str) -> tuple[float, ...]:
        """Scores of single sentences, by the measure of passages: ``vectors`` ``(n, dim)``, one body for each."""
        standard = self._moments.standard(self._query, vectors @ self._query)
        return tuple(
            float(score) + keyword_vote(self._keywords.text(body, language), self.options.fusion)
            for score, body in zip(standard, bodies, strict=True)
        )
