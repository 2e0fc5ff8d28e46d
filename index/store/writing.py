"""Documents written and taken out, inside the caller's transaction."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue.entry import Entry
from corpus.checks.source_checks import SourceCheck
from corpus.document import Document, Passage
from corpus.references.reference import Reference, reference_json
from corpus.segments.markers import find_markers
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_names import TrialName
from corpus.trial_results.trial_result import result_json
from corpus.vocabulary.concepts import Concept
from corpus.words.segmenting import stem
from index.embedding.balance import Means
from index.embedding.embedders import Vectors
from index.store import keywords
from index.store.rows import as_blob, as_bytes, as_json, text_hash

UNSAID = "unsaid"
"""Of the value of the library that changes whenever names are taken out."""
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_SHORT = 5
"""Letters of a name at most that is too near to ordinary words to be what somebody meant to type."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage with all that search keeps of it."""

    passage: Passage
    body: str
    """As ``indexing.passage_words`` makes it."""
    vector: NDArray[np.float32]
    """``(dim,)``, length 1, language centre taken out."""
    sentence_vectors: Vectors
    """``(sentences, dim)``, the same for each sentence."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A trial result with all that is looked for in it."""

    result: TrialResult
    trial: str
    """That it belongs to; "" where that is not known."""
    body: str
    """As ``indexing.result_words`` makes it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document states besides names."""

    references: Sequence[Reference] = ()
    results: Sequence[Placed] = ()
    trials: Sequence[TrialName] = ()
    checks: Sequence[SourceCheck] = ()
    catalogue: Sequence[Entry] = ()


def state_document(
    connection: sqlite3.Connection, document: Document, recipe: str, concepts: Sequence[Concept], again: bool
) -> None:
    """Write a document and the names that it states, in place of one with the same id.

    ``recipe``: how it was cut and indexed. ``again``: it is the same document, whose names keep their places among all.
    """
    before = _drop(connection, document.id)
    headings = [(h.level, h.number, h.title, h.span.start, h.span.end) for h in document.headings]
    added = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    connection.execute(
        """INSERT INTO documents VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9), seal(?1, ?10), ?10)""",
        (document.id, document.title, document.language, document.source, as_json(headings), recipe, added,
         len(document.text), text_hash(document.text), document.text),
    )  # fmt: skip
    stated = dict.fromkeys((as_json(c.names), c.category) for c in concepts)
    connection.executemany(
        "INSERT INTO pairs VALUES (?4, ?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(document.id, *pair, before.get(pair) if again else None) for pair in stated],
    )
    if before and not (again and before.keys() <= stated.keys()):
        _unsay(connection)
    _count_words(connection, spelled([document.text, *(name for c in concepts for name in c.names)]), 1)


def fill_document(connection: sqlite3.Connection, document_id: str, indexed: Iterable[Indexed], facts: Facts) -> None:
    """Write the passages of a document that has none, and what it states besides names."""
    rows = [_add_passage(connection, item) for item in indexed]
    connection.executemany(
        "INSERT INTO refs VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(document_id, reference.marker, reference_json(reference)) for reference in facts.references],
    )
    placed = [_add_result(connection, document_id, result) for result in facts.results]
    connection.executemany(
        "INSERT INTO trials VALUES (?1, ?2, ?3, ?4, ?5, ?6, seal(?1, ?2, ?3, ?4, ?5, ?6))",
        [
            (document_id, t.name, t.key, t.topic, int(t.whole), (rows if t.topic else placed)[t.first])
            for t in facts.trials
        ],
    )
    connection.executemany(
        "INSERT INTO checks VALUES (?1, ?2, seal(?1, ?2))",
        [(document_id, as_json(asdict(check))) for check in facts.checks],
    )
    connection.executemany(
        """INSERT INTO catalogue(document_id, kind, name, key, field, value, start, end, seal)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))""",
        [(document_id, e.kind, e.name, e.key, e.field, e.value, e.span.start, e.span.end) for e in facts.catalogue],
    )


def _add_result(connection: sqlite3.Connection, document_id: str, placed: Placed) -> int:
    row = connection.execute(
        """INSERT INTO results(document_id, start, trial, entry, seal)
        VALUES (?1, ?2, ?3, ?4, seal(?1, ?2, ?3, ?4))""",
        (document_id, placed.result.span.start, placed.trial, result_json(placed.result)),
    ).lastrowid
    assert row is not None
    keywords.add_words(connection, row, placed.body, "result_words")
    return row


