"""Names that documents state: they cross documents and languages, and go with the document that stated them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from corpus.document import Document, Sidecars
from index.errors import UnknownDocument
from index.search.hybrid import HybridIndex
from index.store.copies import restore
from index.store.library import Library
from tests.index.fakes import GLOSSARY, TopicEmbedder, document, make_index, segmenter

STATING = document("stating", "药物\n特瑞普利单抗(Toripalimab)获批上市。")
SAYING_EN = document("saying-en", "Report\nToripalimab was given to all.")
SAYING_ZH = document("saying-zh", "报告\n全部接受特瑞普利单抗治疗。")
OTHER = document("other", "报告\n与此无关的一句话。")
DOCUMENTS = (STATING, SAYING_EN, SAYING_ZH, OTHER)
TOKEN = "=toripalimab"


def by_words(index: HybridIndex, question: str) -> set[str]:
    """Ids of the documents that share a word with the question."""
    return {hit.passage.document_id for hit in index.search(question, 20) if hit.keyword_rank}


def with_token(index: HybridIndex) -> set[str]:
    """Ids of the documents whose words hold the concept."""
    rows = index.library.rows_with(TOKEN).tolist()
    return {passage.document_id for passage in index.library.passages(rows)}


def words(index: HybridIndex) -> dict[str, list[str]]:
    """The words of each passage."""
    rows = index.library.rows()
    passages = index.library.passages(rows)
    bodies = map(index.library.words_of, rows)
    return {passage.id: sorted(body.split()) for passage, body in zip(passages, bodies, strict=True)}


ASKED = [
    ("特瑞普利单抗", "saying-en"),
    ("特瑞普利單抗", "saying-en"),
    ("Toripalimab", "saying-zh"),
    ("ＴＯＲＩＰＡＬＩＭＡＢ", "saying-zh"),
    ("toripalimob", "saying-zh"),
]


@pytest.mark.parametrize(("question", "crossed"), ASKED, ids=["zh", "Traditional", "en", "full width", "typing error"])
def test_a_stated_pair_crosses_languages_until_its_document_goes(tmp_path: Path, question: str, crossed: str) -> None:
    index = make_index(tmp_path, SAYING_EN, SAYING_ZH, OTHER, concepts=())
    assert crossed not in by_words(index, question)
    index.add(STATING)
    assert by_words(index, question) == {"stating", "saying-en", "saying-zh"}
    index.remove(STATING.id)
    assert by_words(index, question) == {"saying-en", "saying-zh"} - {crossed}
    index.library.close()


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations((STATING, SAYING_EN, SAYING_ZH))),
    ids=lambda order: ", ".join(d.id for d in order),
)
@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_the_order_of_adding_makes_no_difference(tmp_path: Path, order: tuple[Document, ...], together: bool) -> None:
    index = make_index(tmp_path, concepts=())
    if together:
        index.add_all(order)
    else:
        for item in order:
            index.add(item)
    assert with_token(index) == {"stating", "saying-en", "saying-zh"}
    assert index.problems() == []
    index.library.close()


GO: dict[str, Callable[[HybridIndex], None]] = {
    "removed": lambda index: index.remove(STATING.id),
    "replaced": lambda index: index.add(document(STATING.id, "药物\n这里不再提名字。")),
}


@pytest.mark.parametrize("go", GO.values(), ids=GO.keys())
def test_nothing_stale_stays_in_the_words(tmp_path: Path, go: Callable[[HybridIndex], None]) -> None:
    index = make_index(tmp_path / "one", *DOCUMENTS, concepts=())
    assert with_token(index) == {"stating", "saying-en", "saying-zh"}
    go(index)
    assert with_token(index) == set()
    assert index.library.concepts() == []
    assert index.problems() == []
    assert "toripalimab" not in index.vocabulary.terms.concepts
    index.library.close()


def test_two_documents_that_state_it_are_not_one(tmp_path: Path) -> None:
    again = document("again", "Drugs\n特瑞普利单抗(Toripalimab) again.")
    index = make_index(tmp_path, *DOCUMENTS, again, concepts=())
    index.remove(STATING.id)
    assert with_token(index) == {"again", "saying-en", "saying-zh"}
    with pytest.raises(UnknownDocument):
        index.remove(STATING.id)
    index.library.close()


def test_stated_names_last_and_join_those_known_beforehand(tmp_path: Path) -> None:
    stating = document("code", "Drugs\nTarlatamab (XYZ-757) was approved.")
    asking = document("asking", "报告\nXYZ757 的数据。")
    index = make_index(tmp_path, stating, asking)
    assert by_words(index, "塔拉妥单抗") == {"code", "asking"}
    index.library.close()
    reopened = HybridIndex(Library(tmp_path), TopicEmbedder(), GLOSSARY)
    reopened._segmenter = segmenter()
    assert by_words(reopened, "塔拉妥单抗") == {"code", "asking"}
    reopened.library.close()


# Ways to print a name

PRINTED = [
    # what a new document states, what an older one prints, the other name
    ("event-free survival (EFS)", "Event-free survival was long.", "EFS"),
    ("event-free survival (EFS)", "Event free survival was long.", "EFS"),
    ("event-free survival (EFS)", "Median eventfree survival was long.", "EFS"),
    ("event-free survival (EFS)", "Event-free-survival was long.", "EFS"),
    ("event-free survival (EFS)", "The event\u2011free survival was long.", "EFS"),
    ("event-free survival (EFS)", "Event-freesurvival was long.", "EFS"),
    ("eventfree survival (EFS)", "Event-free survival was long.", "EFS"),
    ("event-free survival (EFS)", "EFS was long.", "event free survival"),
    ("treatment-related events (TREs)", "A treatment-related event was rare.", "TREs"),
    ("treatment-related toxicity (TRT)", "Treatment related toxicities were rare.", "TRT"),
    ("programmed death 1 (PD-1)", "PD-1 was blocked.", "programmed death 1"),
    ("programmed death 1 (PD-1)", "PD1 was blocked.", "programmed death 1"),
    ("programmed death 1 (PD-1)", "Anti PD 1 therapy.", "programmed death 1"),
    ("programmed death 1 (PD-1)", "抗PD-1治疗有效。", "programmed death 1"),
    ("programmed death 1 (PD-1)", "Programmed-death-1 was blocked.", "PD-1"),
    ("programmed death 1 (PD1)", "PD-1 was blocked.", "programmed death 1"),
    ("Angeximab (MCLA-128)", "MCLA128 was safe.", "Angeximab"),
    ("Angeximab (MCLA-128)", "ANGEXIMAB was safe.", "MCLA128"),
    ("Angeximab (BL-B01D1)", "BLB01D1 was safe.", "Angeximab"),
    ("tumour necrosis factor (TNF)", "Tumour necrosis factors were high.", "TNF"),
    ("安格赛单抗(Angeximab)", "患者使用安格赛单抗治疗。", "Angeximab"),
    ("安格赛单抗(Angeximab)", "患者使用安格賽單抗治療。", "Angeximab"),
    ("安格赛单抗(Angeximab)", "患者使用 Angeximab治疗。", "安格赛单抗"),
    ("无事件生存期(EFS)", "中位无事件生存期明显延长。", "EFS"),
    ("无事件生存期(EFS)", "延长了无事件 生存期的是甲组。", "EFS"),
    ("细胞渗漏综合征(CLS)", "毛细胞渗漏综合征发生率。", "CLS"),
    ("抗体–药物偶联物(ADC)", "新型抗体药物偶联物的结构。", "ADC"),
    ("抗体药物偶联物(ADC)", "新型抗体-药物偶联物的结构。", "ADC"),
]


@pytest.mark.parametrize(("stated", "text", "other"), PRINTED)
def test_an_older_passage_is_found_by_the_other_name(tmp_path: Path, stated: str, text: str, other: str) -> None:
    """Whichever way it prints the one, as if it had come later."""
    stating, older = document("stating", f"A\n{stated}"), document("older", f"B\n{text}")
    index = make_index(tmp_path / "one", older, OTHER, concepts=())
    assert "older" not in by_words(index, other)
    index.add(stating)
    assert "older" in by_words(index, other)
    later = make_index(tmp_path / "two", stating, OTHER, older, concepts=())
    assert words(index) == words(later)
    for opened in (index, later):
        opened.library.close()


GLOSSARY_OF = "zh\ten\tabbr\tcategory\n{}\t{}\t\tterm\n"


@pytest.mark.parametrize(
    ("zh", "en", "text"),
    [
        ("T 细胞衔接器", "T-cell engager", "新型T细胞衔接器有效。"),
        ("T 细胞衔接器", "T-cell engager", "细胞衔接器有效。"),
        ("PD-1/VEGF 双特异性抗体", "PD-1/VEGF bispecific", "一种PD1/VEGF双特异性抗体。"),
        ("PD-1/VEGF 双特异性抗体", "PD-1/VEGF bispecific", "一种双特异性抗体。"),
        ("CD3 结合域", "CD3 arm", "含有结合域的抗体。"),
        ("补体依赖的 C5 毒性", "C5 toxicity", "C5 toxicity, and C-5-toxicity."),
        ("补体 C5", "C5", "C5 was blocked, and c 5."),
        ("磷脂酰肌醇激酶", "PI3K-α", "PI3K-α was blocked."),
        ("磷脂酰肌醇激酶", "PI3K-α", "PI3Kα was blocked."),
        ("同源物", "B7-H3", "B7 H3 was blocked."),
    ],
)
def test_names_of_both_scripts_change_the_words_of_older_passages(tmp_path: Path, zh: str, en: str, text: str) -> None:
    stating = replace(document("stating", "A\nNames."), beside=Sidecars(glossary=GLOSSARY_OF.format(zh, en)))
    older = document("older", f"B\n{text}")
    index = make_index(tmp_path / "one", older, OTHER, stating, concepts=())
    later = make_index(tmp_path / "two", stating, OTHER, older, concepts=())
    assert words(index) == words(later)
    for opened in (index, later):
        opened.library.close()


# Two processes at once, played out step by step

MOMENTS = ["transaction", "state", "fill", "rewrite"]
"""Of one process's adding; the other one waits from the second on until it is done."""


