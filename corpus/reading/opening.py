"""The bytes and the text of a file, whatever stands at its path."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from corpus.errors import MissingFile, TooMuch
from corpus.reading.decoding import decode


def read_text(path: Path, most: int) -> str:
    """The text of a regular file.

    Raises:
        MissingFile: there is none, or it may not be read.
        TooMuch: it holds more than ``most`` bytes.
        Undecodable: it is not text.
    """
    return decode(read_bytes(path, most), str(path))


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file; nothing else that a name may lead to (a pipe, a device) is waited for.

    Raises:
        MissingFile: there is none, or it may not be read.
        TooMuch: it holds more than ``most`` bytes.
    """
    try:
        return _bytes(path, most)
    except FileNotFoundError:
        raise MissingFile(str(path), "there is no such file; check the path.") from None
    except OSError as error:
        raise MissingFile(str(path), f"cannot be read ({error.strerror}); check its permissions.") from None


def _bytes(path: Path, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise MissingFile(str(path), "is no file, but a folder, pipe or device; name a file.")
        # Some files of the system have no size, and no end.
        if found.st_size > most or len(data := file.read(most + 1) or b"") > most:
            raise TooMuch(str(path), f"has over {most // 1_000_000} MB, more than any paper; divide it.")
    return data
