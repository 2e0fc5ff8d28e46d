"""Is search fair to both languages? XQuAD, each paragraph in one language only, all in one library.

    python -m benchmarks.crosslingual --data ../shared/data [--seed 0 1 2 3 4] [--json FILE] [--cache FILE]

A seed draws each paragraph's language (``RandomState(seed).rand(240) < 0.5`` is Chinese). Every
question is asked in both languages; recall@k is the share whose paragraph is among the first k.
The product as it runs stands beside the model alone, BM25 over the same words, and their
reciprocal rank fusion (Cormack, Clarke and Buettcher 2009, doi:10.1145/1571941.1572114).
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.caching import CachingEmbedder
from corpus.document import Language
from corpus.packs.packs import bundled_documents
from corpus.reading.plain import read_plain
from index.embedding.embedders import Vectors
from index.embedding.loading import load_embedder
from index.search.hybrid import HybridIndex
from index.search.searching import SearchOptions
from index.store.library import FILE_NAME

CASES: tuple[tuple[Language, Language], ...] = (("en", "en"), ("en", "zh"), ("zh", "zh"), ("zh", "en"))
"""Language of the question, language of its paragraph; in the order of the table."""

DEPTHS = (1, 5)
DEFAULT = SearchOptions()
Ranking = Callable[[str, Language], list[str]]
"""A question and its language to paragraph ids, best first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question in both languages and the paragraph that answers it."""

    text: dict[Language, str]
    paragraph: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the XQuAD files")
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--model", help="another model than the bundled one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw recall@5 there")
    parser.add_argument("--cache", type=Path, metavar="FILE.npz", help="keep vectors there between runs")
    parser.add_argument("--only-product", action="store_true", help="leave the other methods out")
    arguments = parser.parse_args()

    paragraphs, questions = read_lines(arguments.data / "xquad_paragraphs.jsonl"), read_questions(arguments.data)
    embedder = CachingEmbedder(load_embedder(arguments.model), arguments.cache)
    figures: dict[str, list[dict[str, float]]] = {}
    for seed in arguments.seed:
        chinese = np.random.RandomState(seed).rand(len(paragraphs)) < 0.5
        languages: dict[str, Language] = {
            p["paragraph_id"]: "zh" if zh else "en" for p, zh in zip(paragraphs, chinese, strict=True)
        }
        with tempfile.TemporaryDirectory() as home:
            index = build_library(Path(home), paragraphs, languages, embedder)
            methods = {"the product": ranking_of(index)}
            if not arguments.only_product:
                methods |= _others(index, paragraphs, languages, embedder)
            for name, ranking in methods.items():
                found = recalls(ranking, questions, languages, f"seed {seed}, {name}")
                figures.setdefault(name, []).append(found)
            index.library.close()
        embedder.save()
    _print(figures, arguments.seed)
    if arguments.plot:
        _plot(figures, arguments.plot)
    if arguments.json:
        arguments.json.write_text(json.dumps({"seeds": arguments.seed, "figures": figures}, indent=1) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_questions(data: Path) -> list[Question]:
    """XQuAD's questions."""
    return [
        Question({"en": line["question_en"], "zh": line["question_zh"]}, line["paragraph_id"])
        for line in read_lines(data / "xquad_en_zh.jsonl")
    ]


def build_library(
    home: Path,
    paragraphs: Sequence[dict[str, str]],
    languages: dict[str, Language],
    embedder: CachingEmbedder,
    *,
    centred: bool = True,
) -> HybridIndex:
    """A library of the paragraphs alone, each in its one language; without language centres where not ``centred``."""
    index = HybridIndex.open(home, load=lambda _: embedder)
    index.remove(bundled_documents()[0].id)
    if not centred:
        index.library.keep_centres({})
        index.library.close()
        index = HybridIndex.open(home, load=lambda _: embedder)
    documents = []
    for paragraph in paragraphs:
        id = paragraph["paragraph_id"]
        document = read_plain(paragraph[f"context_{languages[id]}"], id=id, title=id, source="XQuAD")
        assert document is not None
        documents.append(document)
    with tqdm(desc="indexing", unit="char") as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        index.add_all(documents, progress)
    return index


def ranking_of(index: HybridIndex, options: SearchOptions = DEFAULT) -> Ranking:
    """The product's own search."""
    return lambda text, language: [hit.passage.document_id for hit in index.search(text, max(DEPTHS), options)]


