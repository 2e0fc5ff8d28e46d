"""Keyword search: user text is data, concepts cross languages, coverage follows its formula."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from corpus.document import Span
from corpus.packs.packs import bundled_concepts
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.terms import Terms
from index.search.hybrid import HybridIndex
from index.store.keywords import (
    SCHEMAS,
    KeywordMatch,
    KeywordQuery,
    Unit,
    Vocabulary,
    add_words,
    printing,
    remove_words,
    rows_matching,
    rows_with,
    version_of,
)
from tests.index.fakes import LIBRARY, make_index

VOCABULARY = Vocabulary(Terms(bundled_concepts()))

TEXTS = {
    1: "塔拉妥单抗的安全性",
    2: "埃万妥单抗的剂量",
    3: "依沃西单抗的剂量和安全性",
    4: "The safety of tarlatamab",
    5: "The dose of amivantamab in 2024",
    6: 'Text with "quotes", col: NEAR(a, b) AND a*',
}
LANGUAGES = {1: "zh", 2: "zh", 3: "zh", 4: "en", 5: "en", 6: "en"}
CHINESE = np.array([language == "zh" for language in LANGUAGES.values()])


@pytest.fixture(scope="module")
def words() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMAS["words"])
    for row, text in TEXTS.items():
        add_words(connection, row, VOCABULARY.body(text))
    yield connection
    connection.close()


def query(words: sqlite3.Connection, units: Sequence[Unit]) -> KeywordQuery:
    """Asks rows 1 to 6 as positions 0 to 5."""
    return KeywordQuery(lambda key: rows_with(words, key) - 1, units, CHINESE)


def by_row(asked: KeywordQuery) -> dict[int, KeywordMatch]:
    """What each row shares with the question, best first; rows that hold nothing of it are left out."""
    best = asked.best(len(CHINESE)).tolist()
    found = dict(zip([position + 1 for position in best], asked.matches(best), strict=True))
    assert [match for position, match in enumerate(asked.matches(range(6))) if position not in best] == [None] * (
        6 - len(best)
    )
    return {row: match for row, match in found.items() if match}


def matches(words: sqlite3.Connection, question: str) -> dict[int, KeywordMatch]:
    return by_row(query(words, VOCABULARY.units(question)))


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("塔拉妥单抗", {1, 4}),
        ("Tarlatamab", {1, 4}),
        ("TARLATAMAB", {1, 4}),
        ("Ｔａｒｌａｔａｍａｂ", {1, 4}),
        ("塔拉妥單抗", {1, 4}),
        ("amivantamab 的剂量", {2, 3, 5}),
        ("安全性", {1, 3, 4}),
        ("安全性如何？", {1, 3, 4}),
        ("safety", {1, 3, 4}),
        ("dose", {2, 3, 5}),
        ("doses", {2, 3, 5}),
        ("２０２４", {5}),
        ("FLAURA2", set()),
        ("格菲妥单抗", set()),
    ],
)  # fmt: skip
def test_what_a_question_finds(words: sqlite3.Connection, question: str, rows: set[int]) -> None:
    assert matches(words, question).keys() == rows


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ('"', set()),
        ('""""', set()),
        ("*", set()),
        ("-", set()),
        (":", set()),
        ("tarl*", set()),
        ("-tarlatamab", {1, 4}),
        ("NOT tarlatamab", {1, 4}),
        ("body:tarlatamab", {1, 4}),
        ("NEAR(tarlatamab, 5)", {1, 4, 6}),  # NEAR is a word of text 6
        ("tarlatamab AND 2024", {1, 4, 5}),  # a stop word, no operator: either may be there
        ('tarlatamab" OR "2024', {1, 4, 5}),
        ("{tarlatamab} ^dose + 1", {1, 4, 2, 3, 5}),
        ("'; DROP TABLE words; --tarlatamab", {1, 4}),
        ("塔拉妥单抗\" OR *", {1, 4}),
        ("（安全性）AND（剂量）", {1, 2, 3, 4, 5}),
    ],
)  # fmt: skip
def test_query_syntax_is_data(words: sqlite3.Connection, question: str, rows: set[int]) -> None:
    assert matches(words, question).keys() == rows


