"""Bilingual terms: every name of one thing finds it, and no name finds another thing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.vocabulary.concepts import Concept, read_glossary
from corpus.vocabulary.terms import Terms
from tests.corpus.texts import bundled_terms, texts


def found(text: str) -> dict[str, str]:
    return {m.span.of(text): m.concept.id for m in bundled_terms().find(text)}


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        pytest.param("塔拉妥单抗有效", {"塔拉妥单抗": "tarlatamab"}, id="zh"),
        pytest.param("塔拉妥單抗有效", {"塔拉妥單抗": "tarlatamab"}, id="zh: Traditional"),
        pytest.param("with tarlatamab.", {"tarlatamab": "tarlatamab"}, id="en"),
        pytest.param("Ｔａｒｌａｔａｍａｂ治疗", {"Ｔａｒｌａｔａｍａｂ": "tarlatamab"}, id="mixed: full width"),
        pytest.param("非小细胞肺癌", {"非小细胞肺癌": "nonsmallcelllungcancer"}, id="zh: not the shorter name"),
        pytest.param("非 小细胞肺癌", {"非 小细胞肺癌": "nonsmallcelllungcancer"}, id="zh: nor over a blank"),
        pytest.param("NSCLC", {"NSCLC": "nonsmallcelllungcancer"}, id="en: nor the shorter abbreviation"),
        pytest.param(
            "non‑small cell lung cancer, small-cell lung cancer",
            {"non‑small cell lung cancer": "nonsmallcelllungcancer", "small-cell lung cancer": "smallcelllungcancer"},
            id="en: hyphens and blanks are one",
        ),
        pytest.param(
            "小细胞肺癌(SCLC)", {"小细胞肺癌": "smallcelllungcancer", "SCLC": "smallcelllungcancer"}, id="mixed"
        ),
        pytest.param("MET扩增", {"MET": "mesenchymalepithelialtransitionfactor"}, id="mixed: beside a character"),
        pytest.param("overall\n survival", {"overall\n survival": "overallsurvival"}, id="en: over a line's end"),
        pytest.param("antibody", {"antibody": "antibody"}, id="en: singular"),
        pytest.param("antibodies", {"antibodies": "antibody"}, id="en: plural"),
        pytest.param("xTarlatamab Tarlatamabx imcrs", {}, id="en: not inside a word"),
        pytest.param("\0 \ud800", {}, id="what is no text"),
    ],
)
def test_find(text: str, mentions: dict[str, str]) -> None:
    assert found(text) == mentions


@pytest.mark.parametrize(("text", "names"), [("patients met all criteria", set()), ("MET and ALL", {"MET", "ALL"})])
def test_met_and_all_are_names_in_capitals_only(text: str, names: set[str]) -> None:
    assert {name for name in found(text) if name.lower() in ("met", "all")} == names


@given(texts() | st.text(st.characters()))
def test_mentions_come_in_order_and_never_overlap(text: str) -> None:
    spans = [m.span for m in bundled_terms().find(text)]
    assert all(span.start < span.end for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(st.data())
def test_each_name_in_a_sentence_finds_its_concept(data: st.DataObject) -> None:
    terms = bundled_terms()
    concept = data.draw(st.sampled_from([c for c in terms.concepts.values() if c.category == "drug"]))
    name = data.draw(st.sampled_from(concept.names))
    before, after = data.draw(st.sampled_from([("与", "相比"), ("with ", " alone"), ("用 ", " treated")]))
    mentions = terms.find(before + name + after)
    assert [(m.concept.id, m.span.start) for m in mentions] == [(concept.id, len(before))]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("中位无进展生存期", ["medianprogressionfreesurvival", "progressionfreesurvival"], id="zh"),
        pytest.param("median progression-free survival", ["medianprogressionfreesurvival", "progressionfreesurvival"],
                     id="en"),
        pytest.param("NSCLC 与 SCLC", ["nonsmallcelllungcancer", "lungcancer", "smallcelllungcancer"],
                     id="mixed: not the negated"),
        pytest.param("德曲妥珠单抗", ["trastuzumabderuxtecan"], id="zh: a drug implies nothing"),
    ],
)  # fmt: skip
def test_wider_concepts_are_implied(text: str, ids: list[str]) -> None:
    mentions = bundled_terms().find(text)
    assert list(dict.fromkeys(id for m in mentions for id in (m.concept.id, *m.concept.implies))) == ids


GLOSSARY = """zh\ten\tabbr\tcategory\torigin
总生存期\toverall survival\tOS\tendpoint\tcurated
\tmedian overall survival\tmOS\tendpoint\tcurated
泽妥珠单抗\tZenocutuzumab\t\tdrug\tcurated
\tZenocutuzumab\tMCLA-128\tdrug\tcurated
双抗\t\t\tclass\tcurated
"""


def test_read_glossary() -> None:
    concepts = read_glossary(GLOSSARY)
    assert concepts[0] == Concept("overallsurvival", ("总生存期", "overall survival", "OS"), "endpoint")
    assert concepts[4] == Concept("双抗", ("双抗",), "class")


def test_two_rows_of_one_drug_are_one_concept() -> None:
    terms = Terms(read_glossary(GLOSSARY))
    assert list(terms.concepts) == ["overallsurvival", "medianoverallsurvival", "zenocutuzumab", "双抗"]
    assert terms.concepts["zenocutuzumab"].names == ("泽妥珠单抗", "Zenocutuzumab", "MCLA-128")
    assert [m.concept.id for m in terms.find("MCLA128 即泽妥珠單抗")] == ["zenocutuzumab"] * 2


@pytest.mark.parametrize(("language", "name"), [("zh", "总生存期"), ("en", "overall survival")])
def test_name_in(language: str, name: str) -> None:
    assert read_glossary(GLOSSARY)[0].name_in(language) == name


def test_a_name_of_the_other_language_is_better_than_none() -> None:
    assert read_glossary(GLOSSARY)[4].name_in("en") == "双抗"


def test_names_are_all_names() -> None:
    assert {"总生存期", "mOS", "MCLA-128", "双抗"} <= set(Terms(read_glossary(GLOSSARY)).names())


@pytest.mark.parametrize(
    ("names", "text", "ids"),
    [
        pytest.param(("肺癌", "肺癌细胞"), "肺癌细胞", ["肺癌细胞"], id="zh: the longest of one beginning"),
        pytest.param(("lung", "lung cancer"), "Lung cancers", ["lungcancer"], id="en: the longest of one beginning"),
        pytest.param(("toxicities",), "毒性 toxicity", ["toxicities"], id="mixed: singular of -ies"),
        pytest.param(("toxicity",), "毒性 toxicities", ["toxicity"], id="mixed: plural of -y"),
    ],
)
def test_which_names_are_met(names: tuple[str, ...], text: str, ids: list[str]) -> None:
    terms = Terms([Concept(name.replace(" ", ""), (name,), "disease") for name in names])
    assert [m.concept.id for m in terms.find(text)] == ids


@pytest.mark.parametrize("text", ["", "肺癌", "lung cancer"])
def test_no_concepts_find_nothing(text: str) -> None:
    assert Terms([]).find(text) == []
