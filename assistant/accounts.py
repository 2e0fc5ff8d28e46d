"""Who may come in, and who may change the library: users with hashed passwords, in a file.

Passwords are hashed by argon2-cffi (Argon2id, RFC 9106). Names and passwords are sent as HTTP Basic authentication
(RFC 7617), which browsers and programs know: on another machine's network, put the page behind TLS.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cachetools import LRUCache

from assistant.errors import UsageError

_SHORTEST = 8
"""Characters of a password at least."""


@dataclass(frozen=True, slots=True)
class Account:
    """One user."""

    name: str
    may_change: bool
    """Whether they may add to the library, take from it and mend it; all may read."""


@dataclass(slots=True)
class Accounts:
    """The users of a page."""

    hashes: dict[str, tuple[str, bool]]
    """By name, the password's hash and whether its user may change the library."""
    _hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _known: LRUCache[bytes, Account] = field(default_factory=lambda: LRUCache(1000))
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def check(self, authorization: str) -> Account | None:
        """The user of an ``Authorization`` header; None for anybody else.

        The hash takes 50 ms on purpose, so that what was right once is known again in this run.
        """
        if len(authorization) > 2000:
            return None
        if found := self.known(authorization):
            return found
        kind, _, encoded = authorization.partition(" ")
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        if kind.lower() != "basic" or not self._is_right(name, password):
            return None
        account = self._known[self._mark(authorization)] = Account(name, self.hashes[name][1])
        return account

    def known(self, authorization: str) -> Account | None:
        """The user of a header that was right before, in this run."""
        return self._known.get(self._mark(authorization))

    def _mark(self, authorization: str) -> bytes:
        return hashlib.blake2b(authorization.encode(), key=self._salt).digest()

    def _is_right(self, name: str, password: str) -> bool:
        # An unknown name takes as long as a wrong password.
        hashed, _ = self.hashes.get(name, (_nobody(), False))
        try:
            return self._hasher.verify(hashed, password) and name in self.hashes
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(24))


def read_accounts(path: Path) -> Accounts:
    """The users that ``add_user`` wrote.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        hashes = {str(name): (str(entry["password"]), bool(entry["may_change"])) for name, entry in entries.items()}
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; make it with `bsab user add NAME --auth {path}`.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is no file of users; make one with `bsab user add NAME`.") from None
    if not hashes:
        raise UsageError(f"{path} names nobody; add users with `bsab user add NAME --auth {path}`.")
    return Accounts(hashes)


def add_user(path: Path, name: str, password: str, may_change: bool) -> None:
    """Add a user to the file, or change their password; only its owner can read the file.

    Raises:
        UsageError: the name or the password is not to be used, or the file holds something else.
        OSError: the file cannot be written.
    """
    if not name.strip() or ":" in name or not name.isprintable():
        raise UsageError(f"{name!r} is no name for a user; use letters and digits.")
    if len(password) < _SHORTEST:
        raise UsageError(f"the password is too short; use {_SHORTEST} characters or more.")
    held = read_accounts(path).hashes if path.exists() else {}
    held[name] = (PasswordHasher().hash(password), may_change)
    entries = {user: {"password": hashed, "may_change": change} for user, (hashed, change) in held.items()}
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(entries, file, ensure_ascii=False, indent=1)
    os.replace(partial, path)
