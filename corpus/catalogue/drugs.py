"""Drugs and their targets: names and codes, and what the rules find said of a drug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.catalogue.entry import Entry
from corpus.catalogue.marking import CODE, DRUG, Line, Name
from corpus.catalogue.rules import Rule, expanded, value_span
from corpus.document import Span
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms

_CODED = re.compile(r"[A-Z]{1,5}[A-Za-z]?(?: ?-?[0-9]){2,8}[A-Z]?|[A-Z]{2}-[A-Z0-9]{4,8}")
_NO_TARGETS = frozenset(
    "disease endpoint safety organisation place design class treatment state mechanism discussion route".split()
)
"""Categories of concepts: what is written like a target's symbol and is none."""
_NEVER = re.compile(
    r"FDA|EMA|NMPA|ASCO|ESMO|AACR|ELCC|WCLC|TKI|ADC|BiTE|BsAbs?|I?g?G[0-9]?|Fc|T|NK|II|III|IV|DNA|RNA|USA?|UK|PK"
    r"|[A-Z]{2,4}-?[0-9]{3,}|ICIs?|mAbs?|ADCC|CDC|ADCP|NCT[0-9]*|CAR-?T?|[A-Z]{1,4}V(?:-?[12])?|HCC[0-9]+"
)
_FOLLOWS_NO_TARGET = re.compile(r" ?(?:细胞(?!因子)|cells?(?![a-z])|段|偏向|-?biased)")
_COMPARED = re.compile(r"(?:[Uu]nlike|[Cc]ompared (?:with|to)|[Vv]ersus|vs\.?|than|不同于|对比|相比于|较|优于|劣于) ?$")


def drug_entries(
    text: str, lines: Sequence[Line], names: Sequence[Name], found: Sequence[Rule], terms: Terms
) -> list[Entry]:
    """The drugs of a document: all that are named, and what is said of them; ``text``: the document's."""
    printed: dict[str, str] = {}
    for name in names:
        printed.setdefault(name.key, name.span.of(text))
    said = [
        Entry("drug", printed[key], key, rule.field, value.of(text), line.span)
        for line in lines
        for rule, keys, span in _said(line, found)
        for key in keys
        for value in _values(rule, text, line, span, terms)
    ]
    told = {entry.key for entry in said}
    named = [name for name in names if name.sure or name.key in told]
    return [*_called(text, lines, named, printed), *_once(said)]


def _called(text: str, lines: Sequence[Line], names: Sequence[Name], printed: dict[str, str]) -> Iterator[Entry]:
    """Each way of printing a drug's name, where it is first met."""
    met: set[tuple[str, str]] = set()
    at = 0
    for name in names:
        while at < len(lines) and lines[at].span.end <= name.span.start:
            at += 1
        if at == len(lines):
            return
        value = name.span.of(text)
        inside = lines[at].span.start <= name.span.start and name.span.end <= lines[at].span.end
        if inside and (name.key, concept_key(value)) not in met:
            met.add((name.key, concept_key(value)))
            coded = _CODED.fullmatch(value) or CODE.fullmatch(value)
            yield Entry("drug", printed[name.key], name.key, "code" if coded else "name", value, lines[at].span)


def _said(line: Line, found: Sequence[Rule]) -> Iterator[tuple[Rule, list[str], Span]]:
    """Which rules find what of which drugs, places counted in the line."""
    if not line.drugs:
        return
    for rule in found:
        if rule.han and not line.chinese:
            continue
        for match in rule.find(line.text):
            start, end = match.span("drug")
            if _COMPARED.search(line.text[max(0, start - 16) : start]):
                continue
            keys = list(dict.fromkeys(key for at, key in sorted(line.drugs.items()) if start <= at < end))
            yield rule, keys, Span(*value_span(match))


def _values(rule: Rule, text: str, line: Line, span: Span, terms: Terms) -> Iterator[Span]:
    """The values of a finding in the document's text: a list of targets is one for each."""
    start = line.span.start
    if rule.field != "target":
        yield Span(start + span.start, start + span.end)
        return
    for symbol in _symbol().finditer(line.text, span.start, span.end):
        if is_target(symbol[0], terms) and not _FOLLOWS_NO_TARGET.match(line.text, symbol.end()):
            yield Span(start + symbol.start(), start + symbol.end())


def is_target(symbol: str, terms: Terms) -> bool:
    """Whether what is written like a target's symbol stands for nothing else that is known."""
    concept = terms.meaning(concept_key(symbol))
    return not _NEVER.fullmatch(symbol) and not (concept and concept.category in _NO_TARGETS) and DRUG not in symbol


def _symbol() -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?:{expanded('{TN}')})")


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Each value of a field once for a drug, where it is said first; an approval once in a sentence."""
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        same = str(entry.span.start) if entry.field == "approval" else concept_key(entry.value)
        kept.setdefault((entry.key, entry.field, same), entry)
    return list(kept.values())


def target_entries(
    text: str,
    lines: Sequence[Line],
    drugs: Sequence[Entry],
    terms_found: Sequence[Entry],
    found: Sequence[Rule],
    terms: Terms,
) -> list[Entry]:
    """Targets of the drugs of a document: their full names where it states them, and where they are expressed."""
    symbols = {concept_key(entry.value): entry.value for entry in drugs if entry.field == "target"}
    key_of = {key: (concept.id if (concept := terms.meaning(key)) else key) for key in symbols}
    entries = [
        Entry("target", symbols[short], key_of[short], "full name", entry.value, entry.span)
        for entry in terms_found
        if entry.field == "long form" and (short := concept_key(entry.name)) in symbols
    ]
    for line in lines:
        for rule in found:
            for match in rule.find(line.text):
                short, value = concept_key(match["target"]), value_span(match)
                if short in symbols or is_target(match["target"], terms):
                    start = line.span.start
                    concept = terms.meaning(short)
                    entries.append(
                        Entry("target", symbols.get(short, match["target"]), concept.id if concept else short,
                              rule.field, text[start + value[0] : start + value[1]], line.span)
                    )  # fmt: skip
    return _once(entries)
