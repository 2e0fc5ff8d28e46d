"""What can be wrong with a sentence that cites."""

from __future__ import annotations

from typing import Literal

Fault = Literal[
    "uncited", "unknown_citation", "figure", "unit", "bound", "endpoint", "arm", "time", "subgroup", "size", "trial",
    "direction", "negation", "number", "date", "name", "advice", "link",
]  # fmt: skip
"""What is wrong with a sentence:
uncited           it has figures and cites nothing
unknown_citation  it cites a number that there is no evidence for
figure            a figure, or a name with a number, does not stand in what it cites
unit              the figure has another unit there
bound             the figure is a bound of an interval there, not the value
endpoint          the figure is another end point's
arm               the figure is another arm's
time              the figure is of another time point
subgroup          the figure is of other patients
size              the number of patients is of another group
trial             the figure is another trial's or drug's
direction         it says more for less, or the other way round
negation          it says that something is not which is, or the other way round
number            a number in words does not stand in what it cites
date              it names a month that what it cites does not
name              it names a drug, disease or target that what it cites does not (``language_model``)
advice            it tells the reader what to do, which what it cites does not
link              it holds an address that what it cites does not
"""

Difference = tuple[Fault, str]
"""What differs from the sources, and what the sentence prints there."""
