"""Bilingual terms: every name of one thing finds it, and no name finds another thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.vocabulary.concepts import Concept, concept_key, read_glossary
from corpus.vocabulary.terms import Terms, prints
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


# Names that documents state, one document after the other

# Full names and abbreviations, plurals, names that end in others, negated ones, in both languages; few: they meet.
_NAMES = [
    "survival", "overall survival", "median overall survival", "non overall survival", "OS", "mOS", "PD-1", "PD1",
    "all", "antibody", "bispecific antibodies", "生存期", "总生存期", "中位總生存期", "非总生存期",
    "T 细胞衔接器", "细胞衔接器",
]  # fmt: skip
_CONCEPTS = st.builds(
    Concept.of,
    st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(["drug", "term", "term"]),
)
_STATED = st.lists(_CONCEPTS, min_size=2, max_size=8)
_KNOWN = st.lists(
    st.sampled_from(
        [
            Concept.of(("总生存期", "overall survival", "OS"), "endpoint"),
            Concept.of(("survival", "生存期"), "endpoint"),
            Concept.of(("抗体", "antibody", "AB"), "term"),
            Concept.of(("德曲妥珠单抗", "trastuzumab deruxtecan", "T-DXd"), "drug"),
            Concept.of(("bispecific antibodies", "BsAb"), "class"),
        ]
    ),
    unique=True,
)
"""Of a glossary: no two are one thing."""
_SAID = st.lists(
    st.tuples(st.sampled_from(["", "无", "without ", "的", "non", "s", "-"]), st.sampled_from(_NAMES)), max_size=6
).map(lambda pieces: " ".join(before + name for before, name in pieces))


def knowledge(terms: Terms) -> list[object]:
    """All that terms know, in their order."""
    return [list(terms.concepts.items()), terms.names(), [terms.meaning(key) for key in map(concept_key, _NAMES)]]


def senses(terms: Terms, text: str) -> list[object]:
    """What the index holds of a text."""
    return [(m.span, m.concept.id, m.concept.implies, m.negated) for m in terms.find(text)]


def in_groups(terms: Terms, groups: Iterable[Sequence[Concept]]) -> Terms:
    for group in groups:
        terms = terms.joined(group)
    return terms


@given(_STATED, _STATED, st.sets(st.integers(1, 7)), _SAID)
def test_names_joined_in_any_groups_are_those_joined_at_once(
    known: list[Concept], stated: list[Concept], cuts: set[int], text: str
) -> None:
    once = Terms(known).joined(stated)
    ends = [0, *sorted(cut for cut in cuts if cut < len(stated)), len(stated)]
    for groups in ([[concept] for concept in stated], [stated[a:b] for a, b in pairwise(ends)]):
        other = in_groups(Terms(known), groups)
        assert knowledge(other) == knowledge(once)
        assert other.find(text) == once.find(text)


@given(_KNOWN, _STATED, _SAID)
def test_joined_names_are_as_if_all_had_been_known_beforehand(
    known: list[Concept], stated: list[Concept], text: str
) -> None:
    """What ``joined`` counts up is what is counted from the start; joining the same once more changes nothing."""
    joined = Terms(known).joined(stated)
    anew = Terms(replace(concept, implies=()) for concept in joined.concepts.values())
    assert knowledge(anew) == knowledge(joined)
    assert anew.find(text) == joined.find(text)
    assert joined.joined(stated) is joined


@given(_KNOWN, _STATED, _STATED, _SAID)
def test_a_text_that_says_something_else_prints_a_fresh_name(
    known: list[Concept], before: list[Concept], stated: list[Concept], text: str
) -> None:
    old = Terms(known).joined(before)
    new = old.joined(stated)
    if senses(old, text) != senses(new, text):
        assert new.origin is old
        assert prints(text, new.fresh)
    if new is not old:
        assert set(new.fresh) <= set(new.names())


@given(_KNOWN, _STATED, _STATED, _SAID)
def test_names_that_are_unlike_are_those_whose_meaning_differs(
    known: list[Concept], one: list[Concept], other: list[Concept], text: str
) -> None:
    """Whichever way they came about: texts without such a name say the same to both."""
    left, right = Terms(known).joined(one), Terms([*known, *one]).joined(other)
    unlike = left.unlike(right)
    assert set(right.unlike(left)) == set(unlike)
    if senses(left, text) != senses(right, text):
        assert prints(text, unlike)
    for name in unlike:
        ways = (name, name.upper(), name.removesuffix("s"), name.removesuffix("ies") + "y", name[:-1] + "ies")
        assert any(senses(left, printed) != senses(right, printed) for printed in ways)
    assert left.unlike(left) == left.unlike(Terms(known).joined(one)) == []


def test_terms_are_not_changed_by_what_joins_them() -> None:
    known = Terms(read_glossary(GLOSSARY))
    before = knowledge(known), known.find("总生存期 OS MCLA-128 双抗 angeximab")
    joined = known.joined([Concept.of(("安格赛单抗", "Angeximab"), "drug"), Concept.of(("双抗", "BsAb"), "class")])
    assert joined.meaning("bsab") == joined.concepts["双抗"]
    assert (knowledge(known), known.find("总生存期 OS MCLA-128 双抗 angeximab")) == before
    assert known.joined([]) is known
    other = [Concept.of(("安格赛单抗", "Otherimab"), "drug"), Concept.of(("angeximab", "ANG"), "drug")]
    assert knowledge(known.joined(other)) == knowledge(Terms(read_glossary(GLOSSARY)).joined(other))


def test_all_names_of_what_implies_a_new_name_are_fresh() -> None:
    known = Terms([Concept.of(("median overall survival", "mOS"), "endpoint"), Concept.of(("antibody",), "term")])
    joined = known.joined([Concept.of(("overall survival", "OS"), "endpoint")])
    assert set(joined.fresh) == {"median overall survival", "mOS", "overall survival", "OS"}
    assert set(joined.unlike(known)) == set(joined.fresh)
    assert [m.concept.implies for m in joined.find("mOS, antibody")] == [("overallsurvival",), ()]


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ((("overall survival", "OS"), ("median overall survival", "OS")), "overallsurvival"),
        ((("median overall survival", "OS"), ("overall survival", "OS")), "overallsurvival"),
        ((("osteosarcoma", "OS"), ("overall survival", "OS")), "overallsurvival"),
        ((("overall survival", "OS"), ("osteosarcoma", "OS")), "osteosarcoma"),
    ],
    ids=["the wider", "the wider, last", "of two as wide the last", "whichever that is"],
)
def test_a_name_of_several_means_the_widest_of_these_the_last(names: tuple[tuple[str, ...], ...], meant: str) -> None:
    """Of those known beforehand: what documents state never makes a name of one thing that of another."""
    terms = Terms(Concept.of(each, "term") for each in names)
    assert [m.concept.id for m in terms.find("OS")] == [meant]


def test_more_names_than_one_layer_holds_are_all_found() -> None:
    """Of made-up drugs, stated by one document each."""
    stated = [Concept.of((f"drug{n}mab", f"ABC-{n}"), "drug") for n in range(10_000, 12_100)]
    terms = Terms(read_glossary(GLOSSARY))
    for start in range(0, len(stated), 100):
        terms = terms.joined(stated[start : start + 100])
        latest = stated[start + 99]
        for name in ("drug10000mab", "ABC10050", latest.names[0], "总生存期"):
            assert [m.concept.id for m in terms.find(f"{name} 有效")] == [terms.meaning(concept_key(name)).id]  # type: ignore[union-attr]
    assert senses(terms, "ABC-12099") == senses(Terms([*read_glossary(GLOSSARY), *stated]), "ABC-12099")
