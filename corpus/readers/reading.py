"""A file to Documents: the right reader for its name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from corpus.cleaning import clean
from corpus.decoding import decode
from corpus.document import Document
from corpus.errors import CorpusError, EmptyDocument, MissingFile, UnknownFormat
from corpus.readers.markdown import read_markdown
from corpus.readers.plain import read_plain
from corpus.readers.records import read_records

_SINGLE = {".txt": read_plain, ".text": read_plain, ".md": read_markdown, ".markdown": read_markdown}
_MANY = {".jsonl": read_records, ".ndjson": read_records}

READABLE: tuple[str, ...] = (*_SINGLE, *_MANY)
"""File name endings that can be read."""


def read_path(path: Path) -> Iterator[Document | CorpusError]:
    """The documents of a file, or of all readable files below a folder, in the order of their names.

    What cannot be read is yielded as the error that says why; nothing is raised.
    """
    if not path.is_dir():
        yield from read_file(path)
        return
    files = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in READABLE and file.is_file()]
    if not files:
        yield UnknownFormat(str(path), f"no file ends in {' '.join(READABLE)}; name a file or another folder.")
    for file in files:
        yield from read_file(file)


def read_file(path: Path) -> Iterator[Document | CorpusError]:
    """The documents of one file, or the error that says why there are none."""
    suffix = path.suffix.lower()
    if path.exists() and suffix not in READABLE:
        yield UnknownFormat(str(path), f"cannot read this kind of file; use one that ends in {' '.join(READABLE)}.")
        return
    try:
        text = decode(path.read_bytes(), str(path))
    except FileNotFoundError:
        yield MissingFile(str(path), "there is no such file; check the path.")
    except OSError as error:
        yield MissingFile(str(path), f"cannot be read ({error.strerror}); check its permissions.")
    except CorpusError as error:
        yield error
    else:
        if suffix in _MANY:
            yield from _MANY[suffix](text, str(path))
            return
        id = re.sub(r"\s+", "-", clean(path.stem).strip()) or "document"
        document = _SINGLE[suffix](text, id=id, title=clean(path.stem), source=clean(str(path.absolute())))
        yield document or EmptyDocument(str(path), "the file holds no text; choose another.")
