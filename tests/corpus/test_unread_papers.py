"""What is made of papers that nobody has read: their drugs, trials, firms and terms are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalogue.entry import Entry
from tests.corpus.test_catalogue import laws, made, read

PAPERS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "unread").iterdir())}
NAMING = {"name", "code", "short form"}

SAID = {
    "en-1": {
        "Belvotamig": {
            ("target", "CD19"), ("target", "CD20"), ("class", "bispecific antibody"),
            ("maker", "Northgate Therapeutics"), ("approval", "In March 2021, the FDA approved belvotamig"),
        },
        "TALON-3": {
            ("registration", "NCT09876543"), ("phase", "3"), ("design", "randomised"), ("design", "multicentre"),
            ("blinding", "double-blind"), ("size", "412"), ("centres", "38"), ("disease", "refractory lymphoma"),
            ("population", "patients with refractory lymphoma"), ("country", "Japan and Spain"),
        },
        "CRS": {("long form", "Cytokine release syndrome")},
    },
    "en-2": {
        "Zeltrinib": {("class", "tyrosine kinase inhibitor"), ("target", "HER2")},
        "HERON-1": {
            ("registration", "ISRCTN12345678"), ("phase", "2"), ("design", "Randomised"), ("design", "multicentre"),
            ("blinding", "Open-Label"), ("size", "233"), ("disease", "metastatic breast cancer"),
            ("enrolment", "May 2018 and June 2020"), ("dose", "40 mg once daily"),
        },
    },
    "en-3": {
        "Rucotamab": {
            ("target", "DLL3"), ("target", "CD3"), ("class", "bispecific T-cell engager"),
            ("maker", "Eastlake Biosciences"), ("indication", "small cell lung cancer"),
        },
        "Sevotamab": {("target", "PD-1"), ("target", "TIGIT"), ("class", "IgG4"),
                      ("approval", "approved by the EMA in 2022")},
        "ADC": {("long form", "antibody-drug conjugate")},
    },
    "zh-1": {
        "贝洛妥单抗": {
            ("target", "CD19"), ("target", "CD20"), ("class", "双特异性抗体"), ("maker", "北门生物"),
            ("approval", "2021 年 3 月，国家药品监督管理局批准"),
            ("indication", "复发性淋巴瘤"), ("indication", "淋巴瘤"),
        },
        "TALON-3": {
            ("registration", "NCT09876543"), ("phase", "III"), ("design", "随机"), ("design", "多中心"),
            ("blinding", "双盲"), ("size", "412"), ("centres", "38"), ("disease", "难治性淋巴瘤"),
            ("population", "难治性淋巴瘤患者"), ("country", "日本"),
        },
        "CRS": {("long form", "细胞因子释放综合征")},
    },
    "zh-2": {
        "泽特替尼": {
            ("target", "HER2"), ("class", "酪氨酸激酶抑制剂"), ("approval", "于 2020 年 6 月获 NMPA 批准"),
            ("indication", "晚期乳腺癌"), ("definition", "酪氨酸激酶抑制剂，靶向 HER2"),
        },
        "HERON-1": {
            ("phase", "Ⅱ"), ("design", "单臂"), ("blinding", "开放标签"), ("size", "87"),
            ("data cut-off", "2021 年 5 月 1 日"),
        },
    },
    "zh-3": {
        "鲁可妥单抗": {("class", "不含 Fc 的双特异性抗体"), ("maker", "东湖药业")},
        "司沃妥单抗": {
            ("target", "PD-1"), ("target", "TIGIT"), ("class", "IgG4"), ("approval", "获批"),
            ("indication", "黑色素瘤"),
        },
        "TMB": {("long form", "肿瘤突变负荷")},
        "肿瘤突变负荷": {("definition", "肿瘤基因组中每百万碱基的突变数目")},
    },
}  # fmt: skip
"""By paper and by name, all that is said but for names."""


def entries(paper: str) -> list[Entry]:
    text = PAPERS[paper]
    return made(read(text, text.split("\n")[0]))


@pytest.mark.parametrize("paper", PAPERS)
def test_all_that_an_unread_paper_says_and_nothing_else(paper: str) -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for entry in entries(paper):
        if entry.field not in NAMING:
            said.setdefault(entry.name, set()).add((entry.field, entry.value))
    assert said == SAID[paper]


@pytest.mark.parametrize("paper", PAPERS)
def test_unread_papers_keep_the_laws(paper: str) -> None:
    text = PAPERS[paper]
    laws(read(text, text.split("\n")[0]), entries(paper))


@pytest.mark.parametrize(
    ("paper", "name", "others"),
    [("en-1", "Belvotamig", {"QRX-2207"}), ("en-3", "Rucotamab", {"KLM-501"}), ("zh-1", "贝洛妥单抗", {"Belvotamig"})],
)
def test_names_and_codes_of_a_drug(paper: str, name: str, others: set[str]) -> None:
    found = {e.value for e in entries(paper) if e.name == name and e.field in ("name", "code")}
    assert found - {name} == others
