"""The optional reranker: a tiny cross-encoder, made here, and what its order does to the hits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedding.loading import load_reranker
from index.errors import ModelUnavailable
from index.search.indexing import in_context
from index.search.selection import Reranker, rerank
from tests.index.fakes import LIBRARY, make_index
from tests.index.test_selection import hit

QUESTIONS = ["塔拉妥单抗的安全性", "safety of tarlatamab", "Tarlatamab 的剂量?"]


@pytest.fixture(scope="session")
def reranker(cross_encoder: str) -> Reranker:
    return load_reranker(cross_encoder)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_score_for_each_passage_whoever_stands_beside_it(reranker: Reranker, question: str) -> None:
    passages = [item.text for item in LIBRARY]
    scores = reranker.scores(question, passages)
    assert (scores.shape, scores.dtype) == ((len(passages),), np.float32)
    assert len(set(scores.tolist())) == len(passages)
    alone = [float(reranker.scores(question, [passage])[0]) for passage in passages]
    assert scores == pytest.approx(alone, abs=1e-4)
    assert reranker.scores(question, []).shape == (0,)
    assert np.isfinite(reranker.scores("\0\ud800", ["\0", "\udfff 塔", ""])).all()


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_come_in_the_order_of_the_reranker(tmp_path: Path, reranker: Reranker, question: str) -> None:
    plain, index = make_index(tmp_path / "a", *LIBRARY), make_index(tmp_path / "b", *LIBRARY, reranker=reranker)
    before, after = plain.search(question), index.search(question)
    scores = reranker.scores(question, [in_context(h.passage, h.passage.text) for h in after])
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert {h.passage.id for h in after} == {h.passage.id for h in before}
    # The scores are those that the hits had, handed out anew.
    assert [h.score for h in after] == pytest.approx(sorted((h.score for h in before), reverse=True))
    plain.library.close()
    index.library.close()


def test_the_reranker_changes_the_order_of_some_question(tmp_path: Path, reranker: Reranker) -> None:
    plain, index = make_index(tmp_path / "a", *LIBRARY), make_index(tmp_path / "b", *LIBRARY, reranker=reranker)
    orders = [[[h.passage.id for h in found.search(question)] for question in QUESTIONS] for found in (plain, index)]
    assert orders[0] != orders[1]
    plain.library.close()
    index.library.close()


class Fixed:
    """Scores that the test gives."""

    def __init__(self, *scores: float) -> None:
        self.given = np.array(scores, np.float32)

    def scores(self, question: str, passages: Sequence[str]) -> np.ndarray:
        return self.given


@pytest.mark.parametrize(
    ("scores", "order"),
    [((1, 2, 3), "cba"), ((3, 2, 1), "abc"), ((1, 1, 1), "abc"), ((0, 1, 0), "bac"), ((-5, -9, -7), "acb")],
    ids=["turned round", "kept", "ties", "ties behind the best", "below nought"],
)
def test_scores_are_handed_out_anew(scores: tuple[float, ...], order: str) -> None:
    hits = [hit("a", 3.0), hit("b", 2.5), hit("c", 1.0)]
    found = rerank("?", hits, Fixed(*scores))
    assert "".join(h.passage.id for h in found) == order
    assert [h.score for h in found] == [3.0, 2.5, 1.0]


def test_no_hits_are_reranked_to_none(reranker: Reranker) -> None:
    assert rerank("?", [], reranker) == []


@pytest.mark.parametrize("name", ["no/such-reranker", "/no/such/folder", "没有这个模型"])
def test_a_reranker_that_is_not_there(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=f"^The reranker {name} cannot be loaded .*; give the folder of a"):
        load_reranker(name)
