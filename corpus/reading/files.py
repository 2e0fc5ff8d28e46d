"""A file to Documents: the right reader for its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.document import Document
from corpus.errors import CorpusError, EmptyDocument, TooMuch, UnknownFormat
from corpus.reading.cleaning import clean
from corpus.reading.decoding import decode
from corpus.reading.markdown import read_markdown
from corpus.reading.opening import read_bytes
from corpus.reading.plain import read_plain
from corpus.reading.records import read_records

Reader = Callable[[bytes, Path], Iterator[Document | CorpusError]]
"""Reads a file's bytes; the path names it in documents and in errors. May raise ``CorpusError``."""

_LARGEST = 20_000_000
"""Bytes of a file at most; a paper's text has about 60,000."""
_MOST_RECORDS = 200_000_000
"""Bytes of a file that holds many documents."""
_LONGEST = 2_000_000
"""Characters of a document at most: ten thick books."""


def read_path(path: Path) -> Iterator[Document | CorpusError]:
    """The documents of a file, or of all readable files below a folder, in the order of their names.

    What cannot be read is yielded as the error that says why; nothing is raised.
    """
    for found in files_in(path):
        if isinstance(found, CorpusError):
            yield found
        else:
            yield from read_file(found)


def files_in(path: Path) -> Iterator[Path | CorpusError]:
    """The file at ``path``, or all readable files below the folder there, in the order of their names."""
    if not path.is_dir():
        yield path
        return
    files = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in READABLE and file.is_file()]
    if not files:
        yield UnknownFormat(str(path), f"no file ends in {' '.join(READABLE)}; name a file or another folder.")
    yield from files


def read_file(path: Path) -> Iterator[Document | CorpusError]:
    """The documents of one file, or the error that says why there are none."""
    suffix = path.suffix.lower()
    if path.exists() and suffix not in _READERS:
        from corpus.packs.sidecars import is_sidecar

        told = "it is read with the document beside it; name that one, or" if is_sidecar(path) else ""
        told = told or "cannot read this kind of file; use"
        yield UnknownFormat(str(path), f"{told} one that ends in {' '.join(READABLE)}.")
        return
    try:
        most, reader = _READERS.get(suffix, _READERS[".txt"])
        for item in reader(read_bytes(path, most), path):
            yield _bounded(item)
    except CorpusError as error:
        yield error


def _text(read: Callable[..., Document | None]) -> Reader:
    """A reader of a text that is one document."""

    def reader(data: bytes, path: Path) -> Iterator[Document | CorpusError]:
        # Not with this file: it needs this file's neighbours, whose package is whole only then.
        from corpus.packs.sidecars import with_sidecars

        id = re.sub(r"\s+", "-", clean(path.stem).strip()) or "document"
        text = decode(data, str(path))
        document = read(text, id=id, title=clean(path.stem), source=clean(str(path.absolute())))
        yield (
            with_sidecars(document, path)
            if document
            else EmptyDocument(str(path), "the file holds no text; choose another.")
        )

    return reader


def _records(data: bytes, path: Path) -> Iterator[Document | CorpusError]:
    yield from read_records(decode(data, str(path)), str(path))


def _bounded(item: Document | CorpusError) -> Document | CorpusError:
    if isinstance(item, Document) and len(item.text) > _LONGEST:
        return TooMuch(item.source, f"has over {_LONGEST:,} characters, more than any paper; divide it.")
    return item


_READERS: dict[str, tuple[int, Reader]] = {
    ".txt": (_LARGEST, _text(read_plain)),
    ".text": (_LARGEST, _text(read_plain)),
    ".md": (_LARGEST, _text(read_markdown)),
    ".markdown": (_LARGEST, _text(read_markdown)),
    ".jsonl": (_MOST_RECORDS, _records),
    ".ndjson": (_MOST_RECORDS, _records),
}
"""By the ending of a file's name: how many bytes it may have, and its reader."""
READABLE: tuple[str, ...] = tuple(_READERS)
"""Endings of the names of files that can be read."""
