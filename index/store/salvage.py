"""Documents that are whole in a damaged library file, read page by page.

SQLite gives up a file whose header, directory or length is wrong, though most of its pages are as they were written.
Here each page that is a leaf of a table is read on its own, as the file format says (https://www.sqlite.org/fileformat2.html,
sections 1.6 and 2.1), and what a row claims to be is believed only where its seals hold.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document
from index.store.library import FILE_NAME
from index.store.rows import read_headings
from index.store.schema import seal

_PAGE_SIZE = 4096
"""The size that SQLite chooses for a new file."""
_LEAF = 0x0D
_HEADER = 100
"""Bytes before the first page's own."""
_LONGEST = 1_000_000_000
"""Bytes of a row at most, SQLite's own limit."""

_DOCUMENTS = (10, 12)
"""Columns of a document's row, in format 2 and since: what is sealed, two seals, and the text."""

Value = str | bytes | int | float | None


@dataclass(frozen=True, slots=True)
class Salvaged:
    """The contents of a file, as far as they can be told."""

    documents: tuple[Document, ...]
    """Whole, in the order in which they were added."""
    hurt: tuple[tuple[str, str], ...]
    """Id and source of the documents whose text is not whole."""
    lost: tuple[str, ...]
    """Ids of documents of which only parts are left."""
    model: str | None
    """The library's embedding model; None where that is lost."""

    @property
    def anything(self) -> bool:
        """True where the file is, or was, a library at all."""
        return bool(self.documents or self.hurt or self.lost or self.model)


def salvage(path: Path) -> Salvaged:
    """Everything whole in the library file at ``path``, which is only read."""
    with tempfile.TemporaryDirectory(prefix="bsab-") as folder:
        copy = _with_its_log(path, Path(folder))
        data = copy.read_bytes()
    documents: dict[str, tuple[str, Document]] = {}
    hurt: dict[str, str] = {}
    named: dict[str, None] = {}
    model = None
    for row in _rows(data):
        if len(row) == 3 and row[0] == "model" and row[2] == seal(*row[:2]):
            model = str(row[1])
        elif len(row) in _DOCUMENTS and row[-3] == seal(*row[:-3]):
            id, title, language, source, headings, _, added = map(str, row[:7])
            if isinstance(row[-1], str) and row[-2] == seal(id, row[-1]):
                parsed = read_headings(headings)
                documents[id] = (added, Document(id, title, language, row[-1], parsed, source))  # type: ignore[arg-type]
            else:
                hurt[id] = source
        elif len(row) == 14 and isinstance(row[2], str) and row[11] == seal(row[1], row[12], row[13]):
            named[row[2]] = None  # a passage: its document was there
    kept = sorted(documents.values(), key=lambda item: item[0])
    return Salvaged(
        tuple(document for _, document in kept),
        tuple((id, source) for id, source in hurt.items() if id not in documents),
        tuple(id for id in named if id not in documents and id not in hurt),
        model,
    )


def _with_its_log(path: Path, folder: Path) -> Path:
    """A copy of the file, with what its write-ahead log holds where SQLite can still bring that in."""
    copy = folder / FILE_NAME
    log = path.with_name(path.name + "-wal")
    # First: what another process then moves from the log into the file is moved once more, which changes nothing.
    if log.exists():
        shutil.copyfile(log, copy.with_name(copy.name + "-wal"))
    shutil.copyfile(path, copy)
    if log.exists():
        with suppress(sqlite3.Error):
            connection = sqlite3.connect(copy)
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
    return copy


def _rows(data: bytes) -> Iterator[list[Value]]:
    """Every row of every table leaf, as far as it can be read; a text or blob that cannot is None."""
    for start in range(0, len(data), _PAGE_SIZE):
        page = data[start : start + _PAGE_SIZE]
        head = 0 if start else _HEADER
        if len(page) < _PAGE_SIZE or page[head] != _LEAF:
            continue
        for cell in range(int.from_bytes(page[head + 3 : head + 5], "big")):
            place = head + 8 + 2 * cell
            with suppress(ValueError, IndexError, OverflowError):
                yield _row(data, page, int.from_bytes(page[place : place + 2], "big"))


def _row(data: bytes, page: bytes, place: int) -> list[Value]:
    size, place = _varint(page, place)
    _, place = _varint(page, place)  # its rowid
    if not 0 < size < _LONGEST:
        raise ValueError("no row")
    local = _local(size)
    payload = bytearray(page[place : place + local])
    if local < size:
        _overflow(data, int.from_bytes(page[place + local : place + local + 4], "big"), size, payload)
    return _values(bytes(payload))


def _local(size: int) -> int:
    """Bytes of a row that stand in its page; the rest is on pages of its own."""
    most = _PAGE_SIZE - 35
    if size <= most:
        return size
    least = (_PAGE_SIZE - 12) * 32 // 255 - 23
    fitting = least + (size - least) % (_PAGE_SIZE - 4)
    return fitting if fitting <= most else least


def _overflow(data: bytes, number: int, size: int, payload: bytearray) -> None:
    """Append the pages that a row goes on with, as many as there are."""
    while number and len(payload) < size:
        page = data[(number - 1) * _PAGE_SIZE : number * _PAGE_SIZE]
        if len(page) < _PAGE_SIZE:
            return
        payload += page[4 : 4 + size - len(payload)]
        number = int.from_bytes(page[:4], "big")


def _values(payload: bytes) -> list[Value]:
    header, place = _varint(payload, 0)
    kinds = []
    while place < header:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        size = _size(kind)
        values.append(_value(kind, payload[place : place + size]) if place + size <= len(payload) else None)
        place += size
    return values


def _size(kind: int) -> int:
    """Bytes of a value of a serial type."""
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= 13 and kind % 2:
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8")
        return None
    if kind >= 12:
        return data
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(data, "big", signed=True) if 1 <= kind <= 6 else None


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, most significant first, and the place after it."""
    value = 0
    for count in range(9):
        byte = data[place + count]
        if count == 8:
            return value << 8 | byte, place + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + count + 1
    raise AssertionError("unreachable")
