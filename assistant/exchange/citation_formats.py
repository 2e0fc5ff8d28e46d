"""References for other programs: BibTeX (package bibtexparser) and RIS (package rispy)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.references.reference import Reference, Work

_BRACES = str.maketrans({"{": r"\textbraceleft ", "}": r"\textbraceright ", "\\": r"\textbackslash "})
_ET_AL = re.compile(r",?\s+(?:et al\.?|等)$")
# "Mountzios G": a family name and initials, as Vancouver writes a person.
_PERSON = re.compile(r"([^,\d(]+?)\s+([A-Z]{1,3})")


def bibtex(references: Iterable[tuple[str, Reference]]) -> str:
    """Entries for resolved and likely works; ``references`` are document ids with their references."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

    library = Library()
    for key, reference, work in _works(references):
        fields = {
            "title": f"{{{_braced(work.title)}}}",
            "author": " and ".join(_bibtex_author(name) for name in _authors(work)),
            "journal": _braced(work.journal),
            "year": str(work.year or ""),
            "volume": _braced(str(work.details.get("volume", ""))),
            "number": _braced(str(work.details.get("issue", ""))),
            "pages": _braced(str(work.details.get("pages", "")).replace("-", "--")),
            "doi": _braced(work.doi or ""),
            "pmid": work.pmid or "",
            "note": _status(reference),
        }
        library.add(Entry("article", key, [Field(name, value) for name, value in fields.items() if value]))
    return str(write_string(library))


def ris(references: Iterable[tuple[str, Reference]]) -> str:
    """The same as RIS."""
    import rispy

    entries = []
    for key, reference, work in _works(references):
        pages = str(work.details.get("pages", "")).split("-")
        entry = {
            "type_of_reference": "JOUR",
            "id": key,
            "title": work.title,
            "authors": [name for name in _authors(work) if name != "others"],
            "journal_name": work.journal,
            "year": str(work.year or ""),
            "volume": str(work.details.get("volume", "")),
            "number": str(work.details.get("issue", "")),
            "start_page": pages[0],
            "end_page": pages[1] if len(pages) > 1 else "",
            "doi": work.doi or "",
            "notes": [_status(reference)] if _status(reference) else [],
        }
        entries.append({name: value for name, value in entry.items() if value})
    return str(rispy.dumps(entries))


def _works(references: Iterable[tuple[str, Reference]]) -> Iterable[tuple[str, Reference, Work]]:
    for document_id, reference in references:
        for place, work in enumerate(reference.works):
            suffix = f"-{place + 1}" if place else ""
            yield f"{re.sub(r'[^A-Za-z0-9-]', '-', document_id)}-{reference.marker}{suffix}", reference, work


def _authors(work: Work) -> list[str]:
    if not work.authors:
        return []
    names = _ET_AL.sub("", work.authors)
    listed = [names] if "(" in names else [name.strip() for name in re.split(r",\s*|，\s*|;\s*", names) if name.strip()]
    people = [", ".join(match.groups()) if (match := _PERSON.fullmatch(name)) else name for name in listed]
    return people + (["others"] if _ET_AL.search(work.authors) else [])


def _bibtex_author(name: str) -> str:
    name = _braced(name)
    return name if ", " in name or name == "others" else f"{{{name}}}"


def _braced(text: str) -> str:
    """``text`` with its braces as commands: BibTeX counts a brace even behind a backslash."""
    return text.translate(_BRACES)


def _status(reference: Reference) -> str:
    return "" if reference.status == "resolved" else f"{reference.status}: not certain to be the work cited"
