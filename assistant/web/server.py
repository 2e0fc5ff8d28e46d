"""The page served: English at ``/``, Chinese at ``/zh/``, downloads and sections beside them.

Everything comes from this machine: system fonts, no analytics, and a policy that forbids the browser any other
address.
"""

from __future__ import annotations

import functools
import os
import secrets
import socket
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts import Accounts
from assistant.answering.assistant import Assistant
from assistant.answering.cited_references import look_up
from assistant.answering.language_model import LanguageModel
from assistant.audit import audit
from assistant.conversations.exports import as_markdown, as_page
from assistant.conversations.history import History
from assistant.errors import PortTaken, UsageError
from assistant.exchange.citation_formats import bibtex, ris
from assistant.exchange.contract import checked_json
from assistant.exchange.tables import results_csv
from assistant.trials.table import COLUMNS, Wanted, select
from assistant.web.doors import SECRET_HEADER, DoorKeeper, Doors, account_of, doors_for, is_loopback
from assistant.web.panels.section_page import section_page
from assistant.web.site import VISITOR, Site, visitor_in
from assistant.wording.messages import language_named, languages, say
from corpus.document import Language
from index.errors import LibraryUnusable, UnknownDocument
from index.search.hybrid import HybridIndex

if TYPE_CHECKING:
    import uvicorn

_LANGUAGE = "bsab_language"
_YEAR = 365 * 24 * 3600
_HERE = Path(__file__).parent
_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)
# In the head: what stands in page.css reaches the parts of the page alone, not the frame around them.
_STILL = (
    "<style>@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; "
    "scroll-behavior: auto !important; transition: none !important; } }</style>"
)
# Gradio's page has scripts and styles of its own in it, and plotly builds functions.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_ONCE_MORE = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>BsAb</title>'


def serve_page(
    index: HybridIndex,
    host: str,
    port: int,
    language_model: LanguageModel | None = None,
    names: Collection[str] = (),
    accounts: Accounts | None = None,
) -> None:
    """Serve the page until it is stopped; prints its address.

    Args:
        names: host names, beside ``host``, under which browsers reach it.
        accounts: who may come in; demanded where other machines reach it.

    Raises:
        UsageError: other machines would reach a page without accounts.
        PortTaken: something else listens there, or the address is not this machine's.
        LibraryDamaged: the file of conversations is no database, or another program's.
    """
    if not accounts and not is_loopback(host):
        raise UsageError(
            f"{host} is reached by other machines, whose users could read and change the library; "
            "name those who may with --auth FILE (`bsab user add NAME --auth FILE` makes it), or leave --host out."
        )
    listening = _listen(host, port)
    index.search("warm up")
    server = start(make_app(make_site(index, language_model), doors_for(host, names, accounts)), listening)
    shown = f"[{host}]" if ":" in host else host
    print(f"The chat page is at http://{shown}:{listening.getsockname()[1]} (Ctrl+C stops it)", flush=True)
    try:
        while not server.should_exit:
            time.sleep(0.2)
    finally:
        server.should_exit = True


def start(app: ASGIApp, listening: socket.socket) -> uvicorn.Server:
    """Serve in the background; returns once requests are answered."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    return server


def make_site(index: HybridIndex, language_model: LanguageModel | None = None) -> Site:
    """The assistant with the history of the library's home, where that can be written.

    Raises:
        LibraryDamaged: the file of conversations is no database, or another program's.
    """
    try:
        history = History(index.library.home)
    except LibraryUnusable:
        history = None
    return Site(Assistant(index, language_model=language_model), history)


def make_app(site: Site, doors: Doors | None = None) -> ASGIApp:
    """The page in both languages, with its downloads; endpoints for programs and MCP stand at the root.

    ``doors``: what is let in; by default what comes from this machine.
    """
    doors = doors or Doors()
    # Read by gradio when it is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio

    from assistant.web.page import build_page

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Visits)
    # The root comes last: a page there answers every address that is still free.
    places = [(language, _prefix(language)) for language in reversed(languages())]
    for language, prefix in places:
        app.include_router(_downloads(site, language), prefix=prefix)
    public: set[int | str] = set()
    for language, prefix in places:
        page = build_page(site, language, programs=not prefix)
        # Gradio's own check of the files that a request names is off until then; this page is mounted, not launched.
        page.has_launched = True
        if not prefix:
            functions = [function for function in page.fns.values() if function.api_visibility == "public"]
            public |= {name for function in functions for name in (function._id, str(function.api_name))}
        app = gradio.mount_gradio_app(
            app,
            page,
            prefix or "/",
            theme=_theme(),
            css_paths=[_HERE / "page.css"],
            js=(_HERE / "page.js").read_text(encoding="utf-8").replace("PAGE_LANGUAGE", say("this.tag", language)),
            head=_STILL + _with_secret(doors.secret),
            footer_links=[],
            ssr_mode=False,
            enable_monitoring=False,
            run_history=False,
            mcp_server=not prefix,
        )
    return DoorKeeper(app, doors, public, functools.partial(audit, site.assistant.index.library.home))


def _with_secret(secret: str) -> str:
    """The script that gives the page's own requests the secret of this run: scripts of other sites cannot read it."""
    return (
        "<script>(() => { const send = window.fetch; window.fetch = (to, options = {}) => {"
        " const address = new URL(to instanceof Request ? to.url : to, location.href);"
        " if (address.origin !== location.origin || to instanceof Request) return send(to, options);"
        f" const headers = new Headers(options.headers); headers.set('{SECRET_HEADER}', '{secret}');"
        " return send(to, {...options, headers}); }; })();</script>"
    )


