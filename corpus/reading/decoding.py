"""Bytes to text: never a guess that loses a character."""

from __future__ import annotations

import codecs
import re
from typing import NoReturn

from corpus.errors import Undecodable

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tried in order where UTF-8 fails. GB18030 and Big5 accept much of each other's bytes, so the
# text with the larger share of everyday characters wins; Windows-1252 is for Western files.
_LEGACY = ("gb18030", "big5", "cp1252")
# Both are compiled when a file that is not UTF-8 first needs them, which takes 10 ms.
_EVERYDAY = (
    r"[\s0-9A-Za-z.,;:()%的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會也子"
    r"得对對生能自之及与與或等患者治疗療药藥研究抗体體细細胞癌，。；：、（）]"
)
# Three or four bytes of UTF-8, which the legacy encodings hardly ever form by chance.
_LONG_UTF8 = "[\u0800-\ufffc\U00010000-\U0010ffff]"
# What a text file does not hold: control characters other than tab, line and page breaks.
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, path: str) -> str:
    """Decode a text file: a byte order mark, UTF-8, then GB18030, Big5 and Windows-1252.

    Raises:
        Undecodable: ``data`` is not text in any of these (a PDF, an image, a damaged file).
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strict(data, encoding)
            if text is None:
                _refuse(path)
            return text
    text = _strict(data, "utf-8")
    if text is None and not _is_damaged_utf8(data):
        candidates = [t for t in (_strict(data, e) for e in _LEGACY) if t is not None]
        text = max(candidates, key=_plausibility, default=None)
    if text is None or len(_BINARY.findall(text)) > len(text) // 100:
        _refuse(path)
    return text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_damaged_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    return len(re.findall(_LONG_UTF8, text)) > text.count("\ufffd")


def _plausibility(text: str) -> float:
    return len(re.findall(_EVERYDAY, text)) / max(1, len(text))


def _refuse(path: str) -> NoReturn:
    raise Undecodable(path, "this is not a text file we can decode, or it is damaged; save it as UTF-8 text.")
