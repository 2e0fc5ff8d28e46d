"""The one tidying of a text, done before any offset into it exists.

Only what no reader can see goes: control characters, zero-width and direction marks, lone
surrogates. Width and case stay as printed; they are folded for matching alone (``corpus.words.folding``).
"""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 controls but tab and line feed; soft hyphen; zero-width space and joiners, direction
# marks, overrides and isolates (they can make a text read as another); byte order mark;
# interlinear marks; tag characters; lone surrogates, which no UTF-8 file can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_SPACES = re.compile(r"[ \t\xa0\u2000-\u200a\u202f\u205f\u3000]+")


def clean(text: str) -> str:
    """Drop what cannot be seen; line ends become ``\\n`` and runs of blanks one space."""
    text = _LINE_END.sub("\n", text)
    text = _UNSEEN.sub("", text)
    return _SPACES.sub(" ", text)
