"""Pictures of the real page for the README: python -m benchmarks.screenshots --output docs/images

Serves a library of the bundled review in a temporary folder and drives Debian's Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# name, question (none: the trial results), width, height, colour scheme
_SHOTS: tuple[tuple[str, str, int, int, Literal["light", "dark"]], ...] = (
    ("ask-en", "which trial tested tarlatamab versus chemotherapy", 1280, 860, "light"),
    ("ask-zh", "塔拉妥单抗最常见的不良反应是什么？", 1280, 860, "light"),
    ("ask-dark", "What hazard ratio for PFS did HARMONi-A report?", 1280, 860, "dark"),
    ("refusal-en", "What was the overall survival in KEYNOTE-024?", 1280, 860, "light"),
    ("phone-zh", "哪项试验比较了塔拉妥单抗与化疗？", 390, 844, "light"),
    ("trials", "", 1280, 860, "light"),
    ("phone-trials-dark", "", 390, 844, "dark"),
    ("phone-en-dark", "How does amivantamab work?", 390, 844, "dark"),
)


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--port", type=int, default=7869)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "app", "--home", home, "--port", str(arguments.port)]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
            sync_playwright() as playwright,
        ):
            try:
                assert server.stdout is not None
                server.stdout.readline()
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
                for name, question, width, height, scheme in _SHOTS:
                    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                    page.goto(f"http://127.0.0.1:{arguments.port}/")
                    if question:
                        page.fill("#bsab-question textarea", question)
                        page.press("#bsab-question textarea", "Enter")
                        page.wait_for_selector(".bsab-answer, .bsab-refusal")
                    else:
                        page.get_by_role("tab", name="Trial results").click()
                        page.wait_for_selector("#bsab-chart .main-svg")
                    page.wait_for_timeout(400)
                    page.screenshot(path=arguments.output / f"{name}.png", full_page=width < 500)
                    page.close()
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
