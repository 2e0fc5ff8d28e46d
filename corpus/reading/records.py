"""JSON Lines: one object a line, one document an object."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.document import Document
from corpus.errors import CorpusError, EmptyDocument, MalformedRecord
from corpus.reading.cleaning import clean
from corpus.reading.plain import read_plain


def read_records(text: str, path: str) -> Iterator[Document | CorpusError]:
    """A Document for each line ``{"id", "text", "title"?}``, or what was wrong with the line.

    ``text`` is read as plain text. Blank lines are passed over.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _read_record(line, f"{path}, line {number}")


def _read_record(line: str, place: str) -> Document | CorpusError:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return MalformedRecord(place, 'not valid JSON; write one object a line: {"id": "…", "text": "…"}.')
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return MalformedRecord(place, 'no "text"; write {"id": "…", "text": "…", "title": "…"}.')
    id = record.get("id")
    name = "" if isinstance(id, bool) or not isinstance(id, (str, int)) else clean(str(id)).strip()
    if not name:
        return MalformedRecord(place, 'no "id"; give each line an id of its own.')
    title = record.get("title")
    title = clean(title).strip() if isinstance(title, str) else ""
    document = read_plain(record["text"], id=name, title=title or name, source=clean(place))
    return document or EmptyDocument(place, "no text to read; leave the line out or fill it.")
