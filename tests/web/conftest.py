"""The real page, served by the real command, in headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.cli import main as cli
from index.search.hybrid import HybridIndex

# Two cores serve the page and drive several browsers.
expect.set_options(timeout=15_000)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium's own background traffic is off: a test that watches requests sees the page's alone.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

# Resolves once nothing moves and ten frames have passed without a change; what ends is waited for, what spins is not.
_REST = """() => new Promise((rest, fail) => {
  const latest = performance.now() + 15000;
  let quiet = 0;
  const watch = new MutationObserver(() => { quiet = 0; });
  watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  const ends = motion => motion.playState === 'running' && motion.effect.getComputedTiming().endTime !== Infinity;
  const look = () => {
    quiet = document.getAnimations().some(ends) ? 0 : quiet + 1;
    if (quiet < 10 && performance.now() < latest) return requestAnimationFrame(look);
    watch.disconnect();
    if (quiet < 10) fail(new Error('the page does not come to rest')); else rest();
  };
  requestAnimationFrame(look);
})"""

HOSTILE = (
    "The zebrafish-42 study: <script>document.title='owned'</script> <img src=x onerror=\"document.title='owned'\"> "
    "showed **bold** [link](http://example.invalid/) ![image](http://example.invalid/i.png) `code` and "
    "\u202ereversed\u202c text in zebrafish-42 larvae."
)
OS_QUESTION = "What was the median overall survival with tarlatamab in DeLLphi-304?"
TESTED = "which trial tested tarlatamab versus chemotherapy"


CONTENTS = (
    ("#bsab-follow button",),
    ("#bsab-results table", "#bsab-chart .main-svg"),
    ("#bsab-references li",),
    ("#bsab-documents table",),
)
"""What each tab shows last."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@contextmanager
def serving(home: Path, *options: str) -> Iterator[str]:
    """The address of ``bsab serve`` over a home, on a port that the system gives."""
    command = [sys.executable, "-m", "app", "--home", str(home), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
            yield f"{address}/"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def served(review_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the page, over the review and one document that is full of markup."""
    folder = tmp_path_factory.mktemp("served")
    home = Path(shutil.copytree(review_home, folder / "home"))
    hostile = folder / "hostile.txt"
    hostile.write_text(HOSTILE, encoding="utf-8")
    assert cli.main(["add", str(hostile), "--home", str(home)], serve=lambda _: None) == 0
    HybridIndex.open(home).library.close()
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("No Chromium: run `make system`, or install it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """A new visitor on the page, at 1280 px and in English unless ``options`` say otherwise."""
    chosen = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **options}
    context = browser.new_context(**chosen)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#bsab-question textarea")
    yield page
    context.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    with visiting(browser, served) as page:
        yield page


@pytest.fixture
def chinese(browser: Browser, served: str) -> Iterator[Page]:
    """A new visitor whose browser asks for Chinese."""
    with visiting(browser, served, locale="zh-CN") as page:
        yield page


@pytest.fixture
def own(browser: Browser, home: Path) -> Iterator[Page]:
    """A new visitor on a library of their own, which a test may change."""
    with serving(home) as address, visiting(browser, address) as page:
        yield page


def ask(page: Page, question: str) -> str:
    """Type a question, press Enter, and give back what the chat answers."""
    answers = page.locator(".bsab-answer, .bsab-refusal")
    before = answers.count()
    page.fill("#bsab-question textarea", question)
    page.press("#bsab-question textarea", "Enter")
    answers.nth(before).wait_for()
    return answers.nth(before).inner_text()


def open_tab(page: Page, place: int) -> None:
    """Go to the tab of that place: 0 ask, 1 trials, 2 references, 3 library."""
    page.locator("#bsab-tabs > .tab-wrapper [role=tab]").nth(place).click()


def rest(page: Page) -> None:
    """Wait until the page has stopped to change: no transition runs, nothing is drawn anew."""
    page.evaluate(_REST)


def show_tab(page: Page, place: int) -> None:
    """Go to a tab and wait for what it shows."""
    open_tab(page, place)
    for content in CONTENTS[place]:
        page.locator(content).first.wait_for()


def open_side(page: Page) -> None:
    """Open the side bar of conversations."""
    page.click("#bsab-side > button")
    page.locator("#bsab-history").wait_for()
