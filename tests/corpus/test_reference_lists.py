"""A document's own reference list, in the forms of both languages."""

from __future__ import annotations

import pytest

from corpus.reading.plain import read_plain
from corpus.references.lists import is_reference_list, read_reference_list

VANCOUVER = """1. Introduction
Tarlatamab was tested [1]. It was tested again [2,3].
References
1. Ahn MJ, Cho BC, Felip E, et al. Tarlatamab for patients with previously treated small-cell lung cancer.
N Engl J Med. 2023;389:2063-75. doi:10.1056/NEJMoa2307980. PMID: 37861218
2. Smith J. A short title. Lancet 2020;395:1-9.
3. Something that fits no form
"""

CHINESE = """一、前言
肺癌很常见[1]。
参考文献
[1] 张三, 李四. 肺癌流行病学研究[J]. 中华肿瘤杂志, 2021, 43(2): 100-105.
[2] Wang L, Zhou Q, et al. Bispecific antibodies in lung cancer[J]. Cancer Res, 2022, 82(3): 1-9.
"""


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        pytest.param(
            VANCOUVER,
            1,
            (
                "Ahn MJ, Cho BC, Felip E, et al",
                "Tarlatamab for patients with previously treated small-cell lung cancer",
                "N Engl J Med",
                2023,
                "10.1056/NEJMoa2307980",
                "37861218",
            ),
            id="en-vancouver",
        ),
        pytest.param(VANCOUVER, 2, ("Smith J", "A short title", "Lancet", 2020, None, None), id="en-short"),
        pytest.param(VANCOUVER, 3, ("", "Something that fits no form", "", None, None, None), id="no-form-no-guess"),
        pytest.param(CHINESE, 1, ("张三, 李四", "肺癌流行病学研究", "中华肿瘤杂志", 2021, None, None), id="zh-gb7714"),
        pytest.param(
            CHINESE,
            2,
            ("Wang L, Zhou Q, et al", "Bispecific antibodies in lung cancer", "Cancer Res", 2022, None, None),
            id="mixed-gb7714",
        ),
    ],
)
def test_an_entry_is_taken_apart(text: str, number: int, expected: tuple[object, ...]) -> None:
    document = read_plain(text, id="d", title="d", source="d.txt")
    assert document is not None
    reference = read_reference_list(document)[number]
    (work,) = reference.works
    assert (work.authors, work.title, work.journal, work.year, work.doi, work.pmid) == expected
    assert reference.status == "resolved"


def test_a_document_without_a_list_has_no_references() -> None:
    document = read_plain("1. Results\nThe rate was 40% [1].\n", id="d", title="d", source="d.txt")
    assert document is not None
    assert read_reference_list(document) == {}


@pytest.mark.parametrize(
    ("trail", "expected"),
    [(("References",), True), (("5 Discussion", "参考文献"), True), (("Reference values",), False), ((), False)],
)
def test_which_sections_are_lists(trail: tuple[str, ...], expected: bool) -> None:
    assert is_reference_list(trail) is expected
