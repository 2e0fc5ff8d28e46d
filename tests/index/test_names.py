"""Names that documents state: they cross documents and languages, and go with the document that stated them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.document import Document
from index.errors import UnknownDocument
from index.search.hybrid import HybridIndex
from index.store.keywords import rows_with
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
    rows = sorted(rows_with(index.library._file.connection, TOKEN))
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


def test_a_document_added_while_the_words_are_written_anew_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = make_index(tmp_path, SAYING_EN, concepts=()), make_index(tmp_path, concepts=())
    rewrite = one.library.rewrite_words

    def late(*arguments: object, **meta: str) -> None:
        other.add(SAYING_ZH)
        rewrite(*arguments, **meta)  # type: ignore[arg-type]

    monkeypatch.setattr(one.library, "rewrite_words", late)
    one.add(STATING)
    assert one.problems() == []
    assert with_token(one) == {"stating", "saying-en", "saying-zh"}
    one.library.close()
    other.library.close()


def test_a_name_stated_while_a_document_is_indexed_holds_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = make_index(tmp_path, OTHER, concepts=()), make_index(tmp_path, concepts=())
    add = one.library.add

    def late(*arguments: object) -> None:
        other.add(STATING)
        add(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(one.library, "add", late)
    one.add(SAYING_EN)
    assert with_token(one) == {"stating", "saying-en"}
    one.library.close()
    other.library.close()
