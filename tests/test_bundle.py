"""The archive of `make bundle`: it installs where there is no network, and the installed program answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
PACKAGES = ("corpus", "index", "assistant")
MADE_FROM = ("pyproject.toml", "constraints.txt", "README.md", "app.py", "scripts/bundle")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder far from the checkout, with the archive unpacked in `bundle` and installed in `bundle/installed`.

    Beside it, `program` lists the files of the checkout as they are now: it may be edited while the tests run.
    """
    archive = next(iter(CHECKOUT.glob("build/bundle/*.tar")), None)
    if archive is None:
        pytest.skip("no archive in build/bundle: run `make bundle`")
    if any(file.stat().st_mtime > archive.stat().st_mtime for file in made_from()):
        pytest.skip("the archive is older than the program: run `make bundle`")
    folder = tmp_path_factory.mktemp("offline")
    try:
        run("tar", "xf", archive, at=folder)
        next(folder.iterdir()).rename(folder / "bundle")
        (folder / "program").write_text("\n".join(program(CHECKOUT)), encoding="utf-8")
        run("./install", "installed", at=folder / "bundle")
        yield folder
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)  # gigabytes


def made_from() -> list[Path]:
    return [CHECKOUT / name for name in MADE_FROM] + [CHECKOUT / name for name in program(CHECKOUT)]


def program(root: Path) -> set[str]:
    """The files of the three packages under a folder: modules and data."""
    return {
        str(file.relative_to(root))
        for package in PACKAGES
        for file in (root / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


@cache
def cut_off() -> tuple[str, ...]:
    """What starts a command without any network, where this machine can; nothing elsewhere."""
    if not shutil.which("unshare"):
        return ()
    for start in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0:
            return start
    return ()


def run(*command: object, at: Path) -> str:
    """What a command says in an environment with nothing of the checkout, pip's settings and any network."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(at), "LC_ALL": "C.UTF-8", "PYTHON": sys.executable,
        "PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",  # it takes longer than the rest
    }  # fmt: skip
    done = subprocess.run(
        [*cut_off(), *map(str, command)],
        cwd=at, env=environment, capture_output=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("question", "language", "figure"),
    [
        ("In DeLLphi-304, what was the median overall survival with tarlatamab?", "en", "13.6"),
        ("HARMONi-A研究中依沃西单抗联合化疗组的中位无进展生存期是多少？", "zh", "7.1"),
    ],
)
def test_the_installed_program_answers(folder: Path, question: str, language: str, figure: str) -> None:
    bsab = folder / "bundle" / "installed" / "bin" / "bsab"
    answer = json.loads(run(bsab, "ask", question, "--json", "--home", folder / "home", at=folder))
    assert (answer["language"], answer["abstained"]) == (language, False)
    assert figure in answer["answer"]
    assert "[1]" in answer["answer"]
    assert figure in " ".join(answer["citations"][0]["quotes"])
    assert figure in {result["value_text"] for result in answer["results"]}


def test_the_installed_program_is_whole(folder: Path) -> None:
    [packages] = (folder / "bundle" / "installed" / "lib").glob("python*/site-packages")
    assert program(packages) == set((folder / "program").read_text(encoding="utf-8").splitlines())


def test_the_bundle_holds_what_was_tested(folder: Path) -> None:
    wheels = [wheel.name.split("-")[:2] for wheel in (folder / "bundle" / "wheels").iterdir()]
    assert {name: metadata.version(name) for name, _ in wheels} == dict(wheels)


def test_another_python_is_told_what_is_needed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\necho cpython-27-Plan9-vax\n")
    other.chmod(0o755)
    done = subprocess.run(
        ["./install"], cwd=folder / "bundle", env={**os.environ, "PYTHON": str(other)},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "PYTHON=/path/to/python3" in done.stderr
    assert not (folder / "bundle" / "venv").exists()
