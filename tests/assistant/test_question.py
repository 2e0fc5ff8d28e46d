"""What is asked: language, names, reference numbers, and what a follow-up leaves out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.understanding.question import Question, sections_in, understand


def read(assistant: Assistant, text: str, *history: str) -> Question:
    return understand(text, history, assistant.index)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which trial compared tarlatamab with chemotherapy?", "en"),
        ("塔拉妥单抗的安全性如何？", "zh"),
        ("塔拉妥單抗的安全性如何？", "zh"),
        ("Tarlatamab 的 CRS 发生率 (10 mg)", "zh"),
        ("What is 塔拉妥单抗 approved for?", "en"),
        ("DeLLphi-304", "en"),
    ],
)
def test_language(assistant: Assistant, text: str, language: str) -> None:
    assert read(assistant, text).language == language


@pytest.mark.parametrize(
    ("text", "sections", "rest"),
    [
        ("What does section 4.1 say?", ("4.1",), "What does say?"),
        ("第4节的安全性如何？", ("4",), "的安全性如何？"),
        ("OS in section “Key Results”?", ("Key Results",), "OS ?"),
        ("方法部分里说了什么", ("方法",), "说了什么"),
        ("the results section", (), "the results section"),
        ("sections of results", (), "sections of results"),
        ("OS in section results", ("RESULTS", "Results"), "OS"),
        ("OS at 4.1 months", (), "OS at 4.1 months"),
        ("section 4.10", (), "section 4.10"),
    ],
)
def test_sections(text: str, sections: tuple[str, ...], rest: str) -> None:
    known = ["4.1", "4.2", "5", "Key Results", "Results", "RESULTS", "方法", ""]
    assert sections_in(text, lambda: known) == (sections, rest)


def test_sections_are_read_only_where_a_question_speaks_of_them() -> None:
    assert sections_in("OS with tarlatamab?", lambda: pytest.fail("read")) == ((), "OS with tarlatamab?")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("What does reference 25 say?", (25,)),
        ("Tell me about reference 25.", (25,)),
        ("Ref. 25", (25,)),
        ("ref #25", (25,)),
        ("Reference no. 25?", (25,)),
        ("reference number 25", (25,)),
        ("citation 7", (7,)),
        ("[25]", (25,)),
        ("What is [12-14] about?", (12, 13, 14)),
        ("Compare [11] and reference 25", (11, 25)),
        ("文献25", (25,)),
        ("文献[25]讲什么？", (25,)),
        ("参考文献 25 是什么", (25,)),
        ("參考文獻25", (25,)),
        ("第25篇文献讲什么？", (25,)),
        ("参考文献第25条", (25,)),
        ("25号文献", (25,)),
        ("引文25", (25,)),
        ("【25】", (25,)),
        ("［２５］", (25,)),
        ("文献２５", (25,)),
        ("2024年的文献", ()),
        ("文献 2024", ()),
        ("reference 2.5", ()),
        ("What hazard ratio does the review report, 0.46?", ()),
        ("PD-L1 ≥ 50% 的患者", ()),
    ],
)
def test_reference_numbers(assistant: Assistant, text: str, numbers: tuple[int, ...]) -> None:
    assert read(assistant, text).references == numbers


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Which reference does the review cite for PALOMA-3?", True),
        ("PALOMA-3 引用了哪篇文献？", True),
        ("PALOMA-3的疗效如何？", False),
        ("Is excitement warranted?", False),
    ],
)
def test_asking_what_is_cited(assistant: Assistant, text: str, asks: bool) -> None:
    assert read(assistant, text).asks_reference is asks


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("What was the overall survival in KEYNOTE-024?", ("KEYNOTE-024",)),
        ("keynote 024 PFS", ("keynote 024",)),
        ("FLAURA2研究的中位PFS是多少？", ("FLAURA2",)),
        ("格菲妥单抗的疗效如何？", ("格菲妥单抗",)),
        ("Does teclistamab work?", ("teclistamab",)),
        ("比较格菲妥单抗和KEYNOTE-024", ("格菲妥单抗", "KEYNOTE-024")),
        ("What was the OS in DeLLphi-304?", ()),
        ("dellphi 304 的 OS", ()),
        ("ＤＥＬＬＰＨＩ－３０４的OS", ()),
        ("塔拉妥單抗的安全性", ()),
        ("What are the AEs of TKIs and ADCs?", ()),
        ("WHICH TRIAL COMPARED TARLATAMAB WITH CHEMOTHERAPY?", ()),
        ("WHAT WAS THE SURVIVAL REPORTED IN KEYNOTE-024?", ("KEYNOTE-024",)),
        ("tarlatimab的安全性", ()),
        ("Does tarlatimab prolong survival?", ()),
        ("DeLLphi-305的OS", ("DeLLphi-305",)),
        ("无脑转移患者的OS", ()),
        ("未使用塔拉妥单抗的患者", ()),
        ("patients without small cell lung cancer", ()),
        ("patients without teclistamab", ("teclistamab",)),
    ],
)
def test_names_that_no_passage_holds(assistant: Assistant, text: str, missing: tuple[str, ...]) -> None:
    assert sorted(read(assistant, text).missing) == sorted(missing)


@pytest.mark.parametrize(
    ("history", "text", "subject"),
    [
        (["HARMONi-A研究的mPFS是多少？"], "那客观缓解率呢？", "HARMONi-A"),
        (["What was the OS in DeLLphi-304?"], "And its safety?", "DeLLphi-304"),
        (["What was the OS in DeLLphi-304?"], "How about the response rate?", "DeLLphi-304"),
        (["介绍一下泽妥珠单抗"], "它的ORR是多少？", "泽妥珠单抗"),
        (["介绍一下 eNRGy"], "What about its safety?", "eNRGy"),
        (["DeLLphi-304的OS？", "那安全性呢？"], "还有客观缓解率呢？", "DeLLphi-304"),
        (["MARIPOSA-2的OS？", "DeLLphi-304的OS？"], "那安全性呢？", "DeLLphi-304"),
        (["What was the OS in DeLLphi-304?"], "ORR?", "DeLLphi-304"),
    ],
    ids=["zh", "en", "how about", "zh pronoun", "mixed", "two turns back", "the last subject", "one word"],
)
def test_a_follow_up_keeps_its_subject(assistant: Assistant, history: list[str], text: str, subject: str) -> None:
    question = read(assistant, text, *history)
    assert question.subjects[0] == subject
    assert question.search.startswith(f"{subject} ")
    assert question.search.endswith(f" {text}")
    assert question.text == text


@pytest.mark.parametrize(
    ("history", "text"),
    [
        (["HARMONi-A研究的mPFS是多少？"], "那eNRGy研究呢？"),
        (["What was the OS in DeLLphi-304?"], "And what about HARMONi-2?"),
        (["塔拉妥单抗的安全性"], "那依沃西单抗呢？"),
        (["What was the OS in DeLLphi-304?"], "Which platforms produce antibodies that keep an Fc region?"),
        ([], "And its safety?"),
        (["今天天气如何？"], "那安全性呢？"),
    ],
    ids=["zh new trial", "en new trial", "zh new drug", "a whole question", "no history", "no subject before"],
)
def test_a_new_subject_drops_the_old_one(assistant: Assistant, history: list[str], text: str) -> None:
    question = read(assistant, text, *history)
    assert question.search == text
    assert not {"DeLLphi-304", "HARMONi-A", "塔拉妥单抗"} & set(question.subjects)


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=2))
def test_any_text_can_be_read(assistant: Assistant, text: str, history: list[str]) -> None:
    question = read(assistant, text, *history)
    assert assistant.index.correct(question.text) in question.search
    assert question.language in ("zh", "en")
    assert set(question.names) <= {unit.printed for unit in assistant.index.vocabulary.units(question.search)}
