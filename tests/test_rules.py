"""The tables of rules: each example is marked as it says, and each rule is missed by one."""

from __future__ import annotations

import pytest

from benchmarks.rules import Rules, all_rules

TABLES = {rules.name: rules for rules in all_rules()}


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_what_a_table_finds_in_its_examples_is_what_they_mark(rules: Rules) -> None:
    assert rules.wrong() == []


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_each_rule_is_missed_by_an_example(rules: Rules) -> None:
    assert rules.not_missed() == []


def test_a_rule_that_no_example_holds_is_told() -> None:
    rules = Rules("names", [("a", "alpha"), ("b", "beta")], ["the <a>alpha</a>"], str.lower)
    assert rules.not_missed() == [("b", "beta")]


def test_an_example_that_the_rules_mark_otherwise_is_told() -> None:
    rules = Rules("names", [("a", "alpha")], ["an <a>alphabet</a>"], str.lower)
    assert rules.wrong() == [("an <a>alphabet</a>", "an alphabet")]
