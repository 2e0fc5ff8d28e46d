"""Compute the language centres that ship with the bundled model.

    python -m benchmarks.centres --data ../shared/data

Reads ``sample_zh.jsonl`` and ``sample_en.jsonl`` (lines ``{"role": "passage" | "query", "text"}``)
and writes ``index/centres.npz``: the mean vector of each role and language.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import index
from index.embedding.embedders import BundledEmbedder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with sample_zh.jsonl and sample_en.jsonl")
    data = parser.parse_args().data
    embedder = BundledEmbedder()
    means = {}
    for language in ("zh", "en"):
        with (data / f"sample_{language}.jsonl").open(encoding="utf-8") as lines:
            samples = [json.loads(line) for line in lines]
        texts = {role: [s["text"] for s in samples if s["role"] == role] for role in ("query", "passage")}
        means[f"query_{language}"] = embedder.encode_query(texts["query"]).mean(axis=0)
        means[f"document_{language}"] = embedder.encode_document(texts["passage"]).mean(axis=0)
        print(f"{language}: {len(texts['query'])} queries, {len(texts['passage'])} passages")
    np.savez(Path(index.__file__).parent / "centres.npz", **means)


if __name__ == "__main__":
    main()
