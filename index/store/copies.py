"""Copies of a library: restoring a backup, and the folder in which one library is made to take another's place."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryDamaged, LibraryUnusable
from index.store.library import FILE_NAME, Library
from index.store.upkeep import put_in_place

_LONGEST = 24 * 3600
"""Seconds for which a workshop is used at most."""


def restore(backup: Path, home: Path) -> Path | None:
    """Make the library in ``home`` what ``Library.backup`` wrote to ``backup``, in one step.

    Returns:
        Where the library went that was too damaged to be written into; None where it was written into.

    Raises:
        LibraryDamaged: the backup is no library, or not whole; nothing is changed.
        LibraryUnusable: the backup cannot be read, or the home cannot be written.
    """
    with workshop(home) as folder:
        try:
            shutil.copyfile(backup, folder / FILE_NAME)
        except OSError as error:
            raise LibraryUnusable(f"{backup} cannot be restored ({error.strerror}); check the path.") from None
        # One that is empty would be made a new library of.
        if not (folder / FILE_NAME).stat().st_size:
            raise LibraryDamaged(f"{backup} is empty; choose another backup.")
        try:
            copy = Library(folder)
        except LibraryDamaged:
            raise LibraryDamaged(f"{backup} is no whole library; choose another backup.") from None
        try:
            problems = copy.problems(int(copy.meta("dim") or 0))
        finally:
            copy.close()
        if problems:
            raise LibraryDamaged(f"{backup} is not whole ({problems[0]}); choose another backup.")
        return _install(copy.path, home)


def _install(made: Path, home: Path) -> Path | None:
    path = home / FILE_NAME
    if not path.exists():
        os.replace(made, path)
        return None
    try:
        library = Library(home)
    except LibraryDamaged:
        return put_in_place(made, path)
    try:
        return library.replace(made)
    finally:
        library.close()


@contextmanager
def workshop(home: Path) -> Iterator[Path]:
    """A folder beside the library, so that what is made there can be moved in one step; gone afterwards.

    Raises:
        LibraryUnusable: the home cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        for left in home.glob("workshop-*"):  # by one that was killed; one that is at work is younger
            if time.time() - left.stat().st_mtime > _LONGEST:
                shutil.rmtree(left, ignore_errors=True)
        folder = tempfile.TemporaryDirectory(prefix="workshop-", dir=home, ignore_cleanup_errors=True)
    except OSError as error:
        raise LibraryUnusable(
            f"The folder {home} cannot be written ({error.strerror}); name another with --home."
        ) from None
    with folder as name:
        yield Path(name)
