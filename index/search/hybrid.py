"""HybridIndex: a library that can be filled, kept whole and searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path

from cachetools import LRUCache

from corpus.checks.source_checks import known_and_found
from corpus.document import Document, Sidecars
from corpus.packs.packs import bundled_beside, bundled_concepts, bundled_documents
from corpus.packs.sidecars import checks_of, concepts_of, references_of, translation_of
from corpus.references.lists import read_reference_list
from corpus.vocabulary.concepts import Concept, has_han
from corpus.vocabulary.terms import Terms, prints
from corpus.words.segmenting import Segmenter, chinese_runs
from index.embedding.balance import means_of
from index.embedding.embedders import BUNDLED_MODEL, Embedder
from index.embedding.loading import load_embedder
from index.errors import LibraryDamaged, ModelMismatch, UnknownDocument
from index.search.engines import VectorStore
from index.search.indexing import (
    RECIPE,
    SAME_VECTORS,
    KnownVectors,
    Progress,
    embed_document,
    embedded_texts,
    in_context,
    index_document,
    passage_words,
    result_words,
    subject,
)
from index.search.searching import Searcher
from index.search.selection import Reranker
from index.search.vectors import VectorIndex
from index.store.keywords import Table, version_of
from index.store.library import Library
from index.store.writing import Facts

_TRANSLATED = 16
"""Documents whose translations are kept once they are read."""
_BESIDE = "beside:"
"""Of the key under which the library keeps what lay beside a document, before its id."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


