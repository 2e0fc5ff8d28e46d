"""What each part of search adds, and what it costs: search with one part left out at a time.

    python -m benchmarks.ablation --data ../shared/data --questions ../shared/eval/review_dev.jsonl

recall@5 on XQuAD as ``benchmarks.crosslingual`` measures it; on the bundled review, the share of
questions whose first hit lies in a right section and whose first five hold all the evidence, and
the median time of a search as a multiple of the whole product's, all measured turn by turn in one run.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.caching import CachingEmbedder
from benchmarks.crosslingual import CASES, build_library, ranking_of, read_lines, read_questions, recalls
from corpus.document import Language
from corpus.packs.packs import bundled_documents
from index.embedding.embedders import BundledEmbedder
from index.search.fusion import FusionOptions
from index.search.hybrid import HybridIndex
from index.search.searching import SearchOptions

WHOLE = SearchOptions()
LEFT_OUT: dict[str, SearchOptions] = {
    "the product": WHOLE,
    "spread by language": replace(WHOLE, fusion=FusionOptions(shrinkage=math.inf)),
    "higher floor across languages": replace(WHOLE, fusion=FusionOptions(floor_across=FusionOptions().floor)),
    "keyword votes": replace(WHOLE, fusion=FusionOptions(vote=0.0)),
    "sentences read one by one": replace(WHOLE, sentence_weight=0.0),
    "titles": replace(WHOLE, title_weight=0.0),
}
"""What is left out, and the search without it."""

CENTRES = "language centres"
"""Left out by a library of its own, whose vectors keep their language."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the XQuAD files")
    parser.add_argument("--questions", type=Path, required=True, help="questions on the bundled review")
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--cache", type=Path, metavar="FILE.npz", help="keep vectors there between runs")
    arguments = parser.parse_args()
    embedder = CachingEmbedder(BundledEmbedder(), arguments.cache)
    fairness = _xquad(arguments.data, arguments.seed, embedder)
    review = _review(read_lines(arguments.questions))
    print("\n| left out | " + " | ".join(f"{a} → {t}" for a, t in CASES) + " | review: first / all evidence | time |")
    print("|---" * (len(CASES) + 3) + "|")
    for name, cells in fairness.items():
        print(f"| {name} | {' | '.join(cells)} | {' | '.join(review[name])} |")


def _xquad(data: Path, seeds: list[int], embedder: CachingEmbedder) -> dict[str, list[str]]:
    paragraphs, questions = read_lines(data / "xquad_paragraphs.jsonl"), read_questions(data)
    runs: dict[str, list[dict[str, float]]] = {}
    for seed in seeds:
        chinese = np.random.RandomState(seed).rand(len(paragraphs)) < 0.5
        languages: dict[str, Language] = {
            p["paragraph_id"]: "zh" if zh else "en" for p, zh in zip(paragraphs, chinese, strict=True)
        }
        for centred in (True, False):
            with tempfile.TemporaryDirectory() as home:
                index = build_library(Path(home), paragraphs, languages, embedder, centred=centred)
                for name, options in (LEFT_OUT if centred else {CENTRES: WHOLE}).items():
                    found = recalls(ranking_of(index, options), questions, languages, f"seed {seed}, without {name}")
                    runs.setdefault(name, []).append(found)
                index.library.close()
        embedder.save()
    return {
        name: [f"{statistics.fmean(run[f'{asked}→{target}@5'] for run in found):.3f}" for asked, target in CASES]
        for name, found in runs.items()
    }


def _review(questions: list[dict[str, Any]]) -> dict[str, list[str]]:
    answerable = [q for q in questions if q["sections"] and not q["history"] and q["kind"] != "citation"]
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as plain:
        whole = HybridIndex.open(Path(home))
        uncentred = HybridIndex.open(Path(plain))
        uncentred.library.keep_centres({})
        uncentred.library.close()
        uncentred = HybridIndex.open(Path(plain))
        uncentred.add_all(bundled_documents())
        searches = {name: (whole, options) for name, options in LEFT_OUT.items()} | {CENTRES: (uncentred, WHOLE)}
        first: dict[str, list[bool]] = {name: [] for name in searches}
        evidence: dict[str, list[bool]] = {name: [] for name in searches}
        seconds: dict[str, list[float]] = {name: [] for name in searches}
        for question in answerable:
            for name, (index, options) in searches.items():
                index.search(question["question"], 5, options)
                started = time.perf_counter()
                hits = index.search(question["question"], 5, options)
                seconds[name].append(time.perf_counter() - started)
                first[name].append(hits[0].passage.section.startswith(tuple(question["sections"])))
                text = "".join("".join(hit.passage.text.split()) for hit in hits)
                evidence[name].append(all("".join(e.split()) in text for e in question["evidence"]))
        usual = statistics.median(seconds["the product"])
        return {
            name: [
                f"{statistics.fmean(first[name]):.3f} / {statistics.fmean(evidence[name]):.3f}",
                f"× {statistics.median(seconds[name]) / usual:.2f}",
            ]
            for name in searches
        }


if __name__ == "__main__":
    main()
