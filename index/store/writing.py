"""Documents written and taken out, inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Passage
from corpus.references.reference import Reference, reference_json
from corpus.segments.markers import find_markers
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_result import result_json
from corpus.vocabulary.concepts import Concept
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.store import keywords
from index.store.rows import as_blob, as_json


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage with all that search keeps of it."""

    passage: Passage
    body: str
    """Words and concepts, as ``Vocabulary.body`` makes them."""
    vector: NDArray[np.float32]
    """``(dim,)``, length 1, language centre taken out."""
    sentence_vectors: Vectors
    """``(sentences, dim)``, the same for each sentence."""


def add_document(connection: sqlite3.Connection, document: Document, recipe: str) -> None:
    """Write a document without its parts; ``recipe``: how it was cut and indexed."""
    headings = [(h.level, h.number, h.title, h.span.start, h.span.end) for h in document.headings]
    added = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    connection.execute(
        "INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, seal(?1, ?2, ?3, ?4, ?5, ?6, ?7), seal(?1, ?8), ?8)",
        (document.id, document.title, document.language, document.source, as_json(headings), recipe, added,
         document.text),
    )  # fmt: skip


def add_facts(
    connection: sqlite3.Connection,
    document_id: str,
    concepts: Iterable[Concept],
    references: Iterable[Reference],
    results: Iterable[TrialResult],
    checks: Iterable[SourceCheck],
) -> None:
    """Write what a document states."""
    connection.executemany(
        "INSERT INTO pairs VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(document_id, as_json(c.names), c.category) for c in concepts],
    )
    connection.executemany(
        "INSERT INTO refs VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(document_id, reference.marker, reference_json(reference)) for reference in references],
    )
    connection.executemany(
        "INSERT INTO results VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(document_id, result.span.start, result_json(result)) for result in results],
    )
    connection.executemany(
        "INSERT INTO checks VALUES (?1, ?2, seal(?1, ?2))", [(document_id, as_json(asdict(check))) for check in checks]
    )


def add_passage(connection: sqlite3.Connection, item: Indexed) -> None:
    """Write a passage of a document that is there, with its words and the reference numbers that it carries."""
    passage = item.passage
    row = connection.execute(
        """INSERT INTO passages(id, document_id, section, trail, topic, language, start, end, sentences,
        seal, vector_seal, vector, sentence_vectors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10), seal(?1, ?11, ?12), ?11, ?12)""",
        (passage.id, passage.document_id, passage.section, as_json(passage.trail), passage.topic, passage.language,
         passage.span.start, passage.span.end, as_json([(s.start, s.end) for s in passage.sentences]),
         passage.text, as_blob(item.vector), as_blob(item.sentence_vectors)),
    ).lastrowid  # fmt: skip
    assert row is not None
    keywords.add_words(connection, row, item.body)
    numbers = {n for marker in find_markers(passage.text) for n in marker.numbers}
    connection.executemany(
        "INSERT INTO markers VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(passage.document_id, number, row) for number in numbers],
    )


def drop_document(connection: sqlite3.Connection, document_id: str) -> bool:
    """Take a document out with all its parts; False where there is none with that id."""
    rows = [r for (r,) in connection.execute("SELECT row FROM passages WHERE document_id = ?", (document_id,))]
    keywords.remove_words(connection, rows)
    return connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0


def write_words(connection: sqlite3.Connection, bodies: Iterable[tuple[int, str]]) -> None:
    """Make the whole keyword index anew of ``(row, body)`` pairs."""
    # A broken FTS5 table takes no DELETE, and one of an older make cuts words in another way.
    connection.execute("DROP TABLE words")
    connection.execute(keywords.SCHEMA)
    for row, body in bodies:
        keywords.add_words(connection, row, body)


def write_meta(connection: sqlite3.Connection, values: Mapping[str, str]) -> None:
    """Keep values under their names."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?1, ?2, seal(?1, ?2))", values.items())


def write_centres(connection: sqlite3.Connection, means: Means) -> None:
    """Keep mean vectors, in place of those kept before."""
    connection.execute("DELETE FROM centres")
    connection.executemany(
        "INSERT INTO centres VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(role, language, as_blob(mean)) for (role, language), mean in means.items()],
    )
