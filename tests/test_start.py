"""What a command pays before it does anything: a question takes no library that only adding or serving needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli.main import main

# What reads files apart, reads Markdown, serves, embeds with other models, or tells the version.
IDLE = {
    "babel", "bibtexparser", "concurrent", "email", "gradio", "importlib.metadata", "markdown_it", "multiprocessing",
    "openai", "pebble", "plotly", "rispy", "sentence_transformers", "torch", "tqdm",
}  # fmt: skip


def test_a_question_imports_nothing_that_only_adding_or_serving_needs(review_home: Path) -> None:
    code = (
        "import sys; from assistant.cli.main import main\n"
        "main(sys.argv[1:], serve=print)\n"
        f"print(sorted({IDLE} & sys.modules.keys()), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "--home", review_home, "ask", "which trial tested tarlatamab"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "DeLLphi" in done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"], serve=lambda arguments: None)
    assert capsys.readouterr().out.startswith("bsab ")
