"""How many figures of the bundled review the extraction finds and binds rightly.

    python -m benchmarks.results --facts ../shared/review/trial_facts_dev.json

Counts the facts whose value is one number. A result counts for precision where its paragraph is that
of a trial with facts. Arms compare by what tells them apart: "Amivantamab + 化疗" is the arm
"Amivantamab 联合化疗", "10 mg" that of "Tarlatamab 10 mg Q2W".
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from corpus.document import Passage
from corpus.packs.packs import bundled_documents
from corpus.segments.passages import split_passages
from corpus.trial_results import TrialResult, extract_results
from corpus.trial_results.arms.register import Register

END_POINTS: tuple[tuple[str, str], ...] = (
    (r"median intracranial PFS", "intracranial_PFS"),
    (r"^HR", "HR"),
    (r"risk reduction", "risk_reduction"),
    (r"^m?PFS$", "PFS"),
    (r"^m?OS$", "OS"),
    (r"^mDoR$", "DoR"),
    (r"^cORR", "cORR"),
    (r"^ORR", "ORR"),
    (r"^DCR", "DCR"),
    (r"^enrolled", "enrolled"),
    (r"^dose", "dose"),
    (r"CRS rate|AE rate", "AE_rate"),
)
"""A fact's end point and ours; any other is "other"."""

_COMPONENTS = Register().components
_SCHEDULE = re.compile(r" ?Q\d?W|单纯|单药| alone")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True, help="hand-made facts of the bundled review")
    facts = json.loads(parser.parse_args().facts.read_text(encoding="utf-8"))
    numeric = [fact for fact in facts if isinstance(fact["value"], int | float) and fact["unit"] != "year"]
    results = _of_these_trials(split_passages(bundled_documents()[0]), facts)
    print(f"{len(facts)} facts, {len(numeric)} with a number as value; {len(results)} results of their trials")
    for name, same in (("value + end point", _same_figure), ("value + end point + arm", _same_arm)):
        left, missed = list(results), []
        for fact in numeric:
            hit = next((r for r in left if same(fact, r)), None)
            if hit is None:
                missed.append(fact)
            else:
                left.remove(hit)
        found = len(numeric) - len(missed)
        print(f"{name}: precision {found / max(1, len(results)):.3f}, recall {found / len(numeric):.3f}")
        for fact in missed:
            print(f"  missed {fact['id']} {fact['trial']}: {fact['endpoint']} {fact['value_printed']} of {fact['arm']}")
        for r in left:
            print(f"  false {r.trial}: {r.endpoint} {r.value_text} of {r.arm} ({r.setting}) in {r.sentence[:60]}…")


def _of_these_trials(passages: list[Passage], facts: list[dict[str, Any]]) -> list[TrialResult]:
    """The results of the paragraphs that hold a fact's sentence."""
    squeeze = re.compile(r"\s")
    sentences = {squeeze.sub("", fact["source_sentence"]) for fact in facts}
    places = {
        (p.section, p.topic) for p in passages for s in p.sentences if squeeze.sub("", p.sentence(s)) in sentences
    }
    return extract_results([p for p in passages if (p.section, p.topic) in places])


def end_point(name: str) -> str:
    """Ours for a fact's."""
    return next((ours for pattern, ours in END_POINTS if re.search(pattern, name)), "other")


def _same_figure(fact: dict[str, Any], result: TrialResult) -> bool:
    if float(fact["value"]) != result.value or end_point(fact["endpoint"]) != result.endpoint:
        return False
    of = re.search(r"\((PFS|OS)\)", fact["endpoint"])
    return not of or of[1] == result.of


def _same_arm(fact: dict[str, Any], result: TrialResult) -> bool:
    return _same_figure(fact, result) and same_arm(fact["arm"], result.arm)


# Words that a short name of an arm leaves out, because both arms have them or all readers know them.
_SHARED = frozenset({"化疗", "培美曲塞", "卡铂", "pemetrexed", "carboplatin", "相同化疗", "750mg"})


def same_arm(fact: str, ours: str | None) -> bool:
    """Whether two names mean one arm: the same words but for those that both arms of a trial share."""
    if fact in ("all", "both"):
        return ours == "all"
    if ours is None:
        return False
    a, b = _COMPONENTS(_SCHEDULE.sub("", fact)), _COMPONENTS(_SCHEDULE.sub("", ours))
    return a == b or (a - _SHARED == b - _SHARED and bool(a - _SHARED))


if __name__ == "__main__":
    main()
