"""Trial results as data: every figure of a text with its end point, arm and sentence, by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.trial_results.trial_result import TrialResult

if TYPE_CHECKING:
    from corpus.trial_results.extraction import extract_results, results_of_text

__all__ = ["TrialResult", "extract_results", "results_of_text"]


def __getattr__(name: str) -> object:
    # The rules take 0.1 s to import; whoever asks what a library holds needs the result alone.
    if name in __all__:
        from corpus.trial_results.extraction import extract_results, results_of_text

        return {"extract_results": extract_results, "results_of_text": results_of_text}[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
