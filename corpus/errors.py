"""What can go wrong while reading a document.

    CorpusError
    ├── MissingFile       there is nothing at that path, or it may not be read
    ├── UnknownFormat     no reader for this kind of file
    ├── Undecodable       the bytes are not text in any encoding we know
    ├── MalformedRecord   a JSONL line is not an object with "id" and "text"
    ├── MalformedSidecar  a file beside a document is not of its form
    ├── EmptyDocument     there is no text to read
    ├── TooMuch           it is larger, deeper or slower to read than any paper
    └── Unreadable        its reader failed

Every message ends in what to do. ``path`` names the file, with its line for a record.
"""

from __future__ import annotations


class CorpusError(Exception):
    """A document could not be read; ``str(error)`` is one sentence for its user."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)  # as they are: the error is sent from one process to another
        self.path = path

    def __str__(self) -> str:
        return ": ".join(map(str, self.args))


class MissingFile(CorpusError):
    """Nothing can be read at the path."""


class UnknownFormat(CorpusError):
    """No reader handles this kind of file."""


class Undecodable(CorpusError):
    """The bytes are not text in any encoding we know."""


class MalformedRecord(CorpusError):
    """A line of a JSONL file is not an object with ``id`` and ``text``."""


class MalformedSidecar(CorpusError):
    """A file beside a document is not of its form."""


class EmptyDocument(CorpusError):
    """The file holds no text."""


class TooMuch(CorpusError):
    """The file is larger, deeper or slower to read than any paper."""


class Unreadable(CorpusError):
    """The file's reader failed, which none should."""
