"""Every row of the tables of rules deleted in turn: which of them does no example miss?

    python -m benchmarks.rules [--show]

A rule is one name or cue of a table; its examples are sentences in which what it finds is marked. An example is missed
where the marks that the table gives without the rule are others. Exit status 1 where a rule is not missed, or where
the whole table marks an example otherwise than it says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from corpus.vocabulary.notation import names_in, pattern
from corpus.vocabulary.tables import Row, read_rows, read_table
from corpus.words.folding import fold, fold_width

Rule = tuple[str, str]
"""What a rule marks, and the rule as its table writes it."""

_MARK = re.compile(r"</?[\w%-]+>")
_NEVER = "-"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one table, or of a column of it."""

    name: str
    rules: Sequence[Rule]
    """In the order in which they are tried."""
    examples: Sequence[str]
    """Texts with what the rules find between ``<mark>`` and ``</mark>``."""
    folded: Callable[[str], str]
    before: str = ""
    """A regular expression for what stands before a mark."""
    after: str = ""
    """A regular expression for what stands after a mark."""

    def marked(self, text: str, without: Rule | None = None) -> str:
        """``text`` with all that the rules find in it marked."""
        marks = [mark for mark, _ in self.rules]
        groups = "|".join(
            f"(?P<m{place}>{pattern(cell)})" for place, (mark, cell) in enumerate(self.rules) if (mark, cell) != without
        )
        parts, last = [], 0
        # Without its only rule, a table marks nothing.
        for match in re.finditer(f"(?:{self.before})(?:{groups or '(?!)'})(?:{self.after})", self.folded(text)):
            place = int(str(match.lastgroup)[1:])
            start, end = match.span(f"m{place}")
            parts += [text[last:start], f"<{marks[place]}>", text[start:end], f"</{marks[place]}>"]
            last = end
        return "".join([*parts, text[last:]])

    def wrong(self) -> list[tuple[str, str]]:
        """Examples that the whole table marks otherwise, each with how."""
        found = ((example, self.marked(_MARK.sub("", example))) for example in self.examples)
        return [(example, marked) for example, marked in found if marked != example]

    def not_missed(self) -> list[Rule]:
        """The rules without which every example is marked as it is."""
        left = set(self.rules)
        for rule in self.rules:
            # Few examples hold what a rule marks; the others cannot miss it.
            mine = [example for example in self.examples if f"<{rule[0]}>" in example]
            if any(self.marked(_MARK.sub("", example), rule) != example for example in mine):
                left.discard(rule)
        return [rule for rule in self.rules if rule in left]


def all_rules() -> Iterator[Rules]:
    """The rules of all tables."""
    examples = read_table("examples")

    def of(name: str, rules: Sequence[Rule], folded: Callable[[str], str], **around: str) -> Rules:
        return Rules(name, rules, [row["text"] for row in examples if row["table"] == name], folded, **around)

    endpoints = read_table("endpoints")
    yield of("endpoints.printed", _rules(endpoints, "printed"), fold_width)
    asked = [(key, cell.lower()) for key, cell in _rules(endpoints, "asked")]
    yield of("endpoints.asked", asked, _lowered)
    adverse = [("ae", name) for row in read_table("adverse_events") for c in ("zh", "en", "abbreviation")
               for name in names_in(row[c])]  # fmt: skip
    yield of("adverse_events", adverse, fold_width)
    endings = read_table("drug_endings")
    yield of("drug_endings.en", _endings(endings, "en"), _lowered, before="[a-z]{3,}?",
             after="(?![a-z])")  # fmt: skip
    yield of("drug_endings.zh", _endings(endings, "zh"), _lowered)
    yield of("drug_endings.second", _rules(endings, "second", "drug"), _lowered, before="[a-z]{3,} ")
    yield of(
        "units", [(row["kind"], f"~{row['printed']}") for row in read_table("units")], fold_width, before="(?<=[0-9])"
    )
    cues = read_rows("assistant.understanding", "cues")
    for group in dict.fromkeys(row["group"] for row in cues):
        mine = [row for row in cues if row["group"] == group]
        texts = [example for row in mine for example in row["example"].split(" || ")]
        yield Rules(f"cues.{group}", [("cue", name) for row in mine for name in names_in(row["cue"])], texts, _lowered)
    for row in read_rows("assistant.understanding", "attributes"):
        for column, mark in (("asked", "a"), ("told", "t")):
            texts = row[f"example_{column}"].split(" || ")
            yield Rules(f"attributes.{row['key']}.{column}", _rules([row], column, mark), texts, _lowered)


def _rules(rows: Sequence[Row], column: str, mark: str = "") -> list[Rule]:
    return [(mark or row["key"], name) for row in rows if row[column] != _NEVER for name in names_in(row[column])]


def _endings(rows: Sequence[Row], column: str) -> list[Rule]:
    """Ends of words, the longer first: as regular expressions, for as names they would begin one."""
    names = sorted({name for row in rows for name in names_in(row[column])}, key=lambda name: (-len(name), name))
    return [("drug", f"~{name}") for name in names]


def _lowered(text: str) -> str:
    """``text`` folded; examples are of characters that stay one for one."""
    folded = fold(text).text
    assert len(folded) == len(text), text
    return folded


def main() -> int:
    """Print a line a table; 1 where a rule is missed by nothing, or an example is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="list the examples that are wrong")
    arguments = parser.parse_args()
    status = 0
    for rules in all_rules():
        wrong, idle = rules.wrong(), rules.not_missed()
        status = status or bool(wrong or idle)
        print(f"{rules.name:<24}{len(rules.rules):>5} rules, {len(rules.examples):>4} examples, "
              f"{len(wrong)} of them wrong, {len(idle)} rules that nothing misses")  # fmt: skip
        for mark, cell in idle:
            print(f"    {mark}\t{cell}")
        for example, marked in wrong if arguments.show else ():
            print(f"    - {example}\n    + {marked}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
