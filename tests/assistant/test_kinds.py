"""Answers by kind: the answer first, in the reader's language, and nothing where the library does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer, NotFound
from assistant.answering.suggestions import EXAMPLES, follow_ups
from assistant.understanding.measures import measures_in
from assistant.understanding.question import Question, understand
from assistant.wording.messages import messages
from corpus.document import Language
from corpus.packs.packs import bundled_concepts, bundled_documents
from corpus.packs.sidecars import translation_of
from corpus.segments.passages import split_passages
from index.search.hybrid import HybridIndex
from tests.index.fakes import document, make_index


def first_line(assistant: Assistant, question: str, *history: str) -> str:
    reply = assistant.ask(question, history)
    assert isinstance(reply, Answer), reply.text
    return reply.text.split("\n")[0]


# Yes and no


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("Did tarlatamab improve overall survival in DeLLphi-304?", "Yes."),
        ("In MARIPOSA-2, did amivantamab plus chemo beat chemo alone on PFS?", "Yes."),
        ("Did adding lazertinib push the ORR above that of amivantamab plus chemotherapy in MARIPOSA-2?", "No."),
        ("Did the 100 mg dose of tarlatamab give a higher response rate than 10 mg in DeLLphi-301?", "No."),
        ("Did more than half of all the SCLC patients on iza-bren respond?", "Yes."),
        ("Was DeLLphi-304 a double-blind trial?", "No."),
        ("Is HARMONi-5 a phase III trial?", "No."),
        ("Was HARMONi-2 single-blind?", "No."),
        ("Does PM8002 target PD-1 and VEGF?", "No."),
        ("Is amivantamab approved?", "Yes."),
        ("Does amivantamab retain its Fc part?", "Yes."),
        ("塔拉妥单抗的III期研究是不是把死亡风险降低了四成？", "是的。"),
        ("皮下注射埃万妥单抗的ORR比静脉注射高吗？", "否。"),
        ("HARMONi-2是双盲试验吗？", "是的。"),
        ("塔拉妥单抗的疗效和DLL3表达水平有关吗？", "否。"),
        ("正常细胞是不是也大量表达DLL3？", "否。"),
        ("DeLLphi-303有没有看到新的安全性信号？", "否。"),
    ],
)
def test_a_question_for_yes_or_no_is_answered_with_it(assistant: Assistant, question: str, verdict: str) -> None:
    assert first_line(assistant, question) == verdict


@pytest.mark.parametrize(
    "question",
    [
        "Is zenocutuzumab given every three weeks?",
        "Was the CRS in DeLLphi-301 mostly severe?",
        "MARIPOSA-2加上拉泽替尼之后血液学不良事件会更少吗？",
        "TIGIT是什么？",
        "小细胞肺癌占肺癌的80%吗？",
        "Do bispecific antibodies with Fc have a short half-life?",
        "Was tarlatamab given at 10 mg every week in DeLLphi-301?",
    ],
)
def test_what_no_sentence_says_whole_gets_no_verdict(assistant: Assistant, question: str) -> None:
    verdicts = {text for key, row in messages().items() if key.startswith("verdict.") for text in row.values()}
    assert first_line(assistant, question) not in verdicts


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        (
            "Why did the 100 mg dose of tarlatamab give a higher response rate than 10 mg in DeLLphi-301?",
            "40%.*32%|32%.*40%",
        ),
        ("HARMONi-2中为什么帕博利珠单抗组的mPFS比依沃西单抗组长？", "11.14.*5.82|5.82.*11.14"),
    ],
)
def test_a_question_that_supposes_the_opposite_is_told_so(assistant: Assistant, question: str, figures: str) -> None:
    reply = assistant.ask(question)
    assert reply.text.split("\n")[0] in messages()["verdict.premise"].values()
    assert re.search(figures, reply.text)


# What a thing is, and lists


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("What does CRS stand for?", "cytokine release syndrome"),
        ("DCR是什么意思？", "疾病控制率"),
        ("What's MCLA-128?", "zenocutuzumab"),
        ("BNT327 - what's that?", "PD-L1 × VEGF"),
        ("Iza-Bren（BL-B01D1）是个什么样的药？", "EGFR × HER3"),
        ("双特异性抗体是什么？", "两个不同的抗原结合位点"),
    ],
)
def test_what_a_thing_is(assistant: Assistant, question: str, held: str) -> None:
    assert held.lower() in assistant.ask(question).text.lower()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Which bispecifics target HER2?", ("Zanidatamab", "Zenocutuzumab")),
        ("综述中有哪些双抗靶向VEGF？", ("依沃西单抗", "PM8002")),
        ("哪个药的靶点是DLL3和CD3？", ("塔拉妥单抗",)),
        ("List all the tarlatamab studies covered.", ("DeLLphi-301", "DeLLphi-303", "DeLLphi-304")),
        ("Which trials were double-blind?", ("HARMONi-2",)),
        (
            "双特异性抗体的四种作用机制是什么？",
            ("桥接免疫细胞与靶细胞", "阻断或调节信号通路", "促进细胞因子的靶向递送", "诱导受体二聚化或多聚化"),
        ),
    ],
)  # fmt: skip
def test_a_list_is_whole(assistant: Assistant, question: str, names: tuple[str, ...]) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Answer)
    assert sorted(reply.listed) == sorted(names) or set(names) <= set(reply.listed)
    assert len(reply.text.split("\n")) == len(reply.listed) + 1
    assert all(re.search(r"\[\d+\]$", line) for line in reply.text.split("\n")[1:])


def test_all_results_of_a_trial_are_told_a_line_each(assistant: Assistant) -> None:
    lines = assistant.ask("What did DeLLphi-303 find?").text.split("\n")
    assert all(any(figure in line for line in lines) for figure in ("5.6 months", "88.9%", "62.5%", "9.3 months"))


# Refusals, slot by slot


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("In which year did the FDA approve ivonescimab?", "not_told"),
        ("Who makes zenocutuzumab?", "not_told"),
        ("What was the p value for progression-free survival in HARMONi-2?", "not_reported"),
        ("What was the median PFS in the MARIPOSA trial of amivantamab?", "missing_name"),
        ("PM8002联合紫杉醇的细胞因子释放综合征发生率是多少？", "false_premise"),
        ("Iza-Bren治疗非小细胞肺癌的效果如何？", "false_premise"),
    ],
)
def test_the_empty_slot_is_named(assistant: Assistant, question: str, reason: str) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, NotFound), reply.text
    assert reply.reason == reason
    assert reply.missing


@pytest.mark.parametrize(
    "question",
    ["Tarlatamab 10 mg or 100 mg - which dose had the longer median PFS?", "Roughly how heavy is a BiTE-type molecule?",
     "When did PM8002's phase III trial in SCLC start?", "Did the ORR exceed 60% with amivantamab in MARIPOSA-2?",
     "Which trial treated 657 patients whose EGFR-mutant NSCLC got worse?"],
)  # fmt: skip
def test_a_word_with_a_number_or_an_ending_is_no_missing_name(assistant: Assistant, question: str) -> None:
    assert isinstance(assistant.ask(question), Answer)


# Conversations


@pytest.mark.parametrize(
    ("history", "question", "held"),
    [
        (("Which trials tested amivantamab?",), "How many patients did the second one include?", "418"),
        (("Median PFS in HARMONi-A?", "And after a third-generation TKI?"), "And overall survival?", "HARMONi-A"),
        (("HARMONi-2的ORR？", "What is DLL3?"), "Going back to that study, how many people were enrolled?", "398"),
        (("How heavy are bispecific antibodies that contain an Fc region?",), "And of the other class?", "55"),
        (("Tell me about HARMONi-2.", "How many patients?"), "What was the control arm?", "pembrolizumab"),
        (("2025年ASCO年会上黄岩教授报告了哪种药物的研究结果？",), "What dose did the patients receive?", "2.5"),
        (("双特异性抗体的四种作用机制是什么？",), "第三种的代表药物是什么？", "IBI363"),
    ],
)  # fmt: skip
def test_a_follow_up_takes_up_what_was_said(
    assistant: Assistant, history: tuple[str, ...], question: str, held: str
) -> None:
    assert held in assistant.ask(question, history).text


def test_each_question_before_is_answered_once_however_many_look_back_at_it(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[str] = []

    def counting(text: str, history: Sequence[str], index: HybridIndex) -> Question:
        answered.append(text)
        return understand(text, history, index)

    monkeypatch.setattr("assistant.answering.assistant.understand", counting)
    history = ["双特异性抗体有哪些机制？", *["第二个是什么？"] * 5]
    assistant.ask(history[-1], history[:-1])
    assert 1 < len(answered) <= len(history)


def test_a_count_is_read_in_either_numeral(assistant: Assistant) -> None:
    listed = []
    for numeral in "两二":
        reply = assistant.ask(f"双特异性抗体按结构分为哪{numeral}类？")
        assert isinstance(reply, Answer)
        listed.append(reply.listed)
    assert len(listed[0]) == 2
    assert listed[0] == listed[1]


def test_what_a_thing_is_inherits_nothing(assistant: Assistant) -> None:
    reply = assistant.ask("What is ivonescimab?", ["What was the OS in DeLLphi-304?"])
    assert "DeLLphi" not in reply.text
    assert "21.68" not in reply.text


# The reader's language


def test_the_review_is_translated_sentence_by_sentence() -> None:
    (review,) = bundled_documents()
    known = translation_of(review.beside)
    sentences = [p.sentence(span) for p in split_passages(review) if p.language == "zh" for span in p.sentences]
    assert [s for s in sentences if "".join(s.split()) not in known] == []


def test_a_quote_comes_translated_with_its_original_below(assistant: Assistant) -> None:
    reply = assistant.ask("Why are so many lung cancers found at a late stage?")
    lines = reply.text.split("\n")
    place = next(n for n, line in enumerate(lines) if "early symptoms" in line.lower())
    assert "由于早期症状隐匿" in lines[place + 1]
    assert lines[place + 1].startswith("Original: “")


# Many documents

_ONE = "# Alphamab\n\nIn the ORBIT-5 trial, alphamab was given to 90 adults with asthma. It is cited [2].\n"
_TWO = "# Betamab\n\nIn the NOTUS-3 trial, betamab was given to 70 adults with gout. It is cited [2].\n"


def test_a_reference_number_of_two_documents_is_told_apart(tmp_path: Path) -> None:
    index = make_index(tmp_path, document("one", _ONE), document("two", _TWO), concepts=bundled_concepts())
    reply = Assistant(index).ask("What is reference [2]?")
    assert isinstance(reply, Answer)
    assert {item.passage.document_id for item in reply.evidence} == {"one", "two"}
    assert [item.number for item in reply.evidence] == list(range(1, len(reply.evidence) + 1))
    titles = [item.source for item in reply.evidence]
    assert all(title and f"From “{title}”:" in reply.text for title in titles)
    index.library.close()


def test_a_quote_says_whose_it_is_where_there_are_several_documents(tmp_path: Path) -> None:
    index = make_index(tmp_path, document("one", _ONE), document("two", _TWO), concepts=bundled_concepts())
    text = Assistant(index).ask("Who was given alphamab?").text
    assert "From “One”:" in text
    index.library.close()


# What the page offers to ask

_EXAMPLES = {
    "en": (
        r"^DeLLphi-304 \[1\]", r"(?=[\s\S]*EGFR)(?=[\s\S]*MET)", r"(?=[\s\S]*half-life)(?=[\s\S]*penetration)",
        r"0\.46",
    ),
    "zh": (r"DeLLphi-304", r"(?=[\s\S]*半衰期)(?=[\s\S]*穿透)", r"7\.1个月", r"HARMONi-A"),
}  # fmt: skip


@pytest.mark.parametrize("language", _EXAMPLES)
def test_every_example_is_answered_with_what_it_asks(assistant: Assistant, language: Language) -> None:
    for number, held in zip(EXAMPLES, _EXAMPLES[language], strict=True):
        reply = assistant.ask(messages()[f"example.{number}"][language])
        assert isinstance(reply, Answer)
        assert re.search(held, reply.text), reply.text


@pytest.mark.parametrize("language", _EXAMPLES)
def test_every_suggestion_is_answered_with_what_it_asks(assistant: Assistant, language: Language) -> None:
    """A figure by a figure of that trial, a comparison by both trials, safety by safety."""
    for number in EXAMPLES:
        question = messages()[f"example.{number}"][language]
        for suggested in follow_ups(assistant, assistant.ask(question), [question]):
            reply = assistant.ask(suggested)
            assert isinstance(reply, Answer), suggested
            named = [group.name for group in assistant.trials().named_in(suggested)]
            assert all(name in reply.text or name in str(reply.evidence) for name in named), suggested
            measures = measures_in(suggested).measures
            assert not measures or re.search(r"[0-9]", reply.text), suggested


@pytest.mark.parametrize(
    "question",
    ["Should I give tarlatamab to my patient?", "Can my patient get amivantamab?", "我的病人可以用塔拉妥单抗吗？"],
)
def test_what_to_do_for_one_patient_is_not_answered(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, NotFound)
    assert reply.reason == "advice"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Compare the ORR of ivonescimab in HARMONi-5 and HARMONi-2", "Higher in HARMONi-2; different trials"),
        ("Tarlatamab 10 mg or 100 mg in DeLLphi-301 - which dose had the longer median PFS?", "Longer with 10 mg."),
        ("比较HARMONi-2研究两组的客观缓解率", "依沃西单抗组更高。"),
    ],
)
def test_a_comparison_says_which_is_higher(assistant: Assistant, question: str, told: str) -> None:
    assert told in assistant.ask(question).text


def test_control_arms_of_two_trials_are_not_compared(assistant: Assistant) -> None:
    assert "Longer" not in assistant.ask("Compare median PFS in MARIPOSA-2 and HARMONi-A").text


@pytest.mark.parametrize(
    ("history", "question", "language"),
    [("HARMONi-A的ORR？", "MARIPOSA-2?", "zh"), ("ORR in HARMONi-A?", "MARIPOSA-2?", "en"),
     ("HARMONi-A的ORR？", "And the PFS?", "en"), ("ORR in HARMONi-A?", "HARMONi-2的ORR？", "zh"),
     ("ORR in HARMONi-A?", "那PFS呢？", "zh")],
)  # fmt: skip
def test_a_name_alone_is_answered_in_the_language_before(
    assistant: Assistant, history: str, question: str, language: Language
) -> None:
    assert assistant.ask(question, [history]).language == language