def _theme() -> Any:
    """Gradio's plain theme in blues and greys that are read at AA contrast, in light and in dark."""
    import gradio

    return gradio.themes.Default(
        primary_hue="blue", secondary_hue="blue", neutral_hue="slate", font=list(_FONTS),
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_200",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )  # fmt: skip


def _downloads(site: Site, language: Language) -> APIRouter:
    """The routes beside a page in ``language``; addresses are relative to the page."""
    router = APIRouter()
    index = site.assistant.index
    style = (_HERE / "page.css").read_text(encoding="utf-8")

    @router.get("/read")
    def read(document: str, start: int = 0, end: int = 0) -> HTMLResponse:
        try:
            return HTMLResponse(section_page(index.library.document(document), start, end, language, style))
        except UnknownDocument as error:
            raise HTTPException(404, str(error)) from None

    @router.get("/export")
    def export(request: Request, conversation: str, format: str = "md") -> Response:
        account = account_of(request.scope)
        visitor = f"user-{account.name}" if account else visitor_in(request.cookies.get(VISITOR, ""))
        try:
            if not site.history or not visitor:
                raise UsageError("no conversations are kept.")
            found = site.history.conversation(conversation, visitor)
        except UsageError as error:
            raise HTTPException(404, str(error)) from None
        if format == "html":
            return HTMLResponse(as_page(found, language))
        return _file(as_markdown(found), "text/markdown", "conversation.md")

    @router.post("/upload")
    async def upload(request: Request, name: str) -> Response:
        try:
            token = await site.uploads.receive(name, request.stream())
        except UsageError as error:
            raise HTTPException(429, str(error)) from None
        return JSONResponse({"upload": token})

    @router.get("/trials.csv")
    def trials(
        trial: list[str] = Query(()),
        drug: list[str] = Query(()),
        kind: str = "",
        words: str = "",
        sort: str = "",
        descending: bool = False,
    ) -> Response:
        column = next((column for column in COLUMNS if column == sort), None)
        rows = select(site.rows(), Wanted(tuple(trial), tuple(drug), kind, words, column, descending))
        table = results_csv([checked_json(row.place, row.result, row.checks, language) for row in rows])
        # A byte-order mark: without it Excel reads Chinese as something else.
        return _file(f"\ufeff{table}", "text/csv", "trials.csv")

    @router.get("/references.bib")
    def references_bib(words: str = "") -> Response:
        return _file(bibtex(_pairs(words)), "application/x-bibtex", "references.bib")

    @router.get("/references.ris")
    def references_ris(words: str = "") -> Response:
        return _file(ris(_pairs(words)), "application/x-research-info-systems", "references.ris")

    @router.get("/language")
    def change_language(to: str, request: Request) -> RedirectResponse:
        """Go to the page in the other language, with the conversation that was open, and remember it."""
        open_now = [(key, value) for key, value in request.query_params.multi_items() if key in ("c", "q")]
        wanted = language_named(to)
        # Relative, so that a prefix before it stays: from /zh/language to /, from /language to /zh/.
        up, down = "../" if _prefix(language) else "", f"{wanted}/" if _prefix(wanted) else ""
        back = "./" if wanted == language else up + down
        answer = RedirectResponse(f"{back}?{urlencode(open_now)}" if open_now else back, status_code=303)
        answer.set_cookie(_LANGUAGE, wanted, max_age=_YEAR, samesite="strict", httponly=True)
        return answer

    def _pairs(words: str) -> list[Any]:
        return [(cited.document_id, cited.reference) for cited in look_up(index, words)]

    return router


def _file(text: str, kind: str, name: str) -> Response:
    return PlainTextResponse(
        text, media_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _prefix(language: Language) -> str:
    """The path below which the pages of a language stand; "" for the first one, at the root."""
    return "" if language == languages()[0] else f"/{language}"


class Visits:
    """Gives each browser a cookie that nobody can guess, leads it to the page in its language, and forbids the page
    every address but this one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", ""))

        known = visitor_in(cookies.get(VISITOR, ""))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                told["Content-Security-Policy"] = _POLICY
                told["Referrer-Policy"] = "same-origin"
                for name, value in _HEADERS.items():
                    told[name] = value
                if not known and told.get("content-type", "").startswith("text/html"):
                    mark = f"{VISITOR}={secrets.token_urlsafe(24)}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Strict"
                    told.append("Set-Cookie", mark)
            await send(message)

        if not known and headers.get("sec-fetch-site") == "cross-site" and scope["method"] == "GET":
            # A link on another site: the browser keeps its cookie to itself until the page asks once more itself.
            await HTMLResponse(_ONCE_MORE)(scope, receive, send)
            return
        if scope["method"] == "GET" and scope["path"] == "/" and "text/html" in headers.get("accept", ""):
            wanted = cookies.get(_LANGUAGE) or preferred(headers.get("accept-language", ""))
            if prefix := _prefix(language_named(wanted))[1:]:
                query = scope["query_string"].decode("latin-1")
                there = f"{prefix}/?{query}" if query else f"{prefix}/"
                await RedirectResponse(there, status_code=302)(scope, receive, sending)
                return
        await self.app(scope, receive, sending)


def preferred(accepted: str) -> Language:
    """The language of the page that an ``Accept-Language`` header asks for first (RFC 9110, section 12.5.4)."""
    best: dict[str, float] = {}
    for part in accepted.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        language = tag.partition("-")[0]
        best[language] = max(weight, best.get(language, 0.0))
    return max(languages(), key=lambda language: best.get(language, 0.0))


def _listen(host: str, port: int) -> socket.socket:
    """A socket on the address, before the model is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"Cannot listen on {host}:{port} ({error.strerror}); stop what listens there, or choose another --port."
        ) from None
    return listening