def _add_passage(connection: sqlite3.Connection, item: Indexed) -> int:
    """Write a passage of a document that is there, with its words and the reference numbers that it carries."""
    passage = item.passage
    row = connection.execute(
        """INSERT INTO passages(id, document_id, section, trail, topic, language, start, end, sentences,
        seal, vector_seal, vector, sentence_vectors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
        seal(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10), seal(?1, ?11, ?12), ?11, ?12)""",
        (passage.id, passage.document_id, passage.section, as_json(passage.trail), passage.topic, passage.language,
         passage.span.start, passage.span.end, as_json([(s.start, s.end) for s in passage.sentences]),
         passage.text, as_blob(item.vector), as_bytes(item.sentence_vectors)),
    ).lastrowid  # fmt: skip
    assert row is not None
    keywords.add_words(connection, row, item.body)
    numbers = {n for marker in find_markers(passage.text) for n in marker.numbers}
    connection.executemany(
        "INSERT INTO markers VALUES (?1, ?2, ?3, seal(?1, ?2, ?3))",
        [(passage.document_id, number, row) for number in numbers],
    )
    return row


def drop_document(connection: sqlite3.Connection, document_id: str) -> bool:
    """Take a document out with all its parts; False where there is none with that id."""
    known = connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
    if _drop(connection, document_id):
        _unsay(connection)
    return known is not None


def _drop(connection: sqlite3.Connection, document_id: str) -> dict[tuple[str, str], int]:
    """Take a document out, where there is one; the names that it stated, with their numbers."""
    of = "WHERE document_id = ?"
    pairs = connection.execute(f"SELECT names, category, number FROM pairs {of}", (document_id,)).fetchall()
    for (text,) in connection.execute("SELECT text FROM documents WHERE id = ?", (document_id,)).fetchall():
        names = (name for line, _, _ in pairs for name in json.loads(line))
        _count_words(connection, spelled([text, *names]), -1)
    rows = [row for (row,) in connection.execute(f"SELECT row FROM passages {of}", (document_id,))]
    keywords.remove_words(connection, rows)
    connection.executemany("INSERT INTO gone(row, seal) VALUES (?1, seal(?1))", [(row,) for row in rows])
    results = [row for (row,) in connection.execute(f"SELECT row FROM results {of}", (document_id,))]
    keywords.remove_words(connection, results, "result_words")
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
    return {(line, category): number for line, category, number in pairs}


def _unsay(connection: sqlite3.Connection) -> None:
    """Note that names were taken out."""
    write_meta(connection, {UNSAID: uuid.uuid4().hex})


# The Latin words of the library, for typing errors in questions.


def spelled(texts: Iterable[str]) -> dict[str, bool]:
    """The Latin words of texts, lower case; True for those that are short names in capitals of their own.

    Such a name is too near to ordinary words: "energy" is no misspelt eNRGy.
    """
    words: dict[str, bool] = {}
    for text in texts:
        for match in _LATIN_WORD.finditer(unicodedata.normalize("NFKC", text)):
            printed, word = match[0], match[0].lower()
            named = len(word) <= _SHORT and printed not in (word, word.capitalize())
            words[word] = named or words.get(word, False)
    return words


def _count_words(connection: sqlite3.Connection, words: Mapping[str, bool], count: int) -> None:
    """Note that one document more, or one less, has these words."""
    connection.executemany(
        """INSERT INTO spellings VALUES (?1, ?2, ?4, ?3 * ?4, seal(?1, ?2, ?4, ?3 * ?4))
        ON CONFLICT(word) DO UPDATE SET documents = documents + ?4, names = names + ?3 * ?4,
        seal = seal(word, stem, documents + ?4, names + ?3 * ?4)""",
        [(word, stem(word), int(named), count) for word, named in words.items()],
    )
    if count < 0:
        connection.executemany("DELETE FROM spellings WHERE word = ? AND documents < 1", [(word,) for word in words])


def write_words(connection: sqlite3.Connection, bodies: Iterable[tuple[keywords.Table, int, str]]) -> None:
    """Make the whole keyword index anew of ``(table, row, body)``."""
    # A broken FTS5 table takes no DELETE, and one of an older make cuts words in another way.
    for table, statement in keywords.SCHEMAS.items():
        connection.execute(f"DROP TABLE {table}")
        connection.execute(statement)
    for table, row, body in bodies:
        keywords.add_words(connection, row, body, table)


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
