"""What the product says to its users: the rows of ``messages.tsv``, a column a language; and lists, numbers and times
as a language writes them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from typing import Literal, cast

from corpus.document import Language

Joint = Literal["items", "figures", "sentences"]


@functools.cache
def messages() -> Mapping[str, Mapping[Language, str]]:
    """The words in each language, by key."""
    table = resources.files("assistant.wording").joinpath("messages.tsv").read_text(encoding="utf-8")
    (_, *codes), *rows = (line.replace("\\n", "\n").split("\t") for line in table.rstrip("\n").split("\n"))
    written = cast(list[Language], codes)
    return {key: dict(zip(written, texts, strict=True)) for key, *texts in rows}


def languages() -> tuple[Language, ...]:
    """The languages of the table; the first where nothing tells which."""
    return tuple(messages()["this.name"])


def language_named(code: str) -> Language:
    """The language of a code that came from elsewhere."""
    return next((language for language in languages() if language == code), languages()[0])


def say(key: str, language: Language, /, **values: object) -> str:
    """The words for ``key``, with ``values`` filled in."""
    return messages()[key][language].format(**values)


def joined(parts: Sequence[str], language: Language, joint: Joint = "items") -> str:
    """``parts``, one behind the other; "" of none."""
    if not parts:
        return ""
    return functools.reduce(lambda one, other: say(f"list.{joint}", language, one=one, other=other), parts)


def number(value: int, language: Language) -> str:
    """A count."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=say("this.locale", language)))


def moment(told: str, language: Language) -> str:
    """A time in this machine's zone; ``told`` is ISO 8601, UTC."""
    from babel.dates import format_date, format_time

    when = datetime.fromisoformat(told)
    local = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone()
    locale = say("this.locale", language)
    return f"{format_date(local, 'medium', locale)} {format_time(local, 'short', local.tzinfo, locale)}"
