"""The front door for Python programs: one library, and a handful of things to do with it (docs/python.md)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant.adding import add_documents
from assistant.answering.assistant import Assistant
from assistant.answering.cited_references import CitedReference, look_up
from assistant.answering.reply import Reply
from assistant.cli.main import default_home
from corpus.reading import read_path
from corpus.trial_results import TrialResult
from index.search.hit import Hit
from index.search.hybrid import HybridIndex, silent


def open_library(home: str | Path | None = None, model: str | None = None) -> OpenLibrary:
    """Open the library in the folder ``home``; a new one is given the bundled review, which takes some seconds.

    Args:
        home: the folder; None for ``BSAB_HOME``, else the platform's folder for a user's data.
        model: the embedding model of a new library; None for the bundled one.

    Raises:
        LibraryError: the library cannot be opened.
        ModelMismatch: it was indexed with another model.
        ModelUnavailable: there is no such model on this machine.
    """
    return OpenLibrary(HybridIndex.open(Path(home) if home else default_home(), model))


class OpenLibrary:
    """A library that is open, as ``open_library`` gives it; close it, or use it in a ``with`` statement.

    Thread-safe.
    """

    def __init__(self, index: HybridIndex) -> None:
        self._assistant = Assistant(index)

    def add(self, *paths: str | Path) -> list[str]:
        """Add files, and all readable files below folders; what is there already is not added again.

        They are read in this process, without the bounds on time and memory that `bsab add` has.

        Returns:
            Ids of the documents, in the order of the files.

        Raises:
            ExceptionGroup: of ``CorpusError``, one for each file that could not be read; the others are added.
        """
        added = add_documents(
            self._assistant.index, chain.from_iterable(read_path(Path(path)) for path in paths), silent
        )
        if added.skipped:
            raise ExceptionGroup("Some files could not be read; the others are added.", list(added.skipped))
        return list(added.ids)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Answer a question in Chinese or English.

        Args:
            question: up to 2,000 characters.
            history: the questions asked before it, oldest first.

        Returns:
            An ``Answer``, each sentence with its evidence, or ``NotFound`` with what is missing.
        """
        return self._assistant.ask(question, history)

    def search(self, question: str, k: int = 5) -> list[Hit]:
        """Find the ``k`` best passages, best first."""
        return self._assistant.index.search(question, k)

    def trials(self) -> list[TrialResult]:
        """List all trial results, document by document."""
        return [kept.result for kept in self._assistant.index.library.trials.all_results()]

    def cite(self, asked: str | int = "") -> list[CitedReference]:
        """List references with the sentences that cite them.

        Args:
            asked: a number, or words of the reference or around it; "" for all.
        """
        return look_up(self._assistant.index, str(asked))

    def close(self) -> None:
        """Let go of the library's file."""
        self._assistant.index.library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
