"""Lines of a document as the rules read them: names of drugs and diseases replaced by marks, a character for each.

A rule then needs no list of names, and what it finds lies where the printed text has it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Document, Passage, Span
from corpus.vocabulary.concepts import concept_key, has_han
from corpus.vocabulary.drugs import find_drug_names
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold_script, fold_width

DRUG, DISEASE = "\ue000", "\ue002"
"""The first characters of what is put in place of a name; each has a second one for what follows."""
_REST = {DRUG: "\ue001", DISEASE: "\ue003"}
# A code that no vocabulary has: "ABC-123", "XY4567". What else is written so is no drug's.
CODE = re.compile(
    r"(?<![A-Za-z0-9/-])(?!NCT|CTR|PMC|ISO|IL-?\d|CD\d|HCC|UMIN|ACTRN|EORTC|DRKS|CTRI|JPRN|COVID|SARS|TPS|CPS)"
    r"[A-Z]{2,4}-?\d{3,6}[A-Z]?(?![A-Za-z0-9/]|-[A-Za-z0-9]| ?cells?| ?细胞| ?研究| ?试验| (?:trial|study))"
)
_NOT_DRUGS = re.compile(r"chemotherap|化疗|placebo|安慰剂", re.I)
# Behind a drug's name: an enzyme's, or a receptor's ("tyrosine kinase").
_PROTEIN = re.compile(
    r"[ -]?(?:kinase|receptor|phosphatase|synth(?:et)?ase|reductase|dehydrogenase|transferase|hydroxylase|激酶|受体)"
)
_UNSEEN = dict.fromkeys(map(ord, "\ue000\ue001\ue002\ue003"), " ")
# 其 and "it" stand for a drug only where a clause begins with them.
_PRONOUN = re.compile(
    r"(?:(?<=[,;。:\]])|(?<=[,;:\]] )|^|(?<=[,;:] and ))"
    r"(?:其(?!中|他|余|次|它|实)|它(?!们)|该(?:药物?|抗体|双抗|分子|双特异性抗体)|[Ii]t(?= [a-z])"
    r"|[Tt]h(?:is|e) (?:bispecific(?: antibody)?|antibody|drug|agent|molecule|compound)(?= ))"
)
_COMPARED = re.compile(r"(?:[Uu]nlike|[Cc]ompared (?:with|to)|[Vv]ersus|vs\.?|than|不同于|对比|相比于|较|与) ?$")


@dataclass(frozen=True, slots=True)
class Name:
    """A drug or a disease where a text names it."""

    key: str
    """The concept's id, else ``concept_key`` of what is printed."""
    span: Span
    """In ``Document.text``."""
    sure: bool
    """False for what is only written as codes are."""


@dataclass(slots=True)
class Line:
    """A sentence, or a heading."""

    span: Span
    """In ``Document.text``."""
    text: str
    """Folded in width and script and marked, as long as the span."""
    trail: tuple[str, ...]
    """``Section.trail``."""
    topic: str
    """``Passage.topic``."""
    heading: bool
    opens: bool
    """Whether it is the first of its paragraph."""
    drugs: dict[int, str]
    """Keys by where, in ``text``, a drug is named or a pronoun stands for one."""
    bare: str
    """As ``text``, without marks."""
    chinese: bool
    """Whether it has a Chinese character."""


def find_names(text: str, terms: Terms) -> tuple[list[Name], list[Name]]:
    """The drugs and the diseases that a text names, each in its order."""
    drugs: list[Name] = []
    diseases: list[Name] = []
    for mention in terms.find(text):
        name = Name(mention.concept.id, mention.span, True)
        if mention.concept.category.startswith("drug"):
            if not _NOT_DRUGS.search(mention.span.of(text)) and not _PROTEIN.match(text, mention.span.end):
                drugs.append(name)
        elif mention.concept.category == "disease":
            diseases.append(name)
    for span in find_drug_names(text):
        if not _PROTEIN.match(text, span.end):
            _add(drugs, Name(concept_key(span.of(text)), span, True))
    for code in CODE.finditer(text):
        _add(drugs, Name(concept_key(code[0]), Span(*code.span()), False))
    return drugs, diseases


def _add(names: list[Name], name: Name) -> None:
    """Put a name in its place, where none is."""
    at = bisect_left(names, name.span, key=lambda other: other.span)
    before = at > 0 and names[at - 1].span.end > name.span.start
    after = at < len(names) and names[at].span.start < name.span.end
    if not before and not after:
        names.insert(at, name)


def lines_of(
    document: Document, passages: Sequence[Passage], drugs: Sequence[Name], diseases: Sequence[Name]
) -> list[Line]:
    """The headings and sentences of a document in its order; pronouns that stand for one drug are marked as it is."""
    bare = fold_script(fold_width(document.text)).translate(_UNSEEN)
    marked = list(bare)
    for mark, names in ((DISEASE, diseases), (DRUG, drugs)):
        for name in names:
            length = name.span.end - name.span.start
            marked[name.span.start : name.span.end] = mark + _REST[mark] * (length - 1)
    text = "".join(marked)
    lines = sorted(_cut(document, passages, text, bare), key=lambda line: line.span)
    starts = [name.span.start for name in drugs]
    for line in lines:
        for name in drugs[bisect_left(starts, line.span.start) : bisect_left(starts, line.span.end)]:
            line.drugs[name.span.start - line.span.start] = name.key
    _resolve(lines)
    return lines


def _cut(document: Document, passages: Sequence[Passage], text: str, bare: str) -> Iterator[Line]:
    for heading in document.headings:
        shift = heading.span.of(document.text).find(heading.title) if heading.title else 0
        span = Span(heading.span.start + max(0, shift), heading.span.end)
        yield Line(span, span.of(text), (), "", True, True, {}, span.of(bare), has_han(span.of(bare)))
    end, last = 0, ""
    for passage in passages:
        for span in passage.sentences:
            same = passage.topic == last and "\n" not in bare[end : span.start]
            own = span.of(bare)
            yield Line(span, span.of(text), passage.trail, passage.topic, False, not same, {}, own, has_han(own))
            end, last = span.end, passage.topic


def _resolve(lines: Sequence[Line]) -> None:
    """Mark pronouns: of the drug that their sentence named last, else of the last sentence's, else of the heading's."""
    headed = subject = ""
    for line in lines:
        named = dict.fromkeys(line.drugs.values())
        if line.heading:
            headed = subject = next(iter(named)) if len(named) == 1 else ""
            continue
        if line.opens:
            subject = headed
        for pronoun in list(_PRONOUN.finditer(line.text)):
            before = dict.fromkeys(key for at, key in line.drugs.items() if at < pronoun.start())
            key = next(iter(before)) if len(before) == 1 else "" if before else subject
            if key:
                line.drugs[pronoun.start()] = key
                mark = DRUG + _REST[DRUG] * (len(pronoun[0]) - 1)
                line.text = line.text[: pronoun.start()] + mark + line.text[pronoun.end() :]
        told = dict.fromkeys(key for at, key in line.drugs.items() if not _COMPARED.search(line.text[:at][-16:]))
        if len(told) == 1:
            subject = next(iter(told))
        elif told and subject not in told:
            subject = headed if headed in told else ""
