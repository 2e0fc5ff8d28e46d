"""Trial results as data: every figure of a text with its end point, arm and sentence, by rules."""

from __future__ import annotations

from corpus.trial_results.extraction import extract_results, results_of_text
from corpus.trial_results.trial_result import TrialResult

__all__ = ["TrialResult", "extract_results", "results_of_text"]
