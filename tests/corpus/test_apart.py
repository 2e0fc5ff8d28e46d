"""Files that nobody should add: each is told with its reason, soon, and the next one is read."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import MissingFile, TooMuch, Unreadable
from corpus.reading import apart as reading_apart
from corpus.reading import read_apart, read_file
from corpus.reading.apart import ReadingLimits
from corpus.reading.markdown import read_markdown
from corpus.reading.plain import read_plain
from corpus.references.lists import _entries
from corpus.vocabulary.mining import mine_pairs


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text("Tarlatamab prolonged survival.\n", encoding="utf-8")
    return path


def test_a_sparse_file_of_a_gigabyte_is_refused_at_once(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "sparse.txt"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    started = time.monotonic()
    refused, read = read_apart([path, good])
    assert time.monotonic() - started < 10
    assert isinstance(refused, TooMuch)
    assert str(refused).endswith("sparse.txt: has over 20 MB, more than any paper; divide it.")
    assert isinstance(read, Document)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    [refused] = read_file(tmp_path / "pipe.txt")
    assert isinstance(refused, MissingFile)
    assert "pipe or device" in str(refused)


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/urandom", "/dev/tty"])
def test_a_device_behind_a_link_is_not_read(tmp_path: Path, target: str) -> None:
    link = tmp_path / "endless.txt"
    link.symlink_to(target)
    [refused] = read_file(link)
    assert isinstance(refused, MissingFile | TooMuch)


def test_a_folder_named_like_a_file(tmp_path: Path, good: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    assert [type(item) for item in read_apart([tmp_path])] == [Document]


def test_markdown_nested_too_deep_is_told(tmp_path: Path) -> None:
    path = tmp_path / "deep.md"
    path.write_text("> " * 1500 + "It works in 57% of patients.\n", encoding="utf-8")
    [refused] = read_file(path)
    assert isinstance(refused, TooMuch)
    assert "nested too deep" in str(refused)
    held = read_markdown("> " * 10 + "It works.", id="d", title="t", source="s")
    assert held is not None
    assert held.text == "It works.\n"


def test_a_document_longer_than_books(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("It is long. " * 200_000, encoding="utf-8")
    [refused] = read_file(path)
    assert isinstance(refused, TooMuch)
    assert "over 2,000,000 characters" in str(refused)


def test_reading_that_takes_too_long_is_ended(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "slow.md"
    path.write_text("![" * 500_000, encoding="utf-8")
    started = time.monotonic()
    refused, read = read_apart([path, good], ReadingLimits(seconds=2, seconds_per_mb=0))
    assert time.monotonic() - started < 30
    assert isinstance(refused, TooMuch)
    assert "reading it takes over 2 seconds" in str(refused)
    assert isinstance(read, Document)


@pytest.mark.slow
def test_reading_that_takes_too_much_memory_is_ended(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("a\n" * 8_000_000, encoding="utf-8")
    refused, read = read_apart([path, good], ReadingLimits(memory=300_000_000, seconds=60))
    assert isinstance(refused, TooMuch)
    assert "more memory" in str(refused)
    assert isinstance(read, Document)


def test_a_reader_that_fails_is_told(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        """A pool whose process met an error that no reader should raise."""

        def schedule(self, *_: object, **__: object) -> Broken:
            return self

        def result(self) -> object:
            raise ZeroDivisionError

    [told] = reading_apart._result(Broken(), good, ReadingLimits())  # type: ignore[arg-type]
    assert isinstance(told, Unreadable)
    assert "its reader gave up (ZeroDivisionError)" in str(told)


@pytest.mark.parametrize("text", ["t（，；）", "4（，；）", "患者（，；）", "I( \r）", "(,)", "A（，；）"])
def test_hollow_brackets_are_no_names(text: str) -> None:
    assert mine_pairs(text) == []


@pytest.mark.parametrize("joined", ["in_sentences", "references"])
def test_many_short_lines_take_no_longer_than_they_are(joined: str) -> None:
    def seconds(length: int) -> float:
        started = time.process_time()
        if joined == "in_sentences":
            read_plain("It is\na long\n" * (length // 13), id="d", title="t", source="s")
        else:
            _entries("[1] a\n" + "a\n" * (length // 2))
        return time.process_time() - started

    seconds(10_000)
    assert seconds(800_000) / seconds(200_000) < 8  # 16 where each line copies what stands before it
