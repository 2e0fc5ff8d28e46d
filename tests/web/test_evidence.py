"""The evidence beside the chat, and the section around it."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import OS_QUESTION, TESTED, ask, visiting


def test_only_the_used_sentence_is_marked(page: Page) -> None:
    ask(page, TESTED)
    evidence = page.locator("#evidence-1-1")
    expect(evidence.locator(".bsab-passage")).to_contain_text("该研究共纳入 509 例患者")
    assert "509" not in "".join(evidence.locator("mark").all_inner_texts())


def test_terms_of_both_languages_are_marked(page: Page) -> None:
    ask(page, TESTED)
    terms = page.locator("#evidence-1-1 .bsab-term").all_inner_texts()
    assert {"Tarlatamab", "化疗"} <= set(terms)


def test_the_reviews_own_reference_opens_with_its_links(page: Page) -> None:
    ask(page, TESTED)
    page.click("#evidence-1-1 .bsab-passage .bsab-marker")
    reference = page.locator("#reference-1-1-25")
    expect(reference).to_have_attribute("open", "")
    expect(reference).to_contain_text("Mountzios G et al. Tarlatamab in Small-Cell Lung Cancer")
    expect(reference).to_contain_text("N Engl J Med")
    expect(reference.get_by_role("link", name="DOI")).to_have_attribute("href", "https://doi.org/10.1056/NEJMoa2502099")
    expect(reference.get_by_role("link", name="PubMed")).to_have_attribute(
        "href", "https://pubmed.ncbi.nlm.nih.gov/40454646/"
    )


def test_why_a_passage_was_found_is_told(page: Page) -> None:
    ask(page, TESTED)
    why = page.locator("#evidence-1-1 .bsab-why")
    why.locator("summary").click()
    expect(why).to_contain_text("by meaning")
    expect(why).to_contain_text("by words")
    expect(why).to_contain_text("chemotherapy = 化疗")


def test_a_note_stands_with_the_answer_and_the_passage_it_is_about(page: Page) -> None:
    ask(page, OS_QUESTION)
    expect(page.locator(".bsab-answer .bsab-note")).to_contain_text("11.1 to not reached")
    expect(page.locator("#evidence-1-1 .bsab-note")).to_contain_text("11.1 to not reached")


def test_a_citation_leads_to_its_passage_by_keyboard_alone(page: Page) -> None:
    page.locator("#bsab-question textarea").focus()
    page.keyboard.type(TESTED)
    page.keyboard.press("Enter")
    page.locator(".bsab-answer").wait_for()
    page.locator("#bsab-question textarea").focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('bsab-cite')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-1-1")).to_be_in_viewport()
    expect(page.locator("#evidence-1-1")).to_be_focused()


def test_a_citation_of_an_earlier_turn_opens_its_evidence(page: Page) -> None:
    ask(page, TESTED)
    ask(page, OS_QUESTION)
    expect(page.locator("#evidence-1-1")).to_be_hidden()
    page.locator(".bsab-answer").first.locator(".bsab-cite").first.click()
    expect(page.locator("#evidence-1-1")).to_be_in_viewport()


def test_the_section_opens_at_the_sentence(page: Page) -> None:
    ask(page, OS_QUESTION)
    page.click("#evidence-1-1 .bsab-read")
    dialog = page.locator("#bsab-dialog")
    expect(dialog.locator("h2")).to_contain_text("4.1 塔拉妥单抗")
    expect(dialog.locator("mark")).to_be_in_viewport()
    assert "OS13.6 个月" in "".join(dialog.locator("mark").all_inner_texts())
    # Before it stands what the passage does not hold.
    expect(dialog.locator(".bsab-passage")).to_contain_text("DeLLphi-303")
    dialog.get_by_role("link", name="Next section").click()
    expect(dialog.locator("h2")).not_to_contain_text("4.1 ")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_section_is_a_page_of_its_own_without_scripts(browser: Browser, page: Page, served: str) -> None:
    ask(page, OS_QUESTION)
    address = page.locator("#evidence-1-1 .bsab-read").get_attribute("href")
    context = browser.new_context(java_script_enabled=False)
    alone = context.new_page()
    alone.goto(f"{served}{address}")
    expect(alone.locator("main mark").first).to_be_visible()
    assert alone.goto(f"{served}read?document=nobody").status == 404  # type: ignore[union-attr]
    context.close()


def test_a_phone_shows_the_evidence_below_the_chat(browser: Browser, served: str) -> None:
    with visiting(browser, served, viewport={"width": 390, "height": 844}) as page:
        ask(page, TESTED)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        chat = page.locator("#bsab-chat").bounding_box()
        evidence = page.locator("#evidence-1-1").bounding_box()
        assert chat is not None
        assert evidence is not None
        assert evidence["y"] >= chat["y"] + chat["height"]
        assert evidence["width"] > 300
