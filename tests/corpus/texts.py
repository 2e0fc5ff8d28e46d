"""Random bilingual texts for the laws, and the golden cases of ``cases/``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from corpus.document import Document
from corpus.packs.packs import bundled_concepts
from corpus.reading.markdown import read_markdown
from corpus.reading.plain import read_plain
from corpus.vocabulary.terms import Terms
from corpus.words.segmenting import Segmenter

# What the splitters look at: both languages, sentence ends, markers, headings, leads, blanks, and
# what no reader can see.
_PIECES = """
塔拉妥单抗 非小细胞肺癌 患者 的 。 ， ； ？ ！ … （ ） 为6.3个月 研究： 塔拉妥單抗 【3】 ［9］
Tarlatamab lung cancer The median of 6.3 months . ! ? , ; : ( ) " ' vs. al. e.g. 50·3 A. [25] [1,2] mecha- nisms
DeLLphi-304 PD-1 × ≥ α ﬁ Ⅲ Ｔａｒ ℃ İ
""".split()
_SEPARATORS = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\n1. 前言\n",
    "\n2.1 Methods\n",
    "\nDeLLphi-304 研究：",
    "\nMARIPOSA trial: ",
    "",
]
_UNSEEN = ["\0", "\x1b", "\u200b", "\u202e", "\xad", "\ufeff", "\ud800", "\r", "\t", "\u3000", "\u2028", "\x85"]


def texts(*, unseen: bool = True) -> SearchStrategy[str]:
    """Chinese, English and mixed text, nearly all of it of interest to some splitter."""
    pieces = st.sampled_from(_PIECES)
    separators = st.sampled_from(_SEPARATORS + (_UNSEEN if unseen else []))
    return st.lists(st.tuples(pieces, separators), max_size=40).map(lambda pairs: "".join(a + b for a, b in pairs))


def documents() -> SearchStrategy[Document]:
    """Documents as the readers make them."""
    readers = st.sampled_from([read_plain, read_markdown])
    made = st.builds(lambda read, text: read(text, id="d", title="t", source="s"), readers, texts())
    return made.filter(lambda document: document is not None)


def plain(text: str) -> Document:
    """The document of a plain text that has something to read."""
    document = read_plain(text, id="d", title="t", source="s")
    assert document is not None
    return document


def squeezed(text: str, drop: str = "") -> str:
    """``text`` without white space and without the characters of ``drop``."""
    return "".join(c for c in text if not c.isspace() and c not in drop)


def cases(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Title, input and expected lines of each case: a title line, input, ".", expected, "."."""
    lines = iter((Path(__file__).parent / "cases" / name).read_text(encoding="utf-8").splitlines())
    for line in lines:
        if line:
            yield line, "\n".join(_until_dot(lines)), list(_until_dot(lines))


def _until_dot(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == ".":
            return
        yield line
    raise ValueError('a case ends without its line "."')


@cache
def bundled_terms() -> Terms:
    """The terms of the bundled glossaries, built once."""
    return Terms(bundled_concepts())


@cache
def bundled_segmenter() -> Segmenter:
    """The words of the bundled glossaries, built once."""
    return Segmenter(bundled_terms().names())
