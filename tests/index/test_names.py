"""Names that documents state: they cross documents and languages, and go with the document that stated them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from corpus.document import Document
from index.errors import UnknownDocument
from index.search.hybrid import HybridIndex
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
