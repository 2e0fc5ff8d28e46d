"""Reference numbers to the works that they stand for, and back to the sentences that cite them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.document import Passage, Span
from corpus.references.reference import Reference, unresolved
from corpus.segments.markers import find_markers
from index.search.hybrid import HybridIndex
from index.store.library import Library


@dataclass(frozen=True, slots=True)
class CitedReference:
    """A reference of a document, and where the document cites it."""

    document_id: str
    reference: Reference
    citing: tuple[tuple[Passage, Span], ...]
    """Passages with the sentence in each that carries the number, in the order of the text."""


def references_in(passage: Passage, library: Library) -> tuple[Reference, ...]:
    """The references that a passage carries, in its order, each once."""
    numbers = dict.fromkeys(n for marker in find_markers(passage.text) for n in marker.numbers)
    return tuple(library.reference(passage.document_id, number) for number in numbers)


def cited_references(index: HybridIndex, numbers: Iterable[int] | None = None) -> list[CitedReference]:
    """References of all documents by document and number; those of ``numbers`` alone, where given."""
    known = index.library.references()
    wanted = set(numbers) if numbers is not None else None
    citing: dict[tuple[str, int], list[tuple[Passage, Span]]] = {
        key: [] for key in known if wanted is None or key[1] in wanted
    }
    for passage, number in index.library.citations(wanted):
        places = [s for s in passage.sentences if cites(passage.sentence(s), number)]
        citing.setdefault((passage.document_id, number), []).extend((passage, place) for place in places)
    return [
        CitedReference(id, known.get((id, number)) or unresolved(number), tuple(places))
        for (id, number), places in citing.items()
    ]


def look_up(index: HybridIndex, asked: str) -> list[CitedReference]:
    """The references of a number ("25", "[25]"), of words in their record or around them, or all where ``asked`` is
    blank."""
    asked = asked.strip()
    numbers = [number for marker in find_markers(asked) for number in marker.numbers]
    numbers += [int(asked)] if asked.isdecimal() else []
    return find_references(index, asked) if asked and not numbers else cited_references(index, numbers or None)


def find_references(index: HybridIndex, text: str) -> list[CitedReference]:
    """References that hold every word and concept of ``text`` in their record or in a sentence that cites them."""
    vocabulary = index.vocabulary
    wanted = {unit.key for unit in vocabulary.units(index.correct(text))}
    if not wanted:
        return []
    return [cited for cited in cited_references(index) if wanted <= set(vocabulary.body(_record(cited)).split())]


def cites(sentence: str, number: int | None = None) -> bool:
    """Whether a sentence carries a reference number, or the one given."""
    return any(number is None or number in marker.numbers for marker in find_markers(sentence))


def _record(cited: CitedReference) -> str:
    works = [
        " ".join(str(part) for part in (work.authors, work.title, work.journal, work.year, work.doi, work.pmid) if part)
        + " ".join(f" {value}" for value in work.details.values())
        for work in cited.reference.works
    ]
    sentences = [passage.sentence(span) for passage, span in cited.citing]
    return "\n".join([cited.reference.about, *works, *sentences])
