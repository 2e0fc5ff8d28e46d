"""Document to what search keeps of it: passages, their words, their vectors and their sentences', and its results."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document, Passage
from corpus.language import language_of
from corpus.references.lists import is_reference_list
from corpus.segments.passages import first_units, split_passages
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_names import TrialName, told
from index.embedding.balance import Centres
from index.embedding.embedders import Embedder, Vectors, batches
from index.store.keywords import Vocabulary
from index.store.trials import result_tokens
from index.store.writing import Indexed, Placed

RECIPE = "8"
"""Of cutting and embedding; documents indexed by another one are indexed again."""
SAME_VECTORS = frozenset({"5", "6", "7", RECIPE})
"""Recipes by which a text becomes the same vector."""

Progress = Callable[[int, int], None]
"""Called with what is done so far and the whole, in characters of text."""

# Small batches let the bar move; one by one is as fast as in batches.
_BATCH = 4
# Units (``corpus.segments.passages.size``) of a text that are embedded: twice a passage of whole sentences.
_EMBEDDED = 520


@dataclass(frozen=True, slots=True)
class Embedded:
    """A passage and its vectors, of length 1, language centre taken out."""

    passage: Passage
    vector: NDArray[np.float32]
    """``(dim,)``"""
    sentence_vectors: Vectors
    """``(sentences, dim)``"""


@dataclass(frozen=True, slots=True)
class KnownVectors:
    """Vectors made before, by text."""

    passages: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    sentences: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """As the library keeps them: not exact enough for a passage."""


def embed_document(
    document: Document, embedder: Embedder, centres: Centres, progress: Progress, known: KnownVectors
) -> list[Embedded]:
    """The passages of a document with their vectors; those of texts that are ``known`` are not made again."""
    # A reference list is data, not text to answer from (``corpus.references.lists``).
    passages = [passage for passage in split_passages(document) if not is_reference_list(passage.trail)]
    of_each = [embedded_texts(passage) for passage in passages]
    wholes = {whole for whole, *_ in of_each}
    usable = {text: vector for text, vector in known.sentences.items() if text not in wholes} | known.passages
    whole = len(document.text)
    texts = [text for each in of_each for text in each]
    vectors = _embed(texts, usable, embedder, centres, lambda done, count: progress(whole * done // count, whole))
    found, first = [], 0
    for passage in passages:
        last = first + 1 + len(passage.sentences)
        found.append(Embedded(passage, vectors[first], vectors[first + 1 : last]))
        first = last
    return found


def embedded_texts(passage: Passage) -> list[str]:
    """What is embedded of a passage: the whole, then each sentence."""
    texts = [passage.text, *(passage.sentence(s) for s in passage.sentences)]
    return [_beginning(in_context(passage, text)) for text in texts]


def _embed(
    texts: list[str],
    known: Mapping[str, NDArray[np.float32]],
    embedder: Embedder,
    centres: Centres,
    progress: Progress,
) -> Vectors:
    """``(n, dim)`` centred vectors of ``texts``, each text embedded once: a passage may be a single sentence."""
    vectors = {text: known[text] for text in texts if text in known}
    new = [text for text in dict.fromkeys(texts) if text not in vectors]
    done = 0
    for batch in batches(new, _BATCH):
        encoded = embedder.encode_document(batch)
        centred = centres.centred(encoded, "document", [language_of(text) for text in batch])
        vectors.update(zip(batch, centred, strict=True))
        done += len(batch)
        progress(done, len(new))
    return np.array([vectors[text] for text in texts], np.float32).reshape(len(texts), embedder.dim)


def index_document(
    embedded: Sequence[Embedded], results: Sequence[TrialResult], vocabulary: Vocabulary
) -> tuple[list[Indexed], list[Placed], tuple[TrialName, ...]]:
    """The passages of a document and its results, with all that search keeps of them, and its trials."""
    passages = [item.passage for item in embedded]
    starts = [passage.span.start for passage in passages]
    found = [(passages[bisect_right(starts, result.span.start) - 1], result) for result in results]
    trials = told(passages, found, vocabulary.terms)
    indexed = [Indexed(e.passage, passage_words(e.passage, vocabulary), e.vector, e.sentence_vectors) for e in embedded]
    placed = [
        Placed(result, trial, result_words(passage, result, vocabulary))
        for (passage, result), trial in zip(found, trials.trials, strict=True)
    ]
    return indexed, placed, trials.names


def _beginning(text: str) -> str:
    """As much of a text as its vector needs: a sentence without end would take minutes, and be no better found."""
    return text if len(text) <= _EMBEDDED else first_units(text, _EMBEDDED)


def in_context(passage: Passage, text: str) -> str:
    """``text`` of a passage after what it is about and may not say itself: its section's title and its trial."""
    context = [passage.heading] if passage.heading else []
    if passage.topic and not text.startswith(passage.topic):
        context.append(passage.topic)
    return "\n".join([*context, text])


def passage_words(passage: Passage, vocabulary: Vocabulary) -> str:
    """All that the keyword index holds of a passage."""
    return vocabulary.indexed(in_context(passage, passage.text), told=True)


def result_words(passage: Passage, result: TrialResult, vocabulary: Vocabulary) -> str:
    """All that it holds of a result."""
    return f"{vocabulary.indexed(subject(passage, result))} {result_tokens(result)}"


def subject(passage: Passage, result: TrialResult) -> str:
    """What a result is about: its arms, under its section's title."""
    return f"{passage.heading}\n{result.arm or ''}\n{result.comparator or ''}"
