"""Trials, references and the library: tables, charts, downloads, adding and removing."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import ask, open_tab, rest, serving, visiting


def choose(page: Page, field: str, value: str) -> None:
    """Choose a value of a drop-down by typing it."""
    page.locator(f"{field} input").fill(value)
    page.locator(f"{field} [role=option]", has_text=value).first.click()
    # The list of options lies over what is below.
    page.locator(f"{field} input").press("Tab")


def test_trial_results_are_a_chart_and_a_table(page: Page) -> None:
    open_tab(page, 1)
    page.wait_for_selector("#bsab-chart .main-svg")
    rows = page.locator("#bsab-results .bsab-row")
    expect(rows).to_have_count(4)
    # plotly lays a link over a link; a mouse meets either.
    page.locator("#bsab-chart .annotation a").filter(has_text="HARMONi-2").last.click(force=True)
    expect(page.locator(".bsab-row.bsab-here")).to_contain_text("HARMONi-2")
    expect(page.locator(".bsab-sentence:visible")).to_contain_text("风险比为 0.51")


def test_a_mark_of_the_chart_leads_to_its_sentence(page: Page) -> None:
    open_tab(page, 1)
    # The chart is drawn, heard by the page, and at its final place.
    page.wait_for_selector("#bsab-chart [data-watched] .main-svg")
    rest(page)
    box = page.locator("#bsab-chart .scatterlayer .point").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".bsab-sentence:visible")).to_have_count(1)


def test_a_cell_shows_its_sentence_by_mouse_and_by_keyboard(page: Page) -> None:
    open_tab(page, 1)
    row = page.locator("#bsab-results .bsab-row").first
    row.locator("td").first.click()
    sentence = page.locator("#bsab-results .bsab-sentence").first
    expect(sentence).to_be_visible()
    expect(sentence.locator("mark")).to_have_text("0.46")
    button = row.locator(".bsab-figure")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.focus()
    page.keyboard.press("Enter")
    expect(sentence).to_be_hidden()


def test_results_are_filtered_sorted_and_downloaded(page: Page, served: str) -> None:
    open_tab(page, 1)
    rows = page.locator("#bsab-results .bsab-row")
    expect(rows).to_have_count(4)
    choose(page, "#bsab-endpoint", "All")
    expect(rows.nth(50)).to_be_visible()
    choose(page, "#bsab-trial-filter", "MARIPOSA-2")
    expect(page.locator("#bsab-results td:first-child").first).to_have_text("MARIPOSA-2")
    page.keyboard.press("Escape")
    choose(page, "#bsab-endpoint", "median progression-free survival")
    expect(rows).to_have_count(3)
    page.click("#bsab-results [data-column=value]")
    expect(page.locator("#bsab-results th[aria-sort=ascending]")).to_contain_text("Value")
    page.click("#bsab-results [data-column=value]")
    expect(page.locator("#bsab-results th[aria-sort=descending]")).to_contain_text("Value")
    shown = [float(text.split()[0]) for text in page.locator(".bsab-figure").all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    table = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert [float(row["value"]) for row in table] == shown
    assert {row["trial"] for row in table} == {"MARIPOSA-2"}
    assert all(row["value_text"] in row["sentence"] for row in table)
    page.fill("#bsab-word-filter input, #bsab-word-filter textarea", "no such words")
    expect(page.locator("#bsab-results")).to_contain_text("No results")


def test_results_are_filtered_by_drug(page: Page) -> None:
    open_tab(page, 1)
    choose(page, "#bsab-endpoint", "All")
    choose(page, "#bsab-drug-filter", "tarlatamab")
    expect(page.locator("#bsab-results .bsab-row").first).to_contain_text("DeLLphi")
    for text in page.locator("#bsab-results .bsab-row").all_inner_texts():
        assert "DeLLphi" in text or "Tarlatamab" in text


def test_trials_stand_side_by_side_with_the_warning(page: Page) -> None:
    open_tab(page, 1)
    page.get_by_role("tab", name="Side by side").click()
    expect(page.locator("#bsab-side-by-side")).to_have_text("Choose two trials or more.")
    choose(page, "#bsab-compare", "HARMONi-A")
    choose(page, "#bsab-compare", "MARIPOSA-2")
    table = page.locator("#bsab-side-by-side")
    expect(table.locator("thead th")).to_have_text(["End point", "HARMONi-A", "MARIPOSA-2"])
    expect(table.locator(".bsab-note").first).to_contain_text("no evidence that one treatment is better")
    first = table.locator("td summary").first
    figure = first.locator("b").inner_text()
    first.click()
    expect(table.locator("details[open] mark").first).to_have_text(figure.split()[0].rstrip("%"))


def test_references_are_listed_with_status_and_places(page: Page, served: str) -> None:
    open_tab(page, 2)
    items = page.locator("#bsab-references .bsab-list > li")
    expect(items).to_have_count(31)
    field = "#bsab-reference-search input, #bsab-reference-search textarea"
    for asked, held in (
        ("25", "Mountzios"),
        ("PALOMA-3", "Leighl"),
        ("Mountzios", "[25]"),
        ("ivonescimab", "Ivonescimab"),
    ):
        page.fill(field, asked)
        expect(items.first).to_contain_text(held)
    page.fill(field, "25")
    expect(items).to_have_count(1)
    items.locator("details summary").click()
    items.locator(".bsab-read").first.click()
    expect(page.locator("#bsab-dialog mark")).to_contain_text("[25]")
    page.keyboard.press("Escape")
    for name, opening in (("BibTeX", "@article{"), ("RIS", "TY  - JOUR")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        text = download.value.path().read_text(encoding="utf-8")
        assert opening in text
        assert text.count("NEJMoa2502099") == 1
    page.fill(field, "")
    choose(page, "#bsab-reference-status", "could not be established")
    expect(items.first).to_contain_text("could not be established")
    expect(page.locator("#bsab-references a[href*='doi.org']")).to_have_count(0)


PAPER = """# ZEPHYR-7

