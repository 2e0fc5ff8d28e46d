"""How many figures of annotated abstracts the extraction finds and binds rightly, the half worked on and the half kept.

    python -m benchmarks.figures --abstracts ../shared/data/trial_abstracts_en.jsonl

``benchmarks/annotations`` holds what two readers found, each on their own: figures by their place in the text, end
points, arms by all their names. The English texts are read in place, the Chinese ones were written for it. A figure
that one reader alone gave, or doubted, is neither asked for nor held against a row; where they differ about the end
point or the arm, either is right. Differences between arms are no figures of an arm: a row of one is false.

A row is right where its value stands at the place of a figure and its end point is that figure's. Its arm resolves to
the annotated arm whose names share the most words with it; no arm is a miss, never wrong.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.trial_results import TrialResult, extract_results
from corpus.vocabulary.adverse_events import adverse_event_names
from corpus.vocabulary.endpoints import by_key
from corpus.words.folding import fold

HERE = Path(__file__).parent / "annotations"
_NOT_JUDGED = frozenset({"dose", "p_value"})
_NOT_JUDGED_LABELS = frozenset({"centres", "cycles", "prior lines"})
_RATIOS = frozenset({"HR", "OR", "RR", "IRR"})
_FILLER = frozenset(
    """
    group groups arm arms the of a an and with in patients treatment therapy plus alone treated receiving cohort
    """.split()
)


@dataclass
class Score:
    """Counts of one set of texts."""

    asked: int = 0
    found: int = 0
    rows: int = 0
    right: int = 0
    asked_arm: int = 0
    right_arm: int = 0
    wrong_arm: int = 0
    named: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    points: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sure: list[tuple[float, bool]] = field(default_factory=list)

    def line(self) -> str:
        """The figures that issue and docs quote."""
        return (
            f"value + end point P {_share(self.right, self.rows):.3f} R {_share(self.found, self.asked):.3f}"
            f" | with arm P {_share(self.right_arm, self.rows):.3f} R {_share(self.right_arm, self.asked_arm):.3f}"
            f" | of {self.named} rows that name an arm {_share(self.wrong_arm, self.named):.1%} wrong"
            f" ({self.rows} rows, {self.asked} figures)"
        )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--abstracts", type=Path, required=True, help="the English texts, JSON lines")
    parser.add_argument("--half", choices=["seen", "unseen", "all"], default="all")
    parser.add_argument("--annotations", type=Path, default=HERE / "figures.jsonl")
    parser.add_argument("--details", action="store_true", help="each miss and each wrong row; never of the unseen half")
    options = parser.parse_args()
    texts = {entry["id"]: entry["text"] for entry in read(HERE / "texts_zh.jsonl") + read(options.abstracts)}
    scores: dict[str, Score] = defaultdict(Score)
    for entry in read(options.annotations):
        if options.half in ("all", entry["half"]):
            for name in (entry["half"], f"{entry['half']} {entry['language']}"):
                judge(entry, texts[entry["id"]], scores[name], options.details and name in ("seen", "once"))
    for name, score in scores.items():
        print(f"{name:12} {score.line()}")
        if " " not in name:
            print("   ", ", ".join(f"{cause} {count}" for cause, count in score.causes.most_common()))
            for point, counts in sorted(score.points.items(), key=lambda item: -item[1]["asked"])[:14]:
                print(f"    {point:16} asked {counts['asked']:3} found {counts['found']:3} with arm {counts['arm']:3}")
            curve(score.sure)


def curve(sure: Sequence[tuple[float, bool]]) -> None:
    """How often rows of a confidence are wholly right."""
    for low in (0.0, 0.5, 0.7, 0.8, 0.9, 0.95):
        rows = [right for confidence, right in sure if confidence >= low]
        if rows:
            print(f"    confidence from {low:.2f}: {len(rows):4} rows, {sum(rows) / len(rows):.3f} right")


def read(path: Path) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def rows_of(text: str) -> Iterator[tuple[TrialResult, int]]:
    """The judged results of a text, each with the place of its sentence in it; -1 where the reader changed it."""
    document = read_plain(text, id="text", title="", source="")
    position = 0
    for result in extract_results(split_passages(document)) if document else []:
        if result.endpoint in _NOT_JUDGED or result.condition in _NOT_JUDGED_LABELS:
            continue
        start = text.find(result.sentence, max(0, position))
        start = start if start >= 0 else text.find(result.sentence)
        position = start if start >= 0 else position
        yield result, start


def judge(entry: dict[str, Any], text: str, score: Score, details: bool) -> None:
    """Add one text's rows and figures to a score."""
    facts = [dict(fact) for fact in entry["facts"]]
    for given in facts:
        given["difference"] = given["statistic"] == "difference"
        given["number"] = float(given["value"].replace(",", "").replace("·", "."))
    left = list(facts)
    for result, start in rows_of(text):
        place = range(start, start + len(result.sentence))
        here = [f for f in left if f["offset"] in place and f["number"] == result.value]
        fitting = [f for f in here if any(same_point(p, f, result) for p in f["endpoints"])]
        arm = arm_of(result.arm, entry["arms"])
        fact: dict[str, Any] | None = next((f for f in fitting if arm in f["arms"]), next(iter(fitting or here), None))
        if fact is not None and (not fact["required"] and not fact["difference"]):
            left.remove(fact)
            continue
        score.rows += 1
        if fact is not None and fact.get("times", 1) > 1:
            fact["times"] -= 1
            left.append({**fact, "required": False})
        told = f"{result.endpoint}/{result.condition or '-'} {result.value_text} of {result.arm}"
        if fact is None or fact["difference"] or fact not in fitting:
            cause = "no figure" if fact is None else "a difference" if fact["difference"] else "another end point"
            score.causes[f"row: {cause}"] += 1
            score.sure.append((result.confidence, False))
            if details:
                print(f"{entry['id']} FALSE ({cause}) {told} | {fact and fact['endpoints']} | {result.sentence[:400]}")
            continue
        left.remove(fact)
        point = fact["endpoints"][0].split(":")[0]
        score.right += 1
        score.found += 1
        score.asked += 1
        score.asked_arm += 1
        score.points[point].update(("asked", "found"))
        score.named += arm is not None
        right = arm in fact["arms"] and arm is not None
        if not right and arm is not None and len(entry["arms"]) == 1 and "all" in (arm, *fact["arms"]):
            right = True
        score.right_arm += right
        score.sure.append((result.confidence, right))
        if right:
            score.points[point].update(("arm",))
        elif arm is None:
            score.causes["arm: unbound"] += 1
        else:
            score.wrong_arm += 1
            score.causes["arm: wrong"] += 1
        if details and not right:
            names = [entry["arms"].get(a, [a])[:2] for a in fact["arms"]]
            print(
                f"{entry['id']} ARM {'unbound' if arm is None else 'WRONG'} {told} -> {names} | {result.sentence[:400]}"
            )
    for fact in left:
        if fact["required"] and not fact["difference"]:
            score.asked += 1
            score.asked_arm += any(fact["arms"])
            score.points[fact["endpoints"][0].split(":")[0]].update(("asked",))
            score.causes["missed"] += 1
            if details:
                around = text[max(0, fact["offset"] - 110) : fact["offset"] + 60].replace("\n", " ")
                print(f"{entry['id']} MISSED {fact['endpoints']} {fact['value']} | {around}")


