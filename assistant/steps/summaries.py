"""The steps for what a document or a section says in short, in its own words, and for what its outline lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.composing import quote_answer
from assistant.answering.evidence import passage_evidence
from assistant.answering.reply import Reply
from assistant.steps.case import Case
from assistant.trials.arms import drugs_in
from assistant.understanding.cues import cue
from assistant.wording.messages import say
from corpus.document import Heading, Passage, Span
from corpus.packs.sidecar_formats import sentence_key
from corpus.vocabulary.concepts import has_han
from corpus.words.folding import fold
from index.search.selection import is_summary
from index.store.keywords import Unit
from index.store.library import is_under

_SENTENCES = 5
"""Of an abstract at most."""
_SECTION = re.compile(r"(?<![a-z])(?:sub)?(?:section|chapter|part)s?(?![a-z])|小?节|章|部分")
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMERALS = "二三四五六七八九"
_COUNTED = re.compile(rf"(?<![a-z])({'|'.join(_WORDS)})(?![a-z])|(?<!第)([{_NUMERALS}两])(?:种|类|个|大|项|条)(?!月)")
_COVERED = re.compile(
    r"(?<![a-z])(?:review(?:ed)?|cover(?:ed|s)?|discuss(?:ed|es)?|describe[ds]?|section|chapter)(?![a-z])|讲|介绍|综述|讨论|涉及|[章节]"
)
_ENOUGH = 0.5
"""Share of a question's content that a heading holds where the question is about its section."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading with what stands below it."""

    heading: Heading
    children: tuple[Heading, ...]
    share: float
    """Of the question's content that the heading holds."""


def summary(case: Case) -> Reply | None:
    """The abstract of the document asked about; of a section that the question names by its title, how its parts
    begin."""
    question = fold(case.question.read).text
    if not cue("summary").search(question) or case.scope or case.focus.asked.measures or case.question.sections:
        return None
    if not case.hits:
        return None
    if _SECTION.search(question):
        part = max(_parts(case), key=lambda part: (part.share, -part.heading.level), default=None)
        if part and part.share >= _ENOUGH:
            openings = _openings(case, part)
            most = 1 if part.children else _SENTENCES
            return _quoted(case, [(p, p.sentences[:most]) for p in openings])
    document = case.hits[0].passage.document_id
    library = case.index.library
    held = [passage for passage in library.passages(library.rows_of(document)) if is_summary(passage)]
    own = [passage for passage in held if passage.language == case.question.language] or held
    return _quoted(case, [(p, p.sentences[:_SENTENCES]) for p in own]) if own else None


def outline(case: Case) -> Reply | None:
    """What the outline of the document lists, where a question counts as many: "the four mechanisms"."""
    question = fold(case.question.read).text
    counted = _COUNTED.search(question)
    covered = cue("list").search(question) and _COVERED.search(question)
    if not (counted or covered) or case.scope or case.focus.asked.measures or not case.hits:
        return None
    parts = [part for part in _parts(case) if part.share >= _ENOUGH and len(part.children) > 1]
    if counted:
        count = _WORDS.index(counted[1]) + 2 if counted[1] else _NUMERALS.index(counted[2].replace("两", "二")) + 2
        parts = [part for part in parts if len(part.children) == count]
    else:  # the sections on drugs
        parts = [part for part in parts if all(drugs_in(h.title, case.index.vocabulary.terms) for h in part.children)]
    if not parts:
        return None
    part = max(parts, key=lambda part: part.share)
    count = len(part.children)
    openings = _openings(case, part)[-count:]
    if len(openings) != count:
        return None
    evidence = case.told(passage_evidence([(p, p.sentences[:1]) for p in openings]))
    titles = [_title(case, passage.document_id, child) for passage, child in zip(openings, part.children, strict=True)]
    language = case.question.language
    lines = [say("listing.parts", language, title=_title(case, openings[0].document_id, part.heading), count=count)]
    lines += [say("listing.item", language, name=title, number=n) for n, title in enumerate(titles, start=1)]
    return replace(case.answer("\n".join(lines), evidence), listed=tuple(titles))


def _quoted(case: Case, quoted: Sequence[tuple[Passage, tuple[Span, ...]]]) -> Reply:
    evidence = case.told(passage_evidence(quoted))
    return case.answer(quote_answer(evidence, case.question.language), evidence)


def _parts(case: Case) -> list[_Part]:
    """The headings of the document found first, each with those right below it."""
    document = case.index.library.document(case.hits[0].passage.document_id)
    vocabulary = case.index.vocabulary
    words = _SECTION.sub(" ", _COUNTED.sub(" ", fold(case.question.read).text))
    units = [
        u for u in vocabulary.units(cue("summary").sub(" ", words)) if len(u.printed) > 1 and u.key in case.content
    ]
    # A document's own words are many; what concepts a heading names, tells.
    if not _COUNTED.search(fold(case.question.read).text) and any(u.concept for u in units):
        units = [u for u in units if u.concept]
    parts = []
    for place, heading in enumerate(document.headings):
        below = []
        for other in document.headings[place + 1 :]:
            if other.level <= heading.level:
                break
            below.append(other)
        top = min((h.level for h in below), default=0)
        title = f"{heading.title} {_title(case, document.id, heading)}"
        held = set(vocabulary.body(title).split())
        folded = fold(title).text
        shared = [u for u in units if u.key in held or (not _is_thing(u, case) and _in_pieces(u.printed, folded))]
        share = len(shared) / len(units) if units else 0.0
        parts.append(_Part(heading, tuple(h for h in below if h.level == top), share))
    return parts


def _in_pieces(word: str, title: str) -> bool:
    """Whether a heading prints a pair of characters of a Chinese word: 机制 of 作用机制."""
    return has_han(word) and any(word[n : n + 2] in title for n in range(len(word) - 1))


def _is_thing(unit: Unit, case: Case) -> bool:
    """Whether a word names a thing that another thing's heading cannot be about: a drug, a class, a disease."""
    concept = case.index.vocabulary.terms.concepts.get(unit.concept) if unit.concept else None
    return concept is not None and concept.category != "mechanism"


def _openings(case: Case, part: _Part) -> list[Passage]:
    """The first passage of a section's own text, where it has any, and of each part right below it."""
    library = case.index.library
    document = case.hits[0].passage.document_id
    passages = library.passages(library.rows_of(document))
    found = []
    for heading in (part.heading, *part.children):
        label = heading.number or heading.title
        inside = (p for p in passages if p.section == label or is_under(p.section, [label]))
        first = next(inside, None)
        if first and first not in found:
            found.append(first)
    return found


def _title(case: Case, document: str, heading: Heading) -> str:
    """A heading in the reader's language, where its document translates it."""
    known = case.index.translations(document) if case.question.language == "en" else {}
    for key in (f"{heading.number}.{heading.title}", f"{heading.number}{heading.title}", heading.title):
        if sentence_key(key) in known:
            return re.sub(r"^[0-9.]+\s+", "", known[sentence_key(key)])
    return heading.title
