"""What a library holds depends on its documents and their order alone, however it came to hold them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document, Sidecars
from corpus.vocabulary.concepts import Concept
from index.search.hybrid import HybridIndex
from tests.index.fakes import document, make_index
from tests.index.processes import finish, start
from tests.index.test_balance import Listening

KNOWN = (
    Concept.of(("塔拉妥单抗", "Tarlatamab"), "drug"),
    Concept.of(("总生存期", "overall survival", "OS"), "endpoint"),
    Concept.of(("化疗", "chemotherapy"), "treatment"),
)
STATING = (
    "特瑞普利单抗(Toripalimab)的安全性良好。",
    "特瑞普利单抗(Toripalimab，JS001)获批上市。",
    "Toripalimab (JS-0012) was safe.",
    "研究终点为无事件生存期(event-free survival, EFS)。",
    "The end point was event-free survival (EFS).",
    "The dose of energy-fed syrup (EFS) was low.",
    "发生细胞渗漏综合征(CLS)。",
    "Tarlatamab (XYZ-757) prolonged survival.",
    "骨肉瘤(OS)的历史。",
)
SAYING = (
    "Toripalimab was given, and toripalimabs like it.",
    "全部患者接受特瑞普利单抗治疗，剂量不变。",
    "患者均使用過特瑞普利單抗。",
    "JS001 and JS-0012 have a known structure.",
    "中位无事件生存期较长，细胞渗漏少见。",
    "Eventfree survival, event free survival and EFS differ.",
    "细胞渗漏综合征多见于老人。",
    "No patient had CLS; XYZ757 was safe.",
    "细胞衔接器的结构。",
    "T细胞衔接器和细胞因子不同。",
    "TCEs, T cell engagers and cytokines bind a PD1/VEGF bispecific.",
    "抗 PD-1/VEGF 双抗与双抗的结构。",
    "A sentence of nothing, with a misspeling.",
)
GLOSSARIES = (
    "zh\ten\tabbr\tcategory\nT 细胞衔接器\tT-cell engager\tTCE\tclass\n",
    "zh\ten\tabbr\tcategory\nPD-1/VEGF 双抗\tPD-1/VEGF bispecific\t\tclass\n细胞因子\tcytokine\t\tterm\n",
)
"""Names of Chinese characters and Latin letters, and shorter ones inside others."""
RESULTS = (
    "In the ALPHA-1 trial, median OS was 12.1 months with Toripalimab and 8.3 months with chemotherapy.",
    "BETA-2 研究：特瑞普利单抗组的中位OS为10.1个月，化疗组为7.3个月。",
    "The ORR was 34% with JS001.",
)
QUESTIONS = (
    "特瑞普利单抗的安全性", "toripalimab dose", "EFS", "无事件生存期", "细胞渗漏综合征", "JS001", "misspelling",
    "XYZ-757 survival", "细胞衔接器", "T-cell engager", "双抗",
)  # fmt: skip

_SENTENCES = st.lists(st.sampled_from([*STATING, *SAYING, *RESULTS]), min_size=1, max_size=4)
_TEXTS = st.lists(_SENTENCES, min_size=1, max_size=2).map(
    lambda sections: tuple("\n".join([f"Section {n}", *lines]) for n, lines in enumerate(sections, start=1))
)
Step = tuple[str, tuple[str, ...] | None, str, bool]
"""The id of a document, its sections or that it goes, what lies beside it, and whether a search comes before."""
_STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from("abcde"), _TEXTS | st.none(), st.sampled_from(["", "", *GLOSSARIES]), st.booleans()
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def holds(index: HybridIndex) -> dict[str, object]:
    """All that a library holds besides the order of its rows."""
    connection: sqlite3.Connection = index.library._file.connection

    def rows(query: str) -> list[tuple[object, ...]]:
        return connection.execute(query).fetchall()

    of = "p.document_id = r.document_id AND p.start <= r.start ORDER BY p.start DESC"
    words = rows("SELECT id, body FROM words w JOIN passages ON row = w.rowid ORDER BY 1")
    result_words = rows(
        f"""SELECT (SELECT id FROM passages p WHERE {of}), entry, body
        FROM results r JOIN result_words w ON row = w.rowid ORDER BY 1, 2"""
    )
    return {
        "words": [(id, sorted(str(body).split())) for id, body in words],
        "result_words": [(id, entry, sorted(str(body).split())) for id, entry, body in result_words],
        "results": rows("SELECT document_id, start, trial, entry FROM results ORDER BY 1, 2, 4"),
        "spellings": rows("SELECT word, stem, documents, names FROM spellings ORDER BY 1"),
        "trials": rows("SELECT document_id, name, key, topic, whole FROM trials ORDER BY 1, 2, 4"),
        "markers": rows("SELECT document_id, number FROM markers ORDER BY 1, 2"),
        "concepts": index.library.concepts(),
        "vocabulary": list(index.vocabulary.terms.concepts.items()),
        "problems": index.problems(),
    }  # fmt: skip


def answers(index: HybridIndex) -> list[object]:
    """Hits of some questions, and their scores, which differ in the last bits with the order of sums."""
    return [
        (question, hit.passage, hit.lead, hit.terms, hit.translations, hit.keyword_rank, hit.dense_rank,
         [round(score, 6) for score in (hit.score, hit.similarity, hit.coverage, *hit.sentence_scores)])
        for question in QUESTIONS
        for hit in index.search(question, 20)
    ]  # fmt: skip


@contextmanager
def opened(home: Path, times: int) -> Iterator[list[HybridIndex]]:
    """The library in ``home``, opened several times."""
    indexes = [make_index(home, concepts=KNOWN) for _ in range(times)]
    yield indexes
    for index in indexes:
        index.library.close()


@pytest.mark.parametrize("hands", [1, 2], ids=["one that stays open", "two in turns"])
@given(steps=_STEPS)
@settings(max_examples=15)
def test_changed_step_by_step_it_holds_what_it_holds_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, hands: int, steps: list[Step]
) -> None:
    home = tmp_path_factory.mktemp("library")
    documents: dict[str, Document] = {}
    with opened(home / "changed", hands) as indexes, opened(home / "anew", 1) as (anew,):
        for index, (id, sections, glossary, asked) in zip(cycle(indexes), steps, strict=False):
            if asked:
                index.search("特瑞普利单抗的安全性")
            before = documents.pop(id, None)
            if sections:
                documents[id] = replace(document(id, *sections), beside=Sidecars(glossary=glossary))
                index.add(documents[id])
                if before and not glossary and before.text == documents[id].text:
                    documents[id] = before  # what lay beside the same text still holds
            elif before:
                index.remove(id)
        anew.add_all(list(documents.values()))
        for index in indexes:
            assert holds(index) == holds(anew)
            assert answers(index) == answers(anew)


def test_a_document_that_comes_again_states_its_names_last(tmp_path: Path) -> None:
    """Which of two things an abbreviation means is told by the document that comes first."""
    survival = document("survival", "End points\nThe end point was event-free survival (EFS).")
    syrup = document("syrup", "Dose\nThe dose of energy-fed syrup (EFS) was low.")
    with opened(tmp_path / "changed", 1) as (index,), opened(tmp_path / "anew", 1) as (anew,):
        index.add_all([survival, syrup, survival])
        anew.add_all([syrup, survival])
        assert anew.vocabulary.terms.find("EFS")[0].concept.id == "energyfedsyrup"
        assert holds(index) == holds(anew)


def test_a_sentence_that_becomes_a_passage_has_a_passage_s_vector(tmp_path: Path) -> None:
    """That of the sentence, which is kept in fewer bits, is no substitute."""
    long = document("long", "Section\nOf safety, and of the dose. Of survival, survival and safety.")
    short = document("long", "Section\nOf safety, and of the dose.", "Section\nOf survival, survival and safety.")
    with opened(tmp_path / "changed", 1) as (index,), opened(tmp_path / "anew", 1) as (anew,):
        index.add_all([long, short])
        anew.add(short)
        dim = index.embedder.dim
        assert index.library.vectors(dim).vectors.tolist() == anew.library.vectors(dim).vectors.tolist()
        for one, other in zip(index.library.rows(), anew.library.rows(), strict=True):
            kept = index.library.sentence_vectors(one, dim)
            assert kept.tolist() == anew.library.sentence_vectors(other, dim).tolist()


def test_what_stays_is_not_embedded_again(tmp_path: Path) -> None:
    """Of a document that comes again with a sentence more, that one alone, and its passage."""
    text = "".join(f"Sentence {n} tells of the safety of many things at some length. " * 2 for n in range(40))
    with opened(tmp_path, 1) as (index,):
        index.add(document("long", f"Safety\n{text}", f"Dose\n{text}"))
        listening = Listening()
        index.embedder = listening
        index.add(document("long", f"Safety\n{text}", f"Dose\n{text}", "Last\nOne more sentence."))
        assert listening.heard == {"query": [], "document": ["Last\nOne more sentence."]}


# Failures midway

STATES = document("states", "药物\n特瑞普利单抗(Toripalimab)的安全性。", "Results\n" + RESULTS[0])
SAYS = document("says", "报告\n全部患者接受特瑞普利单抗治疗。\n细胞渗漏综合征多见。", "Results\n" + RESULTS[1])
OTHER = document("other", "Report\nToripalimab and CLS, and energy-fed syrup (EFS).")
LATER = document("later", "报告\n细胞渗漏综合征和无事件生存期。")
CHANGES: dict[str, Callable[[HybridIndex], None]] = {
    "added": lambda index: index.add(document("new", f"New\n{STATING[6]}\n{STATING[3]}", f"Results\n{RESULTS[2]}")),
    "replaced": lambda index: index.add(document("states", "药物\n不再提名字；发生细胞渗漏综合征(CLS)。")),
    "removed": lambda index: index.remove("states"),
}
MIDWAY = [
    (change, moment)
    for change in CHANGES
    for moment in (("remove", "rewrite") if change == "removed" else ("state", "fill", "rewrite"))
]


@pytest.mark.parametrize(("change", "moment"), MIDWAY)
@pytest.mark.parametrize("late", [False, True], ids=["before it", "after it"])
def test_a_change_that_fails_midway_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, moment: str, late: bool
) -> None:
    """In the process that it failed in, too, which then goes on as if it had never been tried."""
    with opened(tmp_path / "changed", 1) as (index,), opened(tmp_path / "anew", 1) as (anew,):
        for one in (index, anew):
            one.add_all([STATES, SAYS, OTHER])
        answers(index)
        before, step = holds(index), getattr(index.library, moment)

        def failing(*arguments: object, **more: object) -> None:
            if late:
                step(*arguments, **more)
            raise RuntimeError("midway")

        with monkeypatch.context() as patch:
            patch.setattr(index.library, moment, failing)
            with pytest.raises(RuntimeError, match="midway"):
                CHANGES[change](index)
        assert holds(index) == before
        for then in (lambda index: None, lambda index: index.add(LATER), CHANGES[change]):
            for one in (index, anew):
                then(one)
            assert holds(index) == holds(anew)
            assert answers(index) == answers(anew)


KILLED = """
import os, sys
from pathlib import Path
from tests.index.test_changes import CHANGES, opened
with opened(Path(sys.argv[1]), 1) as (index,):
    step = getattr(index.library, sys.argv[3])
    def killed(*arguments, **more):
        index.library._file.connection.execute("PRAGMA cache_size = 1")  # what is written reaches the disk
        step(*arguments, **more)
        os._exit(9)
    setattr(index.library, sys.argv[3], killed)
    CHANGES[sys.argv[2]](index)
"""


@pytest.mark.parametrize(("change", "moment"), MIDWAY)
def test_a_process_that_is_killed_midway_leaves_all_as_it_was(tmp_path: Path, change: str, moment: str) -> None:
    with opened(tmp_path, 1) as (index,):
        index.add_all([STATES, SAYS, OTHER])
        before, expected = holds(index), answers(index)
    assert finish(start(KILLED, tmp_path, change, moment)) == (9, "", "")
    with opened(tmp_path, 1) as (index,):
        assert holds(index) == before
        assert answers(index) == expected
