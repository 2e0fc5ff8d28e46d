"""A document's own reference list: the section at its end, entry by entry.

Vancouver ("Authors. Title. Journal 2025;393:349-61.") and GB/T 7714 ("作者. 题名[J]. 刊名, 2025, 393(4): 349-361.")
are taken apart; what fits neither keeps its entry as it stands, without a guess at its parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.document import Document
from corpus.references.reference import Reference, Work
from corpus.segments.sections import split_sections

_TITLES = frozenset({"references", "reference", "bibliography", "literature cited", "参考文献", "引用文献"})
_ENTRY = re.compile(r"^\s*(?:[\[［【(（]\s*(\d{1,3})\s*[\]］】)）]|(\d{1,3})\s*[.．、])\s*(?=\S)")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>，。；]+[^\s\"<>，。；.,;)\]]", re.I)
_PMID = re.compile(r"PMID:?\s*(\d{5,9})", re.I)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# What ends a part of an entry: a full stop before a blank, not one after an initial that a family name
# follows ("J. Smith"; in "Smith J. Title" it does end one); or the type mark of GB/T 7714.
_PART = re.compile(r"(?<!^[A-Z])(?<![,;.] [A-Z])(?<!\.[A-Z])[.．。]\s+|\[[A-Z]{1,2}(?:/[A-Z]{2})?\]\s*[.．]\s*")


def is_reference_list(trail: Sequence[str]) -> bool:
    """True where a section is a reference list, by the titles that lead to it."""
    return any(title.strip().lower() in _TITLES for title in trail)


def begins_entry(line: str) -> bool:
    """True where a line of a reference list begins an entry: "[12] …", "12. …"."""
    return bool(_ENTRY.match(line))


def read_reference_list(document: Document) -> dict[int, Reference]:
    """The references of a document's own list by number; empty where it has none."""
    references: dict[int, Reference] = {}
    for section in split_sections(document):
        if is_reference_list(section.trail):
            for number, entry in _entries(section.body.of(document.text)):
                references.setdefault(number, Reference(number, "resolved", entry, (_work(entry),), ""))
    return references


def _entries(text: str) -> list[tuple[int, str]]:
    """Number and text of each entry; lines that begin none go on with the one before."""
    entries: list[tuple[int, list[str]]] = []
    for line in text.split("\n"):
        match = _ENTRY.match(line)
        if match:
            entries.append((int(match[1] or match[2]), [line[match.end() :].strip()]))
        elif entries and line.strip():
            entries[-1][1].append(line.strip())
    return [(number, " ".join(lines)) for number, lines in entries]


def _work(entry: str) -> Work:
    doi, pmid, year = _DOI.search(entry), _PMID.search(entry), _YEAR.search(entry)
    parts = [part.strip(" .．。") for part in _PART.split(entry)]
    # Authors, title, journal at least; with fewer nobody can say which is which.
    authors, title, journal = (parts[0], parts[1], parts[2]) if len(parts) >= 3 else ("", entry, "")
    return Work(
        title=title,
        authors=authors,
        journal=re.split(r"\s*[,，;；]|\s+(?=(?:19|20)\d\d)", journal)[0],
        year=int(year[1]) if year else None,
        doi=doi[0] if doi else None,
        pmid=pmid[1] if pmid else None,
        details={},
    )
