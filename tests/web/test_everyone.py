"""For everyone: both languages, keyboards, screen readers, dark mode, phones, and no address but this machine's."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import OS_QUESTION, TESTED, ask, open_side, open_tab, rest, show_tab, visiting

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
HAN = "/[\\u4e00-\\u9fff]/"


def test_the_page_follows_the_browsers_language(chinese: Page) -> None:
    assert urlsplit(chinese.url).path == "/zh/"
    assert chinese.title() == "双抗问答"
    assert chinese.evaluate("document.documentElement.lang") == "zh-Hans"
    assert chinese.locator("#bsab-tabs > .tab-wrapper [role=tab]").all_inner_texts() == [
        "提问",
        "试验结果",
        "参考文献",
        "资料库",
    ]
    answer = ask(chinese, "塔拉妥单抗最常见的不良反应是什么？")
    assert "细胞因子释放综合征" in answer
    expect(chinese.locator("#bsab-evidence summary").first).to_contain_text("证据")
    open_tab(chinese, 3)
    expect(chinese.locator("#bsab-documents time").first).to_contain_text("年")


def test_the_language_is_switched_and_remembered_with_the_conversation(page: Page, served: str) -> None:
    ask(page, OS_QUESTION)
    page.wait_for_url("**/?c=*")
    page.click("#bsab-language")
    page.wait_for_url("**/zh/?c=*")
    expect(page.locator(".bsab-question")).to_have_text(OS_QUESTION)
    page.goto(served)
    page.wait_for_selector("#bsab-question textarea")
    assert urlsplit(page.url).path == "/zh/"
    page.click("#bsab-language")
    page.wait_for_selector("#bsab-question textarea")
    page.goto(served)
    page.wait_for_selector("#bsab-question textarea")
    assert urlsplit(page.url).path == "/"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_no_word_of_the_other_language_is_left_on_the_page(browser: Browser, served: str, locale: str) -> None:
    with visiting(browser, served, locale=locale) as page:
        open_side(page)
        named = page.evaluate(
            "[...document.querySelectorAll('button, label, [aria-label], h1, h2, th')].filter(e => e.offsetParent && "
            "!e.closest('#bsab-follow, [lang]:not(html), [role=listbox]'))"
            ".map(e => e.getAttribute('aria-label') || e.innerText).filter(Boolean)"
        )
        assert len(named) > 8
        others = [
            name for name in named if bool(page.evaluate(f"name => {HAN}.test(name)", name)) != (locale == "zh-CN")
        ]
        assert others == []


def serious(page: Page) -> list[str]:
    # A colour in transition has the contrast of neither.
    rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en-US", "light", 1280), ("zh-CN", "dark", 390), ("zh-CN", "light", 1280), ("en-US", "dark", 390)],
)
def test_axe_finds_nothing_serious(
    browser: Browser, served: str, locale: str, scheme: Literal["light", "dark"], width: int
) -> None:
    options = {"locale": locale, "color_scheme": scheme, "viewport": {"width": width, "height": 900}}
    with visiting(browser, served, **options) as page:
        page.locator("#bsab-follow button").first.wait_for()
        assert serious(page) == []
        ask(page, OS_QUESTION)
        page.click("#bsab-understood button")
        page.locator("#evidence-1-1 .bsab-why summary").click()
        page.locator("#bsab-follow button").first.wait_for()
        assert serious(page) == []
        page.click("#evidence-1-1 .bsab-read")
        page.locator("#bsab-dialog mark").first.wait_for()
        assert serious(page) == []
        page.keyboard.press("Escape")
        for tab in (1, 2, 3):
            show_tab(page, tab)
            assert serious(page) == []
        open_side(page)
        assert serious(page) == []


@pytest.mark.parametrize("tab", [0, 1, 2, 3])
def test_nothing_is_wider_than_a_phone(browser: Browser, served: str, tab: int) -> None:
    with visiting(browser, served, viewport={"width": 390, "height": 844}) as page:
        ask(page, TESTED)
        show_tab(page, tab)
        rest(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_all_is_done_with_a_keyboard(page: Page) -> None:
    def reach(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                break
        focused = page.locator(":focus")
        assert focused.evaluate(f"element => element.matches({selector!r})")
        # Focus is seen: an outline, and inside the window.
        assert focused.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
        expect(focused).to_be_in_viewport()

    page.locator("#bsab-question textarea").focus()
    page.keyboard.type(TESTED)
    page.keyboard.press("Enter")
    page.locator(".bsab-answer").wait_for()
    page.locator("body").press("Control+Home")
    page.evaluate("document.activeElement.blur()")
    reach("[data-act=copy]")
    reach("[data-act=regenerate]")
    reach("#bsab-follow [data-act=ask]")
    page.keyboard.press("Enter")
    expect(page.locator(".bsab-answer, .bsab-refusal")).to_have_count(2)
    reach(".bsab-read")
    page.keyboard.press("Enter")
    expect(page.locator("#bsab-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#bsab-dialog")).to_be_hidden()


def test_motion_is_reduced_where_it_is_asked_for(browser: Browser, served: str) -> None:
    with visiting(browser, served, reduced_motion="reduce") as page:
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0 "
            "|| getComputedStyle(e).animationName !== 'none').length"
        )
        assert moving == 0


def test_the_page_asks_nobody_but_this_machine(browser: Browser, served: str) -> None:
    asked: list[str] = []
    with visiting(browser, served) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda websocket: asked.append(websocket.url))
        page.reload()
        page.wait_for_selector("#bsab-question textarea")
        ask(page, "How does amivantamab work?")
        page.click("#evidence-1-1 .bsab-read")
        page.locator("#bsab-dialog[open] mark").first.wait_for()
        page.keyboard.press("Escape")
        for tab in (1, 2, 3):
            show_tab(page, tab)
            rest(page)
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}


def test_a_policy_forbids_every_other_address(page: Page, served: str) -> None:
    answer = page.request.get(served)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    blocked = page.evaluate("fetch('http://example.invalid/').then(() => 'sent', error => String(error))")
    assert blocked != "sent"
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["bsab_visitor"]["httpOnly"]
    assert "bsab_visitor" not in page.evaluate("document.cookie")


def test_markup_in_questions_and_passages_is_shown_as_text(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    question = (
        "<img src=x onerror=alert(1)> **zebrafish-42** [x](http://example.invalid/) ![y](http://example.invalid/i) "
        "<script>alert(2)</script> \u202eabc"
    )
    answer = ask(page, question)
    assert "<img src=x onerror=" in answer
    shown = page.locator(".bsab-question")
    assert shown.evaluate("element => element.textContent") == question
    passage = page.locator("#evidence-1-1 .bsab-passage")
    expect(passage).to_contain_text("<script>document.title='owned'</script>")
    expect(passage).to_contain_text("![image](http://example.invalid/i.png)")
    assert page.locator(".bsab-question bdi[data-mark='U+202E']").count() == 1
    page.click("#evidence-1-1 .bsab-read")
    expect(page.locator("#bsab-dialog")).to_contain_text("<script>document.title='owned'</script>")
    places = "#bsab-chat, #bsab-evidence, #bsab-dialog, #bsab-history"
    for place in places.split(", "):
        assert page.locator(f"{place} img, {place} script").count() == 0
    assert page.locator("a[href*='example.invalid']").count() == 0
    assert page.title() == "BsAb assistant"
    assert dialogs == []
