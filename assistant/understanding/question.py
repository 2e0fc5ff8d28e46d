"""What is asked: the question's language, its names, its reference numbers, and what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.understanding.cues import cue
from assistant.understanding.follow_ups import is_follow_up, named_before
from corpus.document import Language, Span
from corpus.language import language_of
from corpus.reading.cleaning import clean
from corpus.segments.markers import find_markers
from corpus.vocabulary.drugs import find_drug_names, find_transcribed
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex
from index.store.keywords import Unit

_REFERENCE_WORD = r"(?:参考文献|文献|引文|references?|refs?\.?|citations?)"
_NUMBERED = re.compile(
    rf"{_REFERENCE_WORD}\s*(?:no\.?|number|#|第)?\s*(\d{{1,3}})(?!\.?\d)|"
    rf"(?:第\s*(\d{{1,3}})\s*[篇条号]?|(?<!\d)(\d{{1,3}})\s*[篇条号])\s*{_REFERENCE_WORD}"
)
_NAME = re.compile(r"[A-Za-z]\S*\d|[a-z]+[A-Z]|[A-Z]{2}|[A-Z][a-z]+[A-Z]")
_DRUGS = frozenset({"drug", "drug code"})
# What is missed by name where no passage holds it.
_MISSED = _DRUGS | {"disease"}
# What ties a passage to a question where it holds it.
_TIES = _MISSED | {"class", "target", "organisation"}
# "What does section 4.1 say?", "第4.1节讲了什么？" once the section is out.
_WHOLE = re.compile(
    r"(?:what(?:'s| is| does| do)?|which|tell|show|me|us|summari[sz]e|summary|describe|says?|about|the|in|of|it|there"
    r"|主要|内容|介绍|概括|总结|告诉|我|讲|说|了|写|有|哪些|什么|的|是|请|[\s?？.。!！,，])*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the assistant understands it."""

    text: str
    """Tidied as a document's text is."""
    language: Language
    read: str
    """``text`` with its typing errors forgiven, without the sections that it names."""
    search: str
    """What is searched for: the question, after what a follow-up leaves out."""
    subjects: tuple[str, ...]
    """Trials and drugs it is about, as printed here or in the question before."""
    names: frozenset[str]
    """Trials, drugs, targets and diseases in it, as ``search`` prints them."""
    references: tuple[int, ...]
    """Reference numbers it asks for."""
    asks_reference: bool
    """Whether it asks what is cited rather than what is said."""
    missing: tuple[str, ...]
    """Names that no passage of the library holds."""
    sections: tuple[str, ...]
    """Sections of the library that it asks about, ``Passage.section`` or the number of one above it."""
    whole: bool
    """Whether it asks what those sections say, and nothing else."""
    follow_up: bool
    """Whether it may leave its subject to the questions before it."""


def understand(text: str, history: Sequence[str], index: HybridIndex) -> Question:
    """Read a question; ``history`` holds those asked before it, oldest first."""
    text = clean(text).strip()
    sections, unplaced = sections_in(text, index.library.sections())
    read = index.correct(unplaced)
    units = index.vocabulary.units(read)
    subjects = _subjects(read, units, index)
    search = read
    follow_up = is_follow_up(text, len(units) + 3 * bool(sections), history)
    if follow_up and not subjects:
        subjects = (
            named_before(history, index, lambda earlier: _subjects(earlier, index.vocabulary.units(earlier), index))
            or ()
        )
        search = f"{' '.join(subjects)} {read}".lstrip()
    return Question(
        text=text,
        language=language_of(text),
        read=read,
        search=search,
        subjects=subjects,
        names=_names(search, index),
        references=references_asked(text),
        asks_reference=bool(cue("reference").search(fold(text).text)),
        missing=_missing(read, units, index),
        sections=sections,
        whole=bool(sections) and bool(_WHOLE.fullmatch(read)),
        follow_up=follow_up,
    )


def references_asked(text: str) -> tuple[int, ...]:
    """The reference numbers that a question asks for ("[25]", "reference 25", "第25篇文献"), each once."""
    numbers = [n for marker in find_markers(text) for n in marker.numbers]
    numbers += [int("".join(found)) for found in _NUMBERED.findall(fold(text).text)]
    return tuple(dict.fromkeys(numbers))


def sections_in(text: str, known: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The sections that a question names ("section 4.1", "第4.1节", section “Results”), and what else it says."""
    folded = fold(text)
    # "Section 4" asks for 4.1 and 4.2, too.
    above = {label[:place] for label in known for place in range(1, len(label)) if re.fullmatch(r"[0-9][0-9.]*", label)
             and label[place] == "."}  # fmt: skip
    found: dict[str, Span] = {}
    for label in {*known, *above}:
        key = re.escape(fold(label).text)
        match = label and re.search(
            rf'(?:(?:in |from |of )?sections?|§|第) ?["“]?{key}["”]?(?![0-9a-z]|\.[0-9])(?: ?(?:一?节|章|部分)[里中]?)?'
            rf'|(?<![0-9.])["“]?{key}["”]? ?(?:一?节|章|部分)[里中]?',
            folded.text,
        )
        if match:
            found[label] = folded.printed(*match.span())
    for span in sorted(found.values(), reverse=True):
        text = f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}"
    return tuple(sorted(found, key=lambda label: found[label])), text.strip()


def _is_name(unit: Unit, text: str) -> bool:
    """Whether a word of ``text`` looks like a trial's or a compound's name: DeLLphi-304, dellphi 304, eNRGy, TIGIT."""
    if unit.concept:
        return False
    # In a question typed all in capitals they tell no name from a word.
    shouted = language_of(text) == "en" and text.isupper() and len(text.split()) > 3
    return bool(_NAME.search(unit.key) or (not shouted and _NAME.search(unit.printed)))


def _names(text: str, index: HybridIndex) -> frozenset[str]:
    concepts = index.vocabulary.terms.concepts
    return frozenset(
        unit.printed
        for unit in index.vocabulary.units(text)
        if (concepts[unit.concept].category in _TIES if unit.concept else _is_name(unit, text))
    )


def _subjects(text: str, units: Sequence[Unit], index: HybridIndex) -> tuple[str, ...]:
    """Trials and drugs that a text names, as it prints them; trials first."""
    drugs = [m.span.of(text) for m in index.vocabulary.terms.find(text) if m.concept.category in _DRUGS]
    trials = [unit.printed for unit in units if _is_name(unit, text)]
    return tuple(dict.fromkeys(trials + drugs))


def _missing(text: str, units: Sequence[Unit], index: HybridIndex) -> tuple[str, ...]:
    """Names in the question that no passage holds."""
    concepts = index.vocabulary.terms.concepts
    words = index.vocabulary.segmenter.words(text)
    spelt = [span.of(text) for span in (*find_drug_names(text), *find_transcribed(text, words))]
    missing = [name for name in spelt if not index.names(name)]
    for unit in index.unknown(units):
        concept = concepts.get(unit.concept) if unit.concept else None
        if concept.category in _MISSED if concept else _is_name(unit, text):
            missing.append(unit.printed)
    # "KEYNOTE-024" is missed once, not again as "KEYNOTE".
    return tuple(m for m in dict.fromkeys(missing) if not any(m != other and m in other for other in missing))
