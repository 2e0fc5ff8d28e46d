"""Files and folders: the right reader, or the error that says what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import CorpusError, EmptyDocument, MissingFile, Undecodable, UnknownFormat
from corpus.reading import READABLE, read_file, read_path


def ids(path: Path) -> list[str]:
    return [d.id if isinstance(d, Document) else type(d).__name__ for d in read_path(path)]


@pytest.mark.parametrize(
    ("name", "content", "id", "text"),
    [
        pytest.param("肺癌 综述.txt", "双抗。", "肺癌-综述", "双抗。\n", id="zh: plain"),
        pytest.param("paper.MD", "# *A* review", "paper", "A review\n", id="en: Markdown"),
        pytest.param("many.jsonl", '{"id": "甲", "text": "It works."}', "甲", "It works.\n", id="mixed: records"),
        pytest.param("\u200b.text", "肺", "document", "肺\n", id="zh: a name that cannot be seen"),
    ],
)
def test_each_ending_has_its_reader(tmp_path: Path, name: str, content: str, id: str, text: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (document,) = read_file(tmp_path / name)
    assert isinstance(document, Document)
    assert (document.id, document.text) == (id, text)


def test_a_file_in_an_old_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("塔拉妥单抗治疗肺癌患者。".encode("gb18030"))
    assert [d.text for d in read_file(tmp_path / "a.txt") if isinstance(d, Document)] == ["塔拉妥单抗治疗肺癌患者。\n"]


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        pytest.param("a.pdf", b"%PDF", UnknownFormat, r"cannot read this kind .*\.txt.*\.md.*\.jsonl", id="ending"),
        pytest.param("肺.txt", b" \n", EmptyDocument, "no text; choose another", id="zh: blank"),
        pytest.param("lung.md", b"", EmptyDocument, "no text; choose another", id="en: empty"),
        pytest.param("a.txt", b"\0\1\2\3", Undecodable, "not a text file .*save it as UTF-8", id="bytes"),
        pytest.param("b.jsonl", b"\0\1\2\3", Undecodable, "not a text file", id="bytes of records"),
        pytest.param("gone.txt", None, MissingFile, "no such file; check the path", id="missing"),
        pytest.param("gone.pdf", None, MissingFile, "no such file; check the path", id="missing, ending"),
    ],
)
def test_what_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | None, error: type[CorpusError], says: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    (found,) = read_path(path)
    assert isinstance(found, CorpusError)
    assert found.path == str(path)
    with pytest.raises(error, match=says):
        raise found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("肺癌 lung")
    (tmp_path / "a.txt").chmod(0)
    (found,) = read_file(tmp_path / "a.txt")
    assert "check its permissions" in str(found)


def test_a_folder_gives_its_readable_files_by_name_and_its_errors(tmp_path: Path) -> None:
    (tmp_path / "子").mkdir()
    for name, content in {"b.txt": "lung", "a.md": "肺", "c.pdf": "x", "子/d.txt": "", "子/c.jsonl": "{"}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert ids(tmp_path) == ["a", "b", "MalformedRecord", "EmptyDocument"]


def test_a_folder_with_nothing_to_read_says_what_could_be(tmp_path: Path) -> None:
    (found,) = read_path(tmp_path)
    assert isinstance(found, UnknownFormat)
    assert all(ending in str(found) for ending in READABLE)


def test_a_file_name_that_is_no_utf_8_leaves_no_trace_in_the_document(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"lung\xff.txt")
    path.write_text("肺癌", encoding="utf-8")
    (document,) = read_file(path)
    assert isinstance(document, Document)
    assert (document.id, document.title, document.source) == ("lung", "lung", str(tmp_path / "lung.txt"))
