"""Drugs that the library does not hold: is a question about one refused, and is the drug named as what is missing?

    python -m benchmarks.drugs [--names benchmarks/drug_names_heldout.tsv] [--show]

Four questions are asked of the bundled review for every name, in the name's own language: overall survival,
progression-free survival, dose and mechanism. The wordings rotate over the names, so that a name stands at the
beginning, in the middle and at the end of a question. A reply is one of

refused by name           what is missing holds exactly the drug's name: no more of the question, and no less
refused without the name  refused otherwise: rightly, but the reader is not told why
answered                  the worst: another drug's text or figures

``--show`` lists every question that is not refused by name, with the reply's reason and what it says is missing.
``drug_names_dev.tsv`` is there to be looked at, ``drug_names_heldout.tsv`` only to be counted: no ``--show`` on it.
Exit status 1 where anything was answered.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer, Reply
from index.search.hybrid import HybridIndex

Outcome = Literal["by name", "without the name", "answered"]

NAMES = Path(__file__).with_name("drug_names_dev.tsv")

WORDINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "zh": (
        (
            "{name}的总生存期是多少？",
            "使用{name}治疗的患者中位总生存期有多长？",
            "能不能查一下中位总生存期，药物是{name}？",
        ),
        (
            "{name}的中位无进展生存期有多长？",
            "使用{name}治疗的患者中位PFS是多少？",
            "中位PFS是多少个月，如果用的是{name}？",
        ),
        (
            "{name}的推荐剂量是多少？",
            "成人使用{name}时推荐剂量是多少？",
            "请问应该按什么剂量给予{name}？",
        ),
        (
            "{name}的作用机制是什么？",
            "请解释一下{name}是如何起作用的。",
            "请简单介绍一下作用机制：{name}",
        ),
    ),
    "en": (
        (
            "{name}: what was the median overall survival?",
            "What overall survival did {name} achieve in the trials?",
            "What was the median OS with {name}?",
        ),
        (
            "{name} prolonged progression-free survival by how many months?",
            "How long was the median progression-free survival of patients given {name} in the pivotal study?",
            "What was the median PFS with {name}?",
        ),
        (
            "{name} is given at what dose?",
            "At what dose is {name} given?",
            "What is the recommended dose of {name}?",
        ),
        (
            "{name} works by what mechanism?",
            "How does {name} work?",
            "What is the mechanism of action of {name}?",
        ),
    ),
}
"""By language, for each of the four topics: the name at the beginning, in the middle and at the end."""


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    language: str
    text: str


def main() -> int:
    """Ask and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=Path, default=NAMES, metavar="FILE", help="name, language, class; tabs between")
    parser.add_argument("--show", action="store_true", help="list what is not refused by name")
    arguments = parser.parse_args()
    questions = read_questions(arguments.names)
    with tempfile.TemporaryDirectory() as home:
        index = HybridIndex.open(Path(home))
        assistant = Assistant(index)
        replies = [(question, assistant.ask(question.text)) for question in questions]
        index.library.close()
    outcomes = [(question, outcome(question.name, reply)) for question, reply in replies]
    if arguments.show:
        for question, reply in replies:
            if outcome(question.name, reply) != "by name":
                print(shown(question, reply))
        print()
    print("| language | questions | refused by name | refused without the name | answered |")
    print("|---|---|---|---|---|")
    for language in WORDINGS:
        print(row(language, [found for question, found in outcomes if question.language == language]))
    print(row("all", [found for _, found in outcomes]))
    return 1 if any(found == "answered" for _, found in outcomes) else 0


def read_questions(path: Path) -> list[Question]:
    """Four questions for every name of the table."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    return [
        question
        for language in WORDINGS
        for n, line in enumerate(line for line in lines if line["language"] == language)
        for question in questions_on(line["name"], language, n)
    ]


def questions_on(name: str, language: str, n: int) -> list[Question]:
    """On the ``n``-th name of its language: each topic once, the wordings of neighbouring topics and names differ."""
    texts = [wordings[(n + topic) % len(wordings)] for topic, wordings in enumerate(WORDINGS[language])]
    return [Question(name, language, _capitalised(text.format(name=name))) for text in texts]


def outcome(name: str, reply: Reply) -> Outcome:
    """How ``reply`` deals with a drug that the library does not hold."""
    if isinstance(reply, Answer):
        return "answered"
    wanted = _folded(name)
    missing = {_folded(text) for text in reply.missing}
    odd = any(text in wanted or wanted in text for text in missing - {wanted})
    return "by name" if wanted in missing and not odd else "without the name"


def shown(question: Question, reply: Reply) -> str:
    """A line for ``--show``: what was asked, then how it was answered or refused."""
    if isinstance(reply, Answer):
        return "\t".join((question.language, question.name, question.text, "answered", " ".join(reply.text.split())))
    return "\t".join((question.language, question.name, question.text, reply.reason, " | ".join(reply.missing)))


def row(label: str, found: list[Outcome]) -> str:
    """A line of the table; nothing asked counts as a share of 0."""
    counts = Counter(found)
    whole = max(1, len(found))
    return (
        f"| {label} | {len(found)} | {counts['by name'] / whole:.3f} "
        f"| {counts['without the name'] / whole:.3f} | {counts['answered']} |"
    )


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


if __name__ == "__main__":
    sys.exit(main())