_ASKED = ["tarlatamab", "不含 Fc", "NOT", "NEAR(a, 5)", '"', "*", "PD-1", "2024", "的", "col:"]


@given(st.lists(st.sampled_from(_ASKED) | st.text(max_size=12), max_size=5).map(" ".join))
def test_a_text_that_says_the_question_is_found_by_each_unit_of_it(question: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(SCHEMAS["words"])
        add_words(connection, 1, VOCABULARY.body("of nothing that is asked"))
        add_words(connection, 2, VOCABULARY.body(question))
        for unit in VOCABULARY.units(question):
            assert 2 in rows_with(connection, unit.key).tolist()
    connection.close()


def test_every_concept_is_one_token(words: sqlite3.Connection) -> None:
    """ "EGFR/MET" and "Alzheimer's disease" must not become phrases, which the index cannot search."""
    for id in VOCABULARY.terms.concepts:
        rows_with(words, f"={id}")
        rows_with(words, f"=={id}")


@given(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=12))
def test_a_concept_of_any_name_is_one_token(name: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(SCHEMAS["words"])
        add_words(connection, 1, f"word ={name} =={name}2")
        assert rows_with(connection, f"={name}").tolist() == [1]
        assert rows_with(connection, f"={name}2").tolist() == []
        assert rows_with(connection, f"=={name}2").tolist() == [1]
    connection.close()


@pytest.mark.parametrize(
    ("text", "absent", "there"),
    [
        ("不含 Fc 的双抗", {"fcregion"}, {"bispecificantibodies"}),
        ("bispecifics without an Fc region", {"fcregion"}, {"bispecificantibodies"}),
        ("Fc-free BsAbs", {"fcregion"}, {"bispecificantibodies"}),
        ("Fc 缺失的双抗", {"fcregion"}, {"bispecificantibodies"}),
        ("含 Fc 的双抗", set(), {"fcregion", "bispecificantibodies"}),
        ("bispecifics with an Fc region", set(), {"fcregion", "bispecificantibodies"}),
        ("无脑转移", {"brainmetastases"}, set()),
        ("no brain metastases", {"brainmetastases"}, set()),
        ("無腦轉移", {"brainmetastases"}, set()),
        ("脑转移", set(), {"brainmetastases"}),
        ("未使用 Tarlatamab", {"tarlatamab"}, set()),
        ("without prior 化疗", {"chemotherapy"}, set()),
        ("无进展生存期", set(), {"progressionfreesurvival"}),
        ("progression-free survival", set(), {"progressionfreesurvival"}),
        ("无需化疗", set(), {"chemotherapy"}),
    ],
)
def test_absence_is_a_unit_of_its_own(text: str, absent: set[str], there: set[str]) -> None:
    units = VOCABULARY.units(text)
    assert {unit.concept for unit in units if unit.opposite} == absent
    assert {unit.concept for unit in units if unit.concept and not unit.opposite} == there
    assert {unit.opposite for unit in units if unit.opposite} == {f"={id}" for id in absent}
    held = set(VOCABULARY.body(text).split())
    assert {f"=={id}" for id in absent} | {f"={id}" for id in absent | there} <= held
    assert not {f"=={id}" for id in there} & held


@pytest.mark.parametrize("text", [*TEXTS.values(), "BsAbs and ADCs: 双抗 12.5 个月 (95% CI: 7.4~12.9)"])
def test_a_text_holds_every_unit_of_itself(text: str) -> None:
    assert {unit.key for unit in VOCABULARY.units(text)} <= set(VOCABULARY.body(text).split())


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("What is the safety of tarlatamab?", ["safety", "tarlatamab"]),
        ("塔拉妥单抗的安全性如何？", ["塔拉妥单抗", "安全性"]),
        ("Tarlatamab 与塔拉妥单抗", ["塔拉妥单抗"]),  # one concept, as it is printed last
        ("the of 的 了", []),
        ("AEs of TKIs", ["AEs", "TKIs"]),
        ("", []),
    ],
)
def test_units_are_concepts_once_and_words_that_inform(question: str, printed: list[str]) -> None:
    units = VOCABULARY.units(question)
    assert [unit.printed.removesuffix("s") for unit in units] == [name.removesuffix("s") for name in printed]


