"""The hits that are shown: the body before its summary, one of those that say the same, ties in the order given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Passage, Span
from corpus.segments.sentences import split_sentences
from index.search.hit import Hit
from index.search.selection import select


def hit(id: str, score: float, text: str = "", *trail: str) -> Hit:
    """A hit whose text is its id unless given."""
    text = text or f"{id}。"
    passage = Passage(id, "d", "1", trail, "", "zh", Span(0, len(text)), text, tuple(split_sentences(text)))
    return Hit(passage, score, 0.5, 0.0, 1, None, (), (), None, ())


def ids(hits: list[Hit]) -> list[str]:
    return [found.passage.id for found in hits]


@pytest.mark.parametrize("title", ["摘要", "Abstract", "ABSTRACT", "Summary"])
@pytest.mark.parametrize(
    ("lead", "order"),
    [(0.0, ["body", "summary"]), (0.9, ["body", "summary"]), (1.1, ["summary", "body"]), (3.0, ["summary", "body"])],
    ids=["level", "within a deviation", "beyond one", "far beyond"],
)
def test_a_summary_gives_way_within_one_deviation(title: str, lead: float, order: list[str]) -> None:
    hits = [hit("summary", 2.0 + lead, "", "综述", title), hit("body", 2.0, "", "综述", "安全性")]
    assert ids(select(sorted(hits, key=lambda found: -found.score), 2)) == order


@pytest.mark.parametrize("title", ["摘要的写法", "Abstraction", "", "Safety summary"])
def test_another_title_is_no_summary(title: str) -> None:
    assert ids(select([hit("first", 2.5, "", title), hit("second", 2.0)], 2)) == ["first", "second"]


SAME = "塔拉妥单抗有效。OS延长。PFS延长。安全性良好。"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (SAME, ["best", "other"]),
        ("塔拉妥单抗 有效。\nOS延长。PFS 延长。安全性良好。", ["best", "other"]),
        (SAME + "CRS少见。", ["best", "other"]),
        (SAME + "CRS少见。停药率低。", ["best", "copy", "other"]),
        ("塔拉妥单抗有效。", ["best", "copy", "other"]),
        ("Tarlatamab works. OS was longer. PFS was longer. It was safe.", ["best", "copy", "other"]),
    ],
    ids=["the same", "the same, blanks aside", "4 of 5 sentences", "4 of 6", "1 of 4", "a translation"],
)
def test_what_says_the_same_as_a_better_hit_is_left_out(text: str, left: list[str]) -> None:
    hits = [hit("best", 3, SAME), hit("copy", 2, text), hit("other", 1)]
    assert ids(select(hits, 3)) == left
    assert ids(select(hits, 2)) == left[:2]  # the place goes to the next


def test_of_a_body_and_the_same_in_a_summary_the_body_is_shown() -> None:
    assert ids(select([hit("summary", 2.5, SAME, "摘要"), hit("body", 2.0, SAME)], 5)) == ["body"]


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=8), st.integers(0, 9))
def test_sorted_with_ties_in_the_order_given(drawn: list[tuple[int, bool]], k: int) -> None:
    hits = [hit(f"{n}", score, "", "摘要" if summary else "正文") for n, (score, summary) in enumerate(drawn)]
    handicapped = {f"{n}": score - summary for n, (score, summary) in enumerate(drawn)}
    chosen = select(hits, k)
    assert ids(chosen) == sorted(handicapped, key=lambda id: (-handicapped[id], int(id)))[:k]
    assert [found.score for found in chosen] == [handicapped[found.passage.id] for found in chosen]
