"""How many sentences of a language model the guard judges rightly: faithful ones shown, changed ones struck.

    python -m benchmarks.guard --home FOLDER [--half seen|unseen] [--details]

``benchmarks/annotations/guard_sentences.jsonl`` holds 200 sentences on the bundled review in both languages, half of
them faithful to the sentences that they cite, half with one thing changed; the guard was written with the first
hundred in sight. Each is judged as what a model wrote, with the passages of its sentences as its evidence.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from assistant.answering.assistant import Assistant
from assistant.answering.language_model import checked
from assistant.answering.reply import Evidence
from corpus.document import Passage
from index.search.hybrid import HybridIndex

SENTENCES = Path(__file__).parent / "annotations" / "guard_sentences.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, help="a library with the bundled review; made where it is not there")
    parser.add_argument("--half", choices=["seen", "unseen", "all"], default="all")
    parser.add_argument("--details", action="store_true", help="each sentence that is judged wrongly")
    options = parser.parse_args()
    lines = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant(HybridIndex.open(options.home or Path(folder)))
        library = assistant.index.library
        passages = [p for entry in library.entries() for p in library.passages(library.rows_of(entry.id))]
        for half, part in (("seen", lines[:100]), ("unseen", lines[100:])):
            if options.half in (half, "all"):
                _report(half, part, assistant, passages, options.details)


def _report(
    half: str, lines: list[dict[str, Any]], assistant: Assistant, passages: list[Passage], details: bool
) -> None:
    counts: dict[str, list[bool]] = defaultdict(list)
    for line in lines:
        passed, why = shown(line, assistant, passages)
        kind = "faithful" if line["faithful"] else line["kind"]
        counts[kind].append(passed)
        if details and passed != line["faithful"]:
            print(f"  {line['id']} {'struck' if not passed else 'SHOWN'} ({kind}; {why}): {line['sentence']}")
    changed = [passed for kind, of in counts.items() if kind != "faithful" for passed in of]
    faithful = counts["faithful"]
    print(
        f"{half}: faithful shown {sum(faithful)}/{len(faithful)} = {sum(faithful) / len(faithful):.2f}, "
        f"changed struck {changed.count(False)}/{len(changed)} = {changed.count(False) / len(changed):.2f}"
    )
    for kind, of in sorted(counts.items()):
        if kind != "faithful":
            print(f"    {kind:28} struck {of.count(False)} of {len(of)}")


def shown(line: dict[str, Any], assistant: Assistant, passages: list[Passage]) -> tuple[bool, str]:
    """Whether a sentence reaches the reader, and the fault where it does not."""
    sources = [_squeezed(source) for source in line["sources"]]
    held = [p for p in passages if any(source in _squeezed(p.text) for source in sources)]
    held = held or [p for p in passages if any(_squeezed(s)[:25] in _squeezed(p.text) for s in line["sources"])]
    evidence = [Evidence(number, passage, None, (), ()) for number, passage in enumerate(held, 1)]
    cited = "".join(f"[{item.number}]" for item in evidence)
    sentence = line["sentence"].rstrip()
    ended = re.sub(r"([.。!！?？]?)$", rf" {cited}\1", sentence, count=1)
    kept, struck = checked(ended, evidence, assistant.faults, assistant.index.vocabulary.terms)
    return bool(kept) and not struck, ", ".join(f"{f.fault} {f.figure}" for f in struck)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


if __name__ == "__main__":
    main()