@pytest.mark.parametrize(
    ("unit", "crosses"),
    [("=tarlatamab", True), ("dellphi304", True), ("20", True), ("safeti", False), ("安全性", False)],
)
def test_what_a_text_in_the_other_language_could_hold(unit: str, crosses: bool) -> None:
    assert Unit(unit, unit).crosses is crosses


def idf(size: int, held: int) -> float:
    return math.log(1 + (size - held + 0.5) / (held + 0.5))


def test_coverage_is_the_share_of_idf_within_a_language(words: sqlite3.Connection) -> None:
    found = matches(words, "Tarlatamab 的剂量, 2024, FLAURA2")
    # Each language has 3 texts. FLAURA2 (and its part FLAURA, English only) is in none; both could hold FLAURA2.
    tarlatamab, year, absent = idf(3, 1), idf(3, 1), idf(3, 0)
    zh = tarlatamab + idf(3, 2) + idf(3, 0) + absent  # 剂量 is in two, 2024 in none
    en = tarlatamab + idf(3, 1) + year + absent + idf(3, 0)
    assert found[1].weight == pytest.approx(tarlatamab)
    assert found[1].coverage == pytest.approx(tarlatamab / zh)
    assert found[5].weight == pytest.approx(idf(3, 1) + year)
    assert found[5].coverage == pytest.approx((idf(3, 1) + year) / en)
    assert [unit.printed for unit in found[5].shared] == ["剂量", "2024"]


def test_a_word_of_the_other_language_does_not_count_against_a_text(words: sqlite3.Connection) -> None:
    assert matches(words, "tarlatamab regulatory")[1].coverage == 1.0
    assert matches(words, "tarlatamab regulatory")[4].coverage == pytest.approx(idf(3, 1) / (idf(3, 1) + idf(3, 0)))
    assert matches(words, "tarlatamab 监管")[4].coverage == 1.0


def test_what_only_has_what_shall_be_absent_takes_no_rank_from_others() -> None:
    """It has a place among the best, before one that shares a common word and has two such things."""
    held = {"=a": [0, 1], "=c": [1], "b": [1, 2, 3]}
    units = [Unit("==a", "a"), Unit("==c", "c"), Unit("b", "b")]
    asked = KeywordQuery(lambda key: np.array(held.get(key, []), np.int64), units, np.zeros(5, bool))
    assert asked.best(9).tolist() == [2, 3, 0, 1]
    assert [asked.rank(position) for position in range(5)] == [None, 3, 1, 2, None]
    shared = (units[2],)
    assert [match and match.shared for match in asked.matches(range(5))] == [(), shared, shared, shared, None]


ABSENCE = {
    1: "双抗含有 Fc 段",
    2: "双抗不含 Fc 段",
    3: "双抗的剂量",
    4: "BsAbs keep an Fc region",
    5: "BsAbs lack an Fc region",
    6: "Fc-free antibodies, and antibodies with an Fc region",
}


@pytest.mark.parametrize("question", ["双抗, 不含 Fc", "BsAbs without an Fc region", "Fc-free 双抗"])
def test_what_is_asked_to_be_absent_counts_against_a_text_that_has_it(question: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMAS["words"])
    for row, text in ABSENCE.items():
        add_words(connection, row, VOCABULARY.body(text))
    units = [unit for unit in VOCABULARY.units(question) if unit.concept]
    asked = query(connection, units)
    connection.close()
    found = by_row(asked)
    # Of three texts a language: zh hold 双抗 in all and one lacks Fc; en hold it in two and two lack Fc.
    both, absent = idf(3, 3), idf(3, 1)
    assert found[1].weight == pytest.approx(both - absent)
    assert found[1].coverage == pytest.approx((both - absent) / (both + absent))
    assert found[2].coverage == 1.0
    assert found[3].weight == pytest.approx(both)
    assert found[4].weight == pytest.approx(idf(3, 2) - idf(3, 2))
    assert found[5].coverage == 1.0
    assert found[6].weight == pytest.approx(idf(3, 2))  # it has both kinds: nothing speaks against it
    for row, text in ABSENCE.items():
        assert asked.text(VOCABULARY.body(text), LANGUAGES[row]) == found[row]


