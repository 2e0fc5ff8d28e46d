"""The panel that asks: answers, what was understood, suggestions, ratings, copying, and a language model's words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.endpoints import endpoint, event, streaming
from tests.web.conftest import OS_QUESTION, TESTED, ask, serving, visiting


@pytest.mark.parametrize(
    ("question", "frame"),
    [
        pytest.param(TESTED, "The library says (translation from Chinese, its original below):", id="en"),
        pytest.param("哪项试验比较了塔拉妥单抗与化疗？", "资料中的原文：", id="zh"),
        pytest.param("哪項試驗比較了塔拉妥單抗與化療？", "资料中的原文：", id="zh-Hant"),
    ],
)
def test_a_question_is_answered_with_its_marked_passage(page: Page, question: str, frame: str) -> None:
    answer = ask(page, question)
    assert frame in answer
    assert "DeLLphi-304" in answer
    assert page.locator(".bsab-answer .bsab-cite").last.inner_text() == "[1]"
    evidence = page.locator("#evidence-1-1")
    expect(evidence.locator("h3")).to_contain_text("[1] 4.1")
    expect(evidence.locator("mark").first).to_contain_text("旨在评估 Tarlatamab与标准化疗")


def test_a_follow_up_takes_its_trial_from_the_question_before(page: Page) -> None:
    ask(page, "HARMONi-A研究的mPFS是多少？")
    assert "50.6%" in ask(page, "那客观缓解率呢？")
    turns = page.locator("#bsab-evidence details.bsab-turn")
    assert turns.count() == 2
    # The last turn's evidence comes first and open, the one before stays within reach.
    expect(turns.nth(0)).to_have_attribute("open", "")
    assert turns.nth(1).get_attribute("open") is None


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param("What was the overall survival in KEYNOTE-024?", "does not mention KEYNOTE-024", id="en"),
        pytest.param("FLAURA2研究的中位PFS是多少？", "没有提到FLAURA2", id="zh"),
    ],
)
def test_a_refusal_says_what_is_missing_and_shows_the_nearest(page: Page, question: str, said: str) -> None:
    assert said in ask(page, question)
    expect(page.locator("#bsab-evidence article").first).to_be_visible()
    assert page.locator("#bsab-evidence mark").count() == 0


def test_an_example_is_asked_by_one_click(page: Page) -> None:
    page.locator("#bsab-follow button").nth(3).click()
    expect(page.locator(".bsab-answer")).to_contain_text("HARMONi-A")


def test_what_is_suggested_is_answered(page: Page) -> None:
    ask(page, OS_QUESTION)
    for turn in range(1, 4):
        expect(page.locator("#bsab-follow h2")).to_have_text("The library also answers")
        page.locator("#bsab-follow button").first.click()
        expect(page.locator(".bsab-answer")).to_have_count(turn + 1)
    assert page.locator(".bsab-refusal").count() == 0


def test_a_blank_question_asks_nothing(page: Page) -> None:
    page.fill("#bsab-question textarea", "   ")
    page.click("#bsab-ask")
    # The page hears one question after the other: what the blank one did is seen with the next answer.
    ask(page, OS_QUESTION)
    assert page.locator(".bsab-question").all_inner_texts() == [OS_QUESTION]
    assert page.locator(".bsab-answer, .bsab-refusal").count() == 1


def choose(page: Page, kind: str, value: str) -> None:
    field = page.locator(f"#bsab-chip-{kind} input")
    field.fill(value)
    page.locator(f"#bsab-chip-{kind} [role=option]", has_text=value).first.click()
    field.press("Escape")


def test_what_was_understood_is_changed_by_chips(page: Page) -> None:
    ask(page, "HARMONi-A研究的mPFS是多少？")
    page.click("#bsab-understood button")
    chip = page.locator("#bsab-chip-trials .token", has_text="HARMONi-A")
    expect(chip).to_be_visible()
    expect(page.locator("#bsab-chip-endpoints .token")).to_have_text("median progression-free survival")
    chip.locator(".token-remove").click()
    choose(page, "trials", "HARMONi-2")
    page.click("#bsab-again")
    expect(page.locator(".bsab-question").nth(1)).to_have_text("HARMONi-2研究的mPFS是多少？")
    expect(page.locator(".bsab-answer").nth(1)).to_contain_text("11.14")


def test_a_question_is_narrowed_down_to_a_section(page: Page) -> None:
    page.fill("#bsab-question textarea", "What is the incidence of cytokine release syndrome?")
    page.click("#bsab-understood button")
    choose(page, "sections", "4.1")
    page.click("#bsab-again")
    expect(page.locator(".bsab-answer")).to_contain_text("section 4.1")
    places = page.locator("#bsab-evidence h3").all_inner_texts()
    assert places
    assert all(" 4.1 " in place for place in places)


def test_an_answer_is_copied_with_its_citations(browser: Browser, served: str) -> None:
    with visiting(browser, served, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, TESTED)
        page.click(".bsab-actions [data-act=copy]")
        expect(page.locator("#bsab-told")).to_have_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{TESTED}\n")
    assert "[1] bsab-review 4.1" in copied
    assert "旨在评估 Tarlatamab与标准化疗" in copied
    assert "Reference [25]: Mountzios G et al. Tarlatamab in Small-Cell Lung Cancer" in copied
    assert "doi:10.1056/NEJMoa2502099" in copied


def test_an_answer_is_given_again(page: Page) -> None:
    first = ask(page, OS_QUESTION)
    # The time of the last change, which comes with each answer.
    told = page.locator("#bsab-here [data-at]")
    at = told.get_attribute("data-at") or ""
    page.click(".bsab-actions [data-act=regenerate]")
    expect(told).not_to_have_attribute("data-at", at)
    expect(page.locator(".bsab-pending")).to_have_count(0)
    assert page.locator(".bsab-answer").all_inner_texts() == [first]


def test_a_rating_is_kept_with_its_comment(browser: Browser, home: Path) -> None:
    with serving(home) as address, visiting(browser, address) as page:
        ask(page, OS_QUESTION)
        page.click(".bsab-actions [aria-label='Bad answer']")
        expect(page.locator(".bsab-actions [aria-label='Bad answer']")).to_have_attribute("aria-pressed", "true")
        page.fill("#bsab-comment textarea", "The interval is wrong <b>")
        page.click("#bsab-save")
        expect(page.locator("#bsab-comment")).to_be_hidden()
    with sqlite3.connect(home / "history.sqlite3") as history:
        assert history.execute("SELECT rating, comment FROM turns").fetchall() == [(-1, "The interval is wrong <b>")]
    history.close()


GOOD = "With tarlatamab the median OS was 13.6 months [1]. "
BAD = "With tarlatamab the median OS was 99.9 months [1]. "


def test_a_language_models_words_are_streamed_once_they_are_checked(browser: Browser, home: Path) -> None:
    words = streaming(event(GOOD), event(BAD), event("And "), event("", "stop"), b"data: [DONE]\n\n", pause=0.7)
    with (
        endpoint(words) as url,
        serving(home, "--llm-url", url, "--llm-model", "m") as address,
        visiting(browser, address) as page,
    ):
        page.fill("#bsab-question textarea", OS_QUESTION)
        page.press("#bsab-question textarea", "Enter")
        expect(page.locator(".bsab-pending")).to_contain_text("13.6 months [1]")
        assert "99.9" not in page.locator(".bsab-pending").inner_text()
        expect(page.locator(".bsab-answer")).to_contain_text("13.6 months [1]")
        expect(page.locator(".bsab-notice")).to_contain_text("99.9 does not stand in what it cites")


def test_a_language_model_is_stopped(browser: Browser, home: Path) -> None:
    with (
        endpoint(streaming(event(GOOD), event("And then "), *[event("so ")] * 60, pause=0.3)) as url,
        serving(home, "--llm-url", url, "--llm-model", "m") as address,
        visiting(browser, address) as page,
    ):
        expect(page.locator("#bsab-stop")).to_be_disabled()
        page.fill("#bsab-question textarea", OS_QUESTION)
        page.press("#bsab-question textarea", "Enter")
        expect(page.locator(".bsab-pending")).to_contain_text("13.6")
        page.click("#bsab-stop")
        expect(page.locator(".bsab-notice")).to_contain_text("was stopped", timeout=2000)
        expect(page.locator(".bsab-answer")).to_contain_text("8.3 months")
        expect(page.locator("#bsab-stop")).to_be_disabled()
