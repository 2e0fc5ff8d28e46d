"""How many arms that doctors named the register of arms holds, and how many figures of two trials get their own.

    python -m benchmarks.arms --abstracts ../shared/data/trial_arms_en.jsonl

An arm is found where a name of the register's covers it: half of the words of either are the other's, without words
that every arm may have. Both of a pair are found where two arms of the register cover one each. What doctors wrote
is no quotation ("Control", "baseline", a dose that the abstract lacks), so that not all of it can be found.

The paragraphs with two trials are the project's own. A figure has the right trial, another one, none, or no row; those
of trials that the text gives no name ("a Spanish trial") are not asked for.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import HERE, read, words
from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.trial_results import results_of_text
from corpus.trial_results.studies import studies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--abstracts", type=Path, required=True, help="abstracts with pairs of arms, as JSON lines")
    parser.add_argument("--details", action="store_true", help="print what is not found")
    args = parser.parse_args()
    told: Counter[str] = Counter()
    for entry in read(args.abstracts):
        mine = arms_in(entry["text"])
        pairs = {(pair["intervention"], pair["comparator"]) for pair in entry["pairs"]}
        for name in sorted({name for pair in pairs for name in pair}):
            told["arms"] += 1
            found = covering(name, mine)
            told["found"] += bool(found)
            if args.details and not found:
                print(f"{entry['id']} not found: {name} | {mine}")
        for one, other in pairs:
            told["pairs"] += 1
            mine_of = covering(one, mine), covering(other, mine)
            told["both"] += all(mine_of) and len(set.union(*mine_of)) > 1
    print(f"arms: {told['found']} of {told['arms']}, {told['found'] / max(1, told['arms']):.2f}")
    print(f"both of a pair: {told['both']} of {told['pairs']}, {told['both'] / max(1, told['pairs']):.2f}")
    print("two trials in a paragraph:", json.dumps(trials_of_figures(args.details)))


def arms_in(text: str) -> list[list[str]]:
    """The names of each arm of an abstract."""
    document = read_plain(text, id="text", title="", source="")
    found = studies(split_passages(document), None) if document else []
    return [list(arm.names) for study in found for arm in study.register.arms]


def covering(label: str, arms: Sequence[Sequence[str]]) -> set[int]:
    """The places of the arms that a doctor's name may mean."""
    wanted = words(label)
    return {
        place
        for place, names in enumerate(arms)
        if any(2 * len(wanted & words(name)) >= max(1, min(len(wanted), len(words(name)))) for name in names)
    }


def trials_of_figures(details: bool) -> dict[str, int]:
    """How many annotated figures of paragraphs with two trials got which trial."""
    told = dict.fromkeys(("right", "another", "none", "no row"), 0)
    for entry in read(HERE / "two_trials.jsonl"):
        text = entry["text"]
        rows = [(text.find(row.sentence), row) for row in results_of_text(text)]
        for fact in entry["facts"]:
            if any(word in fact["trial"] for word in (" trial", "trial of", "的研究")):
                continue
            place = text.index(fact["near"]) + fact["near"].index(fact["value"])
            mine = [
                row.trial
                for start, row in rows
                if start <= place < start + len(row.sentence) and row.value_text == fact["value"]
            ]
            cause = "no row" if not mine else "none" if mine[0] is None else "another"
            told["right" if fact["trial"] in mine[:1] else cause] += 1
            if details and fact["trial"] not in mine[:1]:
                print(f"{entry['id']} {cause}: {fact['value']} of {fact['trial']} {mine[:1]}")
    return told


if __name__ == "__main__":
    main()
