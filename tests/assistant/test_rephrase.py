"""Questions put anew, questions for a section, and questions that the library answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer
from assistant.answering.suggestions import examples, follow_ups
from assistant.conversations.rephrasing import rephrase
from assistant.understanding.understood import Understood
from corpus.document import Language


def anew(assistant: Assistant, question: str, **changed: tuple[str, ...]) -> str:
    before = assistant.ask(question).understood
    return rephrase(question, before, replace(before, **changed), assistant.trials(), assistant.index.vocabulary.terms)


OS = "What was the median overall survival with tarlatamab in DeLLphi-304?"


@pytest.mark.parametrize(
    ("question", "changed", "said"),
    [
        ("HARMONi-A研究的mPFS是多少？", {"trials": ("HARMONi-2",)}, "HARMONi-2研究的mPFS是多少？"),
        ("harmoni a mPFS", {"trials": ("HARMONi-2",)}, "HARMONi-2 mPFS"),
        (OS, {"trials": ("MARIPOSA-2",), "drugs": ()}, "What was the median overall survival in MARIPOSA-2?"),
        (
            OS,
            {"endpoints": ("ORR",)},
            "What was the median objective response rate with tarlatamab in DeLLphi-304?",
        ),
        (OS, {"sections": ("4.1",)}, f"{OS[:-1]} (section 4.1)?"),
        ("HARMONi-A研究的mPFS是多少？", {"endpoints": ("PFS", "ORR")}, "HARMONi-A研究的mPFS是多少，客观缓解率？"),
        ("第4.1节提到的CRS发生率", {"sections": ("4.2",)}, "提到的CRS发生率（第4.2节）"),
        (OS, {}, OS),
    ],
)
def test_a_change_becomes_words_of_the_question(
    assistant: Assistant, question: str, changed: dict[str, tuple[str, ...]], said: str
) -> None:
    assert anew(assistant, question, **changed) == said


TRIALS = ("DeLLphi-304", "DeLLphi-301", "HARMONi-A", "HARMONi-2", "MARIPOSA-2", "PALOMA-3")


@pytest.mark.parametrize("wanted", TRIALS)
@pytest.mark.parametrize("question", ["What hazard ratio for PFS did HARMONi-A report?", "HARMONi-A研究的mPFS是多少？"])
def test_what_was_chosen_is_what_is_understood(assistant: Assistant, question: str, wanted: str) -> None:
    said = anew(assistant, question, trials=(wanted,))
    assert assistant.ask(said).understood.trials == (wanted,)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        pytest.param("What does section 4.1 say?", "en", id="en"),
        pytest.param("What does section 4.1 say about CRS?", "en", id="en-topic"),
        pytest.param("第4.1节讲了什么？", "zh", id="zh"),
        pytest.param("第 ４.１ 節提到的CRS發生率", "zh", id="zh-Hant"),
        pytest.param("塔拉妥单抗的CRS发生率（第4章）", "zh", id="above"),
    ],
)
def test_a_question_for_a_section_is_answered_from_it(assistant: Assistant, question: str, language: Language) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Answer)
    assert reply.understood.sections in (("4.1",), ("4",))
    assert {item.passage.section for item in reply.evidence} == {"4.1"}


@pytest.mark.parametrize("question", ["What does section 9.9 say about tarlatamab?", "mPFS of 4.1 months", "4.1个月"])
def test_a_number_is_no_section(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).understood.sections == ()


ASKED = [
    OS,
    "HARMONi-A研究的mPFS是多少？",
    "含Fc段的双抗有哪些优势和局限？",
    "How does amivantamab work?",
    "KEYNOTE-024 OS?",
    "文献[20]讲的是什么？",
    "asdf",
]


@pytest.mark.parametrize("question", ASKED)
def test_every_suggestion_is_answered_in_the_questions_language(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    suggested = follow_ups(assistant, reply, [question])
    assert len(suggested) <= 3
    assert question not in suggested
    answers = [assistant.ask(each) for each in suggested]
    assert all(isinstance(answer, Answer) and answer.language == reply.language for answer in answers)


def test_an_answer_on_a_trial_leads_on_to_what_it_reports(assistant: Assistant) -> None:
    suggested = follow_ups(assistant, assistant.ask(OS), [OS])
    assert suggested
    assert all("DeLLphi-304" in each for each in suggested)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_examples_are_answered(assistant: Assistant, language: Language) -> None:
    found = examples(assistant, language)
    assert len(found) == 4
    for example in found:
        reply = assistant.ask(example)
        assert isinstance(reply, Answer)
        assert reply.language == language


def test_what_was_understood_is_said_in_words() -> None:
    understood = Understood(("X-1",), ("alphamab",), ("OS",), (), ("4.1",))
    assert understood.names("en") == ("X-1", "median overall survival", "section 4.1")
    assert understood.names("zh") == ("X-1", "中位总生存期", "第4.1节")
