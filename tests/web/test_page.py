"""What a visitor of the page sees and does."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import ask

COMPARED = "旨在评估 Tarlatamab与标准化疗"


@pytest.mark.parametrize(
    ("question", "frame"),
    [
        pytest.param("which trial tested tarlatamab versus chemotherapy", "The library says, in Chinese:", id="en"),
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
    expect(evidence.locator("mark").first).to_contain_text(COMPARED)


def test_only_the_used_sentence_is_marked(page: Page) -> None:
    ask(page, "which trial tested tarlatamab versus chemotherapy")
    evidence = page.locator("#evidence-1-1")
    expect(evidence.locator(".bsab-passage")).to_contain_text("该研究共纳入 509 例患者")
    assert "509" not in "".join(evidence.locator("mark").all_inner_texts())


def test_the_reviews_own_reference_is_shown_with_its_links(page: Page) -> None:
    ask(page, "which trial tested tarlatamab versus chemotherapy")
    reference = page.locator("#evidence-1-1 .bsab-references li")
    expect(reference).to_contain_text("[25] Mountzios G et al. Tarlatamab in Small-Cell Lung Cancer")
    expect(reference.get_by_role("link", name="DOI")).to_have_attribute("href", "https://doi.org/10.1056/NEJMoa2502099")


def test_a_citation_leads_to_its_passage_by_keyboard_alone(page: Page) -> None:
    page.locator("#bsab-question textarea").focus()
    page.keyboard.type("which trial tested tarlatamab versus chemotherapy")
    page.keyboard.press("Enter")
    page.locator(".bsab-answer").wait_for()
    page.locator("#bsab-question textarea").focus()
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('bsab-cite')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-1-1:target")).to_be_in_viewport()


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
    page.get_by_role("button", name="含Fc段的双抗有哪些优势和局限？").click()
    expect(page.locator(".bsab-answer")).to_contain_text("半衰期")


def test_a_blank_question_asks_nothing(page: Page) -> None:
    page.fill("#bsab-question textarea", "   ")
    page.click("#bsab-ask")
    page.wait_for_timeout(500)
    assert page.locator(".bsab-answer, .bsab-refusal").count() == 0


def test_markup_in_questions_and_passages_is_shown_as_text(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    question = "<img src=x onerror=alert(1)> **zebrafish-42** [x](http://example.invalid/) <script>alert(2)</script>"
    answer = ask(page, question)
    assert "<img src=x onerror=" in answer
    assert page.locator(".bsab-question").inner_text() == question
    expect(page.locator("#evidence-1-1 .bsab-passage")).to_contain_text("<script>document.title='owned'</script>")
    assert page.locator("#bsab-chat img, #bsab-chat script, #bsab-evidence img, #bsab-evidence script").count() == 0
    assert page.locator("a[href*='example.invalid']").count() == 0
    assert page.title() == "BsAb assistant · 双抗问答"
    assert dialogs == []


def test_the_page_asks_nobody_but_this_machine(browser: Browser, served: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda websocket: asked.append(websocket.url))
    page.goto(served)
    ask(page, "How does amivantamab work?")
    page.wait_for_timeout(1000)
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    context.close()


def test_a_phone_shows_the_evidence_below_the_chat(browser: Browser, served: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(served)
    ask(page, "which trial tested tarlatamab versus chemotherapy")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    chat = page.locator("#bsab-chat").bounding_box()
    evidence = page.locator("#evidence-1-1").bounding_box()
    assert chat is not None
    assert evidence is not None
    assert evidence["y"] >= chat["y"] + chat["height"]
    assert evidence["width"] > 300
    context.close()


def test_visitors_do_not_see_each_others_conversation(browser: Browser, page: Page, served: str) -> None:
    ask(page, "MARIPOSA-2研究中单纯化疗组的中位无进展生存期是多少？")
    context = browser.new_context()
    other = context.new_page()
    other.goto(served)
    assert "MARIPOSA-2" not in ask(other, "And its safety?")
    context.close()


@pytest.mark.parametrize("control", ["#bsab-clear", "#bsab-chat button[aria-label=Clear]"], ids=["button", "bin"])
def test_a_new_conversation_forgets_the_old_one(page: Page, control: str) -> None:
    ask(page, "HARMONi-A研究的mPFS是多少？")
    page.click(control)
    expect(page.locator(".bsab-answer")).to_have_count(0)
    expect(page.locator("#bsab-evidence article")).to_have_count(0)
    assert "50.6%" not in ask(page, "那客观缓解率呢？")


def test_trial_results_are_a_chart_and_a_table(page: Page) -> None:
    page.get_by_role("tab", name="Trial results").click()
    page.wait_for_selector("#bsab-chart .main-svg")
    rows = page.locator("#bsab-results tbody tr")
    expect(rows).to_have_count(4)
    # plotly lays a link over a link; a mouse meets either.
    page.locator("#bsab-chart .annotation a").filter(has_text="HARMONi-2").last.click(force=True)
    expect(page.locator("tr:target")).to_contain_text("HARMONi-2")
    page.fill("#bsab-trial-filter textarea, #bsab-trial-filter input", "HARMONi-2")
    expect(rows).to_have_count(1)
    expect(rows.locator("td").nth(4)).to_have_text("0.51")
    rows.locator("summary").click()
    expect(rows.locator("details")).to_contain_text("风险比为 0.51")


def test_a_note_stands_with_the_answer_it_is_about(page: Page) -> None:
    ask(page, "What was the median overall survival with tarlatamab in DeLLphi-304?")
    expect(page.locator(".bsab-answer .bsab-note")).to_contain_text("11.1 to not reached")
