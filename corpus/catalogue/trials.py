"""Trials: which one a sentence is about, and what the rules find said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.catalogue.entry import Entry
from corpus.catalogue.marking import Line
from corpus.catalogue.rules import Rule, value_span
from corpus.document import Document
from corpus.trial_results.trial_names import is_trial_name, name_in, names_beside_trial
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms

_ONE_STUDY = 6_000
"""Characters of a text that may be of one study as a whole: an abstract."""
_REVIEW = re.compile(
    r"systematic review|meta-analys|narrative review|\breview\b|overview|pooled|综述|系统评价|荟萃|Meta ?分析|研究进展|"
    r"cohort|case report|protocol for|secondary analysis",
    re.I,
)
_TRIAL = re.compile(r"random(?:i[sz]ed|ly)|\btrial\b|[Pp]hase (?:I|[1-4])|随机|[Ⅰ-Ⅳ期] ?期|临床试验", re.I)
_ABSTRACT = re.compile(r"abstract|summary|摘要", re.I)
_OPENING = 3
"""Lines that are read of a paper without an abstract: its title is among them."""
# Parts of a paper that speak of other studies.
_ELSEWHERE = re.compile(
    r"(?:background|introduction|discussion|conclusions?|interpretation|limitations?|references|context|rationale|"
    r"related work|importance|前言|引言|背景|讨论|结论|展望|参考文献)(?![a-z])",
    re.I,
)
_PART = re.compile(
    r"[(\[]?(?P<name>[A-Z][A-Za-z]+(?:[ /&,]+[A-Za-z]+){0,4}|[A-Z ]{4,40}"
    r"|目的|方法|背景|结果|结论|资料与方法|对象与方法)"
    r"[)\]]?(?:[:：.]|$)"
)
_SAME = re.compile(
    r"(?:该|本|此|这项)(?:项|[IⅠⅡⅢⅣ]{1,3} ?期)? ?(?:临床)?(?:研究|试验)|^研究|(?<=[,;。])研究(?:纳入|自)"
    r"|(?<![A-Za-z])(?:[Tt]h(?:is|e)(?: [A-Za-z0-9-]+){0,4} (?:trial|study)|[Ww]e(?= )|[Oo]ur (?:trial|study))"
    r"(?![A-Za-z])"
)
_OTHERS = re.compile(r"(?:[Uu]nlike|[Ii]n contrast to|不同于|对比既往)")
# Fields that a trial has once: what is said first holds.
_SINGLE = frozenset("size centres phase population disease enrolment line country".split()) | {"data cut-off"}
_REGISTER = re.compile(r"NCT ?[0-9]{8}|ISRCTN ?[0-9]{8}|ChiCTR-?[A-Za-z0-9-]{5,16}|UMIN[0-9]{9}|ACTRN ?[0-9]{14}")
_NUMBERED = re.compile(rf"(?:试验|研究|trial|study) ?\(?(?:[A-Za-z.]+,? )?({_REGISTER.pattern})", re.I)


# "in the TALON Trial", "(TALON) study": more capitals than a word has.
_BESIDE = re.compile(
    r"(?<![A-Za-z0-9-])((?=(?:[A-Za-z]*?[A-Z]){3})[A-Z][A-Za-z]{3,15}(?:[- ][0-9]{1,4}[A-Za-z]?)?)\)?"
    r" (?:[Tt]rial|[Ss]tudy)(?![a-z])"
)
# "A Phase 2 Trial (TALON-3)" at the end of a title.
_BRACKETED = re.compile(r"[Tt]rial \(([A-Z][A-Za-z]{2,15}-?[0-9]{1,4}[A-Za-z]?)\)\.?$")
_NAMELIKE = re.compile(
    r"(?!(?:Fig|Table|Additional|Appendix|Phase|Group|Arm|Part|Cohort|Stage|Step|Protocol|Section|Study|Trial)(?![a-z]{4}))"
    r"(?=.*(?:[0-9]|[A-Z].?[A-Z]|[a-z][A-Z]))(?!.*[a-z]{3} [A-Z])[A-Za-z]{3,}[A-Za-z0-9]*(?:[- ][A-Z0-9][A-Za-z0-9]*)*"
)


@dataclass(frozen=True, slots=True)
class _Subject:
    name: str
    """As printed."""
    key: str


def trial_entries(document: Document, lines: Sequence[Line], found: Sequence[Rule], terms: Terms) -> list[Entry]:
    """The trials of a document, and what is said of them."""
    text = document.text
    findings: list[tuple[Entry, str]] = []
    for line, subject in _subjects(document, lines, terms):
        if subject is None:
            continue
        if subject.name in line.span.of(text) and not _REGISTER.fullmatch(subject.name):
            findings.append((Entry("trial", subject.name, subject.key, "name", subject.name, line.span), "name"))
        chinese = line.chinese
        for rule in found:
            if rule.han and not chinese:
                continue
            for match in rule.find(line.text):
                start, end = (line.span.start + place for place in value_span(match))
                value = text[start:end]
                findings.append((Entry("trial", subject.name, subject.key, rule.field, value, line.span), rule.key))
    order = {rule.key: place for place, rule in enumerate(found)}
    return _once(findings, order)


def _once(findings: Sequence[tuple[Entry, str]], order: dict[str, int]) -> list[Entry]:
    """What each trial has of each field: what is said first, by the rule that stands first in the table."""
    best: dict[tuple[str, str, str], tuple[int, Entry]] = {}
    for entry, key in findings:
        if entry.field in _SINGLE:
            same = ""
        elif entry.field in ("design", "blinding"):
            same = key
        else:
            same = concept_key(entry.value)
        place = (entry.key, entry.field, same)
        # A size is a trial's by how surely it is said to be; all else by where it is said.
        rank = order.get(key, 0) if entry.field == "size" else 0
        if place not in best or rank < best[place][0]:
            best[place] = (rank, entry)
    return [entry for _, entry in best.values()]


def _subjects(document: Document, lines: Sequence[Line], terms: Terms) -> Iterator[tuple[Line, _Subject | None]]:
    """Each line with the trial that it is about."""
    beside = [_names_in(line, terms) for line in lines]
    whole = _whole(document, lines, beside)
    current: _Subject | None = None
    part = ""
    for line, names in zip(lines, beside, strict=True):
        if line.heading or line.opens:
            current = None
        if label := _PART.match(line.bare):
            part = label["name"]
        elif line.opens and not line.heading:
            part = ""
        topic = name_in(line.topic) if line.topic else ""
        if topic:
            yield line, _Subject(topic, concept_key(topic))
            continue
        elsewhere = any(map(_ELSEWHERE.match, line.trail)) or (
            # Where an abstract tells why, it tells what was done, too.
            bool(_ELSEWHERE.match(part)) and not _SAME.search(line.bare) and not _REGISTER.search(line.bare)
        )
        numbered = _NUMBERED.search(line.bare)
        if whole and not elsewhere and (not names or whole.name in names or concept_key(names[0]) == whole.key):
            yield line, whole
        elif len(names) == 1 and not whole and not _OTHERS.search(line.bare):
            printed = _printed(document.text, line, names[0])
            current = _Subject(printed, concept_key(printed))
            yield line, current
        elif names or whole:
            yield line, None
        elif numbered and len(set(_REGISTER.findall(line.bare))) == 1:
            printed = _printed(document.text, line, numbered[1])
            yield line, _Subject(printed, concept_key(printed))
        elif current and _SAME.search(line.bare) and not elsewhere:
            yield line, current
        else:
            yield line, None


def _names_in(line: Line, terms: Terms) -> list[str]:
    """The trials that a line names, each once."""
    # Asking for the words first is many times as quick.
    if not any(word in line.bare for word in ("rial", "tudy", "试验", "研究")):
        return []
    found = [match[1] for pattern in (_BESIDE, _BRACKETED) for match in pattern.finditer(line.bare)]
    beside = [name for name in found if is_trial_name(name)]
    named = dict.fromkeys([*names_beside_trial(line.bare), *beside])
    return [
        name
        for name in named
        if _NAMELIKE.fullmatch(name)
        and not terms.meaning(concept_key(name))
        and not terms.meaning(concept_key(name.split(" ")[0]))
    ]


def _printed(text: str, line: Line, name: str) -> str:
    """A name of a folded line as its sentence prints it."""
    at = line.bare.find(name)
    return text[line.span.start + at : line.span.start + at + len(name)] if at >= 0 else name


def _whole(document: Document, lines: Sequence[Line], beside: Sequence[list[str]]) -> _Subject | None:
    """The one trial that all of a document is about; None where it is a review or tells of several."""
    if not lines or any(line.topic for line in lines):
        return None
    title = document.title.strip()
    opening = " ".join(line.bare for line in lines[:2])[:600]
    if _REVIEW.search(title) or _REVIEW.search(opening.split("\n")[0][:300]):
        return None
    short = len(document.text) <= _ONE_STUDY
    # What a long paper is about, its title and its abstract say; other trials that it names are others'.
    read = range(len(lines)) if short else [at for at, line in enumerate(lines) if at < _OPENING or _is_abstract(line)]
    if not _TRIAL.search(" ".join([title, *(lines[at].bare for at in read if short)])):
        return None
    named = dict.fromkeys(name for at in read for name in beside[at])
    if len(named) > 1:
        return None
    numbers = {match[0] for at in read for match in _REGISTER.finditer(lines[at].bare)}
    name = next(iter(named or (numbers if len(numbers) == 1 else [title or lines[0].bare])))
    return _Subject(name, concept_key(name)) if concept_key(name) else None


def _is_abstract(line: Line) -> bool:
    return bool(line.trail) and bool(_ABSTRACT.match(line.trail[0]))
