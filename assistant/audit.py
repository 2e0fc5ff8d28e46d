"""Who changed what, and when: one line of JSON a change, in a file beside the library.

A line is written after its change. What is asked is no change, and not in it.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "audit.jsonl"
COMMAND_LINE = "command line"


def audit(home: Path, change: str, who: str = COMMAND_LINE, **details: object) -> None:
    """Append a line on a change of the library in ``home``; the change stands where no line can be written.

    Args:
        change: a verb: add, remove, repair, restore, delete, rate, log in, refuse.
        who: a user's name, an address, or the command line.
    """
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "who": who, "change": change, **details}
    # Escaped throughout: a line feed in a name makes no second line.
    data = (json.dumps(line, ensure_ascii=True) + "\n").encode("ascii")
    try:
        file = os.open(home / FILE_NAME, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    except OSError:
        return
    try:
        os.write(file, data)  # in one piece, whoever else appends
    except OSError:
        pass
    finally:
        os.close(file)
