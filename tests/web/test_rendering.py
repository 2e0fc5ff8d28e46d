"""Replies as HTML: escaped everywhere, quotes marked to the character."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.web.rendering import as_text, evidence_html, question_html, reply_html

ANSWERABLE = [
    pytest.param("which trial tested tarlatamab versus chemotherapy", id="en"),
    pytest.param("塔拉妥单抗最常见的不良反应是什么？", id="zh"),
    pytest.param("Tarlatamab 的 CRS 发生率 (10 mg)", id="mixed"),
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


@given(st.text())
def test_any_text_is_shown_as_it_stands(text: str) -> None:
    shown = Shown(as_text(text))
    assert shown.text == text
    assert set(shown.tags) <= {"br"}


@pytest.mark.parametrize(
    "markup", ["<script>x</script>", '<a href="javascript:x">', "<!-- x -->", "&lt;b&gt;", "**x** `y`"]
)
def test_markup_in_a_question_is_text(markup: str) -> None:
    shown = Shown(question_html(markup))
    assert shown.tags == ["div"]
    assert shown.text == markup


@pytest.mark.parametrize("question", ANSWERABLE)
def test_every_citation_leads_to_an_evidence_of_its_turn(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    targets = re.findall(r'href="#(evidence-[\d-]+)"', reply_html(reply, 3))
    assert targets
    shown = evidence_html([reply, reply, reply])
    assert all(f'id="{target}"' in shown for target in targets)
    understood = " · ".join(reply.understood) if isinstance(reply, Answer) else ""
    assert Shown(reply_html(reply, 3)).text == understood + reply.text


@pytest.mark.parametrize("question", ANSWERABLE)
def test_the_marks_are_the_quotes(assistant: Assistant, question: str) -> None:
    reply = assistant.ask(question)
    assert isinstance(reply, Answer)
    marked = [html.unescape(found) for found in re.findall(r"<mark>(.*?)</mark>", evidence_html([reply]))]
    assert marked == [quote for item in reply.evidence for quote in item.quoted()]


def test_an_unresolved_reference_is_shown_as_unresolved(assistant: Assistant) -> None:
    reply = assistant.ask("文献[2]讲的是什么？")
    assert "未能确认对应的文章" in evidence_html([reply])
    assert "doi.org" not in evidence_html([reply])
