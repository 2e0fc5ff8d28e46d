"""Files between their upload and the library: under a random name that only the page that sent them knows."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import UsageError
from corpus.reading.cleaning import clean

_KEPT = 3600
"""Seconds for which a file waits to be added."""
_MOST = 50
"""Files that wait at most."""


class Uploads:
    """The files that wait. Thread-safe; they go with the process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bsab-uploads-")
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Path]] = {}

    async def receive(self, name: str, parts: AsyncIterator[bytes]) -> str:
        """Keep a file, called ``name`` by its owner; returns what it is asked for by.

        Raises:
            UsageError: too many files wait already.
        """
        self._forget_old()
        token = secrets.token_urlsafe(24)
        place = Path(self._folder.name) / token
        with self._lock:
            if len(self._waiting) >= _MOST:
                raise UsageError(f"{_MOST} files wait already; add them first.")
            self._waiting[token] = (time.monotonic(), place)
        place.mkdir(mode=0o700)
        try:
            with (place / file_name(name)).open("wb") as file:
                async for part in parts:
                    file.write(part)
        except BaseException:
            self._drop(token)
            raise
        return token

    @contextmanager
    def taken(self, tokens: list[str]) -> Iterator[list[Path]]:
        """The files of ``tokens`` that wait, gone afterwards; what else a token may say is no file."""
        with self._lock:
            held = {token: self._waiting[token][1] for token in tokens if token in self._waiting}
        try:
            yield [path for place in held.values() for path in place.iterdir()]
        finally:
            for token in held:
                self._drop(token)

    def _forget_old(self) -> None:
        with self._lock:
            old = [token for token, (since, _) in self._waiting.items() if time.monotonic() - since > _KEPT]
        for token in old:
            self._drop(token)

    def _drop(self, token: str) -> None:
        with self._lock:
            _, place = self._waiting.pop(token, (0.0, None))
        if place:
            shutil.rmtree(place, ignore_errors=True)


def file_name(name: str) -> str:
    """The last part of a name as a browser gives it, fit for a file: no folder, no control character, not endless."""
    last = re.split(r"[/\\\\]", clean(name))[-1].strip().lstrip(".")
    stem, dot, ending = last.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:10]}" if stem else "document.txt"