def test_best_first_ties_by_row(words: sqlite3.Connection) -> None:
    found = list(matches(words, "安全性和剂量").items())
    assert found[0][0] == 3  # the only text with both
    assert [(-match.coverage, row) for row, match in found] == sorted((-match.coverage, row) for row, match in found)


@given(st.lists(st.sampled_from(_ASKED) | st.sampled_from(["安全性", "dose", "amivantamab", "剂量"]), max_size=5))
def test_the_best_of_few_are_the_first_of_all_and_ranks_are_places_among_them(
    words: sqlite3.Connection, asked: list[str]
) -> None:
    """Those that only hold the opposite of what is asked have a place, but no rank."""
    found = query(words, VOCABULARY.units(" ".join(asked)))
    best = found.best(6).tolist()
    assert [found.best(k).tolist() for k in range(7)] == [best[:k] for k in range(7)]
    shared = [position for position, match in zip(best, found.matches(best), strict=True) if match and match.shared]
    assert [found.rank(position) for position in shared] == list(range(1, len(shared) + 1))
    assert {found.rank(position) for position in set(range(6)) - set(shared)} <= {None}


@given(st.sampled_from(sorted(TEXTS)), st.text(max_size=30))
def test_coverage_lies_between_0_and_1(words: sqlite3.Connection, row: int, noise: str) -> None:
    for match in matches(words, TEXTS[row] + noise).values():
        assert 0 <= match.coverage <= 1 + 1e-9
        assert match.weight >= 0
        assert match.shared


@pytest.mark.parametrize("row", TEXTS)
def test_a_text_read_alone_scores_as_its_passage(words: sqlite3.Connection, row: int) -> None:
    asked = query(words, VOCABULARY.units("安全性 of tarlatamab 2024 剂量"))
    alone = asked.text(VOCABULARY.body(TEXTS[row]), LANGUAGES[row])
    assert alone == by_row(asked).get(row, KeywordMatch(0.0, 0.0, ()))


def test_what_is_removed_is_not_found() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMAS["words"])
    add_words(connection, 1, "safeti")
    add_words(connection, 2, "safeti")
    remove_words(connection, [1, 3])
    assert rows_with(connection, "safeti").tolist() == [2]
    connection.close()


@pytest.mark.parametrize(
    ("question", "documents"),
    [("塔拉妥单抗", {"safety-zh", "survival-en"}), ("tarlatamab", {"safety-zh", "survival-en"})],
)
def test_a_name_finds_both_languages_in_a_library(tmp_path: Path, question: str, documents: set[str]) -> None:
    index: HybridIndex = make_index(tmp_path, *LIBRARY)
    hits = index.search(question)
    assert {hit.passage.document_id for hit in hits if hit.keyword_rank} == documents
    index.library.close()


# All that is indexed of a text


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("The median overall survival was long.", {"%OS", "%OS_rate"}),
        ("中位总生存期较长。", {"%OS", "%OS_rate", *(f"'{character}" for character in "中位总生存期较长")}),
        ("塔拉妥單抗 and PD-1", {f"'{character}" for character in "塔拉妥单抗"}),
        ("Nothing at all.", set()),
    ],
)
def test_end_points_and_characters_are_indexed_beside_the_words(text: str, more: set[str]) -> None:
    body = VOCABULARY.body(text).split()
    assert not {token for token in body if token.startswith(("%", "'"))}
    indexed = VOCABULARY.indexed(text, told=True).split()
    assert {token for token in indexed if token not in body} == more
    assert set(VOCABULARY.indexed(text).split()) == {token for token in indexed if not token.startswith("%")}


