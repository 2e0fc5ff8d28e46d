"""Replies as HTML: escaped everywhere, quotes marked to the character."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant
from assistant.conversations.history import Turn
from assistant.exchange.contract import reply_json
from assistant.web.panels.chat import question_html, reply_html
from assistant.web.panels.evidence import evidence_html
from assistant.web.panels.rendering import passage_html
from assistant.web.panels.section_page import section_html
from assistant.wording.markup import as_html
from assistant.wording.messages import moment, number
from corpus.document import Language
from corpus.segments.sections import split_sections

ANSWERABLE = [
    pytest.param("which trial tested tarlatamab versus chemotherapy", id="en"),
    pytest.param("塔拉妥单抗最常见的不良反应是什么？", id="zh"),
    pytest.param("Tarlatamab 的 CRS 发生率 (10 mg)", id="mixed"),
    pytest.param("What was the median overall survival with tarlatamab in DeLLphi-304?", id="figures"),
]


class Shown(HTMLParser):
    """What a browser would show: the text, and the tags that made it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


def turn(assistant: Assistant, question: str) -> Turn:
    return Turn(question, reply_json(assistant.ask(question), 0.0), "2026-11-24T08:00:00+00:00")


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\u202e\u2067\u200f<&\n")))
def test_any_text_is_shown_as_it_stands(text: str) -> None:
    shown = Shown(as_html(text))
    assert shown.text == text
    assert set(shown.tags) <= {"br", "bdi"}


def test_a_direction_mark_reaches_no_further_than_itself() -> None:
    assert as_html("a\u202eb") == 'a<bdi data-mark="U+202E">\u202e</bdi>b'


@pytest.mark.parametrize(
    "markup", ["<script>x</script>", '<a href="javascript:x">', "<!-- x -->", "&lt;b&gt;", "**x** `y`"]
)
def test_markup_in_a_question_is_text(markup: str) -> None:
    shown = Shown(question_html(markup))
    assert shown.tags == ["div"]
    assert shown.text == markup


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("question", ANSWERABLE)
def test_every_link_in_a_turn_leads_to_an_evidence_or_reference_of_it(
    assistant: Assistant, question: str, language: Language
) -> None:
    turns = [turn(assistant, question)] * 3
    evidence = evidence_html(turns, language)
    targets = re.findall(r'href="#([^"]+)"', reply_html(turns, 2, language) + evidence)
    assert any(target.startswith("evidence-3-") for target in targets)
    assert all(f'id="{target}"' in evidence for target in targets)


@pytest.mark.parametrize("question", ANSWERABLE)
def test_an_answer_is_shown_whole(assistant: Assistant, question: str) -> None:
    asked = turn(assistant, question)
    assert asked.reply["answer"] in Shown(reply_html([asked], 0, "en")).text


@pytest.mark.parametrize("question", ANSWERABLE)
def test_the_marks_are_the_quotes_and_the_passage_stays_whole(assistant: Assistant, question: str) -> None:
    asked = turn(assistant, question)
    shown = evidence_html([asked], "en")
    marked = [html.unescape(re.sub(r"<[^>]+>", "", found)) for found in re.findall(r"<mark>(.*?)</mark>", shown)]
    assert marked == [quote for citation in asked.reply["citations"] for quote in citation["quotes"]]
    passages = re.findall(r'<p class="bsab-passage"[^>]*>(.*?)</p>', shown, re.DOTALL)
    assert [Shown(passage).text for passage in passages] == [c["text"] for c in asked.reply["citations"]]


@given(st.text(min_size=1, max_size=40), st.data())
def test_marks_never_change_a_text(text: str, data: st.DataObject) -> None:
    edges = st.lists(st.integers(0, len(text)), max_size=6, unique=True).map(sorted)
    quotes, terms = (list(zip(e[::2], e[1::2], strict=False)) for e in (data.draw(edges), data.draw(edges)))
    shown = Shown(passage_html(text, quotes, terms))
    assert shown.text == text
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", passage_html(text, quotes, terms), re.DOTALL))
    assert Shown(marked).text == "".join(text[start:end] for start, end in quotes)


def test_terms_of_both_languages_are_marked(assistant: Assistant) -> None:
    shown = evidence_html([turn(assistant, "What is the objective response rate of PM8002 in SCLC?")], "en")
    terms = {html.unescape(term) for term in re.findall(r'<b class="bsab-term">(.*?)</b>', shown)}
    assert {"PM8002", "小细胞肺癌"} <= terms


def test_an_unresolved_reference_is_shown_as_unresolved(assistant: Assistant) -> None:
    asked = turn(assistant, "文献[2]讲的是什么？")
    assert "未能确认对应的文章" in evidence_html([asked], "zh")
    assert "which work this is could not be established" in evidence_html([asked], "en")
    assert "doi.org" not in evidence_html([asked], "zh")


@pytest.mark.parametrize("place", [0, 1, 5000, 10**9, -5])
def test_a_section_is_shown_around_any_place(assistant: Assistant, place: int) -> None:
    document = assistant.index.library.document("bsab-review")
    shown = section_html(document, place, place + 10, "en")
    held = max(0, min(place, len(document.text) - 1))
    section = next(section for section in split_sections(document) if held < section.span.end)
    assert section.body.of(document.text).strip() in Shown(shown).text
    assert shown.count('class="bsab-read"') in (1, 2)


def test_dates_and_numbers_are_written_as_each_language_does() -> None:
    assert moment("2026-11-24T08:05:00+00:00", "zh").startswith("2026年11月2")
    assert "Nov 2026" in moment("2026-11-24 08:05:00", "en")
    assert (number(12428, "en"), number(12428, "zh")) == ("12,428", "12,428")
