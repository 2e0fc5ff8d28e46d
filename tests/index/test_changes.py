"""What a library holds depends on its documents and their order alone, however it came to hold them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
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

    passage_of = (
        "(SELECT id FROM passages p WHERE p.document_id = r.document_id AND p.start <= r.start ORDER BY p.start DESC)"
    )
    return {
        "words": {id: sorted(body.split()) for id, body in rows("SELECT id, body FROM words w JOIN passages ON row = w.rowid")},
        "result_words": [
            (id, entry, sorted(str(body).split()))
            for id, entry, body in rows(f"SELECT {passage_of}, entry, body FROM results r JOIN result_words w ON row = w.rowid ORDER BY 1, 2")
        ],
        "results": rows("SELECT document_id, start, trial, entry FROM results ORDER BY 1, 2, 4"),
        "spellings": rows("SELECT word, stem, documents, names FROM spellings ORDER BY 1"),
        "trials": rows("SELECT document_id, name, key, topic, whole FROM trials ORDER BY 1, 2, 4"),
        "markers": rows("SELECT document_id, number FROM markers ORDER BY 1, 2"),
        "concepts": index.library.concepts(),
        "vocabulary": list(index.vocabulary.terms.concepts.items()),
        "problems": index.problems(),
    }  # fmt: skip


def answers(index: HybridIndex) -> tuple[list[object], list[float]]:
    """Hits of some questions, and their scores, which differ in the last bits with the order of sums."""
    hits = [(question, hit) for question in QUESTIONS for hit in index.search(question, 20)]
    scores = [[hit.score, hit.similarity, hit.coverage, *hit.sentence_scores] for _, hit in hits]
    return [
        (question, hit.passage, hit.lead, hit.terms, hit.translations, hit.keyword_rank, hit.dense_rank)
        for question, hit in hits
    ], sum(scores, [])


@contextmanager
def opened(home: Path, times: int) -> Iterator[list[HybridIndex]]:
    """The library in ``home``, opened several times."""
    indexes = [make_index(home, concepts=KNOWN) for _ in range(times)]
    yield indexes
    for index in indexes:
        index.library.close()


@pytest.mark.parametrize("hands", [1, 2], ids=["one that stays open", "two in turns"])
@given(steps=_STEPS)
@settings(max_examples=25)
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
            (hits, scores), (expected, expected_scores) = answers(index), answers(anew)
            assert hits == expected
            assert scores == pytest.approx(expected_scores, abs=1e-5)