class HybridIndex(Searcher[Library]):
    """A library, its model and its vocabulary. Thread-safe."""

    def _forget(self) -> None:
        super()._forget()
        self._translated_words: LRUCache[tuple[str, str | None], Mapping[str, frozenset[str]]] = LRUCache(_TRANSLATED)
        self._translations: LRUCache[tuple[str, str | None], Mapping[str, str]] = LRUCache(_TRANSLATED)

    @classmethod
    def open(
        cls,
        home: Path,
        model: str | None = None,
        progress: Progress = silent,
        load: Callable[[str | None], Embedder] = load_embedder,
        reranker: Reranker | None = None,
        engine: type[VectorStore] = VectorIndex,
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
        try:
            kept = library.meta("model")
            if kept and model and kept != model:
                raise ModelMismatch(
                    f"The library in {home} was indexed with the model {kept}, not {model}; leave --model out, "
                    "or name another folder with --home for the other model."
                )
            self = cls(library, load(model or kept or BUNDLED_MODEL), bundled_concepts(), reranker, engine=engine)
            if not kept:
                library.keep_centres(means_of(self.embedder))
                self.add_all(bundled_documents(), progress)
                library.set_meta(model=self.embedder.name, dim=str(self.embedder.dim))
            elif not library.read_only:
                self.refresh(progress)
        except BaseException:
            library.close()
            raise
        return self

    # Filling

    def add(self, document: Document, progress: Progress = silent) -> None:
        """Index a document and store it, in place of one with the same id."""
        self.add_all([document], progress)

    def add_all(self, documents: Sequence[Document], progress: Progress = silent) -> None:
        """Index documents and store them, each in a transaction of its own.

        What one states of names (埃万妥单抗, Amivantamab) then holds for all.
        """
        self._refresh_words()
        total, before = sum(len(document.text) for document in documents), 0
        for document in documents:
            self._index(document, lambda done, _, before=before: progress(before + done, total))  # type: ignore[misc]
            before += len(document.text)

    def _index(self, document: Document, progress: Progress, *, again: bool = False) -> None:
        # What only adding needs is not imported to ask.
        from corpus.catalogue.catalogue import catalogue_of
        from corpus.checks.consistency import find_slips
        from corpus.trial_results import extract_results
        from corpus.vocabulary.mining import mine_concepts

        embedded = embed_document(document, self.embedder, self._centred(), progress, self._kept_vectors(document.id))
        beside = self._beside(document)
        # What is known beforehand need not be stated again.
        stated = [*mine_concepts(document.text), *_new(concepts_of(beside), self._known)]
        known = read_reference_list(document) | references_of(beside)
        with self._changing_names(document.id):
            self.library.state(document, RECIPE, stated, again=again)
            self._look_again()
            vocabulary = self.vocabulary
            # By the names that the program knows and this document states, not by what others state: its results
            # are the same whatever was added or removed before it.
            results = extract_results([item.passage for item in embedded], [*self._known, *stated])
            checks = known_and_found(checks_of(beside), find_slips(document, results, known, vocabulary.terms))
            indexed, placed, trials = index_document(embedded, results, vocabulary)
            # By the same names, for the same reason.
            told = catalogue_of(document, [item.passage for item in embedded], self._base.joined(stated))
            self.library.fill(document.id, indexed, Facts(tuple(known.values()), placed, trials, checks, told))
            self._keep_beside(document.id, beside)

    def _kept_vectors(self, document_id: str) -> KnownVectors:
        """The vectors of the document that has this id now, so far as they would be made the same again."""
        known = KnownVectors()
        if self.library.recipe(document_id) in SAME_VECTORS:
            for row in self.library.rows_of(document_id):
                with suppress(LibraryDamaged):
                    (passage,) = self.library.passages([row])
                    whole, *sentences = embedded_texts(passage)
                    known.passages[whole] = self.library.vector(row, self.embedder.dim)
                    vectors = self.library.sentence_vectors(row, self.embedder.dim)
                    known.sentences.update(zip(sentences, vectors, strict=True))
        return known

    @contextmanager
    def _changing_names(self, document_id: str) -> Iterator[None]:
        """A transaction after whose changes the words of all documents are as the names that are stated then want it.

        Those of the document itself are left as they are.
        """
        try:
            with self.library.transaction():
                before = self.vocabulary
                yield
                self._look_again()
                after = self.vocabulary
                if after is not before:
                    self.library.rewrite(self._bodies(names_changed(before.terms, after.terms), but=document_id))
        except BaseException:
            # Both may have names that are not stated after all.
            self._segmenter = Segmenter()
            self._forget()
            raise

    def _bodies(self, names: Sequence[str], but: str) -> Iterator[tuple[Table, int, str]]:
        """Table, row and words of the passages and results that print one of ``names``, those of one document aside."""
        vocabulary = self.vocabulary
        # Chinese names change how the text beside them is cut, and so do the Chinese parts of others; a Latin one only
        # joins the words.
        cut = any(map(has_han, names))
        names = [*names, *(part for name in names for part in chinese_runs(name))]
        for row in self.library.printing(names):
            (passage,) = self.library.passages([row])
            text = in_context(passage, passage.text)
            if passage.document_id != but and prints(text, names):
                new = (
                    passage_words(passage, vocabulary) if cut else vocabulary.renamed(self.library.words_of(row), text)
                )
                yield "words", row, new
        for kept in self.library.trials.results(self.library.printing(names, "result_words")):
            (passage,) = self.library.passages([kept.passage])
            if passage.document_id != but and prints(subject(passage, kept.result), names):
                yield "result_words", kept.place.row, result_words(passage, kept.result, vocabulary)

    def _beside(self, document: Document) -> Sidecars:
        """The sidecars of a document: as read with it, else as kept of the same text."""
        if document.beside != Sidecars():
            return document.beside
        with suppress(UnknownDocument, LibraryDamaged):
            if self.library.document(document.id).text == document.text:
                return self.beside(document)
        return Sidecars()

    def beside(self, document: Document) -> Sidecars:
        """The sidecars of a document of the library, as kept when it was added.

        Raises:
            LibraryDamaged: they are not what was written.
        """
        line = self.library.meta(_BESIDE + document.id)
        if line is None:
            return bundled_beside(document)  # an older program kept none, for it knew those of its own by heart
        kept = Sidecars(**json.loads(line)) if line else Sidecars()
        if kept.translation:
            return kept
        # An older program's review had no translation.
        return replace(kept, translation=bundled_beside(document).translation)

    def translated_words(self, document_id: str) -> Mapping[str, frozenset[str]]:
        """What the keyword index would hold of each translation of a document's sentences, by ``sentence_key``."""
        key = (document_id, self.library.meta("revision"))
        with self._lock:
            known = self._translated_words.get(key)
        if known is None:
            vocabulary, translations = self.vocabulary, self.translations(document_id)
            known = {sentence: frozenset(vocabulary.body(text).split()) for sentence, text in translations.items()}
            with self._lock:
                self._translated_words[key] = known
        return known

    def translations(self, document_id: str) -> Mapping[str, str]:
        """Translations of a document's sentences, by ``sentence_key``; empty where it came with none."""
        key = (document_id, self.library.meta("revision"))
        with self._lock:
            known = self._translations.get(key)
        if known is None:
            known = translation_of(self.beside(self.library.document(document_id)))
            with self._lock:
                self._translations[key] = known
        return known

    def _keep_beside(self, document_id: str, beside: Sidecars) -> None:
        key = _BESIDE + document_id
        line = json.dumps(asdict(beside), ensure_ascii=False) if beside != Sidecars() else ""
        if (self.library.meta(key) or "") != line:
            self.library.set_meta(**{key: line})

    def remove(self, document_id: str) -> None:
        """Take a document out, and the names that it alone states.

        Raises:
            UnknownDocument: there is none with that id.
        """
        self._refresh_words()
        with self._changing_names(document_id):
            self.library.remove(document_id)
            self._keep_beside(document_id, Sidecars())

    def refresh(self, progress: Progress = silent) -> None:
        """Index again what an older program indexed in another way."""
        outdated = [id for id, recipe in self.library.recipes().items() if recipe != RECIPE]
        if outdated and not self.library.centres():  # the oldest libraries kept none
            self.library.keep_centres(means_of(self.embedder))
            self._forget()
        self._refresh_words()
        for id in outdated:
            self._index(self.library.document(id), progress, again=True)

    def _refresh_words(self) -> None:
        """Write the keyword index anew where it was written with another vocabulary of the program's own."""
        if self.library.meta("words") != self._words_version:
            self.library.rewrite_all(self._all_bodies(), words=self._words_version)

    @cached_property
    def _words_version(self) -> str:
        return version_of(self._known)

    def _all_bodies(self) -> Iterator[tuple[Table, int, str]]:
        """Table, row and words of every passage and result, read when first asked for."""
        vocabulary = self.vocabulary
        for row in self.library.rows():
            (passage,) = self.library.passages([row])
            yield "words", row, passage_words(passage, vocabulary)
        for kept in self.library.trials.all_results():
            (passage,) = self.library.passages([kept.passage])
            yield "result_words", kept.place.row, result_words(passage, kept.result, vocabulary)

    # Health

    def problems(self, progress: Progress = silent) -> list[str]:
        """The faults of the library, each a sentence; empty where all is well. ``progress`` counts rows."""
        found = self.library.problems(self.embedder.dim, progress)
        # An outdated one is no fault: the first search after a change brings it up to that.
        if (path := self._vectors_path).exists() and self._engine.load(path) is None:
            found.append(f"{path.name} is damaged; the next search rebuilds it.")
        return found

    def like(self, library: Library) -> HybridIndex:
        """Another library with this one's model and the concepts known beforehand."""
        return HybridIndex(library, self.embedder, self._known, segmenter=self._segmenter, engine=self._engine)

    def replace(self, path: Path) -> Path | None:
        """Become the library at ``path`` (``Library.replace``)."""
        aside = self.library.replace(path)
        self._forget()
        self._vectors_path.unlink(missing_ok=True)
        return aside


def names_changed(before: Terms, after: Terms) -> Sequence[str]:
    """Names that mean one thing in ``before`` and another in ``after``."""
    return after.fresh if after.origin is before else after.unlike(before)


def _new(concepts: Iterable[Concept], known: Iterable[Concept]) -> list[Concept]:
    """Those that are not ``known`` as they are, in the form in which a library gives them back."""
    before = set(known)
    return [Concept.of(concept.names, concept.category) for concept in concepts if concept not in before]
