"""Shared by all tests: no network, and one library of the bundled review, indexed once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from assistant.assistant import Assistant
from index.hybrid import HybridIndex

# Loading the model makes the first example slow; the machine of the day decides the rest.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def review_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the bundled review, indexed with the bundled model. Read it, do not change it."""
    home = tmp_path_factory.mktemp("review")
    HybridIndex.open(home).library.close()
    return home


@pytest.fixture
def home(review_home: Path, tmp_path: Path) -> Path:
    """A copy of ``review_home`` to change."""
    return Path(shutil.copytree(review_home, tmp_path / "home"))


@pytest.fixture(scope="session")
def review(review_home: Path) -> Iterator[HybridIndex]:
    """The bundled review, ready to search."""
    index = HybridIndex.open(review_home)
    yield index
    index.library.close()


@pytest.fixture(scope="session")
def assistant(review: HybridIndex) -> Assistant:
    """The assistant over the bundled review."""
    return Assistant(review)
