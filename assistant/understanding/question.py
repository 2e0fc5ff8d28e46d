"""What is asked: the question's language, its names, its reference numbers, and what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.understanding.attributes import attributes_in
from assistant.understanding.cues import cue
from assistant.understanding.defining import defined_in
from assistant.understanding.follow_ups import is_follow_up, named_before
from assistant.understanding.measures import measures_in
from corpus.document import Language, Span
from corpus.language import HAN, language_of
from corpus.reading.cleaning import clean
from corpus.segments.markers import find_markers
from corpus.vocabulary.drugs import find_drug_names, find_transcribed
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from corpus.words.segmenting import STOP_WORDS
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
_ROMAN = re.compile(r"[IVX]+[ab]?")
_ANTIBODY = "单抗"
# "PM8002's", no "what's".
_POSSESSIVE = re.compile(
    r"(?<=[A-Za-z0-9])(?<!\b[Ww]hat)(?<!\b[Ww]ho)(?<!\b[Tt]hat)(?<!\b[Ii]t)(?<!ere)(?<!\b[Hh]ow)['’]s(?!\w)"
)
_HAN_RUN = re.compile(f"[{HAN}]{{3,}}")
_WORD_AND_NUMBER = re.compile(r"([A-Za-z][a-z]+) [0-9.]+")
_COUNTED = re.compile(
    r" ?(?:[%％]|(?:mg|kg|g|patients?|people|men|women|adults|children|months?|weeks?|days?|years?|or|vs|versus)\b)"
)
_WITH_SUFFIX = re.compile(r"(.{2,}?)-[a-z]{3,}")
_CALLED_A_TRIAL = re.compile(
    r"(?<![\w-])([A-Z][A-Za-z]*[A-Z][A-Za-z]*)(?![\w-]) ?(?:trial|study|试验|研究)|"
    r"(?:trial|study) ([A-Z][A-Za-z]*[A-Z][A-Za-z]*)(?![\w-])"
)
# What ties a passage to a question where it holds it.
_TIES = _MISSED | {"class", "target", "organisation"}
_OF_SECTIONS = re.compile("section|§|第|节|章|部分")
"""Words beside which sections are named."""
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
    sections, unplaced = sections_in(text, index.library.sections)
    read = _in_full(index.correct(_POSSESSIVE.sub("", unplaced)), index)
    units = index.vocabulary.units(read)
    subjects = _subjects(read, units, index)
    search = read
    asking = bool(measures_in(read) or attributes_in(read) or _safety(read, index))
    follow_up = is_follow_up(
        text, len(units) + 3 * bool(sections), history, named=bool(subjects or _names(read, index)), asking=asking
    )
    if follow_up and not subjects:
        subjects = _subjects_before(history, index)
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


def sections_in(text: str, known: Callable[[], Iterable[str]]) -> tuple[tuple[str, ...], str]:
    """The sections that a question names ("section 4.1", "第4.1节", section “Results”), and what else it says.

    ``known``: gives the labels of all sections; asked only where a text speaks of sections.
    """
    folded = fold(text)
    found: dict[str, Span] = {}
    for label in _labels_in(folded.text, known) if _OF_SECTIONS.search(folded.text) else ():
        key = re.escape(fold(label).text)
        match = re.search(
            rf'(?:(?:in |from |of )?sections?|§|第) ?["“]?{key}["”]?(?![0-9a-z]|\.[0-9])(?: ?(?:一?节|章|部分)[里中]?)?'
            rf'|(?<![0-9.])["“]?{key}["”]? ?(?:一?节|章|部分)[里中]?',
            folded.text,
        )
        if match:
            found[label] = folded.printed(*match.span())
    for span in sorted(set(found.values()), reverse=True):
        text = f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}"
    return tuple(sorted(found, key=lambda label: found[label])), text.strip()


def _labels_in(folded: str, known: Callable[[], Iterable[str]]) -> list[str]:
    """The labels that may stand beside a word for a section, in the order of their names."""
    labels = _by_key(tuple(known()))
    lengths = {len(key) for key in labels}
    beside: set[str] = set()
    for match in _OF_SECTIONS.finditer(folded):
        # A plural, a blank and a quotation mark may stand between.
        beside.update(folded[start : start + n] for start in range(match.end(), match.end() + 4) for n in lengths)
        ends = range(max(0, match.start() - 3), match.start() + 1)
        beside.update(folded[end - n : end] for end in ends for n in lengths if n <= end)
    return sorted(label for key in beside & labels.keys() for label in labels[key])


@lru_cache(maxsize=4)
def _by_key(known: tuple[str, ...]) -> dict[str, list[str]]:
    """Labels by what they are folded to, with the numbers above: "section 4" asks for 4.1 and 4.2, too."""
    numbered = [label for label in known if re.fullmatch(r"[0-9][0-9.]*", label)]
    above = {label[:place] for label in numbered for place in range(1, len(label)) if label[place] == "."}
    labels: dict[str, list[str]] = {}
    for label in {*known, *above} - {""}:  # of what stands before the first heading
        labels.setdefault(fold(label).text, []).append(label)
    return labels


def _is_name(unit: Unit, text: str) -> bool:
    """Whether a word of ``text`` looks like a trial's or a compound's name: DeLLphi-304, dellphi 304, eNRGy, TIGIT."""
    if unit.concept or _ROMAN.fullmatch(unit.printed):
        return False
    # In a question typed all in capitals they tell no name from a word.
    shouted = language_of(text) == "en" and text.isupper() and len(text.split()) > 3
    return bool(_NAME.search(unit.key) or (not shouted and _NAME.search(unit.printed)))


def _names(text: str, index: HybridIndex) -> frozenset[str]:
    return frozenset(unit.printed for unit in index.vocabulary.units(text) if _ties(unit, text, index))


def _ties(unit: Unit, text: str, index: HybridIndex) -> bool:
    """Whether a word of ``text`` is a name that ties a passage to it."""
    concepts = index.vocabulary.terms.concepts
    return concepts[unit.concept].category in _TIES if unit.concept else _is_name(unit, text)


def _subjects_before(history: Sequence[str], index: HybridIndex) -> tuple[str, ...]:
    """What the latest question before is about that is about anything: trials and drugs, else classes, targets, …."""

    def found(earlier: str) -> tuple[str, ...]:
        units = index.vocabulary.units(earlier)
        subjects = _subjects(earlier, units, index)
        if subjects or cue("follow_up").search(fold(earlier).text) or defined_in(earlier):
            return subjects  # "And after a TKI?" is about the trial before it
        return tuple(unit.printed for unit in units if _ties(unit, earlier, index))

    return named_before(history, index, found) or ()


def _safety(text: str, index: HybridIndex) -> bool:
    return any(mention.concept.category == "safety" for mention in index.vocabulary.terms.find(text))


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
        if (
            concept.category in _MISSED
            if concept
            else _is_name(unit, text) and not _is_worded(unit.printed, text, index)
        ):
            missing.append(unit.printed)
    missing += _not_alone(text, index)
    # "KEYNOTE-024" is missed once, not again as "KEYNOTE".
    return tuple(m for m in dict.fromkeys(missing) if not any(m != other and m in other for other in missing))


def _in_full(text: str, index: HybridIndex) -> str:
    """``text`` with drugs' Chinese names that leave out their ending in full: 阿替利珠 is 阿替利珠单抗."""
    folded = fold(text).text
    for stem, name in _stems(index.vocabulary.terms).items() if _HAN_RUN.search(text) else ():
        if stem in text and name not in folded:
            text = text.replace(stem, name)
    return text


