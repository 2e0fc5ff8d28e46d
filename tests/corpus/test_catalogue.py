"""The catalogue: each rule by the examples of its row, the bundled review, and papers that nobody has read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue.catalogue import catalogue_of
from corpus.catalogue.entry import KINDS, Entry
from corpus.catalogue.marking import find_names, lines_of
from corpus.catalogue.rules import Rule, _cuts, rules, senses, value_span, without
from corpus.document import Document
from corpus.packs.packs import bundled_concepts, bundled_documents
from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.vocabulary.mining import mine_concepts
from corpus.vocabulary.tables import read_rows
from corpus.vocabulary.terms import Terms

ROWS = read_rows("corpus.catalogue", "rules")
_MARKS = re.compile("[«»]")


@cache
def known() -> Terms:
    return Terms(bundled_concepts())


def read(text: str, title: str = "") -> Document:
    found = read_plain(text, id="text", title=title, source="")
    assert found is not None
    return found


def made(document: Document, rules_of: Callable[[str], Sequence[Rule]] = rules) -> list[Entry]:
    return catalogue_of(document, split_passages(document), known().joined(mine_concepts(document.text)), rules_of)


def told(entries: Sequence[Entry], kind: str, name: str, field: str) -> set[str]:
    """The values of a field of what is called ``name``, or has it for its key."""
    return {e.value for e in entries if e.kind == kind and e.field == field and name in (e.name, e.key)}


# The tables


def values(found: Sequence[Rule], text: str) -> list[str]:
    """What rules find in a sentence, as the table marks it; of a list of targets, each."""
    document = read(f"{text}\n")
    drugs, diseases = find_names(document.text, known())
    values = []
    for line in lines_of(document, split_passages(document), drugs, diseases):
        for rule in found:
            for match in rule.find(line.text):
                start, end = (line.span.start + place for place in value_span(match))
                values.append(document.text[start:end])
    return values


def marked(example: str) -> list[str]:
    """The marked values of an example; symbols that the table marks in a row are one value."""
    return re.findall("«([^»]*)»", example)


EXAMPLES = [(row["key"], row["kind"], row[f"example_{language}"]) for row in ROWS for language in ("zh", "en")]


@pytest.mark.parametrize(("key", "kind", "example"), EXAMPLES, ids=[f"{e[0]}-{n % 2}" for n, e in enumerate(EXAMPLES)])
def test_a_rule_finds_what_its_examples_mark(key: str, kind: str, example: str) -> None:
    own = [rule for rule in rules(kind) if rule.key == key]
    found = values(own, _MARKS.sub("", example))
    expected = marked(example)
    assert expected
    if own[0].field == "target":  # in a row: one value, taken apart later
        assert len(found) == 1
        assert [symbol for symbol in expected if symbol not in found[0]] == []
    else:
        assert found == expected


COUNTER = [(row["key"], row["kind"], row[f"none_{language}"]) for row in ROWS for language in ("zh", "en")]


@pytest.mark.parametrize(("key", "kind", "text"), COUNTER, ids=[f"{e[0]}-{n % 2}" for n, e in enumerate(COUNTER)])
def test_a_rule_finds_nothing_in_what_its_row_rules_out(key: str, kind: str, text: str) -> None:
    assert text
    assert values([rule for rule in rules(kind) if rule.key == key], text) == []


@pytest.mark.parametrize("row", read_rows("corpus.catalogue", "cuts"), ids=lambda row: row["key"])
def test_a_cut_is_used_and_found_in_its_examples(row: dict[str, str]) -> None:
    assert any(row["key"] in other["cuts"].split() for other in ROWS)
    cut = _cuts()[row["key"]]
    for language in ("zh", "en"):
        example = row[f"example_{language}"]
        assert cut.holds(example, example.rfind(",") + 1, len(example))


def test_every_kind_has_rules_and_every_key_is_of_one_row() -> None:
    assert {row["kind"] for row in ROWS} == set(KINDS)
    assert len({row["key"] for row in ROWS}) == len(ROWS)


def test_a_field_is_told_alike_in_both_languages() -> None:
    assert senses("blinding", "双盲试验") == senses("blinding", "a double-masked trial") == {"double-blind"}
    assert senses("design", "哪些是单臂研究？") == {"single-arm"}


@pytest.mark.parametrize("key", [row["key"] for row in ROWS])
def test_what_a_rule_finds_nothing_else_finds(key: str) -> None:
    """Its rows' examples, read as documents, lack something once the rule is gone."""
    (row,) = (row for row in ROWS if row["key"] == key)
    lost = []
    for language in ("zh", "en"):
        document = read(f"ZENITH-9 研究：已完成。{_MARKS.sub('', row[f'example_{language}'])}" if row["kind"] == "trial"
                        else _MARKS.sub("", row[f"example_{language}"]))  # fmt: skip
        found = made(document)
        assert [e for e in found if e.field == row["field"]], document.text
        lost.append(set(found) - set(made(document, lambda kind: without(rules(kind), key))))
    assert all(lost)


