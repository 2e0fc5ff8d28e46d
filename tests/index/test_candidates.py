"""Ranks that each search gives a passage, and the score it makes of them."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from corpus.document import Language
from index.search.candidates import Asked, Candidates, Scorer
from index.search.fusion import FusionOptions, Spread, keyword_vote
from index.store.keywords import SCHEMAS, KeywordMatch, KeywordQuery, Unit, add_words, rows_with

OPTIONS = FusionOptions()
VECTORS = np.array([[1, 0], [0.8, 0.6], [0, 1], [-0.6, 0.8]], np.float32)
CHINESE = np.array([True, False, True, False])
SPREAD = Spread.of(VECTORS, CHINESE)
QUERY = np.array([0.6, 0.8], np.float32)
BODIES = ("safeti dose", "dose", "tarlatamab =tarlatamab", "unrelated")
NAME, WORD = Unit("=tarlatamab", "Tarlatamab"), Unit("dose", "dose")


def asked(language: Language, *units: Unit) -> Asked:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMAS["words"])
    for row, body in enumerate(BODIES, start=1):
        add_words(connection, row, body)
    keywords = KeywordQuery(lambda key: rows_with(connection, key) - 1, units, CHINESE)
    connection.close()
    return Asked(QUERY, language, keywords)


@pytest.mark.parametrize("match", [None, KeywordMatch(4, 0.9, (NAME,)), KeywordMatch(-1, -0.5, ())])
@pytest.mark.parametrize("question", ["zh", "en"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_score_of_a_text(question: Language, language: Language, match: KeywordMatch | None) -> None:
    mean, deviation = SPREAD.scale(QUERY, OPTIONS.shrinkage)[language]
    vote = keyword_vote(match, OPTIONS, across=question != language)
    scorer = Scorer(asked(question, NAME), SPREAD, OPTIONS)
    assert scorer.score(0.7, language, match) == pytest.approx((0.7 - mean) / deviation + vote)


def test_the_score_obeys_its_options() -> None:
    options = FusionOptions(vote=1, floor=0, floor_across=0.25, full_weight=1, shrinkage=0)
    mean, deviation = SPREAD.languages["en"].location(QUERY)  # no shrinkage: its own moments alone
    scorer = Scorer(asked("zh", NAME), SPREAD, options)
    expected = (0.7 - mean) / deviation + (0.5 - 0.25)
    assert scorer.score(0.7, "en", KeywordMatch(1, 0.5, ())) == pytest.approx(expected)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences_score_as_texts_of_their_own(language: Language) -> None:
    question = asked("en", NAME, WORD)
    scorer = Scorer(question, SPREAD, OPTIONS)
    found = scorer.sentence_scores(VECTORS[:2], ["x", "=tarlatamab dose"], language)
    assert found == pytest.approx(
        [scorer.score(float(VECTORS[n] @ QUERY), language, question.keywords.text(body, language))
         for n, body in enumerate(["x", "=tarlatamab dose"])]
    )  # fmt: skip
    assert scorer.sentence_scores(VECTORS[:0], [], language) == ()


def test_ranks_and_scores_of_candidates() -> None:
    question = asked("en", NAME, WORD)
    scorer = Scorer(question, SPREAD, OPTIONS)
    similarities = {position: float(VECTORS[position] @ QUERY) for position in (0, 1, 2)}
    candidates = Candidates({1: 1, 2: 2}, similarities, question.keywords, CHINESE, scorer)
    assert candidates.dense_ranks == {1: 1, 2: 2}
    by_words = question.keywords.best(4).tolist()
    assert {position: candidates.keyword_rank(position) for position in by_words} == {
        position: rank for rank, position in enumerate(by_words, start=1)
    }
    assert candidates.keyword_rank(3) is None
    assert candidates.matches == dict(zip(similarities, question.keywords.matches([0, 1, 2]), strict=True))
    languages: dict[int, Language] = {0: "zh", 1: "en", 2: "zh"}
    assert candidates.scores == pytest.approx(
        {p: scorer.score(similarities[p], language, candidates.matches[p]) for p, language in languages.items()}
    )
    best = sorted(similarities, key=lambda position: -candidates.scores[position])
    assert [candidates.best(k) for k in range(4)] == [best[:k] for k in range(4)]
    assert [candidates.best(k, {best[2], best[0]}) for k in range(4)] == [[], best[:1], *[[best[0], best[2]]] * 2]


def test_ties_by_position() -> None:
    question = asked("en", Unit("unasked", "unasked"))
    same = Candidates({3: 1, 0: 2, 2: 3}, dict.fromkeys((3, 0, 2), 0.5), question.keywords,
                      np.zeros(4, bool), Scorer(question, SPREAD, OPTIONS))  # fmt: skip
    assert same.best(3) == [0, 2, 3]


def test_what_only_speaks_against_a_passage_gives_it_no_rank() -> None:
    question = asked("en", Unit("==tarlatamab", "tarlatamab"), WORD)
    candidates = Candidates({}, dict.fromkeys(range(4), 0.5), question.keywords, CHINESE,
                            Scorer(question, SPREAD, OPTIONS))  # fmt: skip
    against = candidates.matches[2]
    assert against is not None
    assert (against.shared, against.weight < 0) == ((), True)
    ranks = {position: candidates.keyword_rank(position) for position in range(4)}
    assert sorted(rank for rank in ranks.values() if rank) == [1, 2]
    assert [position for position, rank in ranks.items() if rank is None] == [2, 3]
    assert candidates.best(4)[-1] == 2
