"""The trials that a document tells of, and those that its results belong to."""

from __future__ import annotations

from corpus.segments.passages import split_passages
from corpus.trial_results import extract_results
from corpus.trial_results.trial_names import Told, name_in, names_beside_trial, told
from tests.corpus.texts import bundled_terms, plain


def told_in(text: str) -> Told:
    """What a plain text tells of trials."""
    passages = split_passages(plain(text))
    results = [
        (next(p for p in passages if p.span.start <= result.span.start < p.span.end), result)
        for result in extract_results(passages)
    ]
    return told(passages, results, bundled_terms())


ABSTRACT = "A randomised phase 3 trial, ZEPHYR-7\nThe ORR was 34% with amivantamab. Median PFS was 5.1 months."
REVIEW = (
    "1. 临床试验\n\nZEPHYR-7 研究：这是一项III期试验。埃万妥单抗组的中位OS为13.6个月。\n\n"
    "BOREAS-2 试验：这是一项II期试验。依沃西单抗组的ORR为40%。\n\n2. 其他\n\n塔拉妥单抗的ORR为20%。"
)


def test_results_of_a_document_about_one_trial_are_of_that_trial() -> None:
    found = told_in(ABSTRACT)
    assert len(found.trials) >= 2
    assert set(found.trials) == {"ZEPHYR-7"}
    (name,) = found.names
    assert (name.name, name.key, name.topic, name.whole, name.first) == ("ZEPHYR-7", "zephyr7", "", True, 0)


def test_a_drug_is_no_trial() -> None:
    assert set(told_in(ABSTRACT.replace("ZEPHYR-7", "BNT327")).trials) == {""}


def test_a_review_tells_of_several_by_the_headings_of_its_paragraphs() -> None:
    found = told_in(REVIEW)
    assert list(found.trials) == ["ZEPHYR-7", "BOREAS-2", ""]
    assert [(name.name, name.topic, name.whole, name.first) for name in found.names] == [
        ("ZEPHYR-7", "ZEPHYR-7 研究", False, 0),
        ("BOREAS-2", "BOREAS-2 试验", False, 1),
        ("ZEPHYR-7", "", False, 0),
        ("BOREAS-2", "", False, 1),
    ]


def test_a_document_without_results_tells_of_trials_by_headings_alone() -> None:
    found = told_in("1. 试验\n\nZEPHYR-7 研究：正在进行。")
    assert found.trials == ()
    assert [(name.name, name.whole) for name in found.names] == [("ZEPHYR-7", False)]


def test_the_name_in_a_heading() -> None:
    assert [name_in(topic) for topic in ("ZEPHYR-7 临床研究", "ZEPHYR-7 Trial ", "ZEPHYR-7")] == ["ZEPHYR-7"] * 3


def test_an_article_is_no_part_of_a_name() -> None:
    assert names_beside_trial("The ORBIT-5 trial met its end point.") == ["ORBIT-5"]
