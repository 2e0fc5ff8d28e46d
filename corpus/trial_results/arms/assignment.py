"""The arm of a figure by weight: the heaviest, where it outweighs the next by a margin.

The figures of one enumeration are of different arms, and are given them together, by the assignment that fits best.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.trial_results.arms.register import StudyArm
from corpus.trial_results.scanning import Bound

FLOOR, MARGIN = 1.5, 1.0
"""What an arm must weigh, and by how much more than the next, to be a figure's."""


@dataclass(slots=True)
class Scores:
    """What each arm weighs for one figure."""

    weights: dict[StudyArm, float] = field(default_factory=dict)
    foreign: bool = False
    """Whether an arm stands beside it that is none of the register's."""

    def add(self, arm: StudyArm | None, weight: float) -> None:
        """Let an arm, if it is one, weigh more."""
        if arm:
            self.weights[arm] = self.weights.get(arm, 0.0) + weight


def assign(group: list[Bound], scores: list[Scores]) -> None:
    """Different arms for the figures of one enumeration, by the assignment of the greatest weight."""
    arms = list(dict.fromkeys(arm for score in scores for arm in score.weights))
    if len(arms) < 2:
        for item, score in zip(group, scores, strict=True):
            _choose([item], score)
        _keep_apart(group)
        return
    # scipy takes half a second to import, which a text that compares nothing is spared.
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    # A column of its own for each figure that is no arm's.
    table = np.zeros((len(group), len(arms) + len(group)))
    for i, score in enumerate(scores):
        for j, arm in enumerate(arms):
            table[i, j] = score.weights.get(arm, -1.0)
        if score.foreign:
            table[i, : len(arms)] = -1.0
    rows, columns = linear_sum_assignment(table, maximize=True)
    best = table[rows, columns].sum()
    for i, j in zip(rows, columns, strict=True):
        if j >= len(arms) or table[i, j] < FLOOR:
            continue
        without = table.copy()
        without[i, j] = -99.0
        others = linear_sum_assignment(without, maximize=True)
        margin = best - without[others].sum()
        if margin >= MARGIN:
            group[i].arm, group[i].sure = arms[j].name, _sure(table[i, j], margin)


def assign_one(group: list[Bound], scores: list[Scores]) -> None:
    """One arm for all figures of an enumeration, which differ by more than the arm."""
    total = Scores(foreign=any(score.foreign for score in scores))
    for score in scores:
        for arm, weight in score.weights.items():
            total.weights[arm] = max(total.weights.get(arm, weight), weight)
    _choose(group, total)


def _keep_apart(group: list[Bound]) -> None:
    """Leave an arm that several figures took to the first of them."""
    named = [item.arm for item in group if item.arm]
    if len(set(named)) < len(named):
        for item in group[1:]:
            item.arm = None


def _choose(group: list[Bound], score: Scores) -> None:
    if score.foreign or not score.weights:
        return
    ranked = sorted(score.weights.items(), key=lambda entry: -entry[1])
    arm, weight = ranked[0]
    margin = weight - (ranked[1][1] if len(ranked) > 1 else 0.0)
    if weight >= FLOOR and margin >= MARGIN:
        for item in group:
            item.arm, item.sure = arm.name, _sure(weight, margin)


def _sure(weight: float, margin: float) -> float:
    return min(weight, 8.0) / 8.0 * 0.5 + min(margin, 8.0) / 8.0 * 0.5
