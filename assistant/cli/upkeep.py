"""The commands that keep a library safe: check, backup, restore."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assistant.audit import audit
from assistant.cli.commands import open_index
from assistant.cli.streams import dumps, progress
from assistant.errors import UsageError
from index.errors import LibraryDamaged

if TYPE_CHECKING:
    from index.repairing import Repaired
    from index.search.hybrid import HybridIndex


def check_command(arguments: argparse.Namespace) -> int:
    """Say what is wrong with the library, and save what is whole with ``--repair``.

    Raises:
        LibraryError: the library cannot be opened, for another reason than damage, or cannot be repaired.
    """
    problems, index = _problems(arguments)
    told: dict[str, Any] = {"problems": problems, "repaired": []}
    if problems and arguments.repair:
        repaired = _repair(arguments, index)
        audit(arguments.home, "repair", lost=list(repaired.lost))
        told = {
            "problems": _problems(arguments)[0],
            "repaired": problems,
            "read_again": list(repaired.read_again),
            "lost": list(repaired.lost),
            "aside": str(repaired.aside) if repaired.aside else None,
        }
    if arguments.json:
        print(dumps(told))
    else:
        print("\n".join(_told_of_repair(told, arguments.repair)))
    return 1 if told["problems"] or told.get("lost") else 0


def _problems(arguments: argparse.Namespace) -> tuple[list[str], HybridIndex | None]:
    """The faults of the library, and the library where it can be opened."""
    try:
        index = open_index(arguments)
    except LibraryDamaged as error:
        return [str(error)], None
    with progress("Checking", unit="row", delay=1.0) as step:
        return index.problems(step), index


def _repair(arguments: argparse.Namespace, index: HybridIndex | None) -> Repaired:
    from index.repairing import repair, repair_home

    with progress("Repairing") as step:
        return repair(index, step) if index else repair_home(arguments.home, arguments.model, step)


def _told_of_repair(told: dict[str, Any], repairing: bool) -> Iterator[str]:
    for problem in told["repaired"]:
        yield f"Repaired: {problem}"
    for id in told.get("read_again", ()):
        yield f"{id} was read again from where it came."
    for id in told.get("lost", ()):
        yield f"{id} could not be saved: add it again."
    if told.get("aside"):
        yield f"The damaged file is kept as {told['aside']}."
    yield from told["problems"]
    if not told["problems"]:
        yield "The library is whole."
    elif not repairing:
        yield "Run `bsab check --repair` to save what is whole and make the rest anew."


def backup_command(arguments: argparse.Namespace) -> int:
    """Write the whole library to one file, also while it is used.

    Raises:
        UsageError: there is no library, or the file is a folder or the library itself.
        LibraryError: the library cannot be opened, or the file cannot be written.
    """
    from index.store.library import FILE_NAME, Library

    if not (arguments.home / FILE_NAME).exists():
        raise UsageError(f"there is no library in {arguments.home}; name its folder with --home.")
    if arguments.file.is_dir() or (arguments.file.exists() and arguments.file.samefile(arguments.home / FILE_NAME)):
        raise UsageError(f"{arguments.file}: name a file of its own for the backup.")
    library = Library(arguments.home)
    try:
        library.backup(arguments.file)
    finally:
        library.close()
    print(dumps({"backup": str(arguments.file)}) if arguments.json else f"Written to {arguments.file}.")
    return 0


def restore_command(arguments: argparse.Namespace) -> int:
    """Make the library what a backup holds.

    Raises:
        LibraryDamaged: the backup is no library, or not whole; nothing is changed.
        LibraryUnusable: the backup cannot be read, or the home cannot be written.
    """
    from index.store.copies import restore

    aside = restore(arguments.file, arguments.home)
    audit(arguments.home, "restore", file=str(arguments.file))
    if arguments.json:
        print(dumps({"restored": str(arguments.file), "aside": str(aside) if aside else None}))
    else:
        print(f"Restored from {arguments.file}." + (f" What was there is kept as {aside}." if aside else ""))
    return 0


def user_command(arguments: argparse.Namespace) -> int:
    """Add a user to a file of users, or give one another password.

    Raises:
        UsageError: the name, the password or the file is not to be used.
    """
    import getpass
    import sys

    from assistant.accounts import add_user

    path = arguments.auth or arguments.home / "users.json"
    # A password on a command line can be read by everyone on the machine.
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        add_user(path, arguments.name, password, arguments.may == "change")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another with --auth.") from None
    audit(path.parent, "user", user=arguments.name, may=arguments.may)
    print(dumps({"user": arguments.name, "auth": str(path)}) if arguments.json else f"{arguments.name} is in {path}.")
    return 0