@given(st.lists(st.sampled_from([*TEXTS.values(), "不含 Fc 的双抗", "OS", "\n"]), max_size=4).map(" ".join))
def test_a_text_named_anew_is_one_indexed_anew(text: str) -> None:
    """Where names change that cut no words."""
    before = Vocabulary(Terms([]), VOCABULARY.segmenter)
    for told in (False, True):
        renamed = VOCABULARY.renamed(before.indexed(text, told=told), text)
        assert renamed == VOCABULARY.indexed(text, told=told)
        assert before.renamed(renamed, text) == before.indexed(text, told=told)


@given(st.lists(st.sampled_from([*TEXTS.values(), "不含 Fc 的双抗", "MARIPOSA", "2 个月"]), max_size=5))
def test_sentences_of_a_text_read_once_are_those_read_alone(sentences: list[str]) -> None:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence) + 1))
        text += f"{sentence}。 "
    alone = [VOCABULARY.body(span.of(text)).split() for span in spans]
    assert [sorted(set(body.split())) for body in VOCABULARY.bodies(text, spans)] == [sorted(set(b)) for b in alone]


def test_the_version_changes_with_what_is_known_beforehand() -> None:
    known = [Concept.of(("塔拉妥单抗", "Tarlatamab"), "drug"), Concept.of(("双抗", "BsAb"), "class")]
    version = version_of(known)
    assert version == version_of(list(known))
    others = [known[:1], [*known, known[0]], [known[0], Concept.of(("双抗", "BsAbs"), "class")]]
    assert len({version, *map(version_of, others)}) == 4


# Texts that may print a name

_WORDS = "event free survival studies toxicity pd il 1 mcla 128 b01d1 pi3k α of".split()
_JOINTS = st.sampled_from([" ", "-"])


@st.composite
def named_and_printed(draw: st.DrawFn) -> tuple[str, str]:
    """A name of a few words, and how a text prints it: with other joints, or none."""
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4, unique=True))
    assume(any(len(word) > 1 for word in words))
    joints = [draw(_JOINTS) for _ in words]
    printed = [draw(st.sampled_from(["", " ", "-", "\n"])) for _ in words]
    for n, (word, after) in enumerate(pairwise(words)):
        if word[-1].isdigit() and after[0].isdigit():
            printed[n] = joints[n]  # no other number is the same
    ending = draw(st.sampled_from(["", "s"]))
    return (
        "".join(word + joint for word, joint in zip(words, joints, strict=True)).strip(" -"),
        "".join(word + joint for word, joint in zip(words, printed, strict=True)).strip(" -\n") + ending,
    )


@example(("pi3k-α", "pi3k-α"), "", " was")
@given(named_and_printed(), st.sampled_from(["", "Anti ", "新型", "the "]), st.sampled_from(["", " was", "治疗", "."]))
def test_a_text_that_prints_a_name_is_found_by_it(pair: tuple[str, str], before: str, after: str) -> None:
    name, printed = pair
    terms = Terms([Concept("it", (name,), "term")])
    text = before + printed + after
    with sqlite3.connect(":memory:") as connection:
        connection.execute(SCHEMAS["words"])
        add_words(connection, 1, Vocabulary(terms, VOCABULARY.segmenter).indexed("of nothing that has a name"))
        add_words(connection, 2, Vocabulary(terms, VOCABULARY.segmenter).indexed(text))
        found = rows_matching(connection, printing(name)) if printing(name) else []
    connection.close()
    assert 2 in found or not terms.find(text)


@pytest.mark.parametrize(
    "name", ["", " ", "-", "…", '"', "*", "塔", "α", "1", "C5", 'a"b OR c', "NEAR(", "x" * 500, "a b c d e f g"]
)
def test_any_name_makes_a_query(name: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(SCHEMAS["words"])
    if query := printing(name):
        assert rows_matching(connection, query) == []
    connection.close()
