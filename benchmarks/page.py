"""How soon the page is painted and answers, in a real browser on loopback: python -m benchmarks.page

Serves a library of the bundled review in a temporary folder, and beside it an empty gradio page, and drives Debian's
Chromium over both in turn: each visit is a new browser profile with an empty cache. Bytes are those on the wire.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_QUESTIONS = (
    "which trial tested tarlatamab versus chemotherapy",
    "塔拉妥单抗最常见的不良反应是什么？",
    "What was the median overall survival with tarlatamab in DeLLphi-304?",
    "那客观缓解率呢？",
    "What was the overall survival in KEYNOTE-024?",
)
_EMPTY = """
import os, socket
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio
from fastapi import FastAPI
from assistant.web.server import start
with gradio.Blocks(analytics_enabled=False) as page:
    gradio.Textbox(elem_id="bsab-question")
listening = socket.socket(); listening.bind(("127.0.0.1", 0)); listening.listen()
server = start(gradio.mount_gradio_app(FastAPI(), page, "/", ssr_mode=False, footer_links=[]), listening)
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
input()
"""
# Seconds from pressing Enter to the next frame with one answer more.
_ANSWERED = """count => new Promise(done => {
  const started = performance.now();
  const look = () => document.querySelectorAll('.bsab-answer, .bsab-refusal').length > count
    ? requestAnimationFrame(() => done((performance.now() - started) / 1000)) : requestAnimationFrame(look);
  document.querySelector('#bsab-ask').click();
  look();
})"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        _served("-m", "app", "--home", home, "--port", "0") as page,
        _served("-c", _EMPTY) as empty,
        sync_playwright() as playwright,
    ):
        try:
            addresses = {"empty gradio page": _address(empty), "the page": _address(page)}
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
            visits: dict[str, list[dict[str, Any]]] = {name: [] for name in addresses}
            for _ in range(arguments.visits):
                for name, address in addresses.items():
                    visits[name].append(_visit(browser, address, asks=name == "the page"))
        finally:
            page.terminate()
            empty.terminate()
    print(
        "| visit with an empty cache, median (slowest) | first paint, s | ready for a question, s | bytes | requests |"
    )
    print("|---|---|---|---|---|")
    for name, made in visits.items():
        told = [f"{median(v[key] for v in made):.2f} ({max(v[key] for v in made):.2f})" for key in ("paint", "ready")]
        sizes = [f"{median(v[key] for v in made):,.0f}" for key in ("bytes", "requests")]
        print(f"| {name} | {' | '.join(told + sizes)} |")
    first, second = (median(v["paint"] for v in made) for made in visits.values())
    print(f"\nFirst paint of the page is {second / first:.2f} times that of an empty gradio page.")
    answers = [seconds for visit in visits["the page"] for seconds in visit["answers"]]
    print(f"Answer shown, s: median {median(answers):.2f}, slowest {max(answers):.2f}, over {len(answers)} questions.")
    hosts = set().union(*(visit["hosts"] for made in visits.values() for visit in made))
    print(f"Hosts asked: {', '.join(sorted(hosts))}")


def _served(*command: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *command], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return next(word for word in server.stdout.readline().split() if word.startswith("http"))


def _visit(browser: Browser, address: str, *, asks: bool) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    page = context.new_page()
    requests: list[str] = []
    sizes: list[int] = []
    page.on("request", lambda request: requests.append(request.url))
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector("#bsab-question textarea, #bsab-question input")
    found: dict[str, Any] = {
        "ready": page.evaluate("performance.now() / 1000"),
        "paint": page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"),
    }
    # The heartbeat of the page never ends: the network is not idle.
    page.wait_for_timeout(1500)
    found |= {"bytes": sum(sizes), "requests": len(requests), "answers": []}
    for asked, question in enumerate(_QUESTIONS if asks else ()):
        page.fill("#bsab-question textarea", question)
        found["answers"].append(page.evaluate(_ANSWERED, asked))
        page.wait_for_timeout(500)
    found["hosts"] = {urlsplit(url).hostname for url in requests if url.startswith("http")}
    context.close()
    return found


if __name__ == "__main__":
    main()
