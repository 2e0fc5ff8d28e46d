"""What a library holds of trials, looked up by name, by what a result is about, by what a passage prints.

Nothing here takes longer because the library holds other trials. Lists of everything say so.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.document import Language
from corpus.language import HAN
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_names import name_in
from corpus.trial_results.trial_result import read_result_json
from corpus.vocabulary.concepts import concept_key
from corpus.words.folding import fold
from corpus.words.segmenting import stem
from index.store.connection import LibraryFile
from index.store.keywords import concept_word, printing, quoted, rows_matching
from index.store.rows import as_json

# Mark, among the words of a result, its name and its arms; no word begins with either.
_NAME, _ARM = "&", "^"
LONGEST = 256
"""Characters of a trial's key at most: a run-in heading has some 70."""
_BATCH = 50
_IN_PASSAGE = "p.document_id = results.document_id AND p.start <= results.start ORDER BY p.start DESC LIMIT 1"
_PASSAGE = f"(SELECT row FROM passages p WHERE {_IN_PASSAGE})"
_PLACE = "row, trial, document_id, " + ", ".join(
    f"(SELECT {column} FROM passages p WHERE {_IN_PASSAGE})" for column in ("section", "language")
)
_LETTERS = re.compile(r"[a-zα-ω]")
_PART = re.compile(r"[a-zα-ω]+|[0-9]+|[^\sa-zα-ω0-9\-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a result stands."""

    row: int
    """Of the result in the library, whose order it follows."""
    trial: str
    """"" where that is not known."""
    document_id: str
    section: str
    language: Language


@dataclass(frozen=True, slots=True)
class Kept:
    """A result as the library keeps it."""

    place: Place
    passage: int
    """Row of the passage that prints it."""
    result: TrialResult
    """With its trial, where that is known."""


class TrialTables:
    """The trials, results and passages of a library. Thread-safe."""

    def __init__(self, file: LibraryFile) -> None:
        """``file``: of the library."""
        self._file = file

    # Names

    def keys_at(self, texts: Iterable[str]) -> set[str]:
        """The keys of all trials that any of ``texts``, folded and without blanks and hyphens, begins with."""
        found: set[str] = set()
        with self._file.reading() as connection:
            for text in dict.fromkeys(text[:LONGEST] for text in texts):
                found.update(_prefixes(connection, text))
        return found

    def names_of(self, keys: Collection[str]) -> list[str]:
        """The trials with those keys, in the order of the library."""
        return self._named("key", keys)

    def only_begins(self, name: str) -> bool:
        """Whether trials are called by ``name`` and a number, and none by ``name`` alone."""
        key = concept_key(name)
        above = self._file.rows("trials", "DISTINCT key", "WHERE key >= ? AND key < ?", (key, key + "\uffff"))
        keys = {found for (found,) in above}
        return key not in keys and any(found[len(key) : len(key) + 1].isdigit() for found in keys)

    def known(self, names: Collection[str]) -> list[str]:
        """Those of ``names`` that are trials of the library, in its order."""
        return self._named("name", names)

    def _named(self, column: str, values: Collection[str]) -> list[str]:
        if not values:
            return []
        found = self._file.rows(
            "trials", "topic = '', row, name", f"WHERE {column} IN (SELECT value FROM json_each(?))",
            (as_json(list(values)),),
        )  # fmt: skip
        return list(dict.fromkeys(name for _, _, name in sorted(found)))

    def names(self, reporting: bool = False) -> Iterator[str]:
        """All trials in the order of the library, read as they are asked for; ``reporting``: those with results.

        First come those that paragraphs are headed by.
        """
        some = "AND EXISTS (SELECT 1 FROM results WHERE trial = trials.name)" if reporting else ""
        seen: set[str] = set()
        for headed in (0, 1):
            last = 0
            while found := self._file.rows(
                "trials", "row, name", f"WHERE (topic = '') = ? AND row > ? {some} ORDER BY row LIMIT ?",
                (headed, last, _BATCH),
            ):  # fmt: skip
                new = [name for name in dict.fromkeys(name for _, name in found) if name not in seen]
                seen.update(new)
                yield from new
                last = found[-1][0]

    def whole(self, document_id: str) -> list[str]:
        """The trial that a document is about; none where it is about several."""
        found = self._file.rows("trials", "name", "WHERE document_id = ? AND whole ORDER BY rowid", (document_id,))
        return list(dict.fromkeys(name for (name,) in found))

    # Results

    def results_of(self, trial: str) -> list[Kept]:
        """The results of a trial, in the order of the library."""
        return self._results("WHERE trial = ? ORDER BY row", trial)

    def results_in(self, document_id: str) -> list[Kept]:
        """The results of a document, in its order."""
        return self._results("WHERE document_id = ? ORDER BY row", document_id)

    def results(self, rows: Collection[int]) -> list[Kept]:
        """The results with those rows, in the order of the library."""
        return self._results("WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row", as_json(list(rows)))

    def all_results(self) -> list[Kept]:
        """All results, in the order of the library."""
        return self._results("ORDER BY row")

    def _results(self, rest: str, *values: str) -> list[Kept]:
        found = self._file.rows("results", f"{_PLACE}, {_PASSAGE}, entry", rest, values)
        return [
            Kept(Place(*told), passage, _of_trial(read_result_json(entry), told[1])) for *told, passage, entry in found
        ]

    def count(self) -> int:
        """The number of all results."""
        with self._file.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])

    def places(self, query: str, after: int, most: int) -> list[Place]:
        """Where results stand that ``query`` (``about``, ``named``) finds, in the order of the library.

        At most ``most``, of rows above ``after``.
        """
        with self._file.reading() as connection:
            found = connection.execute(
                f"""SELECT {_PLACE} FROM result_words CROSS JOIN results
                ON results.row = result_words.rowid WHERE result_words MATCH ? AND result_words.rowid > ?
                ORDER BY result_words.rowid LIMIT ?""",
                (query, after, most),
            ).fetchall()
        return [Place(*row) for row in found]

    def trials_with(self, query: str, most: int) -> list[str]:
        """At most ``most`` trials with a result that ``query`` (``named``, ``with_arm``) finds, in no order."""
        with self._file.reading() as connection:
            found = connection.execute(
                """SELECT DISTINCT trial FROM result_words CROSS JOIN results ON results.row = result_words.rowid
                WHERE result_words MATCH ? AND trial != '' LIMIT ?""",
                (query, most),
            ).fetchall()
        return [trial for (trial,) in found]

    # Passages

    def matching(self, query: str, after: int, most: int) -> list[int]:
        """Rows of passages that a query of FTS5 finds, ascending: at most ``most``, above ``after``."""
        with self._file.reading() as connection:
            return rows_matching(connection, query, most, after=after)

    def speaking(self, name: str) -> tuple[list[int], list[int]]:
        """Rows of the passages on a trial, and of those that may print its name: they have no run-in heading.

        On a trial is all of a document about it alone, and what stands under a run-in heading that names it.
        """
        whole = [id for (id,) in self._file.rows("trials", "DISTINCT document_id", "WHERE name = ? AND whole", (name,))]
        with self._file.reading() as connection:
            sure = {
                row
                for id in whole
                for (row,) in connection.execute("SELECT row FROM passages WHERE document_id = ?", (id,))
            }
            found = connection.execute(
                "SELECT row, topic FROM passages WHERE row IN (SELECT rowid FROM words WHERE words MATCH ?)",
                (naming(name),),
            ).fetchall()
        sure.update(row for row, topic in found if topic and name_in(topic) == name)
        return sorted(sure), [row for row, topic in found if not topic and row not in sure]


