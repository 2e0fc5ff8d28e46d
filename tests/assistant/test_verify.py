"""The number guard, on texts that cite the bundled review."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.guard.number_guard import figures, verify
from corpus.packs.packs import bundled_concepts
from corpus.trial_results import results_of_text
from corpus.vocabulary.terms import Terms

TERMS = Terms(bundled_concepts())
SOURCE = (
    "DeLLphi-304 研究：该研究共纳入 509 例患者，随机分配至 Tarlatamab 组(n = 254)或化疗组(n = 255)。"
    "Tarlatamab组中位 OS13.6 个月(95% CI: 11.8~15.4)，显著长于化疗组的 8.3个月(95% CI: 7.2~9.4)，"
    "风险比 0.60 (95% CI: 0.47~0.77; P < 0.001)，死亡风险降低 40%。"
)
OTHER = "The median PFS was 6.3 months with amivantamab plus chemotherapy and 4.2 months with chemotherapy alone."
SOURCES = {1: SOURCE, 2: OTHER}
RESULTS = [*results_of_text(SOURCE), *results_of_text(OTHER)]


def faults(text: str) -> list[tuple[str, str]]:
    return [(failure.fault, failure.figure) for failure in verify(text, SOURCES, TERMS, RESULTS)]


@pytest.mark.parametrize(
    "text",
    [
        "Median OS was 13.6 months with tarlatamab and 8.3 months with chemotherapy (HR 0.60, 95% CI 0.47–0.77) [1].",
        "塔拉妥单抗组的中位OS为13.6个月，化疗组为8.3个月[1]。",
        "塔拉妥單抗組的中位OS為１３.６個月[1]。",
        "The hazard ratio was 0.6 [1].",
        "OS was 13.6 months. [1]",
        "DeLLphi-304 enrolled 509 patients [1].",
        "The median PFS was 6.3 months with amivantamab plus chemotherapy [2].",
        "Of DeLLphi-304: “显著长于化疗组的 8.3个月(95% CI: 7.2~9.4)” [1]",
        "Tarlatamab is a bispecific antibody.",
        "",
    ],
)
def test_what_stands_in_the_source_passes(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "fault", "figure"),
    [
        ("Median OS was 8.3 months with tarlatamab and 13.6 months with chemotherapy [1].", "arm", "8.3"),
        ("塔拉妥单抗组的中位OS为8.3个月，化疗组为13.6个月[1]。", "arm", "8.3"),
        ("化疗组OS为13.6个月[1]。", "arm", "13.6"),
        ("Median PFS was 13.6 months [1].", "endpoint", "13.6"),
        ("塔拉妥单抗组客观缓解率为40%[1]。", "endpoint", "40"),
        ("The median OS was 13.7 months [1].", "figure", "13.7"),
        ("The median OS was 3.6 months [1].", "figure", "3.6"),
        ("The median OS was 13 months [1].", "figure", "13"),
        ("The hazard ratio was 0.06 [1].", "figure", "0.06"),
        ("风险比为0.6，中位OS为136个月[1]。", "figure", "136"),
        ("The OS was 13.6% [1].", "figure", "13.6"),
        ("In KEYNOTE-024 the OS was 13.6 months [1].", "figure", "keynote-024"),
        ("The median OS was 13.6 months.", "uncited", "13.6"),
        ("The median OS was 13.6 months [2].", "figure", "13.6"),
        ("The median OS was 13.6 months [3].", "unknown_citation", "[3]"),
        ("“化疗组的 9.3个月” [1]", "figure", "9.3"),
    ],
)
def test_what_does_not_is_named(text: str, fault: str, figure: str) -> None:
    assert faults(text) == [(fault, figure)]


def test_each_sentence_is_judged_alone() -> None:
    text = "OS was 13.6 months [1]. OS was 99 months [1].\nPFS was 6.3 months [2]."
    assert [failure.sentence for failure in verify(text, SOURCES, TERMS, RESULTS)] == ["OS was 99 months [1]."]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("为6.3个月和4.3个月", ["6.3", "4.3"]),
        ("OS13.6 个月", ["13.6"]),
        ("HR .05, 1,234 patients [3] [4, 5]", [".05", "1,234"]),
        ("DeLLphi-304, PD-L1, CD3, IL-2, NCT05740566", []),
    ],
)
def test_figures_are_bounded_by_digits_alone(text: str, values: list[str]) -> None:
    assert [figure.printed for figure in figures(text)] == values


@given(st.integers(1, 10**6), st.sampled_from(["months", "%", "个月", ""]))
def test_an_invented_figure_never_passes(number: int, unit: str) -> None:
    known = {str(figure.value) for figure in figures(SOURCE)}
    text = f"It was {number}{unit} [1]."
    assert str(number) in known or faults(text)


@pytest.mark.slow
def test_a_long_text_is_judged_in_time() -> None:
    started = time.perf_counter()
    faults("13.6 OS [1] " * 10_000)
    assert time.perf_counter() - started < 20
