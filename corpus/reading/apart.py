"""Files read in a process of their own, which may run out of memory or time alone.

What a stranger's file makes a parser do is not known beforehand. One that is too large, too slow or breaks its reader
is told by name; the files after it are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.document import Document
from corpus.errors import CorpusError, TooMuch, Unreadable
from corpus.reading.files import files_in, read_file

if TYPE_CHECKING:
    from pebble import ProcessPool


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What reading one file may take."""

    memory: int = 2_000_000_000
    """Bytes of address space of the process (Linux; other systems do not bound it)."""
    seconds: float = 20.0
    """Whatever its size."""
    seconds_per_mb: float = 20.0
    """More for each megabyte: what 100 kB may take at most (``benchmarks.fuzz``)."""


def read_apart(paths: Iterable[Path], limits: ReadingLimits = ReadingLimits()) -> Iterator[Document | CorpusError]:
    """The documents of files and of all readable files below folders, in order, each file read apart.

    What cannot be read is yielded as the error that says why; nothing is raised.
    """
    with _process(limits) as pool:
        for path in paths:
            for found in files_in(path):
                if isinstance(found, CorpusError):
                    yield found
                else:
                    yield from _result(pool, found, limits)


@contextmanager
def _process(limits: ReadingLimits) -> Iterator[ProcessPool]:
    import multiprocessing

    from pebble import ProcessPool

    context = multiprocessing.get_context("spawn")  # a copy of this process would hold its locks and its library
    pool: Any = ProcessPool(max_workers=1, context=context, initializer=_bound, initargs=[limits.memory])
    try:
        yield pool
    finally:
        # Also where the caller wants no more: what is being read then is ended.
        pool.stop()
        pool.join()


def _result(pool: ProcessPool, path: Path, limits: ReadingLimits) -> Iterator[Document | CorpusError]:
    from pebble import ProcessExpired

    seconds = limits.seconds
    with suppress(OSError):
        seconds += limits.seconds_per_mb * path.stat().st_size / 1_000_000
    try:
        yield from pool.schedule(_read, args=[path], timeout=seconds).result()
    except TimeoutError:
        yield TooMuch(str(path), f"reading it takes over {seconds:.0f} seconds; divide it, or save it as plain text.")
    except (MemoryError, ProcessExpired):
        yield TooMuch(str(path), "reading it takes more memory than a file may; divide it, or save it as plain text.")
    except Exception as error:
        yield Unreadable(str(path), f"its reader gave up ({type(error).__name__}); save it as plain text.")


def _read(path: Path) -> list[Document | CorpusError]:
    try:
        return list(read_file(path))
    except MemoryError:
        os._exit(1)  # another process reads the next file: this one may still hold what it had no room for


def _bound(memory: int) -> None:
    """Limit the address space of this process."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