def _others(
    index: HybridIndex,
    paragraphs: Sequence[dict[str, str]],
    languages: dict[str, Language],
    embedder: CachingEmbedder,
) -> dict[str, Ranking]:
    ids = [p["paragraph_id"] for p in paragraphs]
    vectors: Vectors = embedder.encode_document([p[f"context_{languages[p['paragraph_id']]}"] for p in paragraphs])
    connection = sqlite3.connect(index.library.home / FILE_NAME)
    owners = dict(connection.execute("SELECT row, document_id FROM passages"))

    def model(text: str, language: Language) -> list[str]:
        scores = vectors @ embedder.encode_query([text])[0]
        return [ids[row] for row in np.argsort(-scores, kind="stable")]

    def bm25(text: str, language: Language) -> list[str]:
        keys = [unit.key for unit in index.vocabulary.units(text)]
        query = " OR ".join('"' + key.replace('"', '""') + '"' for key in keys)
        found = (
            connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words)", (query,))
            if keys
            else ()
        )
        return list(dict.fromkeys(owners[row] for (row,) in found))

    def fused(text: str, language: Language) -> list[str]:
        scores: dict[str, float] = {}
        for ranking in (model(text, language)[:100], bm25(text, language)[:100]):
            for rank, id in enumerate(ranking, start=1):
                scores[id] = scores.get(id, 0.0) + 1 / (60 + rank)
        return sorted(scores, key=lambda id: (-scores[id], id))

    return {"the model alone": model, "BM25": bm25, "their rank fusion": fused}


def recalls(
    ranking: Ranking, questions: Sequence[Question], languages: dict[str, Language], title: str
) -> dict[str, float]:
    """By "asked→target@depth", the share of questions whose paragraph is among the first ``depth``."""
    found: dict[str, list[bool]] = {}
    for question in tqdm(questions, desc=title):
        target = languages[question.paragraph]
        for asked in ("en", "zh"):
            ranked = ranking(question.text[asked], asked)
            for depth in DEPTHS:
                found.setdefault(f"{asked}→{target}@{depth}", []).append(question.paragraph in ranked[:depth])
    return {name: statistics.fmean(values) for name, values in found.items()}


def _print(figures: dict[str, list[dict[str, float]]], seeds: Sequence[int]) -> None:
    names = [f"{asked}→{target}" for asked, target in CASES]
    print(
        f"\nrecall@1 / recall@5, mean of seeds {' '.join(map(str, seeds))} (spread of recall@5: largest − smallest)\n"
    )
    print("| | " + " | ".join(name.replace("→", " → ") for name in names) + " |")
    print("|---" * (len(names) + 1) + "|")
    for method, runs in figures.items():
        cells = []
        for name in names:
            first, fifth = ([run[f"{name}@{depth}"] for run in runs] for depth in DEPTHS)
            spread = max(fifth) - min(fifth)
            cells.append(f"{statistics.fmean(first):.3f} / {statistics.fmean(fifth):.3f} ({spread:.3f})")
        print(f"| {method} | {' | '.join(cells)} |")


def _plot(figures: dict[str, list[dict[str, float]]], path: Path) -> None:
    """Bars of recall@5, a group for each pair of languages, a bar for each method; whiskers span the seeds."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bsab"  # the same figures give the same file
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.6), layout="constrained")
    names = [f"{asked}→{target}" for asked, target in CASES]
    width = 0.8 / len(figures)
    # Okabe and Ito's colours: told apart by colour-blind readers.
    for place, (method, runs) in enumerate(figures.items()):
        values = np.array([[run[f"{name}@5"] for name in names] for run in runs])
        mean = values.mean(axis=0)
        axes.bar(
            np.arange(len(names)) + (place - (len(figures) - 1) / 2) * width,
            mean,
            width,
            yerr=[mean - values.min(axis=0), values.max(axis=0) - mean],
            label=method,
            color=("#0072b2", "#e69f00", "#999999", "#cc79a7")[place % 4],
        )
    axes.set_xticks(range(len(names)), [f"{a} question,\n{t} paragraph" for a, t in CASES])
    axes.set_ylabel("recall@5")
    axes.set_ylim(0, 1.02)
    axes.legend(ncols=len(figures), loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
