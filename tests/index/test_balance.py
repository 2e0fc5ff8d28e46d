"""Language centres: what remains of a vector without the mean of its language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import language_of
from index.embedding.balance import Centres, bundled_means, compute_means, means_of
from index.embedding.embedders import Vectors
from index.embedding.loading import load_embedder
from tests.index.fakes import TopicEmbedder

# Axis 0 is Chinese, axis 1 English, axes 2 and 3 are meanings.
CENTRES = Centres(
    {
        ("document", "zh"): np.array([0.8, 0, 0, 0], np.float32),
        ("document", "en"): np.array([0, 0.8, 0, 0], np.float32),
        ("query", "en"): np.array([0, 0.5, 0, 0], np.float32),
    },
    strength=1.0,
)


def vectors(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


@pytest.mark.parametrize(
    ("row", "role", "language", "left"),
    [
        ((0.8, 0, 0.6, 0), "document", "zh", (0, 0, 0.6, 0)),
        ((0, 0.8, 0.6, 0), "document", "en", (0, 0, 0.6, 0)),
        ((0, 0.8, 0.6, 0), "query", "en", (0, 0.3, 0.6, 0)),
        ((0.8, 0, 0.6, 0), "document", "en", (0.8, -0.8, 0.6, 0)),
        ((0.8, 0, 0.6, 0), "query", "zh", (0.8, 0, 0.6, 0)),  # no centre of that role
    ],
    ids=["zh document", "en document", "en query", "the wrong language", "no centre"],
)
def test_the_mean_goes_and_the_length_stays_one(
    row: tuple[float, ...], role: str, language: str, left: tuple[float, ...]
) -> None:
    centred = CENTRES.centred(vectors(row), role, [language])[0]  # type: ignore[list-item]
    assert centred == pytest.approx(np.array(left) / np.linalg.norm(left), abs=1e-6)


def test_one_meaning_in_two_languages_becomes_one_vector() -> None:
    centred = CENTRES.centred(vectors((0.8, 0, 0.6, 0), (0, 0.8, 0.6, 0)), "document", ["zh", "en"])
    assert centred[0] @ centred[1] == pytest.approx(1.0)


def test_the_vectors_given_stay_as_they_are() -> None:
    given_vectors = vectors((0.8, 0, 0.6, 0))
    CENTRES.centred(given_vectors, "document", ["zh"])
    assert given_vectors.tolist() == vectors((0.8, 0, 0.6, 0)).tolist()


def test_a_vector_that_is_its_centre_is_no_division_by_zero() -> None:
    assert np.isfinite(CENTRES.centred(vectors((0.8, 0, 0, 0)), "document", ["zh"])).all()


@given(st.integers(0, 2**32 - 1), st.integers(0, 5))
def test_without_centres_unit_vectors_are_unchanged(seed: int, n: int) -> None:
    drawn = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    assert Centres({}).centred(drawn, "document", ["zh"] * n) == pytest.approx(drawn, abs=1e-6)


def test_the_bundled_model_has_a_centre_for_each_role_and_language() -> None:
    means = bundled_means()
    assert means_of(load_embedder()).keys() == means.keys()
    assert means.keys() == {(role, language) for role in ("query", "document") for language in ("zh", "en")}
    # A mean of unit vectors that point apart is shorter than they are.
    assert all(mean.shape == (384,) and 0.5 < np.linalg.norm(mean) < 1 for mean in means.values())


@pytest.mark.parametrize(
    ("strength", "left"),
    [(0.0, (0.8, 0, 0.6, 0)), (0.5, (0.4, 0, 0.6, 0)), (0.75, (0.2, 0, 0.6, 0)), (1.0, (0, 0, 0.6, 0))],
)
def test_a_share_of_the_mean_goes(strength: float, left: tuple[float, ...]) -> None:
    centred = Centres(CENTRES.means, strength).centred(vectors((0.8, 0, 0.6, 0)), "document", ["zh"])[0]
    assert centred == pytest.approx(np.array(left) / np.linalg.norm(left), abs=1e-6)


def test_three_quarters_go_unless_told_otherwise() -> None:
    assert Centres({}).strength == 0.75


class Listening(TopicEmbedder):
    """Keeps what it was given, by role."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = {"query": [], "document": []}

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        self.heard["query"] += texts
        return super().encode_query(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        self.heard["document"] += texts
        return super().encode_document(texts)


def test_another_models_centres_are_the_means_of_a_parallel_sample() -> None:
    embedder = Listening()
    means = compute_means(embedder)
    assert means.keys() == bundled_means().keys()
    for (role, language), mean in means.items():
        half = [text for text in embedder.heard[role] if language_of(text) == language]
        # Its two halves differ in language alone.
        assert len(half) * 2 == len(embedder.heard[role]) >= 60
        assert mean == pytest.approx(TopicEmbedder().encode_document(half).mean(axis=0), abs=1e-6)
    assert not set(embedder.heard["query"]) & set(embedder.heard["document"])


@pytest.mark.parametrize(
    ("question", "language", "right", "wrong"),
    [
        (
            "How common is cytokine release syndrome?",
            "en",
            "细胞因子释放综合征的发生率为51%。",
            "The weather was fine.",
        ),
        ("细胞因子释放综合征多见吗？", "zh", "Cytokine release syndrome occurred in 51%.", "今天天气很好。"),
    ],
    ids=["en asks zh", "zh asks en"],
)
def test_meaning_decides_before_language(question: str, language: str, right: str, wrong: str) -> None:
    """The passage in the other language that answers beats one in the question's language that does not."""
    embedder, centres = load_embedder(), Centres(bundled_means())
    other = "zh" if language == "en" else "en"
    query = centres.centred(embedder.encode_query([question]), "query", [language])[0]  # type: ignore[list-item]
    passages = centres.centred(embedder.encode_document([right, wrong]), "document", [other, language])  # type: ignore[list-item]
    assert passages[0] @ query > passages[1] @ query
