"""A library small enough to rank by eye: one axis a topic, the same in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.document import Document
from corpus.packs.packs import bundled_concepts
from corpus.reading.building import DocumentBuilder
from corpus.vocabulary.concepts import Concept
from corpus.words.segmenting import Segmenter
from index.embedding.embedders import Embedder, Vectors
from index.search.engines import VectorStore
from index.search.hybrid import HybridIndex
from index.search.selection import Reranker
from index.search.vectors import VectorIndex
from index.store.library import Library

TOPICS = (
    ("safety", "安全"),
    ("survival", "生存"),
    ("dose", "剂量"),
    ("structure", "结构"),
    ("history", "历史"),
)
"""Words of each axis."""


class TopicEmbedder:
    """``(n, 6)`` vectors: how often a text names each topic; the last axis holds texts that name none."""

    name = "topics"
    dim = len(TOPICS) + 1

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        counts = np.array(
            [[sum(text.lower().count(word) for word in words) for words in TOPICS] + [0.1] for text in texts],
            dtype=np.float32,
        ).reshape(len(texts), self.dim)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def load_topics(name: str | None) -> TopicEmbedder:
    """The stand-in that ``HybridIndex.open`` takes as ``load``."""
    return TopicEmbedder()


def document(id: str, *sections: str) -> Document:
    """A document whose sections are numbered from 1; each is a title and its paragraphs, a line each."""
    builder = DocumentBuilder()
    for number, section in enumerate(sections, start=1):
        title, *paragraphs = section.strip().split("\n")
        builder.add_heading(1, str(number), title.strip(), f"{number}. {title.strip()}")
        for paragraph in paragraphs:
            builder.add_paragraph(paragraph.strip())
    made = builder.build(id, id.title(), f"{id}.txt")
    assert made is not None
    return made


SAFETY_ZH = document("safety-zh", "安全性\n塔拉妥单抗的安全性：细胞因子释放综合征的发生率为51%[25]。")
SURVIVAL_EN = document("survival-en", "Survival\nTarlatamab prolonged survival to 13.6 months [12, 14].")
DOSE_ZH = document("dose-zh", "剂量\n依沃西单抗的剂量为20 mg/kg，每3周一次。")
STRUCTURE_EN = document("structure-en", "Structure\nThe structure of amivantamab keeps its Fc region [25].")

LIBRARY = (SAFETY_ZH, SURVIVAL_EN, DOSE_ZH, STRUCTURE_EN)
"""One passage each, two in either language, no topic twice."""

GLOSSARY = tuple(bundled_concepts())


def segmenter() -> Segmenter:
    """One that has learnt nothing."""
    return Segmenter()


def make_index(
    home: Path,
    *documents: Document,
    concepts: Sequence[Concept] = GLOSSARY,
    embedder: Embedder | None = None,
    reranker: Reranker | None = None,
    engine: type[VectorStore] = VectorIndex,
) -> HybridIndex:
    """A library in ``home`` with these documents and nothing else."""
    index = HybridIndex(Library(home), embedder or TopicEmbedder(), concepts, reranker, engine=engine)
    index.add_all(documents)
    index.library.set_meta(model=index.embedder.name)
    return index


def found(index: HybridIndex, question: str, k: int = 5) -> list[str]:
    """Ids of the documents found, best first."""
    return [hit.passage.document_id for hit in index.search(question, k)]
