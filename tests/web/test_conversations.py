"""Conversations: kept for one visitor, reopened, searched, shared, exported, deleted; many visitors at once."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import OS_QUESTION, TESTED, ask, open_side, visiting


def test_a_conversation_is_reopened_by_the_pages_address(page: Page) -> None:
    ask(page, "HARMONi-A研究的mPFS是多少？")
    page.wait_for_url("**/?c=*")
    page.reload()
    expect(page.locator(".bsab-question")).to_have_text("HARMONi-A研究的mPFS是多少？")
    expect(page.locator("#evidence-1-1")).to_be_visible()
    assert "50.6%" in ask(page, "那客观缓解率呢？")


def test_conversations_are_listed_searched_and_opened(page: Page) -> None:
    ask(page, OS_QUESTION)
    page.wait_for_url("**/?c=*")
    open_side(page)
    page.click("#bsab-clear")
    expect(page.locator(".bsab-answer")).to_have_count(0)
    ask(page, "How does amivantamab work?")
    kept = page.locator("#bsab-history li")
    expect(kept).to_have_count(2)
    page.fill("#bsab-history-search input, #bsab-history-search textarea", "tarlatamab")
    expect(kept).to_have_count(1)
    kept.locator("[data-act=open]").click()
    expect(page.locator(".bsab-question")).to_have_text(OS_QUESTION)
    expect(page.locator("#evidence-1-1 mark").first).to_be_visible()


def test_a_conversation_is_deleted_after_a_question_back(page: Page) -> None:
    ask(page, OS_QUESTION)
    page.wait_for_url("**/?c=*")
    open_side(page)
    delete = page.locator("#bsab-history [data-act=delete]")
    page.once("dialog", lambda dialog: dialog.dismiss())
    delete.click()
    expect(page.locator("#bsab-history li")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    delete.click()
    expect(page.locator("#bsab-history li")).to_have_count(0)
    expect(page.locator(".bsab-answer")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("c="))


def test_a_link_reopens_a_question_with_what_came_before(browser: Browser, page: Page, served: str) -> None:
    ask(page, "HARMONi-A研究的mPFS是多少？")
    answer = ask(page, "那客观缓解率呢？")
    address = page.locator(".bsab-actions [data-act=link]").last.get_attribute("data-address") or ""
    assert parse_qs(urlsplit(address).query)["q"] == ["HARMONi-A研究的mPFS是多少？", "那客观缓解率呢？"]
    with visiting(browser, f"{served}{address}") as other:
        expect(other.locator(".bsab-answer")).to_have_count(2)
        assert other.locator(".bsab-answer").nth(1).inner_text() == answer


def test_a_conversation_is_exported_with_quotes_sections_and_references(page: Page, served: str) -> None:
    ask(page, TESTED)
    open_side(page)
    with page.expect_download() as download:
        page.locator("#bsab-history a[download]").click()
    markdown = download.value.path().read_text(encoding="utf-8").replace("\\", "")
    with page.context.expect_page() as opened:
        page.locator("#bsab-history a[target=_blank]").click()
    printed = opened.value.locator("body").inner_text()
    for export in (markdown, printed):
        assert "旨在评估 Tarlatamab与标准化疗" in export
        assert "bsab-review 4.1 塔拉妥单抗" in export
        assert "10.1056/NEJMoa2502099" in export
    assert opened.value.locator("script, link, img").count() == 0


def test_visitors_do_not_see_each_others_conversation(browser: Browser, page: Page, served: str) -> None:
    ask(page, "MARIPOSA-2研究中单纯化疗组的中位无进展生存期是多少？")
    page.wait_for_url("**/?c=*")
    with visiting(browser, page.url) as other:
        expect(other.locator("#bsab-told")).to_contain_text("not yours")
        assert other.locator(".bsab-question").count() == 0
        assert "MARIPOSA-2" not in ask(other, "And its safety?")
        open_side(other)
        expect(other.locator("#bsab-history li")).to_have_count(1)
        id = parse_qs(urlsplit(page.url).query)["c"][0]
        assert other.request.get(f"{served}export?conversation={id}").status == 404
    assert page.request.get(f"{served}export?conversation={id}").status == 200


def test_a_new_conversation_forgets_the_old_one(page: Page) -> None:
    for control in ("#bsab-clear", "#bsab-chat .icon-button-wrapper button"):
        ask(page, "HARMONi-A研究的mPFS是多少？")
        if control == "#bsab-clear":
            open_side(page)
        page.click(control)
        expect(page.locator(".bsab-answer")).to_have_count(0)
        expect(page.locator("#bsab-evidence article")).to_have_count(0)
        assert "50.6%" not in ask(page, "那客观缓解率呢？")


def test_twenty_people_ask_at_once(browser: Browser, served: str) -> None:
    questions = [
        OS_QUESTION,
        "HARMONi-A研究的mPFS是多少？",
        "How does amivantamab work?",
        "文献[20]讲的是什么研究？",
        TESTED,
    ]
    contexts = [browser.new_context(locale="en-US") for _ in range(20)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto(served)
        page.wait_for_selector("#bsab-question textarea")
    asked = [f"{questions[place % len(questions)]} ({place})" for place in range(20)]
    for page, question in zip(pages, asked, strict=True):
        page.fill("#bsab-question textarea", question)
    for page in pages:
        page.evaluate("document.querySelector('#bsab-ask').click()")
    for page, question in zip(pages, asked, strict=True):
        expect(page.locator(".bsab-answer, .bsab-refusal")).to_have_count(1, timeout=30_000)
        assert page.locator(".bsab-question").all_inner_texts() == [question]
        assert page.locator(".toast-body").count() == 0
    for page in pages[:3]:
        open_side(page)
        expect(page.locator("#bsab-history li")).to_have_count(1)
    for context in contexts:
        context.close()
