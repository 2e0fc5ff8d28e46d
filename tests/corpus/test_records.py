"""JSON Lines: one document a line, and each bad line says what is wrong with it."""

from __future__ import annotations

import pytest

from corpus.document import Document
from corpus.errors import CorpusError, EmptyDocument, MalformedRecord
from corpus.reading.records import read_records


@pytest.mark.parametrize(
    ("line", "id", "title", "text"),
    [
        pytest.param(
            '{"id": "肺-1", "text": "双抗有效。", "title": " 综述 "}', "肺-1", "综述", "双抗有效。\n", id="zh"
        ),
        pytest.param('{"id": "a", "text": "It works."}', "a", "a", "It works.\n", id="en: no title"),
        pytest.param(
            '{"id": 7, "text": "OS \\u5ef6\\u957f", "title": null}', "7", "7", "OS 延长\n", id="mixed: a number as id"
        ),
        pytest.param(
            '{"id": " a\\u0000\\ud800 ", "text": "\\ud800肺", "title": "\\u202et"}', "a", "t", "肺\n", id="tidied"
        ),
    ],
)
def test_a_record_is_a_document(line: str, id: str, title: str, text: str) -> None:
    (document,) = read_records(line + "\r\n\n", "f.jsonl")
    assert isinstance(document, Document)
    assert (document.id, document.title, document.text) == (id, title, text)
    assert document.source == "f.jsonl, line 1"


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        pytest.param("{", MalformedRecord, "not valid JSON; write one object a line", id="broken"),
        pytest.param("[" * 100_000, MalformedRecord, "not valid JSON", id="too deep"),
        pytest.param('["肺癌"]', MalformedRecord, 'no "text"', id="zh: a list"),
        pytest.param('{"id": "a"}', MalformedRecord, 'no "text"', id="no text"),
        pytest.param('{"id": "a", "text": 5}', MalformedRecord, 'no "text"', id="text is a number"),
        pytest.param('{"text": "lung"}', MalformedRecord, 'no "id"; give each line an id', id="en: no id"),
        pytest.param('{"id": true, "text": "lung"}', MalformedRecord, 'no "id"', id="id is true"),
        pytest.param('{"id": "\\u200b ", "text": "肺"}', MalformedRecord, 'no "id"', id="zh: id cannot be seen"),
        pytest.param(
            '{"id": "a", "text": " \\u3000"}', EmptyDocument, "no text to read; leave the line out", id="blank"
        ),
    ],
)
def test_a_bad_record_says_where_and_what(line: str, error: type[CorpusError], says: str) -> None:
    good = '{"id": "好", "text": "good"}'
    first, bad, last = read_records(f"{good}\n{line}\n{good}", "f.jsonl")
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    with pytest.raises(error, match=rf"^f\.jsonl, line 2: {says}"):
        raise bad  # type: ignore[misc]