@lru_cache(maxsize=2)
def _stems(terms: Terms) -> dict[str, str]:
    """Chinese names of antibodies without their ending, each with the whole name."""
    ended = [name for name in terms.names() if name.endswith(_ANTIBODY) and len(name) > len(_ANTIBODY) + 2]
    return {name.removesuffix(_ANTIBODY): name for name in ended}


def _is_worded(name: str, text: str, index: HybridIndex) -> bool:
    """Whether a word with the look of a name is an English word with a number or a known name in it: "treated 657
    patients", "tarlatamab 10 mg", "EGFR-mutant", "versus 3"."""
    worded = _WORD_AND_NUMBER.fullmatch(name)
    if worded and (
        worded[1].lower() in STOP_WORDS or _COUNTED.match(text, text.find(name) + len(name)) or index.names(worded[1])
    ):
        return True
    compound = _WITH_SUFFIX.fullmatch(name)
    return compound is not None and index.names(compound[1])


def _not_alone(text: str, index: HybridIndex) -> list[str]:
    """Trials called by a word that the library knows as the beginning of other trials' names alone: "the MARIPOSA
    trial", where there is MARIPOSA-2."""
    found = [match[1] or match[2] for match in _CALLED_A_TRIAL.finditer(text)]
    return [name for name in found if index.library.trials.only_begins(name)]