def result_tokens(result: TrialResult) -> str:
    """What the words of a result (``result_words``) hold besides what it is about: its name and its arms."""
    arms = dict.fromkeys(arm for arm in (result.arm, result.comparator) if arm)
    return " ".join([_NAME + result.name, *map(_arm, arms)])


def about(concepts: Iterable[str]) -> str:
    """The query of FTS5 for what names each of ``concepts``, by id, or what implies it."""
    return " AND ".join(quoted(concept_word(id)) for id in concepts)


def named(names: Iterable[str]) -> str:
    """The query of FTS5 for results of one of ``names``."""
    return f"({' OR '.join(quoted(_NAME + name) for name in sorted(names))})"


def with_arm(arms: Iterable[str]) -> str:
    """The query of FTS5 for results of one of ``arms``, or compared with one, as printed."""
    return " OR ".join(quoted(_arm(arm)) for arm in arms)


def naming(name: str) -> str:
    """The query of FTS5 for passages that print a trial's name, with or without its blanks and hyphens; and others.

    It asks for the words that every way of printing it has ("dellphi 304", "DeLLphi-304", "anti-DeLLphi304.12").
    """
    parts = _PART.findall(fold(name).text)
    if words := list(_words(parts)):
        return " AND ".join(words)
    # "B7-H3" is no word but in one. Behind another one ("post-B7-H3") it is not found.
    single = [part for part in parts if re.fullmatch(r"[a-zα-ω0-9]+", part)]
    whole = "".join(single)
    return f"{quoted(whole)} * OR {quoted(concept_word(whole))} OR ({' AND '.join(map(quoted, single))})"


def _words(parts: Sequence[str]) -> Iterator[str]:
    """What a text cut into words has, wherever it prints ``parts`` one after the other."""
    glued: list[str] = []
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        letters = bool(_LETTERS.match(part))
        # "C-POST" is "c" and "post", or "cpost".
        glued = [part, *(word + part for word in glued)] if letters and _LETTERS.match(before) else [part]
        if characters := printing("".join(re.findall(f"[{HAN}]", part))):
            yield characters
        elif len(part) == 1:
            continue  # no word where it stands beside others
        elif letters and (not after or _LETTERS.match(after)):
            # It may go on: "IMpower studies", "IMpowerstudies".
            yield f"({' OR '.join(f'{quoted(_shared(word, stem(word)))} *' for word in glued)})"
        elif letters:
            yield f"({' OR '.join(quoted(stem(word)) for word in glued)})"
        elif part.isdigit() and before and not re.search(r"[0-9.]$", before):
            # "KEYNOTE-024.12" carries a reference number.
            yield quoted(part) if after and not re.match(r"[0-9.]", after) else f"{quoted(part)} *"


def _of_trial(result: TrialResult, trial: str) -> TrialResult:
    return result if result.trial == (trial or None) else replace(result, trial=trial or None)


def _prefixes(connection: sqlite3.Connection, text: str) -> Iterator[str]:
    """The keys of trials that ``text`` begins with, the longest first: each is looked up below the last one."""
    at_most = text
    while at_most:
        (key,) = connection.execute("SELECT max(key) FROM trials WHERE key <= ?", (at_most,)).fetchone()
        if key is None:
            return
        shared = _shared(key, at_most)
        if shared == key:
            yield key
            shared = key[:-1]
        at_most = shared


def _shared(one: str, other: str) -> str:
    """What two texts begin with alike."""
    length = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def _arm(arm: str) -> str:
    """An arm as one word: it holds blanks, and is looked for exactly as it is printed."""
    return _ARM + hashlib.blake2b(arm.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
