"""The front door for Python programs: the examples of docs/python.md, run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


def test_the_examples_run(home: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 3
    exec(compile("\n".join(blocks), "the examples", "exec"), {"home": home})


def test_importing_it_imports_nothing_heavy() -> None:
    heavy = "{'gradio', 'faiss', 'torch', 'jieba', 'sentence_transformers'}"
    code = f"import sys, assistant; sys.exit(', '.join({heavy} & sys.modules.keys()) or 0)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_it_does_not_have_it_does_not_pretend_to() -> None:
    import assistant

    with pytest.raises(AttributeError, match="no attribute"):
        assistant.open_everything  # noqa: B018
