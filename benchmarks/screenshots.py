"""Pictures of the real page: python -m benchmarks.screenshots --output docs/images

Serves a library of the bundled review in a temporary folder and drives Debian's Chromium, at 1280 and 390 px, light and
dark, in both languages.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_QUESTIONS = {
    "en": "What was the median overall survival with tarlatamab in DeLLphi-304?",
    "zh": "塔拉妥单抗最常见的不良反应是什么？",
}
_REFUSED = {"en": "What was the overall survival in KEYNOTE-024?", "zh": "FLAURA2研究的中位PFS是多少？"}
_LOCALES = {"en": "en-US", "zh": "zh-CN"}
_PHONE = 390


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "app", "--home", home, "--port", "0"]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
            sync_playwright() as playwright,
        ):
            try:
                assert server.stdout is not None
                address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
                for language, scheme, width in product(("en", "zh"), ("light", "dark"), (1280, _PHONE)):
                    options: Any = {
                        "locale": _LOCALES[language],
                        "color_scheme": scheme,
                        "viewport": {"width": width, "height": 900 if width > _PHONE else 844},
                    }
                    context = browser.new_context(**options)
                    page = context.new_page()
                    page.goto(address)
                    _walk(page, language, lambda name, kind=f"{language}-{scheme}-{width}": (
                        arguments.output / f"{name}-{kind}.png"
                    ))  # fmt: skip
                    context.close()
            finally:
                server.terminate()


def _walk(page: Page, language: str, path: Any) -> None:
    """Through the panels, a picture each."""
    phone = page.viewport_size is not None and page.viewport_size["width"] <= _PHONE

    def shoot(name: str) -> None:
        page.wait_for_timeout(700)
        page.screenshot(path=path(name), full_page=phone)

    page.wait_for_selector("#bsab-question textarea")
    for name, question in (("ask", _QUESTIONS[language]), ("refusal", _REFUSED[language])):
        page.fill("#bsab-question textarea", question)
        page.press("#bsab-question textarea", "Enter")
        page.locator(".bsab-answer, .bsab-refusal").nth(0 if name == "ask" else 1).wait_for()
        page.locator("#bsab-follow button").first.wait_for()
        shoot(name)
    page.locator(".bsab-cite").first.click()
    page.locator("#evidence-1-1 .bsab-read").click()
    page.locator("#bsab-dialog mark").first.wait_for()
    shoot("context")
    page.keyboard.press("Escape")
    for tab, name in ((1, "trials"), (2, "references"), (3, "library")):
        page.locator("#bsab-tabs > .tab-wrapper [role=tab]").nth(tab).click()
        if name == "trials":
            page.wait_for_selector("#bsab-chart .main-svg")
        shoot(name)
    page.locator("#bsab-tabs > .tab-wrapper [role=tab]").nth(1).click()
    page.locator("#bsab-tabs .tabs [role=tab]").nth(-1).click()
    for trial in ("HARMONi-A", "MARIPOSA-2"):
        page.locator("#bsab-compare input").fill(trial)
        page.locator("#bsab-compare [role=option]", has_text=trial).first.click()
    page.locator("#bsab-compare input").press("Tab")
    page.locator("#bsab-side-by-side table").wait_for()
    shoot("side-by-side")


if __name__ == "__main__":
    main()