# The bundled review


@cache
def review() -> tuple[Entry, ...]:
    (document,) = bundled_documents()
    return tuple(made(document))


@pytest.mark.parametrize(
    ("drug", "targets"),
    [
        ("amivantamab", {"EGFR", "MET", "c-MET"}),
        ("ivonescimab", {"PD-1", "VEGF"}),
        ("tarlatamab", {"DLL3", "CD3"}),
        ("zenocutuzumab", {"HER2", "HER3"}),
        ("pm8002", {"PD-L1", "VEGF"}),
        ("izabren", {"EGFR", "HER3"}),
        ("cadonilimab", {"PD-1", "CTLA-4"}),
        ("zanidatamab", {"HER2"}),
        ("catumaxomab", {"EpCAM", "CD3"}),
        ("ibi363", {"PD-1", "IL-2"}),  # "IL-2α偏向" tells how, not what
        ("osimertinib", set()),
        ("pembrolizumab", set()),
    ],
)
def test_the_targets_of_the_review(drug: str, targets: set[str]) -> None:
    assert told(review(), "drug", drug, "target") == targets


@pytest.mark.parametrize(
    ("kind", "key", "field", "value"),
    [
        ("drug", "ibi363", "maker", "信达生物"),
        ("drug", "amivantamab", "class", "含 Fc 段的双特异性抗体"),
        ("drug", "tarlatamab", "class", "不含 Fc 的 BiTE 类分子"),
        ("drug", "amivantamab", "class", "IgG1"),
        ("drug", "amivantamab", "name", "埃万妥单抗"),
        ("drug", "pm8002", "code", "BNT327"),
        ("drug", "blinatumomab", "indication", "急性淋巴细胞白血病"),
        ("trial", "harmoni2", "blinding", "双盲"),
        ("trial", "harmoni2", "centres", "55"),
        ("trial", "harmoni2", "phase", "III"),
        ("trial", "harmoni2", "size", "398"),
        ("trial", "harmonia", "enrolment", "2022 年 1 月至 11 月"),
        ("trial", "dellphi301", "blinding", "开放标签"),
        ("trial", "dellphi303", "data cut-off", "2024 年 5 月 31 日"),
        ("trial", "nct05740566", "registration", "NCT05740566"),
        ("trial", "nct05740566", "phase", "III"),
        ("target", "deltalikeligand3", "expression", "85%~96%的 SCLC 细胞表面有 DLL3 表达"),
        ("target", "epidermalgrowthfactorreceptor", "full name", "表皮生长因子受体"),
        ("term", "cytokinereleasesyndrome", "long form", "细胞因子释放综合征"),
        ("term", "cytokinereleasesyndrome", "short form", "CRS"),
    ],
)
def test_fields_of_the_review(kind: str, key: str, field: str, value: str) -> None:
    assert value in told(review(), kind, key, field)


def test_approvals_of_the_review_are_dated_where_it_dates_them() -> None:
    assert any(re.search(r"FDA 于\s?2024 年 9 月批准", v) for v in told(review(), "drug", "amivantamab", "approval"))
    approved = {e.key for e in review() if e.field == "approval"}
    assert approved == {"amivantamab", "tarlatamab"}


def test_what_lacks_a_part_is_not_what_has_it() -> None:
    without_fc = told(review(), "term", "不含 Fc 的双特异性抗体", "definition")
    assert len(without_fc) == 1
    assert "缺失 Fc 区" in without_fc.pop()
    assert not any(e.name == "含 Fc 的双特异性抗体" and "缺失" in e.value for e in review())


def laws(document: Document, entries: Sequence[Entry]) -> None:
    """What holds of every catalogue."""
    lines = {h.span.end for h in document.headings} | {s.end for p in split_passages(document) for s in p.sentences}
    for entry in entries:
        assert entry.kind in KINDS
        assert entry.name
        assert entry.key
        assert entry.value
        assert entry.value in entry.span.of(document.text)
        assert 0 <= entry.span.start < entry.span.end <= len(document.text)
        assert entry.span.end in lines
    assert len(set(entries)) == len(entries)


def test_the_review_keeps_the_laws() -> None:
    laws(bundled_documents()[0], review())


PIECES = [row[f"{column}_{language}"] for row in ROWS for column in ("example", "none") for language in ("zh", "en")]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), min_size=1, max_size=6), st.booleans())
def test_any_text_keeps_the_laws(pieces: list[str], lines: bool) -> None:
    document = read_plain(_MARKS.sub("", ("\n" if lines else "。").join(pieces)), id="any", title="", source="")
    if document:
        laws(document, made(document))
