"""The tables of the vocabulary: tab-separated, a heading line, one thing a row.

Rows of tables of the same names in the folder that ``BSAB_VOCABULARY`` names come before the program's own; a row
with a key that the program has takes the place of the program's.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

Row = dict[str, str]


def read_table(name: str) -> list[Row]:
    """The rows of a table of the vocabulary (``endpoints``), a user's first; each once by its ``key``.

    Raises:
        ValueError: a user's table has a column that there is not, or a row without its key.
    """
    return read_rows("corpus.vocabulary", name, "lists")


def read_rows(package: str, name: str, folder: str = "") -> list[Row]:
    """The same of a table that stands in another package, in a ``folder`` of it."""
    own = list(_rows(resources.files(package).joinpath(folder, f"{name}.tsv").read_text(encoding="utf-8")))
    rows: dict[str, Row] = {}
    for row in [*_users(name, set(own[0])), *own]:
        rows.setdefault(row["key"], row)
    return list(rows.values())


def _users(name: str, columns: set[str]) -> list[Row]:
    folder = os.environ.get("BSAB_VOCABULARY")
    path = Path(folder) / f"{name}.tsv" if folder else None
    if not path or not path.is_file():
        return []
    rows = list(_rows(path.read_text(encoding="utf-8-sig")))
    for row in rows:
        if not row.get("key") or not row.keys() <= columns:
            raise ValueError(f"{path}: give each row its key; the columns are {', '.join(sorted(columns))}.")
    return [dict.fromkeys(columns, "") | row for row in rows]


def _rows(text: str) -> Iterator[Row]:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        yield {column: (value or "").strip() for column, value in row.items() if column}
