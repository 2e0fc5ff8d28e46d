"""Words that tell what a question is about besides what it names: one row of ``cues.tsv`` each, with examples."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from corpus.vocabulary.notation import pattern
from corpus.vocabulary.tables import read_rows

Group = Literal[
    "instruction", "advice", "follow_up", "which_trial", "of_the_drug", "reference", "arm", "filler"
]  # fmt: skip
"""What a cue tells:
instruction  the program is told what to do
advice       what to do for one person is asked
follow_up    the subject may be left to the questions before
which_trial  a trial is asked for, no figure
of_the_drug  what a drug is and does is asked, which is told outside its trials
reference    what is cited is asked, not what is said
arm          an arm of a trial is spoken of
filler       nothing: a word of any question for a figure
"""


@cache
def cue(group: Group) -> re.Pattern[str]:
    """All cues of a group, for folded text."""
    rows = read_rows(__package__, "cues")
    return re.compile("|".join(pattern(row["cue"]) for row in rows if row["group"] == group))
