"""What a text shows on its own to be wrong, and what only looks like it."""

from __future__ import annotations

import pytest

from corpus.checks.consistency import find_slips
from corpus.checks.source_checks import SourceCheck
from corpus.document import Document
from corpus.packs.packs import bundled_concepts
from corpus.reading.plain import read_plain
from corpus.references.lists import read_reference_list
from corpus.segments.passages import split_passages
from corpus.trial_results import extract_results
from corpus.vocabulary.terms import Terms
from tests.review import read_review, review_references

TERMS = Terms(bundled_concepts())


def slips(document: Document) -> list[SourceCheck]:
    results = extract_results(split_passages(document))
    return find_slips(document, results, read_reference_list(document), TERMS)


def document(text: str) -> Document:
    found = read_plain(text, id="d", title="d", source="d.txt")
    assert found is not None
    return found


EN_RISK = (
    "In the phase III ALPHA-1 trial, alphamab reduced the risk of death by {reduction}% compared with chemotherapy "
    "(hazard ratio for death, 0.60; 95% CI, 0.47 to 0.77)."
)
ZH_RISK = "ALPHA-1 研究：{drug}组中位OS为13.6个月，化疗组为8.3个月，风险比0.60，死亡风险降低{reduction}%。"
EN_ARMS = "A total of {total} patients were randomly assigned to alphamab (n = 254) or chemotherapy (n = 255)."
EN_INTERVAL = "Median overall survival was {value} months (95% CI, 11.8 to 15.4) with alphamab."


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param(EN_RISK.format(reduction=50), ["number"], id="en-risk-reduction-is-not-1-minus-HR"),
        pytest.param(EN_RISK.format(reduction=40), [], id="en-risk-reduction-fits"),
        pytest.param(ZH_RISK.format(drug="塔拉妥单抗", reduction=60), ["number"], id="zh-risk-reduction"),
        pytest.param(ZH_RISK.format(drug="塔拉妥单抗", reduction=40), [], id="zh-risk-reduction-fits"),
        pytest.param(EN_ARMS.format(total=500), ["number"], id="arms-are-more-than-the-whole"),
        pytest.param(EN_ARMS.format(total=509), [], id="arms-fit"),
        pytest.param(EN_INTERVAL.format(value="16.0"), ["number"], id="value-outside-its-interval"),
        pytest.param(EN_INTERVAL.format(value="13.6"), [], id="value-inside"),
        pytest.param(EN_INTERVAL.format(value="13.6").replace("15.4", "not reached"), [], id="no-upper-end"),
    ],
)
def test_figures_that_do_not_fit(text: str, kinds: list[str]) -> None:
    found = slips(document(text))
    assert [slip.kind for slip in found] == kinds
    assert all(slip.quote in text and slip.note("zh") != slip.note("en") for slip in found)


def test_one_number_for_two_works_is_told_from_one_work_cited_twice() -> None:
    listed = "参考文献\n1. Ahn MJ, et al. Tarlatamab for small-cell lung cancer. N Engl J Med. 2023;389:2063-75.\n"
    apart = document(f"塔拉妥单抗有效[1]。\n缓冲液的离子强度影响蛋白的稳定性[1]。\n{listed}")
    together = document(f"塔拉妥单抗有效[1]。\nTarlatamab 的耐受性良好[1]。\n{listed}")
    assert [slip.kind for slip in slips(apart)] == ["citation"]
    assert slips(together) == []


def test_the_reviews_own_slips_are_found_without_a_false_alarm() -> None:
    review = read_review()
    found = find_slips(review, extract_results(split_passages(review)), review_references(), TERMS)
    assert [(slip.kind, "NCT05740566" in slip.quote, "[27]" in slip.quote) for slip in found] == [
        ("identifier", True, False),
        ("citation", False, True),
    ]
