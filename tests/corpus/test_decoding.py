"""Bytes to text: what was written comes back, or the file is refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import Undecodable
from corpus.reading.decoding import decode

SIMPLIFIED = [
    "双特异性抗体治疗肺癌患者。",
    "研究显示，总生存期为13.6个月",
    "Tarlatamab 的 ORR 为 40%；",
    "不良事件发生率",
    "\n",
]
TRADITIONAL = [
    "雙特異性抗體治療肺癌患者。",
    "研究顯示，總生存期為13.6個月",
    "Tarlatamab 的 ORR 為 40%；",
    "不良事件發生率",
    "\n",
]
ENGLISH = ["Median survival was 13.6 months.", "naïve patients", "5 µg/mL – 10 µg/mL", "the café of the trial", "\n"]
CHINESE_FILE = "".join(SIMPLIFIED * 5).encode()


def joined(sentences: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(sentences), min_size=1).map("".join)


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(lambda t: not t.startswith("\ufeff")))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_comes_back(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")])
def test_big_endian_comes_back(mark: bytes, encoding: str) -> None:
    assert decode(mark + "肺癌 lung".encode(encoding), "a.txt") == "肺癌 lung"


@pytest.mark.parametrize(
    ("encoding", "sentences"),
    [
        pytest.param("gb18030", SIMPLIFIED, id="zh-simplified"),
        pytest.param("big5", TRADITIONAL, id="zh-traditional"),
        pytest.param("cp1252", ENGLISH, id="en"),
    ],
)
@given(data=st.data())
def test_the_encodings_before_unicode_come_back(encoding: str, sentences: list[str], data: st.DataObject) -> None:
    text = data.draw(joined(sentences))
    assert decode(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 4, id="a PDF"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", id="an image"),
        pytest.param("lung cancer 肺癌".encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(codecs.BOM_UTF16_LE + b"a", id="half a character of UTF-16"),
        pytest.param(codecs.BOM_UTF8 + b"\xff\xfe", id="a mark that lies"),
        pytest.param(CHINESE_FILE[:-2], id="zh UTF-8 cut in a character"),
        pytest.param("肺癌患者".encode()[1:], id="zh UTF-8, short, beginning lost"),
        pytest.param("肺癌 lung".encode()[:3] + b"\xff" + "肺癌 lung".encode()[3:], id="mixed UTF-8 with a stray byte"),
        pytest.param(b"lung\0cancer", id="en with a NUL"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^a\.txt: .*not a text file.*save it as UTF-8") as caught:
        decode(data, "a.txt")
    assert caught.value.path == "a.txt"


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"", "a.txt") == ""
