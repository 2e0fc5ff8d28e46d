"""Trial results and references as lines and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from corpus.trial_results import TrialResult


def result_text(result: TrialResult, notes: Sequence[dict[str, Any]] = ()) -> str:
    """One result on one line: trial, arm, end point, setting, figure; then its notes, a line each."""
    endpoint = f"{result.endpoint} ({result.of})" if result.of else result.endpoint
    parts = [result.trial, result.arm, endpoint, result.setting, result.figure()]
    told = "".join(f"\n  ! {note['text']} ({note['source']})" for note in notes)
    return "\t".join(part or "" for part in parts) + told


def results_csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of ``contract.checked_json`` for a spreadsheet."""
    columns = (
        "document section trial phase arm comparator endpoint of statistic setting value value_text unit "
        "ci_low ci_high ci_level p_value n sentence notes"
    ).split()
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        low, high = row["ci"] or (None, None)
        notes = " | ".join(f"{note['text']} ({note['source']})" for note in row["notes"])
        cells = {**row, "ci_low": low, "ci_high": high, "notes": notes}
        writer.writerow({name: _inert(value) for name, value in cells.items()})
    return table.getvalue()


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def reference_text(found: dict[str, Any]) -> str:
    lines = [f"[{found['marker']}] {found['document']}: {found['status']}"]
    for work in found["works"]:
        parts = [work["authors"], work["title"], work["journal"], work["year"]]
        lines.append("    " + ". ".join(str(part).rstrip(".") for part in parts if part) + ".")
        lines += [f"    https://doi.org/{work['doi']}"] if work["doi"] else []
    lines += [f"    {found['note']}"] if found["note"] else []
    lines += [f"  {place['section']} {place['sentence']}" for place in found["cited_in"]]
    return "\n".join(lines) + "\n"
