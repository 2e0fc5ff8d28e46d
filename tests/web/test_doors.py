"""What an attacker tries on the page: from another site, in a real browser, and by hand."""

from __future__ import annotations

import asyncio
import base64
import http.client
import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser
from starlette.responses import PlainTextResponse

from assistant.accounts import add_user, read_accounts
from assistant.cli import main as cli
from assistant.web.doors import DoorKeeper, DoorOptions, Doors, doors_for, is_loopback, names_a_file
from assistant.web.uploads import file_name
from tests.web.conftest import OS_QUESTION, ask, serving, visiting

PAGES = ("", "zh/")
ROUTES = ("", "config", "gradio_api/info", "export?conversation=x", "trials.csv", "read?document=bsab-review",
          "references.bib", "gradio_api/mcp/", "gradio_api/queue/data?session_hash=x")  # fmt: skip


@pytest.fixture(scope="module")
def secret(served: str) -> str:
    """The secret of the run, as the page's own scripts know it."""
    return secret_of(served)


def secret_of(address: str, **headers: str) -> str:
    page = httpx.get(address, headers={"Accept-Language": "en", **headers}).text
    found = re.search(r"x-bsab-secret\\u0027, \\u0027([\w-]{43})", page)
    assert found
    return found[1]


# Host and origin


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:7860", "", "[::2]"])
def test_another_host_is_answered_nowhere(served: str, page: str, route: str, host: str) -> None:
    with httpx.stream("GET", served + page + route, headers={"Host": host}) as answer:
        assert answer.status_code in (400, 421)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"])
