"""The rules of ``benchmarks.fuzz`` on the same hostile inputs in each run, and that each rule finds what breaks it."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings

from assistant.errors import UsageError
from benchmarks import fuzz
from benchmarks.fuzz import TARGETS, Findings, Target, attempt, by_length, calls_of

LENGTH = 30_000
"""Bytes. At this length a pattern that tries every pair of places takes seconds."""


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_texts_break_no_rule(target: Target) -> None:
    with calls_of(target) as calls:

        @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(target.inputs)
        def holds(text: str) -> None:
            found = Findings(calls)
            found.take(text)
            assert [failure for failure, _ in found.failures.values()] == []

        holds()


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_long_texts_take_no_longer_than_they_are(target: Target) -> None:
    with calls_of(target) as calls:
        found = by_length(target, calls, LENGTH, SOME)
    assert [(failure, text) for failure, text in found.failures.values()] == []


SOME = ("A（，；）", "(", "[1", "各", "95% CI ", "1.", "> ", "| a ", "\u3000", "mab-", "0", "\ud800")
"""Fragments of each kind; ``python -m benchmarks.fuzz`` has them all."""


# The rules themselves


def quadratic(text: str) -> None:
    """Takes half a second of the processor for 1,000 characters."""
    until = time.process_time() + 0.5 * (len(text) / 1000) ** 2
    while time.process_time() < until:
        pass


def documented(text: str) -> None:
    raise UsageError("Write another.")


def test_a_documented_error_is_no_failure() -> None:
    assert attempt("call", documented, "a")[1] is None


def test_any_other_error_is_one_and_its_input_is_made_small() -> None:
    found = Findings({"call": lambda text: [].pop() if "（" in text else None})
    found.take("所有（患者）")
    found.shrink()
    [(failure, text)] = found.failures.values()
    assert (failure.problem, text) == ("IndexError: pop from empty list", "（")


@pytest.mark.slow
def test_a_call_that_never_ends_is_stopped() -> None:
    started = time.monotonic()
    seconds, failure = attempt("call", lambda text: quadratic(text * 20_000), "a")
    assert failure is not None
    assert failure.kind == "slow"
    assert 2 <= seconds < 10
    assert time.monotonic() - started < 60


def test_growth_with_the_square_of_the_length_is_found() -> None:
    target = Target(lambda folder: {"call": quadratic}, TARGETS["mining"].inputs, (fuzz.repeated,))
    found = by_length(target, {"call": quadratic}, 1000, ("a",))
    [(failure, text)] = found.failures.values()
    assert (failure.kind, text) == ("growth", "repeated('a', 1000)")
    linear = by_length(target, {"call": lambda text: quadratic("a" * int((1000 * len(text)) ** 0.5))}, 1000, ("a",))
    assert linear.failures == {}


def test_the_smallest_input_still_fails() -> None:
    assert fuzz.smallest("x" * 50 + "ab" + "y" * 50, lambda text: "ab" in text) == "ab"


@pytest.mark.parametrize("data", [b"abc", "肺".encode(), bytes(range(256)), "肺癌".encode("gb18030"), b"\xed\xa0\x80"])
def test_bytes_are_kept(data: bytes) -> None:
    assert fuzz.bytes_of(fuzz.text_of(data)) == data
