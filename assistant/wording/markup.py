"""Text as HTML that shows it as it stands: nothing typed, and nothing in a document, becomes markup."""

from __future__ import annotations

import html
import re

# Marks and overrides of writing direction: left alone, one in a quote turns round what stands after it.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def as_html(text: str) -> str:
    """HTML that shows ``text``; a direction mark acts on nothing and is shown by its number."""
    escaped = html.escape(text).replace("\n", "<br>")
    return _DIRECTION.sub(lambda match: f'<bdi data-mark="U+{ord(match[0]):04X}">{match[0]}</bdi>', escaped)


def attribute(text: str) -> str:
    """``text`` as the value of an attribute, without its quotation marks."""
    return html.escape(text).replace("\n", "&#10;")
