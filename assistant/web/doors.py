"""What is let in: each request is checked here, before anything else of the page sees it.

Another site's page can make a browser send requests to this machine. It cannot give them this page's host, its origin
or the secret of this run, and each of the three is asked for where it counts. What a request names is never opened: no
path, no address, no file of a cache; files come in as the body of an upload.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts import Account, Accounts
from assistant.web.site import VISITOR, visitor_in

SECRET_HEADER = "x-bsab-secret"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Gradio's routes that the page and programs need; all others stay shut: files, proxies, streams, uploads, editors.
_GRADIO = "/gradio_api/"
_OPEN = tuple(
    _GRADIO + name
    for name in ("queue/", "call/", "run/", "api/", "info", "heartbeat/", "startup-events", "app_id", "login_check",
                 "user", "token", "reset", "cancel", "mcp", "theme.css", "openapi.json")
)  # fmt: skip
_SHUT = ("/monitoring", "/dev/", "/login", "/logout", "/file", "/proxy", "/stream", "/upload_progress")
_ANSWERING = ("/queue/join", "/call/", "/run/", "/api/")
_WITHOUT_CHANGE = ("/reset", "/cancel", "/mcp", "/mcp/", "/heartbeat")
_GUESSES = RateLimitItemPerSecond(10, 10)
"""Wrong passwords of one address."""
_NO_FILES = "This page opens no file, address or path that a request names; upload the file itself."


@dataclass(frozen=True, slots=True)
class DoorOptions:
    """What one visitor may send."""

    body: int = 1_000_000
    """Bytes of a request at most."""
    upload: int = 50_000_000
    """Bytes of an uploaded file at most."""
    question: int = 20_000
    """Characters of any text in a question at most."""
    per_second: int = 50
    """Calls of one visitor, on the average of ten seconds."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What is asked of every request of one run."""

    names: frozenset[str] = LOOPBACK
    """Host names under which the page is reached; lower case."""
    any_address: bool = False
    """Whether also under any address in numbers, which no name server can lend to another site."""
    accounts: Accounts | None = None
    """Who may come in; None: whoever reaches the page, and may change it."""
    options: DoorOptions = DoorOptions()
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Of this run: the page knows it, another site's page does not."""

    def knows(self, host: str) -> bool:
        """True where the page is reached under a ``Host`` header's name."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        return name in self.names or (self.any_address and _is_address(name))


def doors_for(host: str, names: Collection[str] = (), accounts: Accounts | None = None) -> Doors:
    """The doors of a page that listens on ``host``; ``names``: others under which browsers reach it."""
    everywhere = host in ("", "0.0.0.0", "::")
    own = {socket.gethostname()} if everywhere else {host}
    known = LOOPBACK | {name.lower() for name in (*own, *names)}
    return Doors(known, any_address=everywhere, accounts=accounts)


def is_loopback(host: str) -> bool:
    """True where only this machine reaches what listens on ``host``."""
    return host in LOOPBACK or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Refused(Exception):
    """A request that is not let in; ``str(error)`` tells why."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


