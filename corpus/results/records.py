"""Trial results as JSON, for the library that keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict

from corpus.document import Span
from corpus.results.trial_result import TrialResult


def result_json(result: TrialResult) -> str:
    """A result as one line of JSON, for ``read_result_json``."""
    return json.dumps(asdict(result), ensure_ascii=False)


def read_result_json(line: str) -> TrialResult:
    """A result as ``result_json`` wrote it."""
    entry = json.loads(line)
    ci = tuple(entry["ci"]) if entry["ci"] else None
    return TrialResult(**{**entry, "ci": ci, "span": Span(**entry["span"])})
