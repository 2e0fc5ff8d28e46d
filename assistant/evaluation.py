"""Figures over a file of questions with known answers.

A question is an object with ``id``, ``lang``, ``question``, ``history`` (questions asked before),
``sections`` (numbers of the sections that hold the answer, any of them), ``evidence`` (strings
that the cited passages must hold, white space ignored, all of them), ``answer`` (regular
expressions that the answer must match, all of them) and ``abstain`` (there is no answer).

In place of ``sections``, ``evidence`` and ``answer`` it may have ``kind``, ``answer_regex`` (an expression that a right
answer matches; where there is no answer, that a correction of what was supposed matches) and ``must_not`` (one that no
right answer matches); each may be null.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.answering.reply import Answer, Reply
from assistant.errors import UsageError
from assistant.exchange.contract import Json

CITED = 5
"""Citations that count, from the first."""

MEASURES = {
    "right": "the answer holds what it must and nothing that it must not, or is refused where there is none",
    "retrieval": "the cited passages hold all the evidence",
    "first": "the first of them lies in a right section",
    "precision": "share of them that lie in a right section",
    "answer": "the answer matches every expression",
    "answers_rightly": "not refused where there is an answer",
    "refuses_rightly": "refused where there is none",
    "grounded": "every figure of the answer stands in a cited passage",
    "language": "answered in the question's language",
}
"""Shares from 0 to 1, each over the questions it applies to, in the order shown."""

_FIGURE = re.compile(r"(?<![0-9.])\d+(?:\.\d+)?(?![0-9])")
_BRACKETED = re.compile(r"[\[【(（]\s*\d+(?:\s*[,，;–-]\s*\d+)*\s*[\]】)）]")


@dataclass(frozen=True, slots=True)
class Scores:
    """What a set of replies is worth."""

    shares: dict[str, float]
    """By name of ``MEASURES``; a measure that applies to no question is left out."""
    counts: dict[str, int]
    """Questions that each measure applies to."""
    median_characters: float
    """Of the answers given; 0 where there are none."""
    misses: dict[str, tuple[str, ...]]
    """By question id, the measures that fell short of 1."""
    kinds: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By kind of question, how many were answered right, of how many."""


_FIRST_FORM = {"id", "lang", "history", "sections", "evidence", "answer", "abstain"}
_SECOND_FORM = {"id", "lang", "history", "answer_regex", "abstain"}


def checked(question: Json) -> Json:
    """A question that can be evaluated.

    Raises:
        UsageError: it lacks something, or an expression of it is none.
    """
    needed = _SECOND_FORM if "answer_regex" in question else _FIRST_FORM
    if missing := sorted(needed - question.keys()):
        raise UsageError(f"question {question.get('id')!r} lacks {', '.join(missing)}; see `bsab eval --help`.")
    for key in ("sections", "evidence", "answer") if needed is _FIRST_FORM else ():
        if not isinstance(question[key], list) or not all(isinstance(value, str) for value in question[key]):
            raise UsageError(f'question {question["id"]!r}: "{key}" must be a list of strings.')
    second = [question[key] for key in ("answer_regex", "must_not") if question.get(key)]
    for pattern in second if needed is _SECOND_FORM else question["answer"]:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError, TypeError) as error:
            raise UsageError(f"question {question['id']!r}: correct the expression {pattern!r} ({error}).") from None
    return question


def evaluate(questions: Sequence[Json], replies: Iterable[Reply]) -> Scores:
    """Compare replies with the questions they answer, in the same order.

    Raises:
        ValueError: there are not as many replies as questions.
    """
    values: dict[str, list[float]] = {name: [] for name in MEASURES}
    misses: dict[str, tuple[str, ...]] = {}
    lengths: list[int] = []
    kinds: dict[str, tuple[int, int]] = {}
    for question, reply in zip(questions, replies, strict=True):
        scores = _score(question, reply)
        for name, value in scores.items():
            values[name].append(value)
        short = tuple(name for name, value in scores.items() if value < 1)
        if short:
            misses[str(question["id"])] = short
        if "right" in scores and question.get("kind"):
            right, count = kinds.get(question["kind"], (0, 0))
            kinds[question["kind"]] = (right + int(scores["right"]), count + 1)
        if isinstance(reply, Answer) and not question["abstain"]:
            lengths.append(len(reply.text))
    return Scores(
        shares={name: statistics.fmean(found) for name, found in values.items() if found},
        counts={name: len(found) for name, found in values.items() if found},
        median_characters=statistics.median(lengths) if lengths else 0.0,
        misses=misses,
        kinds=dict(sorted(kinds.items())),
    )


def _score(question: Json, reply: Reply) -> dict[str, float]:
    answered = isinstance(reply, Answer)
    if "answer_regex" in question:
        return _judged(question, reply)
    if question["abstain"]:
        return {"refuses_rightly": float(not answered)}
    evidence = (reply.evidence if isinstance(reply, Answer) else reply.nearest)[:CITED]
    cited = _squeeze(" ".join(item.passage.text for item in evidence))
    text = unicodedata.normalize("NFKC", reply.text)
    scores = {"answers_rightly": float(answered)}
    if question["evidence"]:
        scores["retrieval"] = float(all(_squeeze(e) in cited for e in question["evidence"]))
    if question["sections"]:
        right = [_lies_in(item.passage.section, question["sections"]) for item in evidence]
        scores["first"] = float(bool(right) and right[0])
        scores["precision"] = sum(right) / len(right) if right else 0.0
    if question["answer"]:
        scores["answer"] = float(answered and all(re.search(p, text, re.I) for p in question["answer"]))
    if answered:
        known = cited + _squeeze(" ".join([question["question"], *question["history"]]))
        scores["grounded"] = float(all(figure in known for figure in _FIGURE.findall(_BRACKETED.sub(" ", text))))
        scores["language"] = float(reply.language == question["lang"])
    return scores


def _judged(question: Json, reply: Reply) -> dict[str, float]:
    """The scores of a question of the second form."""
    answered = isinstance(reply, Answer)
    text = unicodedata.normalize("NFKC", reply.text)
    holds = bool(question["answer_regex"] and re.search(question["answer_regex"], text, re.I))
    wrong = bool(question.get("must_not") and re.search(question["must_not"], text, re.I))
    if question["abstain"]:
        right = not answered or (holds and not wrong)
        return {"right": float(right), "refuses_rightly": float(right)}
    right = answered and not wrong and (holds or not question["answer_regex"])
    language = float(reply.language == question["lang"])
    return {"right": float(right), "answers_rightly": float(answered), "language": language}


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _lies_in(section: str, wanted: Sequence[str]) -> bool:
    return any(section == w or section.startswith(f"{w}.") for w in wanted)
