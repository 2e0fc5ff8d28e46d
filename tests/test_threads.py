"""Sixteen threads give what one gives, byte for byte, from everything that they share."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.conversations.history import History
from assistant.exchange.contract import reply_json
from corpus.checks.consistency import find_slips
from corpus.language import language_of
from corpus.segments.passages import split_passages
from corpus.trial_results import results_of_text
from corpus.vocabulary.mining import mine_pairs
from corpus.words.folding import fold
from corpus.words.segmenting import Segmenter, _kept_stem, stem
from index.search.hybrid import HybridIndex
from tests.corpus.texts import bundled_terms
from tests.review import read_review

pytestmark = pytest.mark.slow

THREADS = 16
CALLS = 9_600
WORDS = """
generalisations studies hopping relational hopefulness oscillators probabilities tarlatamab patients survived responses
progression chemotherapies randomised efficacious toxicities discontinuation conditionally inflammatory happily
""".split()
QUESTIONS = (
    "What was the median overall survival with tarlatamab in DeLLphi-304?", "HARMONi-A研究的mPFS是多少？",
    "塔拉妥單抗對比化療的中位總生存期是多少？", "which trial tested tarlatamab versus chemotherapy", "reference 25",
    "drawbacks of antibodies without an Fc region", "KEYNOTE-024 OS?", "Should I stop taking tarlatamab?",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [passage.text for passage in split_passages(read_review())]


def together(call: Callable[[str], object], inputs: list[str], count: int) -> None:
    """Call with the inputs in turn from all threads; each gives what it gives alone."""
    alone = {given: repr(call(given)) for given in inputs}
    with ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(lambda given: (given, repr(call(given))), islice(cycle(inputs), count))
        wrong = {given for given, value in found if value != alone[given]}
    assert wrong == set()


@pytest.mark.parametrize("call", [stem, _kept_stem.__wrapped__], ids=["kept", "made anew"])
def test_stems(call: Callable[[str], str]) -> None:
    together(call, WORDS, CALLS * 4)


def test_a_segmenter_that_loads_its_dictionary_meanwhile(texts: list[str]) -> None:
    alone = Segmenter(["塔拉妥单抗"])
    expected = {text: alone.words(text) for text in texts}
    shared = Segmenter(["塔拉妥单抗"])
    with ThreadPoolExecutor(THREADS) as threads:
        assert dict(zip(texts, threads.map(shared.words, texts), strict=True)) == expected


@pytest.mark.parametrize(
    "call",
    [fold, language_of, mine_pairs, results_of_text, lambda text: bundled_terms().find(text)],
    ids=["fold", "language", "mining", "results", "terms"],
)
def test_what_reads_a_text(texts: list[str], call: Callable[[str], object]) -> None:
    together(call, texts, 400)


def test_slips(texts: list[str]) -> None:
    document = read_review()
    together(lambda _: find_slips(document, (), {}), ["once"], THREADS * 2)


def test_answers(assistant: Assistant) -> None:
    def answer(question: str) -> str:
        found = reply_json(assistant.ask(question), 0.0)
        return json.dumps(found, sort_keys=True)

    together(answer, list(QUESTIONS), 160)


def test_words_of_a_library(review: HybridIndex, texts: list[str]) -> None:
    together(review.vocabulary.body, texts, 1_000)


def test_a_history_loses_no_turn(tmp_path: Path) -> None:
    history = History(tmp_path)
    first = history.add(None, "first", {"answer": "a"}, "visitor")
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda n: history.add(first, f"question {n}", {"answer": str(n)}, "visitor"), range(200)))
    asked = history.conversation(first, "visitor").questions
    assert sorted(asked) == sorted(["first", *(f"question {n}" for n in range(200))])
    history.close()