def same_point(told: str, fact: dict[str, Any], result: TrialResult) -> bool:
    """Whether a result's end point is the one that a reader told."""
    kind, _, label = told.partition(":")
    if kind in _RATIOS:
        of = (fact.get("of") or "").split(":")[0]
        ratio = result.name if result.name in _RATIOS else result.endpoint
        return ratio == kind and (not of or of in ("other", "AE") or result.of in (None, of, *_covers(of)))
    if kind == "AE":
        return result.endpoint in ("AE_rate", "TRAE_rate", "other")
    if kind == "other":
        return result.endpoint == "other" or (result.endpoint in ("AE_rate", "TRAE_rate") and alike(label, result))
    if result.name == kind or result.endpoint == kind:
        return True
    named = by_key().get(kind)
    return bool(
        named and (result.name in named.covers or result.name.removesuffix("_rate") == kind.removesuffix("_rate"))
    )


def _covers(of: str) -> frozenset[str]:
    named = by_key().get(of)
    return named.covers | {named.outcome} if named else frozenset()


def alike(label: str, result: TrialResult) -> bool:
    """Whether a reader's name of an end point and ours share a word, or both are adverse events."""
    ours = fold(result.setting or "").text
    return bool(words(label) & words(ours)) or bool(re.search(adverse_event_names(), label))


def words(name: str) -> frozenset[str]:
    """Words of an arm's or end point's name, Chinese in single characters."""
    folded = fold(name).text
    found = re.findall(r"[a-z]+|[0-9]+(?:\.[0-9]+)?|[\u3400-\u9fff]", folded)
    return frozenset(word.rstrip("s") for word in found) - _FILLER - {"组", "臂"}


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|group|arm) |[ -]?(?:groups?|arms?|组)$", "", fold(name).text.strip()).strip()


def arm_of(name: str | None, arms: dict[str, list[str]]) -> str | None:
    """The annotated arm that a row's arm is: "all", a key of ``arms``, None for none, "?" for no arm of the text."""
    if name is None or name == "all":
        return name
    for key, names in arms.items():
        if any(_bare(other) == _bare(name) for other in names):
            return key
    mine = words(name)
    nearest = [
        (max((len(mine & words(n)) / max(1, len(mine | words(n))) for n in names), default=0.0), key)
        for key, names in arms.items()
    ]
    best = max((share for share, _ in nearest), default=0.0)
    found = [key for share, key in nearest if share == best]
    return found[0] if best > 0 and len(found) == 1 else "?"


if __name__ == "__main__":
    main()