class DoorKeeper:
    """The middleware that holds the doors (ASGI)."""

    def __init__(self, app: ASGIApp, doors: Doors, public: Collection[int | str], audit: Callable[..., None]) -> None:
        """``public`` names and numbers the functions that programs may call without the secret; ``audit`` keeps what
        was refused."""
        self.app = app
        self._doors = doors
        self._public = public
        self._audit = audit
        self._rates = MovingWindowRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerSecond(doors.options.per_second * 10, 10)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        try:
            self._check_address(scope, headers)
            account = self._check_account(scope, headers)
            scope["bsab_account"] = account
            self._check_rate(scope, headers, account)
            receive = await self._checked_body(scope, headers, receive, account)
        except Refused as refused:
            if refused.status != 401:
                self._audit("refuse", _client(scope), method=scope["method"], path=scope["path"], why=str(refused))
            answer = PlainTextResponse(f"{refused}\n", status_code=refused.status, headers=refused.headers)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _check_address(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._doors.knows(host):
            raise Refused(421, f"This page is not reached as {host!r}; start it with --name {host!r} if it should be.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise Refused(403, "Another site asked for this; open the page itself.")
        # Browsers that send no Origin say where a request comes from in this way (Fetch Metadata, W3C).
        elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
        follows_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        if elsewhere and not (scope["method"] == "GET" and follows_link):
            raise Refused(403, "Another site asked for this; open the page itself.")
        path = _path(scope)
        if (path.startswith(_GRADIO) and not path.startswith(_OPEN)) or path.startswith(_SHUT):
            raise Refused(404, "There is nothing here.")

    def _check_account(self, scope: Scope, headers: Headers) -> Account | None:
        if not self._doors.accounts:
            return None
        given, client = headers.get("authorization", ""), _client(scope)
        if account := self._doors.accounts.known(given):
            return account
        # A guess costs 50 ms of the hash: who guesses on is not listened to.
        if given and not self._rates.test(_GUESSES, "guess", client):
            raise Refused(429, "Too many wrong passwords; wait a moment.", **{"Retry-After": "10"})
        if account := self._doors.accounts.check(given):
            return account
        if given:
            self._rates.hit(_GUESSES, "guess", client)
            self._audit("log in", client, failed=True)
        raise Refused(401, "Log in with a name and a password of this page.", **{
            "WWW-Authenticate": 'Basic realm="BsAb assistant", charset="UTF-8"'
        })  # fmt: skip

    def _check_rate(self, scope: Scope, headers: Headers, account: Account | None) -> None:
        if scope["method"] in ("GET", "HEAD"):
            return
        mark = visitor_in(cookie_parser(headers.get("cookie", "")).get(VISITOR, ""))
        who = account.name if account else mark or _client(scope)
        if not self._rates.hit(self._rate, who):
            raise Refused(429, "Too many questions at once; wait a moment.", **{"Retry-After": "10"})

    async def _checked_body(self, scope: Scope, headers: Headers, receive: Receive, account: Account | None) -> Receive:
        method, path = scope["method"], _path(scope)
        if method in ("GET", "HEAD", "OPTIONS"):
            return receive
        uploading = path == "/upload"
        most = self._doors.options.upload if uploading else self._doors.options.body
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            raise Refused(413, f"This is more than {most // 1_000_000} MB; send less at once.")
        if uploading:
            self._check_secret(headers)
            if account and not account.may_change:
                raise Refused(403, "You may read this library, but not change it.")
            return _counted(receive, most)
        body = await _read(receive, most)
        value = _parsed(body)
        if names_a_file(value):
            raise Refused(403, _NO_FILES)
        if longest(value) > self._doors.options.question:
            raise Refused(
                413, f"A question has at most {self._doors.options.question:,} characters; ask a shorter one."
            )
        free = path.startswith(tuple(_GRADIO.rstrip("/") + name for name in _WITHOUT_CHANGE))
        # Programs are at home at the root; the other page's functions have numbers of their own.
        if not free and not (path == scope["path"] and self._is_public(path, value)):
            self._check_secret(headers)
        # What was checked is what is handed on, not a second reading of it.
        return _replayed(json.dumps(value).encode() if value is not None else body)

    def _is_public(self, path: str, value: Any) -> bool:
        """True where a call is of a function that answers and changes nothing."""
        if not any(place in path for place in _ANSWERING) or not isinstance(value, dict):
            return False
        called = value.get("fn_index")
        if called is not None:
            return type(called) is int and called in self._public
        return path.rstrip("/").rpartition("/")[2] in self._public

    def _check_secret(self, headers: Headers) -> None:
        if not hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), self._doors.secret.encode()):
            raise Refused(403, "The page was opened before the program was started anew; reload it.")


def names_a_file(value: Any) -> bool:
    """True where a body holds what Gradio takes for a file."""
    pending = [value]
    while pending:
        held = pending.pop()
        if isinstance(held, dict):
            if "path" in held or str(held.get("_type", "")).startswith("gradio."):
                return True
            pending.extend(held.values())
        elif isinstance(held, list):
            pending.extend(held)
    return False


def longest(value: Any) -> int:
    """Characters of the longest text in a body."""
    pending, most = [value], 0
    while pending:
        held = pending.pop()
        if isinstance(held, str):
            most = max(most, len(held))
        elif isinstance(held, dict | list):
            pending.extend(held.values() if isinstance(held, dict) else held)
    return most


def _path(scope: Scope) -> str:
    """The path within a page, whichever its language."""
    path = str(scope["path"])
    return path[3:] if path.startswith("/zh/") else path


def account_of(scope: Scope) -> Account | None:
    """Who a request that was let in comes from; None where there are no accounts."""
    found: Account | None = scope.get("bsab_account")
    return found


def _client(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "unknown"


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > most:
            raise Refused(413, f"This is more than {most // 1_000_000} MB; send less at once.")
        if not message.get("more_body"):
            return bytes(body)


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "This is not JSON.") from None


def _counted(receive: Receive, most: int) -> Receive:
    """``receive`` that ends where more comes than was announced."""
    count = 0

    async def counting() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        return {"type": "http.disconnect"} if count > most else message

    return counting


def _replayed(body: bytes) -> Receive:
    """A ``Receive`` that gives ``body`` once, then waits as an open connection does."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def replaying() -> Message:
        return messages.pop() if messages else await _forever()

    return replaying


async def _forever() -> Message:
    import asyncio

    await asyncio.Event().wait()
    raise AssertionError("unreachable")
