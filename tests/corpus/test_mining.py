"""Pairs that a text states; no test text is the review's. A wrong pair is worse than a missing one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.mining import chinese_name, long_form, mine_concepts, mine_pairs
from corpus.vocabulary.terms import Terms

STATED = [
    pytest.param("患者接受特瑞普利单抗(Toripalimab，JS001)治疗", ("特瑞普利单抗", "Toripalimab"), id="zh-drug"),
    pytest.param(
        "客观缓解率（objective response rate，ORR）为",
        ("客观缓解率", "objective response rate", "ORR"),
        id="zh-en-abbr",
    ),
    pytest.param(
        "常见慢性阻塞性肺疾病(COPD)急性加重", ("常见慢性阻塞性肺疾病", "COPD"), id="zh-abbr-too-long-is-harmless"
    ),
    pytest.param("可介导抗体依赖的细胞毒性(ADCC)", ("抗体依赖的细胞毒性", "ADCC"), id="zh-with-的"),
    pytest.param("即抗体–药物偶联物(ADC)", ("抗体–药物偶联物", "ADC"), id="zh-dash"),
    pytest.param("靶向表皮生长因子受体(EGFR)", ("表皮生长因子受体", "EGFR"), id="zh-after-a-verb"),
    pytest.param("The objective response rate (ORR) was 40%.", ("objective response rate", "ORR"), id="en-abbr"),
    pytest.param(
        "median progression-free survival (mPFS)", ("median progression-free survival", "mPFS"), id="en-lower"
    ),
    pytest.param(
        "treatment-related adverse events (TRAEs)", ("treatment-related adverse events", "TRAEs"), id="en-plural"
    ),
    pytest.param("sacituzumab govitecan (IMMU-132) was given", ("sacituzumab govitecan", "IMMU-132"), id="en-code"),
    pytest.param("AMG757 (AB1234)", ("AMG757", "AB1234"), id="two-codes"),
    pytest.param("Glofitamab (格菲妥单抗) 单药", ("格菲妥单抗", "Glofitamab"), id="en-zh"),
]

UNSTATED = [
    pytest.param("化疗组(n = 255)的 3 级不良事件", id="number-of-patients"),
    pytest.param("达 40% (97.5% CI: 29~52)", id="interval"),
    pytest.param("PD-L1 高表达(TPS ≥ 50%)人群", id="cut-off"),
    pytest.param("a phase trial (III) and a dose (mg)", id="numeral-and-unit"),
    pytest.param("BiTE (如治疗白血病的药物)", id="an-example"),
    pytest.param("PD-L1 (SP263) assay, KRAS (G12C) mutation", id="assay-and-mutation"),
    pytest.param("双特异性 T 细胞衔接器(BiTE)", id="a-name-that-begins-with-a-latin-letter"),
    pytest.param("the centre in Boston (MSK)", id="letters-that-do-not-fit"),
    pytest.param("依沃西单抗(PD-1 × VEGF)", id="targets-of-a-drug"),
    pytest.param("帕博利珠单抗(IV)", id="route-of-a-drug"),
]


@pytest.mark.parametrize(("text", "names"), STATED)
def test_a_stated_pair_is_mined(text: str, names: tuple[str, ...]) -> None:
    assert [pair.names for pair in mine_pairs(text)] == [names]


@pytest.mark.parametrize("text", UNSTATED)
def test_what_only_stands_in_brackets_is_not(text: str) -> None:
    assert mine_pairs(text) == []


@pytest.mark.parametrize(
    ("text", "abbreviation", "name"),
    [
        ("patients with non-small cell lung cancer", "NSCLC", "non-small cell lung cancer"),
        ("the programmed death ligand 1", "PD-L1", "programmed death ligand 1"),
        ("an interleukin 2", "IL-2", "interleukin 2"),
        ("nothing here fits", "ORR", ""),
        ("a very long row of words that ends in rest", "ARR", ""),
    ],
)
def test_the_long_form_fits_letter_by_letter(text: str, abbreviation: str, name: str) -> None:
    assert long_form(text, abbreviation) == name


@pytest.mark.parametrize(
    ("before", "name"),
    [
        pytest.param("患者的中位总生存期", "患者的中位总生存期", id="中位-is-one-word"),
        pytest.param("间质–上皮转化因子", "间质–上皮转化因子", id="上皮-is-one-word"),
        pytest.param("结果显示，疾病控制率", "疾病控制率", id="after-a-comma"),
        pytest.param("含 Fc 段", "", id="latin-before"),
        pytest.param("T", "", id="no-chinese"),
    ],
)
def test_where_a_chinese_name_starts(before: str, name: str) -> None:
    assert chinese_name(before) == name


@given(st.text(alphabet="()（）aBCd1-，, 抗体的(", max_size=200))
def test_mined_names_stand_in_the_text(text: str) -> None:
    for pair in mine_pairs(text):
        assert len(pair.names) >= 2
        assert all(name in text for name in pair.names)


KNOWN = [Concept("overallsurvival", ("总生存期", "overall survival", "OS"), "endpoint")]


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        pytest.param("骨肉瘤(OS)是", "骨肉瘤", [], id="a-shared-abbreviation-joins-nothing"),
        pytest.param("总生存期(survival overall, SO)", "总生存期", ["overallsurvival"], id="known"),
        pytest.param("特瑞普利单抗(Toripalimab)", "toripalimab", ["toripalimab"], id="new"),
        pytest.param("overall survival (OVS)", "OVS", ["overallsurvival"], id="a-new-name-of-a-known-one"),
    ],
)
def test_mined_concepts_join_known_ones_by_full_names_alone(text: str, question: str, found: list[str]) -> None:
    terms = Terms(KNOWN).joined(mine_concepts(text))
    assert [mention.concept.id for mention in terms.find(question)] == found
    assert [mention.concept.id for mention in terms.find("OS")] == ["overallsurvival"]
