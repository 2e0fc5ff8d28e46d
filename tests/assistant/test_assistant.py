"""Replies over the bundled review: what is shown stands in the review, what is not there is said."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.answering.evidence import Choice, chosen_evidence
from assistant.answering.reply import Answer, NotFound, Reply
from assistant.exchange.contract import reply_json
from assistant.understanding.follow_ups import MAX_CHARACTERS
from corpus.packs.packs import bundled_concepts
from tests.index.fakes import LIBRARY, document, make_index
from tests.review import review_references

ANSWERABLE = [
    "Which trial enrolled patients whose tumours carry an NRG1 fusion?",
    "哪项研究纳入了NRG1融合阳性的患者？",
    "six-month survival rate of tarlatamab versus chemotherapy",
    "塔拉妥單抗聯合阿替利珠單抗維持治療的OS率",
    "皮下注射与静脉注射埃万妥单抗的输液反应发生率",
    "PM8002 联合紫杉醇的 ORR",
    "What does IBI363 bind?",
    "HARMONi-2 overall survival hazard ratio",
    "Which platforms make antibodies with Fc?",
    "文献[17]",
    "What does reference 25 support?",
    "PALOMA-3 引用了哪篇文献？",
]
UNANSWERABLE = [
    ("What was the overall survival in KEYNOTE-024?", "missing_name", "KEYNOTE-024"),
    ("FLAURA2研究的中位PFS是多少？", "missing_name", "FLAURA2"),
    ("格菲妥单抗的疗效如何？", "missing_name", "格菲妥单抗"),
    ("What does reference 99 say?", "no_reference", "[99]"),
    ("文献[999]讲什么？", "no_reference", "[999]"),
    ("Who won the football match yesterday?", "no_support", ""),
    ("今天北京的天气怎么样？", "no_support", ""),
    ("", "empty", ""),
    (" 　\n", "empty", ""),
    ("？！…", "empty", ""),
    ("x" * (MAX_CHARACTERS + 1), "too_long", ""),
    ("长" * 20_000, "too_long", ""),
]
HAN = re.compile("[一-鿿]")
FIGURE = re.compile(r"(?<![0-9.])\d+(?:\.\d+)?(?![0-9])")
MARKER = re.compile(r"\[\s*\d+(?:\s*[,–-]\s*\d+)*\s*\]")


def figures(text: str) -> set[str]:
    """Numbers of a text, markers such as [3] aside."""
    return set(FIGURE.findall(MARKER.sub(" ", unicodedata.normalize("NFKC", text))))


def ask(assistant: Assistant, question: str, *history: str) -> Answer:
    reply = assistant.ask(question, history)
    assert isinstance(reply, Answer), reply.text
    return reply


# Laws of an answer


@pytest.mark.parametrize("question", ANSWERABLE)
def test_quotes_are_verbatim(assistant: Assistant, question: str) -> None:
    reply = ask(assistant, question)
    texts = {entry.id: assistant.index.library.document(entry.id).text for entry in assistant.index.library.entries()}
    assert any(item.quotes for item in reply.evidence)
    for item in reply.evidence:
        assert item.passage.text in texts[item.passage.document_id]
        assert set(item.quotes) <= set(item.passage.sentences)
        assert list(item.quotes) == sorted(item.quotes)
        for quote, translation in zip(item.quoted(), item.translations or ("",) * len(item.quotes), strict=True):
            assert quote in item.passage.text
            said = f"“{translation or quote}” [{item.number}]"
            said += f"\nOriginal: “{quote}”" if translation else ""
            # An answer for a figure says it in a sentence of its own.
            assert said in reply.text or any(r.value_text in reply.text for r in reply.results)


@pytest.mark.parametrize("question", ANSWERABLE)
def test_evidence_is_numbered_from_1_and_each_passage_stands_once(assistant: Assistant, question: str) -> None:
    reply = ask(assistant, question)
    assert [item.number for item in reply.evidence] == list(range(1, len(reply.evidence) + 1))
    assert len({item.passage.id for item in reply.evidence}) == len(reply.evidence)
    ends = re.findall(r"(?:^|” |[^”] )((?:\[\d+\] ?)+)[.。]?$", reply.text, re.M)
    shown = {int(number) for end in ends for number in re.findall(r"\d+", end)}
    assert shown == {item.number for item in reply.evidence if item.quotes}


@pytest.mark.parametrize("question", ANSWERABLE)
def test_every_figure_stands_in_a_cited_passage(assistant: Assistant, question: str) -> None:
    reply = ask(assistant, question)
    known = set().union(*(figures(item.passage.text) for item in reply.evidence))
    titles = " ".join(w.title + w.journal for item in reply.evidence for r in item.references for w in r.works)
    assert figures(reply.text) <= known | figures(titles)


@pytest.mark.parametrize("question", ANSWERABLE)
def test_a_trial_named_before_a_quote_is_named_in_a_cited_passage(assistant: Assistant, question: str) -> None:
    reply = ask(assistant, question)
    by_number = {item.number: item.passage for item in reply.evidence}
    for topic, number in re.findall(r"^([^“\n]+?) \[(\d+)\][:：] ?“", reply.text, re.M):
        assert by_number[int(number)].text.startswith(topic)
    for topic in set(re.findall(r"^([^“\n\]]+?)[:：] ?“", reply.text, re.M)) - {"Original"}:
        assert any(topic in passage.text for passage in by_number.values())


def test_a_trial_is_named_where_the_quote_does_not_name_it(assistant: Assistant) -> None:
    texts = [ask(assistant, question).text for question in ANSWERABLE]
    assert any(re.search(r"^\S+ 研究 \[\d\][:：] ?“", text, re.M) for text in texts)


def test_two_documents_with_a_trial_of_one_name_keep_their_own(tmp_path: Path) -> None:
    def body(copy: int) -> str:
        return "".join(
            f"这是第{copy}份的第{n}句闲话，不谈别的，写得足够长，使这一段落不得不被切成几个部分。" for n in range(20)
        )

    make = [document(f"copy{n}", f"研究\nALPHA-1 研究：{body(n)}第{n}份文件的安全性良好，安全。") for n in (1, 2)]
    index = make_index(tmp_path, *make)
    reply = Assistant(index).ask("安全")
    assert isinstance(reply, Answer)
    by_number = {str(item.number): item.passage for item in reply.evidence}
    named = re.findall(r"^ALPHA-1 研究 \[(\d+)\]：“.*” \[(\d+)\]$", reply.text, re.M)
    assert len(named) >= 2
    assert all(by_number[lead].document_id == by_number[quote].document_id for lead, quote in named)
    index.library.close()


@pytest.mark.parametrize(
    "question", ["What was the median OS in ORBIT-5?", "ORBIT-5研究中安慰剂组的中位总生存期是多少？"]
)
def test_a_trial_that_one_document_names_is_not_answered_from_another(tmp_path: Path, question: str) -> None:
    mine = document("mine", "Survival\nIn ORBIT-5, median overall survival was 15.8 and 12.1 months.")
    other = document("other", "生存\nALPHA-1 研究：安慰剂组的中位总生存期是8.3个月，中位总生存期较短。")
    index = make_index(tmp_path, mine, other)
    reply = Assistant(index).ask(question)
    assert "8.3" not in (reply.text if isinstance(reply, Answer) else "")
    index.library.close()


def test_evidence_is_of_the_documents_that_print_the_trial_asked_for(tmp_path: Path) -> None:
    mine = document("mine", "Survival\nIn ORBIT-5, median overall survival was 15.8 and 12.1 months.")
    other = document("other", "生存\nALPHA-1 研究：安慰剂组的中位总生存期是8.3个月，中位总生存期较短。")
    index = make_index(tmp_path, mine, other, *LIBRARY)
    reply = Assistant(index).ask("ORBIT-5研究中安慰剂组的中位总生存期是多少？")
    assert isinstance(reply, Answer)
    assert {item.passage.document_id for item in reply.evidence} == {"mine"}
    index.library.close()


def test_words_between_known_drugs_are_said_in_the_readers_language(tmp_path: Path) -> None:
    text = (
        "Survival\nIn the ORBIT-5 trial patients were randomised to carboplatin plus etoposide (n = 20) or paclitaxel"
        " (n = 21). Median overall survival was 15.8 months with carboplatin plus etoposide and 12.1 with paclitaxel."
    )
    index = make_index(tmp_path, document("mine", text), concepts=bundled_concepts())
    reply = Assistant(index).ask("ORBIT-5研究的中位总生存期是多少？")
    assert isinstance(reply, Answer)
    assert "卡铂联合依托泊苷组为15.8个月" in reply.text
    index.library.close()


@given(st.sampled_from(ANSWERABLE[:8]), st.integers(1, 4), st.integers(1, 6), st.floats(0, 4))
@settings(max_examples=30)
def test_evidence_keeps_to_its_options(
    assistant: Assistant, question: str, sentences: int, passages: int, margin: float
) -> None:
    hits = assistant.index.search(question, 8)
    choices = [Choice(hit, span, hit.score) for hit in hits for span in hit.passage.sentences]
    best = sorted(choices, key=lambda choice: -choice.score)[:sentences]
    evidence = chosen_evidence(best, hits, passages, margin)
    quotes = [quote for item in evidence for quote in item.quotes]
    assert 1 <= len(quotes) <= sentences
    leads = {item.hit.lead.id for item in evidence if item.quotes and item.hit and item.hit.lead}
    needed = {item.passage.id for item in evidence if item.quotes} | leads
    assert len(evidence) <= max(passages, len(needed))


def test_no_hits_are_no_evidence() -> None:
    assert chosen_evidence([], [], 5) == ()


@pytest.mark.parametrize(
    ("question", "frame"),
    [
        ("皮下注射与静脉注射埃万妥单抗的输液反应发生率", "资料中的原文："),
        (
            "six-month survival rate of tarlatamab versus chemotherapy",
            "The library says (translation from Chinese, its original below):",
        ),
    ],
)
def test_the_frame_is_in_the_language_of_the_question(assistant: Assistant, question: str, frame: str) -> None:
    assert ask(assistant, question).text.split("\n")[0] == frame


@pytest.mark.parametrize("number", sorted(review_references()))
@pytest.mark.parametrize("wording", ["What does reference [{}] support?", "文献[{}]讲什么？"], ids=["en", "zh"])
def test_every_reference_of_the_review_opens(assistant: Assistant, number: int, wording: str) -> None:
    reply = ask(assistant, wording.format(number))
    cited = review_references()[number]
    assert all(number in [r.marker for r in item.references] for item in reply.evidence if item.quotes)
    assert all(f"[{number}]" in quote or re.search(r"\[\d+[-,]", quote) for e in reply.evidence for quote in e.quoted())
    for work in cited.works:
        assert work.title in reply.text.split("\n")[0]
    assert bool(cited.works) != bool(re.search("could not be established|未能确认", reply.text))


@pytest.mark.parametrize(
    ("history", "question", "section"),
    [
        (["MARIPOSA-2的mPFS是多少？"], "那安全性呢？", "3.1"),
        (["What was the response rate in eNRGy?"], "And its safety?", "3.3"),
        (["What was the response rate in eNRGy?"], "What about Iza-Bren?", "4.3"),
    ],
)
def test_a_follow_up_is_answered_for_its_subject(
    assistant: Assistant, history: list[str], question: str, section: str
) -> None:
    assert ask(assistant, question, *history).evidence[0].passage.section == section


# Refusals


@pytest.mark.parametrize(
    ("question", "reason", "missing"), UNANSWERABLE, ids=[q[:20] or "(empty)" for q, *_ in UNANSWERABLE]
)
def test_a_refusal_names_what_is_missing_in_the_language_of_the_question(
    assistant: Assistant, question: str, reason: str, missing: str
) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, NotFound)
    assert reply.reason == reason
    assert missing in reply.text
    assert reply.missing == ((missing,) if missing else ())
    assert bool(HAN.search(reply.text.replace(missing, ""))) == (reply.language == "zh")
    assert reply.language == ("zh" if HAN.search(question.replace(missing, "")) else "en")
    assert not any(item.quotes for item in reply.nearest)
    assert bool(reply.nearest) == (reason in ("missing_name", "no_support"))
    assert bool(re.search("nearest passages|最接近的段落", reply.text)) == bool(reply.nearest)


def test_an_empty_library_refuses(tmp_path: Path) -> None:
    index = make_index(tmp_path)
    for question, reason in [("tarlatamab", "missing_name"), ("安全性如何", "no_support"), ("[25]", "no_reference")]:
        reply = Assistant(index).ask(question)
        assert isinstance(reply, NotFound)
        assert (reply.reason, reply.nearest) == (reason, ())
    index.library.close()


# Hostile questions

HOSTILE = {
    "20,000 characters": "x" * 20_000,
    "20,000 Chinese characters": "肺癌" * 10_000,
    "as long as allowed": "塔拉妥单抗 " * (MAX_CHARACTERS // 6),
    "lone surrogates": "\ud800塔拉妥单抗\udfff的安全性",
    "only surrogates": "\ud800\udc00\udfff",
    "control characters": "".join(map(chr, range(32))) + "tarlatamab safety\x7f\x9f",
    "NUL": "tarlatamab\0 safety",
    "FTS5": '"tarlatamab" NEAR(a b, 5) AND * - col: ^x (((',
    "SQL": "'; DROP TABLE documents; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)> tarlatamab",
    "Markdown": "[tarlatamab](javascript:alert(1)) ![x](y) ```\n# h\n| a |",
    "bidi": "\u202e安全性\u2066 tarlatamab \u2069\u200f",
    "zero width": "tar\u200blata\u200dmab 的\ufeff安全性",
    "emoji": "🙂👩‍⚕️🇨🇳",
    "combining": "e" + "\u0301" * 500,
    "rare Han": "𠀀𰻝𪚥 的安全性",
    "format string": "{missing} {0} %s %(x)s tarlatamab {",
    "backslashes": r"\[25\] \1 (?P<x>) tarlatamab",
    "many numbers": "[1-999999] [0] [000] reference 000 第0篇文献",
    "regex bait": "(" * 500 + "a" * 500,
}  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_question_gets_a_reply(assistant: Assistant, question: str) -> None:
    for history in ((), (question, question[:100])):
        reply = assistant.ask(question, history)
        assert isinstance(reply, Answer | NotFound)
        assert reply.text
        reply.text.encode()
        json.dumps(reply_json(reply, 0.0))
    assert assistant.index.library.entries()


ANYTHING = st.sampled_from(ANSWERABLE) | st.text(st.characters(codec=None), max_size=40)


@given(st.lists(ANYTHING, max_size=3).map(" ".join))
@settings(max_examples=60)
def test_any_question_gets_a_reply_whose_quotes_stand_in_the_library(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    assert reply.text
    reply.text.encode()
    if isinstance(reply, NotFound):
        assert not any(item.quotes for item in reply.nearest)
        return
    assert [item.number for item in reply.evidence] == list(range(1, len(reply.evidence) + 1))
    assert any(item.quotes for item in reply.evidence)
    for item in reply.evidence:
        text = assistant.index.library.document(item.passage.document_id).text
        assert item.quoted() == tuple(span.of(text) for span in item.quotes)


@pytest.mark.parametrize("question", [*ANSWERABLE, *(q for q, *_ in UNANSWERABLE[:7]), *list(HOSTILE.values())[3:]])
def test_the_same_question_gives_the_same_reply(assistant: Assistant, question: str) -> None:
    def wire(reply: Reply) -> str:
        return json.dumps(reply_json(reply, 0.0))

    assert wire(assistant.ask(question)) == wire(assistant.ask(question))


@pytest.mark.slow
def test_no_name_of_the_glossary_breaks_a_question(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    for concept in bundled_concepts():
        for name in concept.names:
            assert Assistant(index).ask(name).text
    index.library.close()