In the phase 3 ZEPHYR-7 trial, 412 patients were randomly assigned to zelobritinib or docetaxel.
The objective response rate was 41.3% with zelobritinib and 12.2% with docetaxel.
"""


def test_adding_is_stopped(own: Page, tmp_path: Path) -> None:
    book = tmp_path / "book.txt"
    book.write_text("".join(f"Study {n} had {n} patients and took {n} weeks. " for n in range(8000)), encoding="utf-8")
    open_tab(own, 3)
    expect(own.locator("#bsab-documents tbody tr")).to_have_count(1)
    own.set_input_files("#bsab-add input[type=file]", book)
    own.click("#bsab-stop-adding")
    expect(own.locator("#bsab-added")).to_contain_text("Stopped.", timeout=30_000)
    expect(own.locator("#bsab-stop-adding")).to_be_hidden()
    expect(own.locator("#bsab-documents tbody tr")).to_have_count(1)


def test_a_damaged_document_is_repaired_on_the_page(own: Page, home: Path) -> None:
    connection = sqlite3.connect(home / "library.db")
    connection.execute("UPDATE documents SET text = replace(text, '13.6', '12.6')")
    connection.commit()
    connection.close()
    open_tab(own, 3)
    own.click("#bsab-check")
    expect(own.locator("#bsab-health")).to_contain_text("bsab-review")
    own.click("#bsab-repair")
    expect(own.locator("#bsab-health")).to_contain_text("bsab-review was damaged, and read again", timeout=240_000)
    expect(own.locator("#bsab-health")).to_contain_text("The library is whole.")


def test_a_paper_is_added_asked_checked_and_removed(own: Page, tmp_path: Path) -> None:
    paper, rubbish, other = tmp_path / "zephyr.md", tmp_path / "empty.txt", tmp_path / "image.txt"
    paper.write_text(PAPER, encoding="utf-8")
    rubbish.write_text("  \n", encoding="utf-8")
    other.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00\xff\xfe")
    open_tab(own, 3)
    documents = own.locator("#bsab-documents tbody tr")
    expect(documents).to_have_count(1)
    own.set_input_files("#bsab-add input[type=file], input[type=file]", [paper, rubbish, other])
    expect(own.locator("#bsab-added")).to_contain_text("Added: ZEPHYR-7", timeout=30_000)
    expect(own.locator("#bsab-added")).to_contain_text("empty.txt")
    assert "/tmp" not in own.locator("#bsab-added").inner_text()
    expect(documents).to_have_count(2)
    expect(documents.nth(1)).to_contain_text("English")
    open_tab(own, 0)
    assert "41.3%" in ask(own, "What was the objective response rate in ZEPHYR-7?")
    open_tab(own, 3)
    own.click("#bsab-check")
    expect(own.locator("#bsab-health")).to_have_text("The library is whole.")
    own.once("dialog", lambda dialog: dialog.accept())
    documents.nth(1).locator("[data-act=remove]").click()
    expect(documents).to_have_count(1)
    open_tab(own, 0)
    assert "does not mention ZEPHYR-7" in ask(own, "What was the response rate in ZEPHYR-7?")


def test_a_damaged_index_is_found_and_repaired(browser: Browser, home: Path) -> None:
    import sqlite3

    with serving(home) as address, visiting(browser, address) as page:
        with sqlite3.connect(home / "library.db") as library:
            library.execute("UPDATE passages SET vector = x'00' WHERE row = (SELECT min(row) FROM passages)")
        library.close()
        open_tab(page, 3)
        page.click("#bsab-check")
        expect(page.locator("#bsab-health")).to_contain_text("broken vectors")
        page.click("#bsab-repair")
        expect(page.locator("#bsab-health")).to_have_text("The library is whole.", timeout=240_000)


@pytest.mark.parametrize(
    "address", ["trials.csv?sort=nonsense&kind=%00", "references.bib?words=%3Cscript%3E", "zh/trials.csv"]
)
def test_downloads_take_anything(page: Page, served: str, address: str) -> None:
    assert page.request.get(f"{served}{address}").status == 200
