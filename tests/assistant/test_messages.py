"""Every word that the product says stands in ``messages.tsv``, in all languages, and nothing stands there unsaid."""

from __future__ import annotations

import ast
import string
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from typing import get_args

import pytest

from assistant.answering import figure_wording
from assistant.answering.language_model import Trouble
from assistant.answering.reply import Reason
from assistant.answering.suggestions import EXAMPLES
from assistant.guard.faults import Fault
from assistant.trials import charts, table
from assistant.web import page
from assistant.web.panels import ask, chat, library
from assistant.wording.messages import Joint, joined, language_named, languages, messages, say
from corpus.checks.source_checks import Certainty
from corpus.document import Language
from corpus.references.reference import Status

PACKAGE = Path(__file__).parents[2] / "assistant"
HEADING, *ROWS = (PACKAGE / "wording" / "messages.tsv").read_text(encoding="utf-8").splitlines()

FAMILIES: dict[str, Collection[str]] = {
    "arm.": figure_wording.ARM_WORDS,
    "ask.": [sign for sign, _ in chat.RATINGS],
    "chart.": charts.UNITS,
    "cited.": get_args(Status),
    "example.": EXAMPLES,
    "fault.": get_args(Fault),
    "label.": [*table.COLUMNS, *(kind[:-1] for kind in ask.KINDS)],
    "language.": get_args(Language),
    "library.": library.COLUMNS,
    "list.": get_args(Joint),
    "measure.risk_": sorted(figure_wording.RISKS),
    "model.": get_args(Trouble),
    "note.": get_args(Certainty),
    "page.": page.TOLD,
    "reference.": get_args(Status),
    "refusal.": [*get_args(Reason), "not_reported_at_all"],
    "unit.": figure_wording.UNITS,
    "verdict.": ["yes", "no"],
}
"""What may follow where only the beginning of a key stands in the source: ``say(f"fault.{fault}", …)``."""


def said() -> Iterator[str]:
    """The keys in all calls of ``say``; ``FAMILIES`` by their beginnings, as "fault.*"."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "self._say"):
                yield from keys_of(node.args[0])


def keys_of(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from keys_of(body)
            yield from keys_of(orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), ast.FormattedValue()]):
            yield f"{beginning}*"
        case ast.Name(id="key"):  # AskPanel._say hands on what it is given
            pass
        case _:
            pytest.fail(f"no key can be read from {ast.unparse(node)}")


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def faults(rows: list[str]) -> list[str]:
    """Keys of the rows that miss a translation, or whose translations have not the same placeholders."""
    found = []
    for row in rows:
        key, *texts = row.split("\t")
        whole = len(texts) == HEADING.count("\t") and all(text.strip() for text in texts)
        if not whole or any(placeholders(text) != placeholders(texts[0]) for text in texts):
            found.append(key)
    return found


def test_what_is_said_is_in_the_table_and_what_is_in_the_table_is_said() -> None:
    keys = set(said())
    assert {key[:-1] for key in keys if key.endswith("*")} == FAMILIES.keys()
    keys = {key for key in keys if not key.endswith("*")}
    keys |= {f"{beginning}{end}" for beginning, ends in FAMILIES.items() for end in ends}
    assert keys == {row.split("\t")[0] for row in ROWS}


def test_every_row_is_whole_and_has_the_same_placeholders_in_all_languages() -> None:
    assert faults(ROWS) == []


@pytest.mark.parametrize("row", ["x.y\tone", "x.y\tone\t", "x.y\tone\t ", "x.y\t{a} {b}\t{a}", "x.y\tone\ttwo\tthree"])
def test_a_missing_translation_or_placeholder_is_found(row: str) -> None:
    assert faults([*ROWS, row]) == ["x.y"]


def test_each_key_stands_once_and_each_group_together() -> None:
    keys = [row.split("\t")[0] for row in ROWS]
    groups = [group for group, _ in groupby(key.split(".")[0] for key in keys)]
    assert len(keys) == len(set(keys))
    assert len(groups) == len(set(groups))


def test_the_columns_are_the_languages() -> None:
    assert HEADING.split("\t") == ["key", *languages()]
    assert set(languages()) == set(get_args(Language))
    assert all(tuple(texts) == languages() for texts in messages().values())
    assert [language_named(code) for code in ("zh", "en", "xx")] == ["zh", "en", "en"]


def test_braces_in_what_is_filled_in_are_text() -> None:
    assert say("label.all", "zh") == "全部"
    assert say("answer.quote", "en", quote="{quote}", number=1) == "“{quote}” [1]"


@pytest.mark.parametrize(
    ("parts", "told"), [([], ""), (["a"], "a"), (["a", "{b}", "c"], "a, {b}, c")], ids=["none", "one", "three"]
)
def test_a_list_is_joined(parts: list[str], told: str) -> None:
    assert joined(parts, "en") == told
    assert joined(parts, "zh") == told.replace(", ", "、")
