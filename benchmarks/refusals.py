"""When to refuse: how false refusals and false answers trade as the thresholds of support move.

    python -m benchmarks.refusals --questions ../shared/eval/review_dev.jsonl

Every threshold of ``AssistantOptions`` is moved by the same amount, from answering nearly all to refusing
nearly all; the product's own stand at 0. The questions are asked of the bundled review.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer
from assistant.steps.case import AssistantOptions
from benchmarks.crosslingual import read_lines
from index.search.hybrid import HybridIndex

SHIFTS = (-0.4, -0.3, -0.2, -0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
"""Added to every threshold of similarity."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=Path, required=True, nargs="+", help="questions on the bundled review")
    arguments = parser.parse_args()
    questions = [question for path in arguments.questions for question in read_lines(path)]
    with tempfile.TemporaryDirectory() as home:
        index = HybridIndex.open(Path(home))
        print("| shift | answers rightly | refuses rightly | of the refusals, by similarity alone |")
        print("|---|---|---|---|")
        for shift in SHIFTS:
            assistant = Assistant(index, moved(AssistantOptions(), shift))
            replies = [(q, assistant.ask(q["question"], q["history"])) for q in questions]
            answered = [isinstance(reply, Answer) for q, reply in replies if not q["abstain"]]
            refused = [not isinstance(reply, Answer) for q, reply in replies if q["abstain"]]
            alone = sum(not isinstance(reply, Answer) and reply.reason == "no_support" for _, reply in replies)
            print(
                f"| {shift:+.2f} | {sum(answered) / len(answered):.3f} {_bar(answered)} "
                f"| {sum(refused) / len(refused):.3f} {_bar(refused)} | {alone} |"
            )
        index.library.close()


def moved(options: AssistantOptions, shift: float) -> AssistantOptions:
    """``options`` with every threshold of similarity moved by ``shift``."""
    return replace(
        options,
        similar_english=options.similar_english + shift,
        similar_chinese=options.similar_chinese + shift,
        similar_across=options.similar_across + shift,
        related=options.related + shift,
    )


def _bar(held: list[bool]) -> str:
    return "█" * round(20 * sum(held) / max(1, len(held)))


if __name__ == "__main__":
    main()
