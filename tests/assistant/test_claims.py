"""What a sentence claims, held against what it cites: 200 sentences on the review, and an endpoint that lies."""

from __future__ import annotations

import json

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.language_model import LanguageModel, LanguageModelOptions
from assistant.answering.reply import Answer
from benchmarks.guard import SENTENCES, shown
from tests.endpoints import endpoint, says

QUESTION = "What was the median overall survival with tarlatamab in DeLLphi-304?"
GOOD = "With tarlatamab the median OS was 13.6 months [1]."
LINES = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_faithful_sentences_reach_the_reader_and_changed_ones_do_not(assistant: Assistant) -> None:
    library = assistant.index.library
    passages = [p for entry in library.entries() for p in library.passages(library.rows_of(entry.id))]
    judged = [(line["faithful"], shown(line, assistant, passages)[0]) for line in LINES[:100]]
    faithful = [passed for right, passed in judged if right]
    changed = [passed for right, passed in judged if not right]
    assert sum(faithful) / len(faithful) >= 0.95
    assert changed.count(False) / len(changed) >= 0.97


@pytest.mark.parametrize(
    "lie",
    [
        "Tarlatamab did not improve overall survival [1].",
        "Tarlatamab shortened overall survival [1].",
        "Tarlatamab increased the risk of death [1].",
        "The hazard ratio with tarlatamab was zero point one [1].",
        "There were no adverse events with tarlatamab [1].",
        "Patients on tarlatamab should stop all other medicines [1].",
        "For tarlatamab see www.tarlatamab.example [1].",
        "Professor Smith presented tarlatamab [1].",
        "塔拉妥单抗未改善总生存期[1]。",
        "塔拉妥单抗没有任何不良反应[1]。",
        "请立即停用化疗，改用塔拉妥单抗[1]。",
        "塔拉妥单抗使生存期延长了三倍[1]。",
    ],
)
def test_a_lie_without_digits_is_struck_out(assistant: Assistant, lie: str) -> None:
    answer = assistant.ask(QUESTION)
    assert isinstance(answer, Answer)
    with endpoint(says(f"{GOOD} {lie}")) as url:
        model = LanguageModel(LanguageModelOptions(url, "m", retries=0))
        worded = model.reword(answer, assistant.faults, assistant.index.vocabulary.terms)
    assert worded.text == GOOD
    assert lie in worded.notice


@pytest.mark.parametrize(
    "said",
    [
        "Median OS was 13.6 months with tarlatamab and 8.3 months with chemotherapy, respectively [1].",
        "Tarlatamab reduced the risk of death by 40% [1].",
        "Tarlatamab 组的中位总生存期长于化疗组（13.6 个月对 8.3 个月）[1]。",
        "The hazard ratio was 0.60 (95% CI, 0.47 to 0.77) [1].",
        "Of 509 patients, 254 were randomised to tarlatamab and 255 to chemotherapy [1].",
    ],
)
def test_what_is_faithful_is_shown(assistant: Assistant, said: str) -> None:
    answer = assistant.ask(QUESTION)
    assert isinstance(answer, Answer)
    with endpoint(says(said)) as url:
        model = LanguageModel(LanguageModelOptions(url, "m", retries=0))
        worded = model.reword(answer, assistant.faults, assistant.index.vocabulary.terms)
    assert (worded.text, worded.notice) == (said, "")
