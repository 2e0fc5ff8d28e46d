"""What the command line reads and writes: JSON lines, progress, complaints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from assistant.errors import UsageError

_LONGEST = 4_000_000
"""Characters of a line at most."""


def complain(error: object, status: int) -> int:
    # A path may hold a line feed; an error is one line.
    print("bsab:", str(error).replace("\n", "\\n"), file=sys.stderr)
    return status


@contextmanager
def progress(title: str, unit: str = "char", delay: float = 0.0) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, drawn at the first step after ``delay`` seconds, which takes what is done and all."""
    bar: Any = None

    def step(done: int, total: int) -> None:
        nonlocal bar
        if bar is None or bar.total != total:
            from tqdm import tqdm

            bar = tqdm(total=total, desc=title, unit=unit, delay=delay, file=sys.stderr)
        bar.update(done - bar.n)

    try:
        yield step
    finally:
        if bar is not None:
            bar.close()


def batch(
    arguments: argparse.Namespace, answer: Callable[[dict[str, Any]], dict[str, Any]], key: str = "question"
) -> int:
    """One JSON line out for each line in, which holds a string under ``key``.

    Raises:
        UsageError: a line holds none, the file cannot be read, or it is also the one to write.
    """
    if arguments.output and arguments.output.exists() and arguments.output.samefile(arguments.input):
        raise UsageError(f"{arguments.output}: the {key}s stand there; name another file with --output.")
    with read_lines(arguments.input, key) as lines, writer(arguments.output) as output:
        for line in lines:
            print(dumps(answer(line)), file=output, flush=True)
    return 0


@contextmanager
def read_lines(path: Path, key: str = "question") -> Iterator[Iterator[dict[str, Any]]]:
    """The objects of a JSONL file, each with a string under ``key``.

    Raises:
        UsageError: the file cannot be read, or a line of it is too long or no such object.
    """
    try:
        file = sys.stdin if str(path) == "-" else path.open(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; check the path.") from None

    def parsed() -> Iterator[dict[str, Any]]:
        try:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST), ""), start=1):
                if len(line) == _LONGEST:
                    raise UsageError(f"{path}, line {number}: has over {_LONGEST:,} characters; divide it.")
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    value = None
                if not isinstance(value, dict) or not isinstance(value.get(key), str):
                    raise UsageError(f'{path}, line {number}: write one object a line: {{"id": "…", "{key}": "…"}}.')
                yield value
        except UnicodeDecodeError:
            raise UsageError(f"{path}: not UTF-8 text; save it as UTF-8.") from None

    with file:
        yield parsed()


@contextmanager
def writer(path: Path | None) -> Iterator[TextIO]:
    if path is None or str(path) == "-":
        yield sys.stdout
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


def kept(line: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: line[key] for key in keys if key in line}


def dumps(value: object) -> str:
    """JSON on one line; a lone surrogate, which no UTF-8 output can hold, is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() or _encodable(text) else json.dumps(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
