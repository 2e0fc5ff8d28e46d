"""HybridIndex: a library that can be filled, kept whole and searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from corpus.checks.consistency import find_slips
from corpus.checks.source_checks import known_and_found
from corpus.document import Document, Sidecars
from corpus.packs.packs import bundled_beside, bundled_concepts, bundled_documents
from corpus.packs.sidecars import checks_of, concepts_of, references_of
from corpus.references.lists import read_reference_list
from corpus.trial_results import extract_results
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.mining import mine_concepts
from index.embedding.balance import means_of
from index.embedding.embedders import BUNDLED_MODEL, Embedder
from index.embedding.loading import load_embedder
from index.errors import LibraryDamaged, ModelMismatch, UnknownDocument
from index.search.engines import VectorStore
from index.search.indexing import RECIPE, Progress, in_context, index_document
from index.search.reranking import Reranker
from index.search.searching import Searcher
from index.search.vectors import VectorIndex
from index.store.library import Library

_BESIDE = "beside:"
"""Of the key under which the library keeps what lay beside a document, before its id."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


class HybridIndex(Searcher[Library]):
    """A library, its model and its vocabulary. Thread-safe."""

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
        total, before = sum(len(document.text) for document in documents), 0
        for document in documents:
            self._index(document, lambda done, _, before=before: progress(before + done, total))  # type: ignore[misc]
            before += len(document.text)
        self._refresh_words()

    def _index(self, document: Document, progress: Progress) -> None:
        vocabulary = self.vocabulary
        indexed = index_document(document, self.embedder, self._centred(), vocabulary, progress)
        beside = self._beside(document)
        # What is known beforehand need not be stated again.
        stated = [*mine_concepts(document.text), *_new(concepts_of(beside), self._known)]
        known = read_reference_list(document) | references_of(beside)
        # Names that one sentence makes one hold for the results of another.
        before = self.library.concepts()
        terms = self._vocabulary_of([*before, *_new(stated, before)]).terms
        results = extract_results([item.passage for item in indexed], terms.concepts.values())
        checks = known_and_found(checks_of(beside), find_slips(document, results, known, terms))
        self.library.add(document, indexed, RECIPE, stated, known.values(), results, checks)
        self._keep_beside(document.id, beside)
        if self.vocabulary is not vocabulary:
            self.library.set_meta(words="")  # names became known, here or in another process, that its words lack

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
        kept = self.library.meta(_BESIDE + document.id)
        if kept is None:
            return bundled_beside(document)  # an older program kept none, for it knew those of its own by heart
        return Sidecars(**json.loads(kept)) if kept else Sidecars()

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
        self.library.remove(document_id)
        self._keep_beside(document_id, Sidecars())
        self._refresh_words()

    def refresh(self, progress: Progress = silent) -> None:
        """Index again what an older program indexed in another way."""
        outdated = [id for id, recipe in self.library.recipes().items() if recipe != RECIPE]
        if outdated and not self.library.centres():  # the oldest libraries kept none
            self.library.keep_centres(means_of(self.embedder))
            self._forget()
        for id in outdated:
            self._index(self.library.document(id), progress)
        self._refresh_words()

    def _refresh_words(self) -> None:
        """Write the keyword index anew where the vocabulary is another than it was written with."""
        version = self.vocabulary.version
        if self.library.meta("words") == version:
            return
        self.library.rewrite_words(self._bodies(), words=version)

    def _bodies(self) -> Iterator[tuple[int, str]]:
        """Row and words of every passage, read when first asked for."""
        rows = list(self.library.rows())
        vocabulary = self.vocabulary
        for row, passage in zip(rows, self.library.passages(rows), strict=True):
            yield row, vocabulary.body(in_context(passage, passage.text))

    # Health

    def problems(self) -> list[str]:
        """The faults of the library, each a sentence; empty where all is well."""
        found = self.library.problems(self.embedder.dim)
        # An outdated one is no fault: the first search after a change makes it anew.
        if (path := self.library.home / self._engine.file_name).exists() and not self._engine.is_whole(path):
            found.append(f"{path.name} is damaged; the next search rebuilds it.")
        return found

    def like(self, library: Library) -> HybridIndex:
        """Another library with this one's model and the concepts known beforehand."""
        return HybridIndex(library, self.embedder, self._known, segmenter=self._segmenter, engine=self._engine)

    def replace(self, path: Path) -> Path | None:
        """Become the library at ``path`` (``Library.replace``)."""
        aside = self.library.replace(path)
        self._forget()
        (self.library.home / self._engine.file_name).unlink(missing_ok=True)
        return aside


def _new(concepts: Iterable[Concept], known: Iterable[Concept]) -> list[Concept]:
    """Those that are not ``known`` as they are, in the form in which a library gives them back."""
    before = set(known)
    return [Concept.of(concept.names, concept.category) for concept in concepts if concept not in before]