def test_another_origin_is_answered_nowhere(served: str, route: str, origin: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        with httpx.stream(method, served + route, headers=headers) as answer:
            assert answer.status_code == 403
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_picture_or_a_form_of_another_site_is_refused(served: str, site: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert httpx.get(f"{served}trials.csv", headers=headers).status_code == 403
    headers |= {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert httpx.post(f"{served}upload?name=a.txt", content=b"x", headers=headers).status_code == 403
    headers |= {"Sec-Fetch-Dest": "iframe"}
    assert httpx.get(served, headers=headers).status_code == 403


def test_a_link_on_another_site_leads_to_the_page(served: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = httpx.get(served, headers=headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers  # a browser that kept its cookie to itself is given no other
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize(
    ("host", "names", "known", "unknown"),
    [
        ("127.0.0.1", (), ["localhost:1", "127.0.0.1", "[::1]:80", "LOCALHOST"], ["10.0.0.1", "evil.example"]),
        ("0.0.0.0", ("bsab.hospital",), ["10.0.0.1:7860", "bsab.hospital", "localhost"], ["evil.example", "1.evil"]),
        ("bsab.lan", (), ["bsab.lan:7860", "localhost"], ["evil.example", "10.0.0.1", "bsab.lan.evil.example"]),
    ],
)
def test_names_of_the_page(host: str, names: tuple[str, ...], known: list[str], unknown: list[str]) -> None:
    doors = doors_for(host, names)
    assert [name for name in known if not doors.knows(name)] == []
    assert [name for name in [*unknown, "", "[", "a b", "@localhost@evil.example"] if doors.knows(name)] == []
    assert is_loopback("127.0.0.2")
    assert not is_loopback("0.0.0.0")


# Files


def call(served: str, data: list[object], secret: str, name: str = "ask", **more: object) -> httpx.Response:
    headers = {"x-bsab-secret": secret} if secret else {}
    body = {"data": data, "session_hash": "s", **more}
    return httpx.post(f"{served}gradio_api/run/{name}", json=body, headers=headers, timeout=30)


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/x", "file:///etc/passwd"])
def test_a_file_that_a_request_names_is_never_opened(served: str, secret: str, path: str) -> None:
    named = {"path": path, "meta": {"_type": "gradio.FileData"}}
    for value in (named, [named], {"deep": [named]}, {"path": path}, {"url": path, "_type": "gradio.FileData"}):
        for key in ("", secret):
            answer = call(served, [value, []], key)
            assert answer.status_code == 403
            assert "root:" not in answer.text
    tool = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": named}},
    }
    assert httpx.post(f"{served}gradio_api/mcp/", json=tool).status_code == 403
    assert names_a_file(json.loads(json.dumps({"data": [[{"a": {"path": ""}}]]})))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "route",
    ["gradio_api/file=/etc/passwd", "gradio_api/file/etc/passwd", "gradio_api/proxy=http://127.0.0.1:1/",
     "gradio_api/stream/a/b/c/playlist.m3u8", "gradio_api/vibe-code", "gradio_api/upload_progress?upload_id=x",
     "gradio_api/dev/reload", "monitoring", "gradio_api/deep_link", "gradio_api/component_server", "file=/x",],
)  # fmt: skip
def test_routes_that_nobody_needs_are_shut(served: str, page: str, route: str) -> None:
    assert httpx.get(served + page + route).status_code == 404


@pytest.mark.parametrize("route", ["gradio_api/upload", "gradio_api/process_recording", "gradio_api/vibe-edit"])
def test_gradio_takes_no_uploads(served: str, secret: str, route: str) -> None:
    answer = httpx.post(served + route, files={"files": ("a.txt", b"x")}, headers={"x-bsab-secret": secret})
    assert answer.status_code == 404


def test_an_upload_needs_the_secret_and_is_bounded(served: str, secret: str) -> None:
    address = f"{served}upload?name=a.txt"
    for headers in ({}, {"x-bsab-secret": ""}, {"x-bsab-secret": "x" * 43}):
        assert httpx.post(address, content=b"x", headers=headers).status_code == 403
    known = {"x-bsab-secret": secret}
    connection = http.client.HTTPConnection(urlsplit(served).netloc, timeout=10)
    connection.request("POST", "/upload?name=a.txt", headers={**known, "Content-Length": "50000001"})
    assert connection.getresponse().status == 413
    connection.close()
    assert len(httpx.post(address, content=b"x", headers=known).json()["upload"]) == 32


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a.txt", "a.txt"), ("../../etc/passwd.txt", "passwd.txt"), ("C:\\x\\b.md", "b.md"), ("\u202ea.txt", "a.txt"),
     ("", "document.txt"), ("..", "document.txt"), ("x" * 500 + ".txt", "x" * 80 + ".txt"), ("肺癌.md", "肺癌.md")],
)  # fmt: skip
def test_names_of_uploads(given: str, kept: str) -> None:
    assert file_name(given) == kept


# Changes, limits, cookies


@pytest.mark.slow
def test_what_changes_something_needs_the_secret(served: str, secret: str) -> None:
    config = httpx.get(f"{served}config").json()
    private = [d["id"] for d in config["dependencies"] if d["api_visibility"] != "public"]
    assert len(private) > 15
    for function in private:
        for route in ("run/ask", "run/predict", "call/ask", "queue/join"):
            body = {"data": [], "fn_index": function, "session_hash": "s", "event_data": {"document": "bsab-review"}}
            answer = httpx.post(f"{served}gradio_api/{route}", json=body)
            assert answer.status_code == 403, (function, route)
    # A number in other clothes is no number, and the other page's functions are not this one's.
    public = next(d["id"] for d in config["dependencies"] if d["api_visibility"] == "public")
    for called in (str(public), float(public), True, [public]):
        assert call(served, ["x", []], "", fn_index=called).status_code == 403
    assert call(f"{served}zh/", ["x", []], "", fn_index=public).status_code == 403
    assert "13.6 months" in call(served, [OS_QUESTION, []], "").text
    assert httpx.get(served + "trials.csv").status_code == 200


@pytest.mark.parametrize(
    ("question", "status"),
    [("x" * 20_001, 413), ("x" * 2_000_000, 413), ("[" * 20_000, 200)],
    ids=["long", "vast", "nested"],
)
def test_questions_are_bounded(served: str, question: str, status: int) -> None:
    assert call(served, [question, []], "").status_code == status


def test_what_is_no_json_is_told(served: str) -> None:
    for body in (b"{", b"\xff", b"[" * 100_000):
        assert httpx.post(f"{served}gradio_api/run/ask", content=body).status_code == 400


def test_a_visitor_who_asks_without_end_is_slowed_down() -> None:
    keeper = DoorKeeper(
        PlainTextResponse("let in"), Doors(options=DoorOptions(per_second=1)), (), lambda *_, **__: None
    )

    async def asked(visitor: str) -> list[int]:
        transport = httpx.ASGITransport(keeper)
        cookies = {"Cookie": f"bsab_visitor={visitor * 32}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=cookies) as client:
            return [(await client.post("/gradio_api/reset", json={})).status_code for _ in range(15)]

    with ThreadPoolExecutor(1) as other:  # Playwright's event loop runs in this thread
        assert other.submit(asyncio.run, asked("a")).result() == [200] * 10 + [429] * 5
        assert other.submit(asyncio.run, asked("b")).result()[0] == 200  # others are not


@pytest.mark.parametrize("cookie", ["*", "%", "' OR 1=1 --", "x", "a" * 31, "a" * 33])
def test_a_cookie_that_we_never_gave_opens_nothing(browser: Browser, served: str, cookie: str) -> None:
    with visiting(browser, served) as page:
        ask(page, OS_QUESTION)
        page.wait_for_url("**c=*")
        conversation = page.url.split("c=")[1].split("&")[0]
    headers = {"Cookie": f"bsab_visitor={cookie}"}
    answer = httpx.get(f"{served}export", params={"conversation": conversation}, headers=headers)
    assert answer.status_code == 404
    renewed = httpx.get(served, headers=headers).headers["set-cookie"]
    assert "SameSite=Strict" in renewed
    assert "HttpOnly" in renewed
    assert len(renewed.split("bsab_visitor=")[1].split(";")[0]) == 32


def test_security_headers(served: str) -> None:
    headers = httpx.get(served).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


# Another site, in a real browser


@contextmanager
def another_site(html: str) -> Iterator[str]:
    class Evil(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


ATTACKS = {
    "reads": "fetch('{page}trials.csv').then(r => r.text())",
    "reads with cookies": "fetch('{page}export?conversation=x', {{credentials: 'include'}}).then(r => r.text())",
    "asks": "fetch('{page}gradio_api/run/ask', {{method: 'POST', body: JSON.stringify({{data: ['x', []]}}), "
    "headers: {{'Content-Type': 'text/plain'}}}}).then(r => r.text())",
    "uploads": "fetch('{page}upload?name=evil.txt', {{method: 'POST', mode: 'no-cors', body: 'x'}}).then(r => "
    "{{ if (r.type === 'opaque') throw new Error('opaque'); return r.text(); }})",
    "steals the secret": "fetch('{page}').then(r => r.text())",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_site_gets_nothing(browser: Browser, home: Path, attack: str, name: str) -> None:
    with serving(home) as address, another_site("<p>evil</p>") as evil:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)  # the victim has the page's cookie
        page.goto(evil)
        target = address.replace("127.0.0.1", name)
        got = page.evaluate(f"() => {attack.format(page=target)}.catch(error => 'refused: ' + error.message)")
        assert got.startswith("refused: "), got[:200]
        assert page.evaluate("() => document.body.innerHTML") == "<p>evil</p>"
        context.close()
        audit = [json.loads(line) for line in (home / "audit.jsonl").read_text().splitlines()]
        assert {line["change"] for line in audit} == {"refuse"}


def test_a_form_and_a_frame_of_another_site(browser: Browser, home: Path) -> None:
    with serving(home) as address:
        html = (
            f'<iframe name="f" src="{address}"></iframe><form action="{address}upload?name=evil.txt" method="post" '
            'enctype="multipart/form-data" target="f"><input name="files" value="x"></form>'
        )
        with another_site(html) as evil:
            page = browser.new_page()
            with page.expect_response(lambda answer: "upload" in answer.url) as answered:
                page.goto(evil)
                page.evaluate("() => document.forms[0].submit()")
            assert answered.value.status == 403
            page.close()


# Accounts


def test_another_address_demands_accounts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from app import main

    assert main(["serve", "--home", str(home), "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "is reached by other machines" in capsys.readouterr().err


@pytest.mark.slow
def test_one_reads_another_changes(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "users.json"
    for name, may in (("lin", "change"), ("王医生", "read")):
        monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
        assert cli.main(["user", "add", name, "--auth", str(file), "--may", may], serve=lambda _: None) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "correct horse" not in file.read_text(encoding="utf-8")
    assert "$argon2id$" in file.read_text(encoding="utf-8")
    with serving(home, "--auth", str(file)) as address:
        for header in ({}, basic("lin", "wrong"), basic("nobody", "correct horse"), {"Authorization": "Basic !"}):
            answer = httpx.get(address, headers=header)
            assert answer.status_code == 401
            assert "BsAb" not in answer.text
        statuses = {}
        for name in ("lin", "王医生"):
            headers = basic(name, "correct horse")
            headers["x-bsab-secret"] = secret_of(address, **headers)
            sent = httpx.post(f"{address}upload?name=a.txt", content=b"x", headers=headers)
            asked = httpx.post(f"{address}gradio_api/run/ask", json={"data": [OS_QUESTION, []]}, headers=headers)
            statuses[name] = (sent.status_code, asked.status_code)
        assert statuses == {"lin": (200, 200), "王医生": (403, 200)}


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_who_guesses_passwords_is_not_listened_to(tmp_path: Path) -> None:
    add_user(tmp_path / "users.json", "lin", "correct horse", may_change=True)
    doors = Doors(accounts=read_accounts(tmp_path / "users.json"))
    keeper = DoorKeeper(PlainTextResponse("let in"), doors, (), lambda *_, **__: None)

    async def visit() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(keeper), base_url="http://localhost") as client:
            headers = [basic("lin", "correct horse"), *[basic("lin", f"guess {n}") for n in range(12)]]
            headers += [basic("lin", "correct horse")]  # known already, and not locked out
            return [(await client.get("/", headers=given)).status_code for given in headers]

    with ThreadPoolExecutor(1) as other:
        assert other.submit(asyncio.run, visit()).result() == [200, *[401] * 10, 429, 429, 200]


def test_accounts_are_checked_as_they_are(tmp_path: Path) -> None:
    from assistant.errors import UsageError

    file = tmp_path / "users.json"
    with pytest.raises(UsageError, match="too short"):
        add_user(file, "lin", "short", may_change=True)
    with pytest.raises(UsageError, match="no name"):
        add_user(file, "a:b", "correct horse", may_change=True)
    for text in ("", "[]", "{}", '{"lin": 1}'):
        file.write_text(text)
        with pytest.raises(UsageError, match=r"users\.json"):
            read_accounts(file)


def test_doors_have_a_secret_of_their_own() -> None:
    assert Doors().secret != Doors().secret
    assert socket.gethostname().lower() in doors_for("0.0.0.0").names
