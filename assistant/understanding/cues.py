"""Words that tell what a question is about besides what it names: one row of ``cues.tsv`` each, with examples."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from corpus.vocabulary.notation import pattern
from corpus.vocabulary.tables import read_rows

Group = Literal[
    "instruction", "advice", "follow_up", "which_trial", "of_the_drug", "reference", "arm", "filler", "yes_no",
    "results", "summary", "compare", "more", "less", "better", "worse", "list", "absent",
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
yes_no       yes or no is asked
results      all that a trial reports is asked
summary      what a document or section says in short is asked
compare      two things are put beside each other
more, less   one thing is said to be more, or less, than another
better, worse  one thing is said to be better, or worse, than another
list         several things are asked for
absent       something is said not to be
"""


@cache
def cue(group: Group) -> re.Pattern[str]:
    """All cues of a group, for folded text."""
    rows = read_rows(__package__, "cues")
    return re.compile("|".join(pattern(row["cue"]) for row in rows if row["group"] == group))
