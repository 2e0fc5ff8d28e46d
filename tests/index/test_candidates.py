"""Ranks that each search gives a passage, and the score it makes of them."""

from __future__ import annotations

import sqlite3
from functools import partial

import numpy as np
import pytest

from corpus.document import Language
from index.search.candidates import Asked, Candidates, Scorer
from index.search.fusion import FusionOptions, Spread, keyword_vote
from index.store.keywords import SCHEMA, KeywordMatch, KeywordQuery, Unit, add_words, rows_with

OPTIONS = FusionOptions()
VECTORS = np.array([[1, 0], [0.8, 0.6], [0, 1], [-0.6, 0.8]], np.float32)
LANGUAGES: list[Language] = ["zh", "en", "zh", "en"]
SPREAD = Spread.of(VECTORS, LANGUAGES)
QUERY = np.array([0.6, 0.8], np.float32)
BODIES = {1: "safeti dose", 2: "dose", 3: "tarlatamab =tarlatamab", 4: "unrelated"}
NAME, WORD = Unit("=tarlatamab", "Tarlatamab"), Unit("dose", "dose")


def asked(language: Language, *units: Unit) -> Asked:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMA)
    for row, body in BODIES.items():
        add_words(connection, row, body)
    keywords = KeywordQuery(partial(rows_with, connection), units, dict(zip(BODIES, LANGUAGES, strict=True)))
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
    matches = question.keywords.passages()
    similarities = {row: float(VECTORS[row - 1] @ QUERY) for row in (1, 2, 3)}
    dense = [(2, similarities[2]), (3, similarities[3])]
    languages = dict(zip(BODIES, LANGUAGES, strict=True))
    candidates = Candidates(dense, matches, similarities, languages, scorer)
    assert candidates.dense_ranks == {2: 1, 3: 2}
    assert candidates.keyword_ranks == {row: rank for rank, row in enumerate(matches, start=1)}
    assert candidates.scores == pytest.approx(
        {row: scorer.score(similarities[row], languages[row], matches.get(row)) for row in similarities}
    )
    best = sorted(similarities, key=lambda row: -candidates.scores[row])
    assert [candidates.best(k) for k in range(4)] == [best[:k] for k in range(4)]


def test_ties_by_row() -> None:
    scorer = Scorer(asked("en", WORD), SPREAD, OPTIONS)
    same = Candidates([(9, 0.5), (3, 0.5), (7, 0.5)], {}, dict.fromkeys((9, 3, 7), 0.5), dict.fromkeys((9, 3, 7), "en"),
                      scorer)  # fmt: skip
    assert same.best(3) == [3, 7, 9]


def test_what_only_speaks_against_a_passage_gives_it_no_rank() -> None:
    question = asked("en", Unit("==tarlatamab", "tarlatamab"), WORD)
    matches = question.keywords.passages()
    assert (matches[3].shared, matches[3].weight < 0) == ((), True)
    candidates = Candidates([], matches, dict.fromkeys(BODIES, 0.5), dict(zip(BODIES, LANGUAGES, strict=True)),
                            Scorer(question, SPREAD, OPTIONS))  # fmt: skip
    assert candidates.keyword_ranks.keys() == {1, 2}
    assert sorted(candidates.keyword_ranks.values()) == [1, 2]
    assert candidates.best(4)[-1] == 3
