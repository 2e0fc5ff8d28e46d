"""Document to what search keeps of it: passages, their words, their vectors and their sentences'."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from corpus.document import Document, Passage
from corpus.language import language_of
from corpus.references.lists import is_reference_list
from corpus.segments.passages import first_units, split_passages
from index.embedding.balance import Centres
from index.embedding.embedders import Embedder, Vectors, batches
from index.store.keywords import Vocabulary
from index.store.writing import Indexed

RECIPE = "5"
"""Of cutting and embedding; documents indexed by another one are indexed again."""

Progress = Callable[[int, int], None]
"""Called with what is done so far and the whole, in characters of text."""

# Small batches let the bar move; one by one is as fast as in batches.
_BATCH = 4
# Units (``corpus.segments.passages.size``) of a text that are embedded: twice a passage of whole sentences.
_EMBEDDED = 520


def index_document(
    document: Document, embedder: Embedder, centres: Centres, vocabulary: Vocabulary, progress: Progress
) -> list[Indexed]:
    """The passages of a document with all that search keeps of them."""
    # A reference list is data, not text to answer from (``corpus.references.lists``).
    passages = [passage for passage in split_passages(document) if not is_reference_list(passage.trail)]
    texts = [in_context(passage, passage.text) for passage in passages]
    texts += [in_context(passage, passage.sentence(s)) for passage in passages for s in passage.sentences]
    embedded = [_beginning(text) for text in texts]
    whole = len(document.text)
    vectors = _embed(embedded, embedder, centres, lambda done, count: progress(whole * done // count, whole))
    indexed, first = [], len(passages)
    for passage, text, vector in zip(passages, texts, vectors, strict=False):  # texts go on with the sentences
        last = first + len(passage.sentences)
        indexed.append(Indexed(passage, vocabulary.body(text), vector, vectors[first:last]))
        first = last
    return indexed


def _embed(texts: list[str], embedder: Embedder, centres: Centres, progress: Progress) -> Vectors:
    """``(n, dim)`` centred vectors of ``texts``, each text embedded once: a passage may be a single sentence."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    rows: list[Vectors] = []
    done = 0
    for batch in batches(places, _BATCH):
        vectors = embedder.encode_document(batch)
        rows.append(centres.centred(vectors, "document", [language_of(text) for text in batch]))
        done += len(batch)
        progress(done, len(places))
    embedded = np.concatenate(rows) if rows else np.empty((0, embedder.dim), np.float32)
    return embedded[[places[text] for text in texts]]


def _beginning(text: str) -> str:
    """As much of a text as its vector needs: a sentence without end would take minutes, and be no better found."""
    return text if len(text) <= _EMBEDDED else first_units(text, _EMBEDDED)


def in_context(passage: Passage, text: str) -> str:
    """``text`` of a passage after what it is about and may not say itself: its section's title and its trial."""
    context = [passage.heading] if passage.heading else []
    if passage.topic and not text.startswith(passage.topic):
        context.append(passage.topic)
    return "\n".join([*context, text])