def meanwhile(monkeypatch: pytest.MonkeyPatch, index: HybridIndex, moment: str, call: Callable[[], None]) -> Thread:
    """A thread that begins with ``call`` where ``index`` comes to a moment; before its transaction, it ends there."""
    step, thread = getattr(index.library, moment), Thread(target=call)

    def late(*arguments: object, **named: object) -> object:
        monkeypatch.undo()
        thread.start()
        thread.join(None if moment == "transaction" else 0.2)
        return step(*arguments, **named)

    monkeypatch.setattr(index.library, moment, late)
    return thread


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_document_added_while_another_names_it_anew_keeps_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    one, other = make_index(tmp_path, SAYING_EN, concepts=()), make_index(tmp_path, concepts=())
    late = meanwhile(monkeypatch, one, moment, lambda: other.add(SAYING_ZH))
    one.add(STATING)
    late.join()
    assert one.problems() == []
    assert with_token(one) == {"stating", "saying-en", "saying-zh"}
    one.library.close()
    other.library.close()


@pytest.mark.parametrize("moment", MOMENTS[:3])
def test_a_name_stated_while_a_document_is_indexed_holds_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    one, other = make_index(tmp_path, OTHER, concepts=()), make_index(tmp_path, concepts=())
    late = meanwhile(monkeypatch, one, moment, lambda: other.add(STATING))
    one.add(SAYING_EN)
    late.join()
    assert with_token(one) == {"stating", "saying-en"}
    one.library.close()
    other.library.close()


# Another library in its place


def test_names_of_a_library_that_a_backup_replaced_are_those_of_the_backup(tmp_path: Path) -> None:
    """In a process that has it open all the while: what was stated since is not, and what is stated next is."""
    index = make_index(tmp_path, SAYING_ZH, SAYING_EN, concepts=())
    index.library.set_meta(dim=str(index.embedder.dim))
    index.library.backup(tmp_path / "backup")
    index.add(STATING)
    assert with_token(index) == {"stating", "saying-en", "saying-zh"}
    restore(tmp_path / "backup", tmp_path)
    assert list(index.vocabulary.terms.concepts) == []
    assert by_words(index, "Toripalimab") == {"saying-en"}
    index.add(document("other-name", "Drugs\n特瑞普利单抗(Otherimab)"))
    assert by_words(index, "Otherimab") == {"other-name", "saying-zh"}
    assert by_words(index, "Toripalimab") == {"saying-en"}
    index.library.close()
