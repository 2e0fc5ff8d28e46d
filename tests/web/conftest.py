"""The real page, served by the real command, in headless Chromium."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assistant import cli
from index.hybrid import HybridIndex

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium's own background traffic is off: a test that watches requests sees the page's alone.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

HOSTILE = (
    "The zebrafish-42 study: <script>document.title='owned'</script> <img src=x onerror=\"document.title='owned'\"> "
    "showed **bold** [link](http://example.invalid/) `code` and \u202ereversed\u202c text in zebrafish-42 larvae."
)


@pytest.fixture(scope="session")
def served(review_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page, over the review and one document that is full of markup."""
    folder = tmp_path_factory.mktemp("served")
    home = Path(shutil.copytree(review_home, folder / "home"))
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    assert cli.main(["add", str(hostile), "--home", str(home)], serve=lambda _: None) == 0
    HybridIndex.open(home).library.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "app", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert f"http://127.0.0.1:{port}" in line, line
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("No Chromium: run `make system`, or install it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A new visitor on the page, at 1280 px."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(served)
    page.wait_for_selector("#bsab-question textarea")
    yield page
    context.close()


def ask(page: Page, question: str) -> str:
    """Type a question, press Enter, and give back what the chat answers."""
    answers = page.locator(".bsab-answer, .bsab-refusal")
    before = answers.count()
    page.fill("#bsab-question textarea", question)
    page.press("#bsab-question textarea", "Enter")
    answers.nth(before).wait_for()
    return answers.nth(before).inner_text()
