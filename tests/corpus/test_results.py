"""Trial results: golden abstracts of other cancers in both languages, laws over random text, hostile inputs."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.trial_results import TrialResult, extract_results, results_of_text
from corpus.trial_results.which_trial import trials_in
from corpus.words.folding import fold_width
from tests.corpus.texts import cases, plain, texts
from tests.review import read_review


def row(result: TrialResult) -> str:
    """A result as the golden cases write it."""
    name = result.endpoint + (f" of {result.of}" if result.of else "")
    return " | ".join([name, result.value_text, result.unit or "-", result.arm or "-"])


@pytest.mark.parametrize(("text", "expected"), [pytest.param(i, e, id=t) for t, i, e in cases("results.md")])
def test_abstracts(text: str, expected: list[str]) -> None:
    assert [row(result) for result in results_of_text(text)] == expected


@pytest.mark.parametrize(
    ("title", "trial"),
    [
        ("Zanvelimab in lung cancer: the ORBIT-5 randomised trial", "ORBIT-5"),
        ("ORBIT-5: a double-blind, placebo-controlled phase 3 trial", "ORBIT-5"),
        ("In ORBIT-5, an open-label phase 1/2 study, 300 patients took part", "ORBIT-5"),
        ("Zanvelimab (ORBIT-Lung01): a randomised, controlled trial", "ORBIT-Lung01"),
        ("Zanvelimab for COPD: a randomised trial", None),
        ("Zanvelimab in COVID-19, a randomised trial", None),
        ("Omega-3, a randomised study", None),
    ],
)
def test_a_title_names_its_trial(title: str, trial: str | None) -> None:
    assert trials_in([title]) == ((trial,) if trial else ())


@pytest.mark.parametrize(
    ("text", "ci", "level", "p"),
    [
        ("Median OS was 13.6 months (95% CI, 11.1 to not reached) with A.", (11.1, None), 95.0, None),
        ("ORR 为 40% (97.5% CI: 29~52)。", (29.0, 52.0), 97.5, None),
        ("PFS hazard ratio 0·57, 95% CI 0·46–0·70; p<0·0001.", (0.46, 0.7), 95.0, "<0.0001"),
        ("中位 OS 为 24.8 个月（95%CI：22.1～未达到，P＝0.003）。", (22.1, None), 95.0, "=0.003"),
    ],
)
def test_intervals_and_p_values(text: str, ci: object, level: float, p: str | None) -> None:
    result = results_of_text(text)[0]
    assert (result.ci, result.ci_level, result.p_value) == (ci, level, p)


@pytest.mark.parametrize(
    "text",
    [
        "PD-L1 表达 TPS ≥ 50% 的患者被纳入分析。",
        "Tarlatamab 靶向 DLL3 和 CD3，分子量约 150 kDa。",
        "In total, 45% of patients had brain metastases and the median age was 62 years.",
        "约 85%~96% 的细胞表面有 DLL3 表达。",
        "Patients were seen every 6 weeks for 2 years.",
        "2024 年 9 月获得批准。",
    ],
)
def test_what_is_no_result(text: str) -> None:
    assert results_of_text(text) == []


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("试验组 12 个月 OS 率为 53%。", "12 个月"),
        ("The 12-month overall survival rate was 53% with olaparib.", "12-month"),
        ("在 PD-L1 阳性(TPS ≥ 1%)患者中 ORR 为 51.4%。", "TPS ≥ 1%"),
        ("在有脑转移的患者中，ORR 为 37%。", "有脑转移的患者"),
        ("3 级及以上中性粒细胞减少发生率为 27%。", "中性粒细胞减少, 3 级及以上"),
    ],
)
def test_settings(text: str, setting: str) -> None:
    assert [result.setting for result in results_of_text(text)] == [setting]


_FIGURES = """
中位PFS为6.3个月 OS13.6个月 ORR为40% (95%CI:29~52) HR=0.48 50·3 n=254 10mg组 联合组 安慰剂组
化疗组 分别为 和 高于 的
风险降低40% 3级及以上不良事件发生率 纳入657例患者 ORR５０％ 12个月OS率 ； ， 。 相比 两组
median PFS was 6.3 months with placebo versus in the A group ORR 40% (52/130) and respectively hazard ratio, 0.60;
P<0.001 overall survival at 12 months 20 mg/kg enrolled 509 patients , ; . reduced the risk of death by (7.0-10.2) of
""".split()


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_FIGURES), max_size=25), st.sampled_from(["", " "]))
def test_a_printed_value_stands_in_its_sentence_with_no_digit_beside_it(pieces: list[str], blank: str) -> None:
    text = blank.join(pieces)
    for passage in split_passages(plain(text)) if text.strip() else []:
        for result in extract_results([passage]):
            assert result.sentence == passage.sentence(result.span)
            assert result.value == float(fold_width(result.value_text).replace(",", ""))
            places = [i for i in range(len(result.sentence)) if result.sentence.startswith(result.value_text, i)]
            assert any(
                not result.sentence[max(0, i - 1) : i].isdecimal()
                and not result.sentence[i + len(result.value_text) :][:1].isdecimal()
                for i in places
            )


@given(st.lists(st.sampled_from(_FIGURES) | texts(), max_size=12).map(" ".join))
def test_the_sentence_of_a_result_is_its_span_of_the_text(text: str) -> None:
    document = read_plain(text, id="text", title="", source="")
    results = results_of_text(text)
    assert document or not results
    assert [result.span.start for result in results] == sorted(result.span.start for result in results)
    for result in results:
        assert result.sentence == result.span.of(document.text)  # type: ignore[union-attr]
        assert result.value_text in result.sentence


@given(st.text(max_size=300))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold_width(text)) == len(text)


HOSTILE = [
    "(", ")", "[(", "9", "1.", "1.1.", "95% CI ", "95% CI. ", "组", "A组", "联合", "mab", "mab-", "the a group ",
    "达到", "P<0.", "n=1 ",
    "1 mg 或 ", "中位PFS为6.3个月，", "1 of 2 ", "5%、", "study a-1 ", "I ", " ", "\n", "ORR 5%和", "\ud800", "١",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_hostile_text_ends(piece: str) -> None:
    results_of_text(piece * (200_000 // len(piece)) + "x")
    # Short enough to be read as a sentence, and broken at the end so that nothing matches at once.
    results_of_text(("ORR，" + piece * (1_800 // len(piece)) + "x5%。") * 20)


def test_the_bundled_review() -> None:
    found = extract_results(split_passages(read_review()))
    rows = {f"{result.trial}: {row(result)}" for result in found}
    assert {
        "DeLLphi-304: OS | 13.6 | months | Tarlatamab",
        "DeLLphi-304: OS_rate | 37 | % | 化疗",
        "DeLLphi-304: TRAE_rate | 27 | % | Tarlatamab",
        "DeLLphi-304: HR of OS | 0.60 | - | Tarlatamab",
        "DeLLphi-301: ORR | 32 | % | Tarlatamab 100 mg",
        "HARMONi-2: DCR | 70.5 | % | 帕博利珠单抗",
        "HARMONi-5: discontinuation | 0.9 | % | 依沃西单抗",
        "PALOMA-3: AE_rate | 4 | % | IV",
    } <= rows
    assert len(found) >= 110
    assert Counter(result.endpoint for result in found)["HR"] == 6


def test_an_interval_keeps_the_decimals_that_are_printed() -> None:
    text = "Median PFS was 4.4 months (95% CI 3.0-5.6) with docetaxel, median age 3 years."
    figures = [result.figure() for result in results_of_text(text) if result.endpoint == "PFS"]
    assert figures == ["4.4 months (95% CI 3.0–5.6)"]
