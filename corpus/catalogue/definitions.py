"""Terms: short forms with what they stand for, and sentences that say what something is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.catalogue.entry import Entry
from corpus.catalogue.marking import Line
from corpus.catalogue.rules import Rule, value_span
from corpus.vocabulary.concepts import concept_key, has_han
from corpus.vocabulary.mining import mine_pairs
from corpus.vocabulary.terms import Terms

_BRACKET = re.compile(r"[(（][A-Za-z]")
_LONGEST = 1_500
"""Characters of a sentence that is read for pairs."""
# Beginnings of sentences that are of the paper, not of a thing.
_NO_TERM = re.compile(
    r"(?:本|该|此|这|其|我们|结果|研究|上述|二者|两者|目前|目的|本文|因此|由于|然而|近年)"
    r"|(?:this|these|those|that|it|there|here|our|we|they|he|she|who|which|what|one|both|all|such|results?|findings?|"
    r"conclusions?|objectives?|aims?|purposes?|the (?:aim|objective|purpose|primary|main|present|study|trial)|primary|"
    r"background|methods?|outcomes?|patients?|participants?|trial|study)(?![a-z-])",
    re.I,
)
_VERB = re.compile(r" (?:is|are|was|were|has|have|of the|that|which|with) | in | 为|主要|可|能|会")


def term_entries(text: str, lines: Sequence[Line], found: Sequence[Rule], terms: Terms) -> list[Entry]:
    """The terms of a document; ``text``: the document's."""
    entries: dict[tuple[str, str, str], Entry] = {}
    for entry in [*_pairs(text, lines, terms), *_definitions(text, lines, found, terms)]:
        entries.setdefault((entry.key, entry.field, concept_key(entry.value)), entry)
    return list(entries.values())


def _key(name: str, terms: Terms) -> str:
    concept = terms.meaning(concept_key(name))
    return concept.id if concept else concept_key(name)


def _pairs(text: str, lines: Sequence[Line], terms: Terms) -> Iterator[Entry]:
    for line in lines:
        if not _BRACKET.search(line.bare) or len(line.bare) > _LONGEST:
            continue
        sentence = line.span.of(text)
        for pair in mine_pairs(sentence):
            if pair.category == "drug" or not all(name in sentence for name in pair.names):
                continue
            *longer, short = pair.names
            key = _key(short, terms)
            if not is_short(short):
                yield Entry("term", pair.names[0], key, "name", pair.names[0], line.span)
                yield Entry("term", pair.names[0], key, "name", short, line.span)
                continue
            yield Entry("term", short, key, "short form", short, line.span)
            for name in longer:
                yield Entry("term", short, key, "long form", _bare(name, short, terms), line.span)


def _bare(name: str, short: str, terms: Terms) -> str:
    """A Chinese long form without what the text says before it: 单纯化疗组中位无进展生存期."""
    concept = terms.meaning(concept_key(short))
    known = [n for n in concept.names if has_han(n) and name.endswith(n)] if concept and has_han(name) else []
    return max(known, key=len) if known else name.rpartition("组")[2] or name


def is_short(name: str) -> bool:
    """Whether a name is an abbreviation: CRS, mPFS."""
    return not has_han(name) and " " not in name and sum(c.isupper() for c in name) >= 2


def _definitions(text: str, lines: Sequence[Line], found: Sequence[Rule], terms: Terms) -> Iterator[Entry]:
    headings = {concept_key(line.span.of(text)) for line in lines if line.heading}
    for line in lines:
        for rule in found if not line.heading else ():
            for match in rule.find(line.bare):
                start = line.span.start
                name = text[start + match.start("term") : start + match.end("term")].strip()
                if _is_term(name, headings, terms):
                    value = value_span(match)
                    printed = text[start + value[0] : start + value[1]].strip()
                    concept = terms.meaning(concept_key(name))
                    drug = concept is not None and concept.category.startswith("drug")
                    yield Entry("drug" if drug else "term", name, _key(name, terms), rule.field, printed, line.span)


def _is_term(name: str, headings: set[str], terms: Terms) -> bool:
    """Whether a sentence's subject is a thing that a reader may look up: a heading, or all of a known name."""
    if _NO_TERM.match(name) or not concept_key(name):
        return False
    if concept_key(name) in headings or terms.meaning(concept_key(name)):
        return True
    if has_han(name):
        return len(name) <= 10 and "的" not in name and not _VERB.search(name)
    return bool(re.fullmatch(r"[A-Z][A-Za-z0-9-]{1,11}", name)) and sum(c.isupper() for c in name) >= 2
