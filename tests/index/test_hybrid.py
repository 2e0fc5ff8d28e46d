"""The whole search: what is found first, and why; what is outdated or broken is made anew."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LibraryDamaged
from index.repairing import repair
from index.search.fusion import keyword_vote
from index.search.hybrid import HybridIndex
from index.search.indexing import RECIPE
from index.search.searching import SearchOptions
from index.store.keywords import KeywordMatch
from index.store.library import FILE_NAME
from index.store.schema import COLUMNS, seal
from tests.index.fakes import LIBRARY, document, found, load_topics, make_index

# A library to rank by eye


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("safety", "safety-zh"),
        ("安全吗？", "safety-zh"),
        ("survival", "survival-en"),
        ("生存", "survival-en"),
        ("Ivonescimab 的剂量", "dose-zh"),
        ("structure of amivantamab", "structure-en"),
        ("埃万妥单抗的结构", "structure-en"),
    ],
)
def test_the_topic_decides_in_both_languages(tmp_path: Path, question: str, first: str) -> None:
    index = make_index(tmp_path, *LIBRARY)
    assert found(index, question, k=1) == [first]
    index.library.close()


def test_why_a_passage_was_found(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    safety, survival, *others = index.search("塔拉妥单抗 safety")
    assert (safety.passage.document_id, survival.passage.document_id) == ("safety-zh", "survival-en")
    assert (safety.dense_rank, safety.keyword_rank, safety.terms) == (1, 1, ("塔拉妥单抗", "safety"))
    assert safety.coverage == 1.0
    assert safety.similarity == pytest.approx(1.0, abs=0.02)
    assert (survival.keyword_rank, survival.terms) == (2, ("塔拉妥单抗",))
    assert [(hit.keyword_rank, hit.terms, hit.coverage) for hit in others] == [(None, (), 0.0)] * 2
    assert (safety.translations, survival.translations) == (("", "安全性"), ("Tarlatamab",))
    assert sorted(hit.dense_rank or 0 for hit in (safety, survival, *others)) == [1, 2, 3, 4]
    index.library.close()


@pytest.mark.parametrize(
    ("question", "id", "terms"),
    [
        ("tarlatamab 的安全", "safety-zh", {"tarlatamab": "塔拉妥单抗", "安全": ""}),
        ("塔拉妥單抗", "survival-en", {"塔拉妥單抗": "Tarlatamab"}),
        ("塔拉妥單抗", "safety-zh", {"塔拉妥單抗": ""}),
        ("TARLATAMAB", "survival-en", {"TARLATAMAB": ""}),
        ("CRS after tarlatamab", "safety-zh", {"CRS": "细胞因子释放综合征", "tarlatamab": "塔拉妥单抗"}),
        ("20 mg/kg ivonescimab", "dose-zh", {"20": "", "mg": "", "kg": "", "ivonescimab": "依沃西单抗"}),
    ],
    ids=["mixed", "zh asks en", "zh Traditional", "en capitals", "en asks zh", "numbers"],
)
def test_matched_terms_have_their_names_in_the_passages_language(
    tmp_path: Path, question: str, id: str, terms: dict[str, str]
) -> None:
    index = make_index(tmp_path, *LIBRARY)
    (hit,) = (hit for hit in index.search(question) if hit.passage.document_id == id)
    assert dict(zip(hit.terms, hit.translations, strict=True)) == terms
    index.library.close()


@pytest.mark.parametrize("title_weight", [0.0, 1.0, 3.0])
def test_the_score_is_meaning_plus_words_plus_the_best_sentence_plus_the_title(
    tmp_path: Path, title_weight: float
) -> None:
    index = make_index(tmp_path, *LIBRARY)
    options = SearchOptions(title_weight=title_weight)
    vectors = index.library.vectors(index.embedder.dim).vectors
    query = index.embedder.encode_query(["safety"])[0]
    products = vectors @ query
    (hit, *_) = index.search("safety", options=options)
    weight = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))  # one of the two Chinese passages
    vote = keyword_vote(KeywordMatch(float(weight), 1.0, ()), options.fusion, across=True)
    share = 2 / (2 + options.fusion.shrinkage)  # of two Chinese passages in the scale of their language
    mean = share * products[[0, 2]].mean() + (1 - share) * products.mean()
    deviation = share * products[[0, 2]].std() + (1 - share) * products.std()
    standard = (products[0] - mean) / deviation
    # Its only sentence is the passage, so it scores the same once more, but that its vector is kept in fewer bits.
    (sentence,) = index.library.sentence_vectors(1, index.embedder.dim)
    assert sentence == pytest.approx(vectors[0], abs=float(np.abs(vectors[0]).max()) / 253)
    sentence_standard = (sentence @ query - mean) / deviation
    assert hit.sentence_scores == pytest.approx((sentence_standard + vote,), abs=1e-4)
    # Its title names all that is asked.
    expected = standard + vote + options.sentence_weight * (sentence_standard + vote) + title_weight
    assert hit.score == pytest.approx(expected, abs=1e-4)
    index.library.close()


def test_a_passage_that_cites_has_its_place_among_all(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    ranks = {hit.passage.id: hit.dense_rank for hit in index.search("safety of the structure", 10)}
    cited = index.citing(25, "safety of the structure")
    assert sorted(ranks.values(), key=str) == [1, 2, 3, 4]
    assert {hit.passage.id: hit.dense_rank for hit in cited} == {hit.passage.id: ranks[hit.passage.id] for hit in cited}
    assert len(cited) == 2
    index.library.close()


def test_words_that_no_passage_holds_are_not_kept_without_bound(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    for number in range(20):
        index.search(f"unheard{number}")
    loaded = index._loaded
    assert loaded is not None
    assert loaded.positions.currsize >= 20
    index.library.close()


def test_a_passage_found_by_words_alone_has_no_dense_rank(tmp_path: Path) -> None:
    index = make_index(tmp_path, *LIBRARY)
    hits = index.search("history of Ivonescimab", options=SearchOptions(candidates=1), k=1)
    assert [(hit.passage.document_id, hit.keyword_rank) for hit in hits] == [("dose-zh", 1)]
    index.library.close()


def test_ties_keep_the_order_of_the_library(tmp_path: Path) -> None:
    index = make_index(tmp_path, *(document(f"copy{n}", f"安全\n安全性说明{n}。") for n in range(9)))
    assert found(index, "weather", k=9) == [f"copy{n}" for n in range(9)]
    index.library.close()


def test_a_passage_within_a_trial_knows_the_passage_that_opens_it(tmp_path: Path) -> None:
    sentences = "".join(
        f"这是第{n}句关于生存的话，写得足够长，使这一段落不得不被切成几个部分才能保存下来。" for n in range(20)
    )
    index = make_index(tmp_path, document("trial", f"研究\nALPHA-1 研究：{sentences}安全性良好。"))
    hits = sorted(index.search("安全", k=50), key=lambda hit: hit.passage.span)
    assert len(hits) > 1
    assert hits[0].lead is None
    assert {hit.lead for hit in hits[1:]} == {hits[0].passage}
    assert {hit.passage.topic for hit in hits} == {"ALPHA-1 研究"}
    index.library.close()


@pytest.mark.parametrize("question", ["", " \n\t", "　"])
def test_nothing_asked_finds_nothing(tmp_path: Path, question: str) -> None:
    index = make_index(tmp_path, *LIBRARY)
    assert index.search(question) == []
    index.library.close()


@pytest.mark.parametrize(
    ("number", "documents"), [(25, ["safety-zh", "structure-en"]), (12, ["survival-en"]), (13, []), (0, [])]
)
def test_every_passage_that_cites_a_reference(tmp_path: Path, number: int, documents: list[str]) -> None:
    index = make_index(tmp_path, *LIBRARY)
    assert [hit.passage.document_id for hit in index.citing(number, "safety")] == documents
    index.library.close()


# What a question may look like


ALIKE = (
    document("trial-zh", "甲\nDeLLphi-304 研究纳入509例患者。"),
    document("trial-en", "B\nThe MARIPOSA-2 trial enrolled 657 patients."),
    document("earlier-en", "C\nMARIPOSA enrolled others, and DeLLphi-301 did."),
    document("drug-en", "D\nToripalimab met its end point; the hazard was lower."),
    document("drug-zh", "戊\n特瑞普利单抗耐受良好。"),
)


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("DeLLphi-304", ["trial-zh"]),
        ("dellphi 304", ["trial-zh"]),
        ("DELLPHI304 的患者", ["trial-zh"]),
        ("ｄｅｌｌｐｈｉ－３０４", ["trial-zh"]),
        ("MARIPOSA2", ["trial-en"]),
        ("mariposa 2 的患者", ["trial-en"]),
        ("特瑞普利單抗", ["drug-zh", "drug-en"]),
        ("Ｔｏｒｉｐａｌｉｍａｂ", ["drug-zh", "drug-en"]),
        ("toripalimob 怎么样？", ["drug-zh", "drug-en"]),
        ("hazzard", ["drug-en"]),
    ],
    ids=["exact", "en blank", "mixed one word", "full width", "en one word", "mixed blank", "Traditional",
         "full width name", "mixed typing error", "en typing error"],
)  # fmt: skip
def test_forgiving_words_find_what_is_meant_and_that_first(tmp_path: Path, question: str, documents: list[str]) -> None:
    index = make_index(tmp_path, *ALIKE)
    hits = index.search(question)
    assert sorted(hit.passage.document_id for hit in hits[: len(documents)]) == sorted(documents)
    assert all(hit.keyword_rank and hit.keyword_rank <= len(documents) for hit in hits[: len(documents)])
    index.library.close()


@pytest.mark.parametrize("question", ["DeLLphi-305", "KEYNOTE-042", "dellphi 305"])
def test_another_trial_is_not_a_typing_error(tmp_path: Path, question: str) -> None:
    index = make_index(tmp_path, *ALIKE)
    assert index.correct(question) == question
    index.library.close()


def test_what_the_library_no_longer_says_is_no_word(tmp_path: Path) -> None:
    index = make_index(tmp_path, document("one", "A\nSome patients had xerostomia."), *LIBRARY)
    assert index.correct("xerostomea") == "xerostomia"
    index.remove("one")
    assert index.correct("xerostomea") == "xerostomea"
    index.library.close()


FC = (
    document("with-zh", "甲\n这类双抗含有 Fc 段。"),
    document("without-zh", "乙\n这类双抗不含 Fc 段。"),
    document("with-en", "C\nThese bispecific antibodies keep an Fc region."),
    document("without-en", "D\nThese bispecific antibodies lack an Fc region."),
)


@pytest.mark.parametrize(
    "question",
    ["不含 Fc 的双抗", "缺乏Fc段的雙抗", "bispecifics without an Fc region", "Fc-free BsAbs", "Fc-free 双抗"],
)
def test_absence_is_heard_in_both_languages(tmp_path: Path, question: str) -> None:
    index = make_index(tmp_path, *FC)
    hits = index.search(question)
    assert {hit.passage.document_id for hit in hits[:2]} == {"without-zh", "without-en"}
    wrong = [hit.coverage for hit in hits[2:]]
    asked_plainly = {hit.passage.document_id: hit.coverage for hit in index.search("双抗")}
    assert len(wrong) == 2
    assert all(coverage < asked_plainly[hit.passage.document_id] for coverage, hit in zip(wrong, hits[2:], strict=True))
    index.library.close()


@pytest.mark.parametrize("question", ["长" * 2000, "safety " * 280, "塔拉妥单抗 safety " * 110])
def test_only_the_start_of_a_long_question_is_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    index = make_index(tmp_path, *LIBRARY)
    received: list[str] = []
    encode = index.embedder.encode_query
    monkeypatch.setattr(index.embedder, "encode_query", lambda texts: received.extend(texts) or encode(texts))
    assert index.search(question)
    assert index.citing(25, question)
    assert received == [question[:600]]  # and once: it is the same question
    index.library.close()


def test_of_passages_that_say_the_same_one_is_found(tmp_path: Path) -> None:
    copies = (document(f"copy{n}", "安全\n安全性良好。停药率低。") for n in range(3))
    index = make_index(tmp_path, *copies, document("other", "安全\n安全性一般。"))
    assert sorted(found(index, "安全", k=4)) == ["copy0", "other"]
    index.library.close()


def test_the_body_comes_before_its_summary(tmp_path: Path) -> None:
    index = make_index(
        tmp_path, document("paper", "摘要\n塔拉妥单抗的安全性。", "结果\n塔拉妥单抗的安全性：CRS。"), *LIBRARY[1:]
    )
    assert [hit.passage.trail[0] for hit in index.search("塔拉妥单抗的安全性", k=2)] == ["结果", "摘要"]
    index.library.close()


# The bundled review and the bundled model

QUESTIONS = [
    # (question, section that holds the answer)
    ("Which trial enrolled patients whose tumours carry an NRG1 fusion?", "3.3"),
    ("哪项研究纳入了NRG1融合阳性的患者？", "3.3"),
    ("Does the subcutaneous form of amivantamab cause fewer infusion reactions?", "3.1"),
    ("皮下注射埃万妥单抗的输液反应", "3.1"),
    ("brain metastases subgroup hazard ratio with ivonescimab plus chemotherapy", "3.2"),
    ("依沃西单抗与帕博利珠单抗的总生存期", "3.2"),
    ("six-month survival rate of tarlatamab versus chemotherapy", "4.1"),
    ("塔拉妥單抗維持治療聯合阿替利珠單抗", "4.1"),
    ("PM8002 plus paclitaxel as second-line therapy", "4.2"),
    ("BNT327 联合紫杉醇的 ORR", "4.2"),
    ("BL-B01D1 in small cell lung cancer", "4.3"),
    ("Iza-Bren 的骨髓毒性", "4.3"),
    ("Why are Fc-free antibodies cleared so quickly?", "2.2.1"),
    ("不含 Fc 的双抗为何清除快？", "2.2.1"),
    ("贝林妥欧单抗属于哪一类双抗？", "2.2.1"),
    ("Which antibody links interleukin-2 to PD-1?", "2.1.3"),
    ("HER2双表位抗体如何使受体成簇？", "2.1.4"),
    ("tarlatimab 的 CRS", "4.1"),
    ("hazzard ratio of death in dellphi 304", "4.1"),
    ("ＭＡＲＩＰＯＳＡ２的mPFS", "3.1"),
    ("How do pH and ionic strength affect stability?", "5"),
    ("CD47与DLL3双靶点为何值得期待？", "6"),
]  # fmt: skip
PLAIN = [question for question, _ in QUESTIONS]


@pytest.mark.parametrize(("question", "section"), QUESTIONS)
def test_the_first_hit_lies_in_the_right_section(review: HybridIndex, question: str, section: str) -> None:
    assert review.search(question)[0].passage.section == section


@pytest.mark.parametrize("question", ["塔拉妥单抗的CRS发生率", "CRS rate of tarlatamab", "Tarlatamab 的 CRS 发生率"])
def test_a_hit_on_the_review_says_why(review: HybridIndex, question: str) -> None:
    hit = review.search(question)[0]
    assert hit.passage.section == "4.1"
    assert {term.lower() for term in hit.terms} & {"塔拉妥单抗", "tarlatamab"}
    assert "CRS" in hit.terms
    assert hit.dense_rank
    assert hit.keyword_rank
    assert 0 < hit.similarity <= 1
    assert 0 < hit.coverage <= 1
    assert len(hit.sentence_scores) == len(hit.passage.sentences)


@given(st.sampled_from(PLAIN), st.integers(1, 60))
def test_hits_are_sorted_unique_and_no_more_than_asked(review: HybridIndex, asked: str, k: int) -> None:
    hits = review.search(asked, k)
    assert len(hits) == min(k, len(review.library.rows()))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits)
    for hit in hits:
        assert hit.passage.text == hit.passage.span.of(review.library.document(hit.passage.document_id).text)


def test_the_same_question_has_the_same_hits(review: HybridIndex, review_home: Path) -> None:
    again = HybridIndex.open(review_home)
    for question in PLAIN[:6]:
        assert again.search(question) == review.search(question)
    again.library.close()


# Older makes


@pytest.fixture
def topics_home(tmp_path: Path) -> Path:
    make_index(tmp_path, *LIBRARY).library.close()
    return tmp_path


def change(home: Path, *statements: str) -> None:
    connection = sqlite3.connect(home / FILE_NAME)
    connection.create_function("seal", -1, seal)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE meta SET value = '0', seal = seal(key, '0') WHERE key = 'words'", "DELETE FROM words"),
        ("DELETE FROM meta WHERE key = 'words'", "UPDATE words SET body = 'old'"),
        (
            "UPDATE documents SET recipe = '0'",
            f"UPDATE documents SET seal = seal({COLUMNS['documents']})",
            "UPDATE passages SET vector = x'00', sentence_vectors = x'00'",
        ),
    ],
    ids=["older words", "no words version", "older recipe"],
)
def test_an_index_of_an_older_make_is_brought_up_to_date(topics_home: Path, statements: tuple[str, ...]) -> None:
    change(topics_home, *statements)
    index = HybridIndex.open(topics_home, load=load_topics)
    assert index.problems() == []
    assert set(index.library.recipes().values()) == {RECIPE}
    assert [(hit.passage.document_id, hit.keyword_rank) for hit in index.search("安全 safety", k=1)] == [
        ("safety-zh", 1)
    ]
    revision = index.library.meta("revision")
    index.library.close()
    reopened = HybridIndex.open(topics_home, load=load_topics)
    assert reopened.library.meta("revision") == revision  # once is enough
    reopened.library.close()


def test_a_new_library_holds_the_review(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    index = HybridIndex.open(tmp_path, progress=lambda done, total: steps.append((done, total)), load=load_topics)
    assert [entry.id for entry in index.library.entries()] == ["bsab-review"]
    assert index.problems() == []
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert steps[-1][0] == steps[-1][1]
    index.remove("bsab-review")
    index.library.close()
    reopened = HybridIndex.open(tmp_path, load=load_topics)
    assert reopened.library.entries() == []  # what was removed stays removed
    reopened.library.close()


# Damage

VECTOR_FILE = "vectors.faiss"
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "word rows deleted": (
        lambda home: change(home, "DELETE FROM words WHERE rowid = 1"),
        r"^Passage safety-zh#\d+-\d+ is not in the keyword index\.$",
    ),
    "words of nothing": (
        lambda home: change(home, "INSERT INTO words(rowid, body) VALUES (99, 'ghost')"),
        r"^The keyword index holds passages that are gone\.$",
    ),
    "keyword index broken": (
        lambda home: change(home, "UPDATE words_data SET block = x'00'"),
        r"^The keyword index is broken\.$",
    ),
    "words of results deleted": (
        lambda home: change(home, "DELETE FROM result_words WHERE rowid = 1"),
        r"^The keyword index does not fit the trial results\.$",
    ),
    "words of no result": (
        lambda home: change(home, "INSERT INTO result_words(rowid, body) VALUES (99, 'ghost')"),
        r"^The keyword index does not fit the trial results\.$",
    ),
    "keyword index of results broken": (
        lambda home: change(home, "UPDATE result_words_data SET block = x'00'"),
        r"^The keyword index is broken\.$",
    ),
    "vector too short": (
        lambda home: change(home, "UPDATE passages SET vector = x'0000' WHERE row = 2"),
        r"^Passage survival-en#\d+-\d+ has broken vectors\.$",
    ),
    "sentence vectors too short": (
        lambda home: change(home, "UPDATE passages SET sentence_vectors = x'00' WHERE row = 2"),
        r"^Passage survival-en#\d+-\d+ has broken vectors\.$",
    ),
    "passage past the end": (
        lambda home: change(home, "UPDATE passages SET end = 9999 WHERE row = 3"),
        r"^Passage dose-zh#\d+-\d+ lies outside its document\.$",
    ),
    "passage of no document": (
        lambda home: change(home, "DELETE FROM documents WHERE id = 'dose-zh'"),
        r"^SQLite: a row of passages has no parent$",
    ),
    "FAISS file damaged": (
        lambda home: (home / VECTOR_FILE).write_bytes((home / VECTOR_FILE).read_bytes()[:-1]),
        r"^vectors\.faiss is damaged; the next search rebuilds it\.$",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "problem"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_named_and_repaired(topics_home: Path, damage: Callable[[Path], object], problem: str) -> None:
    index = HybridIndex.open(topics_home, load=load_topics)
    expected = index.search("safety")
    index.library.close()

    damage(topics_home)
    index = HybridIndex.open(topics_home, load=load_topics)
    assert any(re.search(problem, line) for line in index.problems()), index.problems()
    repair(index)
    assert index.problems() == []
    assert index.search("safety", k=1)[0].passage == expected[0].passage
    index.library.close()


@pytest.mark.parametrize("column", ["vector", "sentence_vectors"])
def test_a_search_over_broken_vectors_says_what_to_do(topics_home: Path, column: str) -> None:
    change(topics_home, f"UPDATE passages SET {column} = x'000000'")
    index = HybridIndex.open(topics_home, load=load_topics)
    with pytest.raises(LibraryDamaged, match=r"not what was written|broken vectors.*`bsab check --repair`"):
        index.search("safety")
    index.library.close()


def test_an_outdated_faiss_file_is_no_problem(topics_home: Path) -> None:
    """After every change it is older than the library until the next search."""
    index = HybridIndex.open(topics_home, load=load_topics)
    index.search("safety")
    index.add(document("late", "历史\n历史很长。"))
    assert index.problems() == []
    assert found(index, "history", k=1) == ["late"]
    index.library.close()


def test_a_whole_review_has_no_problems(review: HybridIndex) -> None:
    assert review.problems() == []
