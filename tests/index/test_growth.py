"""What one question, one document more and one less cost does not grow with the library.

Counted in steps of SQLite's virtual machine, which are the same on every machine and every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assistant.answering.assistant import Assistant
from corpus.document import Document
from index.search.hybrid import HybridIndex
from index.store.keywords import SCHEMAS
from tests.index.fakes import document, make_index

FEW, MANY = 60, 600
MOST = 2.0
"""Times the steps in the large library, of ten times the documents."""


def word(n: int) -> str:
    """A made-up word, another one for each ``n``."""
    return "".join("bdfglmnprt"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{n:04d}")


def drug(n: int) -> str:
    return f"{word(n)}limab"


def trial(n: int) -> str:
    return f"{word(n).upper()}-{n}"


def report(n: int) -> Document:
    """A document of its own trial and drug, in either language; it states no names."""
    months = f"{n % 20 + 3}.1", f"{n % 9 + 1}.3"
    if n % 2:
        return document(
            f"report-{n}",
            f"安全性\n{trial(n)} 研究：{drug(n)}组的中位OS为{months[0]}个月，化疗组为{months[1]}个月[{n}]。\n"
            f"{word(n)}的安全性良好。",
        )
    return document(
        f"report-{n}",
        f"Survival\nIn the {trial(n)} trial, median OS was {months[0]} months with {drug(n)} and {months[1]} months "
        f"with chemotherapy [{n}].\nThe safety of {word(n)} was good.",
    )


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[HybridIndex]]:
    """A small one and a large one, both in use. What is done to one is done to the other."""
    indexes = [make_index(tmp_path_factory.mktemp(f"of-{n}"), *map(report, range(n))) for n in (FEW, MANY)]
    for index in indexes:
        # FTS5 puts together, now and then, what was added one by one: where it stands in that is no growth.
        for table in SCHEMAS:
            index.library._file.connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        index.search("in use")
    yield indexes
    for index in indexes:
        index.library.close()


def steps(index: HybridIndex, call: Callable[[HybridIndex], object]) -> int:
    """Steps of SQLite's virtual machine that a call takes."""
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    connection = index.library._file.connection
    connection.set_progress_handler(step, 1)
    try:
        call(index)
    finally:
        connection.set_progress_handler(None, 0)
    return taken


def times(libraries: list[HybridIndex], call: Callable[[HybridIndex], object]) -> float:
    """How many times the steps of the small library the large one takes."""
    few, many = (steps(index, call) for index in libraries)
    assert few
    return many / few


def test_what_reads_all_takes_ten_times_the_steps(libraries: list[HybridIndex]) -> None:
    """The measure itself."""
    assert times(libraries, lambda index: index.library.entries()) > 8
    assert times(libraries, lambda index: index.problems()) > 8


# Questions


@pytest.mark.parametrize(
    "question",
    [trial(17), f"{drug(18)} 的历史", f"the dose of {drug(20)}", f"{word(23)}有何历史？", "unheard-of things"],
)
def test_a_search_for_what_few_documents_hold(libraries: list[HybridIndex], question: str) -> None:
    assert times(libraries, lambda index: index.search(question)) <= MOST
    assert times(libraries, lambda index: index.search(question)) <= MOST  # what it read is in memory


def test_a_search_for_what_all_documents_hold_reads_once_where_each_word_stands(libraries: list[HybridIndex]) -> None:
    """It has to weigh a word by the passages that hold it; this is all that grows, and it is kept until a change."""
    question = "安全性 of chemotherapy"  # in nearly all passages, a concept and a word
    few, many = (steps(index, lambda index: index.search(question)) for index in libraries)
    assert 0 < many - few <= 6 * 2 * (MANY - FEW)
    assert times(libraries, lambda index: index.search(question)) <= MOST


def test_passages_that_cite_a_reference(libraries: list[HybridIndex]) -> None:
    assert times(libraries, lambda index: index.citing(25, "safety")) <= MOST


ASKED = {
    "figures of a trial": f"What was the median OS with {drug(18)} in {trial(18)}?",
    "figures of a trial, zh": f"{trial(17)} 研究的中位OS是多少？",
    "figures of a drug": f"{drug(21)}的中位总生存期是多少？",
    "figures of all": "What was the median overall survival with chemotherapy?",
    "a comparison": f"Compare {drug(18)} with {drug(17)}: overall survival",
    "passages": f"How safe is {word(23)}?",
    "passages of all": "Is chemotherapy safe?",
    "a trial": f"which trial tested {drug(22)}",
    "trials of all": "which trials tested chemotherapy",
    "a reference": "What is reference 25?",
    "a name that is missing": "KEYNOTE-024 OS?",
    "a false premise": f"{trial(19)} 研究中Tarlatamab的OS是多少？",
    "a typing error": f"{drug(24)[:-4]}llimab OS",
    "no question to a library": "Should I stop taking tarlatamab?",
    "nothing": "？",
}


COMMON = "median overall survival, OS months, trial, chemotherapy, safety 研究 中位 总生存期 个月 化疗 安全性"
"""What all documents hold: where these words stand is in memory after the first question that has them."""


@pytest.mark.parametrize("question", ASKED.values(), ids=ASKED.keys())
def test_an_answer(libraries: list[HybridIndex], question: str) -> None:
    for index in libraries:
        index.search(COMMON)
    assert times(libraries, lambda index: Assistant(index).extract(question)) <= MOST
    assert times(libraries, lambda index: Assistant(index).extract(question)) <= MOST  # what it read is in memory


# Changes


def once_more(n: int) -> Callable[[HybridIndex], None]:
    return lambda index: index.add(report(n))


NAMES = document("names", f"Names\n特瑞普利单抗(Toripalimab) was given, as {word(9)} was.")
CHANGES: dict[str, Callable[[HybridIndex], object]] = {
    "a document more": once_more(9_001),
    "another one": once_more(9_002),
    "the same again": once_more(14),
    "one in its place": lambda index: index.add(document("report-15", "Safety\nAnother one.")),
    "one with new names": lambda index: index.add(NAMES),
    "its names no longer": lambda index: index.add(document("names", "Names\nNone.")),
    "a document less": lambda index: index.remove("report-16"),
    "another one less": lambda index: index.remove("report-9001"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_and_what_is_asked_next(libraries: list[HybridIndex], change: Callable[[HybridIndex], object]) -> None:
    """A change, the vocabulary after it, and the first search after it."""
    assert times(libraries, change) <= MOST
    assert times(libraries, lambda index: index.vocabulary) <= MOST
    assert times(libraries, lambda index: index.search(trial(30))) <= MOST


@pytest.mark.parametrize(
    "look",
    [
        lambda index: index.correct("hazzard of tarlatimab"),
        lambda index: index.names(trial(17)),
        lambda index: index.unknown(index.vocabulary.units(f"{drug(17)} FLAURA2")),
        lambda index: index.library.text_owner(report(12).text),
        lambda index: index.library.document("report-12"),
        lambda index: index.library.recipe("report-12"),
    ],
    ids=["spelling", "a name", "an unknown name", "a text's owner", "a document", "a recipe"],
)
def test_a_look_at_one_thing(libraries: list[HybridIndex], look: Callable[[HybridIndex], object]) -> None:
    assert times(libraries, look) <= MOST
