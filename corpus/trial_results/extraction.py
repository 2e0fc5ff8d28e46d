"""Text to TrialResults: passages to studies, studies to sentences, sentences to bound figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.document import Passage, Span
from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.trial_results.arms.binding import allot_arms
from corpus.trial_results.arms.memory import Memory
from corpus.trial_results.arms.mentions import names_pattern
from corpus.trial_results.arms.places import places_of
from corpus.trial_results.arms.register import Register, drug_keys
from corpus.trial_results.counts import bind_design, bind_sizes
from corpus.trial_results.endpoint_binding import bind_endpoints
from corpus.trial_results.outcomes import open_outcomes
from corpus.trial_results.scanning import Bound, Named, Tokens, number, scan
from corpus.trial_results.settings import place_subgroups
from corpus.trial_results.studies import LONGEST, PART, Study, single_arm, studies
from corpus.trial_results.trial_result import TrialResult
from corpus.trial_results.which_trial import mentions_of, trials_of
from corpus.vocabulary.concepts import Concept
from corpus.words.folding import fold_script, fold_width

OPEN, PAIRED = 0.35, 0.15
"""How sure the arm of an outcome must be that no vocabulary has (``Bound.sure``), alone and set against another."""

_POOLED = re.compile(r"(?:^|[:.] )(?:[Aa] )?[Mm]eta-analysis (?:with|of|including)|荟萃分析(?:显示|结果)")
MOST = 60
"""Figures, and arms, of a sentence that is read: more of them are a table without its lines."""


def results_of_text(text: str) -> list[TrialResult]:
    """The results of a plain text, in its order; spans count characters of the text as the reader tidies it."""
    document = read_plain(text, id="text", title="", source="")
    return extract_results(split_passages(document)) if document else []


def claims_of(sentence: str, register: Register) -> list[TrialResult]:
    """What one sentence says of each of its figures, where the arms of the study are known.

    The sentence may be anyone's: an answer is read by the rules by which papers are.
    """
    folded = fold_script(fold_width(sentence))[:LONGEST]
    study = Study([(Span(0, len(folded)), sentence[:LONGEST])], [folded], register, None, None)
    return list(_results(study, alone=False))


def extract_results(passages: Iterable[Passage], concepts: Iterable[Concept] | None = None) -> list[TrialResult]:
    """The results of passages, in their order. Arms and end points are carried over inside a paragraph only.

    ``concepts``: those that tell which names are one drug's; None for the drugs known in general.
    """
    drugs = drug_keys(concepts) if concepts else None
    return [result for study in studies(passages, drugs) for result in _results(study)]


def _results(study: Study, alone: bool = True) -> Iterator[TrialResult]:
    """``alone``: whether a text that compares nothing may be of one arm throughout."""
    names = names_pattern(name for arm in study.register.arms for name in arm.names)
    scans = [scan(text, names) if len(text) <= LONGEST else Tokens(text) for text in study.folded]
    scans = [
        tokens if len(tokens.figures) <= MOST and len(tokens.arms) <= MOST else Tokens(tokens.text) for tokens in scans
    ]
    whole = " ".join(text[:LONGEST] for text in study.folded)
    single = single_arm(scans, whole, study.register) if alone else None
    memory = Memory(study.register, single, told=not study.labelled, claims=not alone)
    telling = _Telling(study.trial, study.trials, list(study.trials[:2]))
    for (span, text), tokens in zip(study.sentences, scans, strict=True):
        if study.labelled and (part := PART.match(tokens.text)):
            memory.told = not part["before"]
        yield from _of_sentence(tokens, span, text, memory, telling, study.phase)


@dataclass(slots=True)
class _Telling:
    """Which trial the text is about just now."""

    current: str | None
    names: tuple[str, ...]
    last: list[str]
    """The two that were named last."""

    def trials_of(self, tokens: Tokens, items: Sequence[Bound]) -> list[str | None]:
        """The trial of each figure of the next sentence."""
        if len(self.names) < 2:
            return [self.current] * len(items)
        mentions = mentions_of(tokens.text, self.names, self.last)
        found = trials_of(tokens, items, mentions, self.current)
        told = [mention.name for mention in mentions]
        self.current = told[-1] if told else self.current
        self.last = told[-2:] if len(set(told[-2:])) > 1 else self.last
        return found


def _of_sentence(
    tokens: Tokens, span: Span, text: str, memory: Memory, telling: _Telling, phase: str | None
) -> Iterator[TrialResult]:
    bound = bind_endpoints(tokens, memory.endpoint)
    places = places_of(tokens, tokens.arms, memory.register, memory.order)
    counts = bind_sizes(tokens, places, memory) + bind_design(tokens, memory)
    if memory.told:
        spoken_for = [(item.figure.start, item.figure.end) for item in counts]
        bound = sorted([*bound, *open_outcomes(tokens, bound, spoken_for)], key=lambda item: item.figure.start)
    # A meta-analysis that a report of a trial adds is not of its arms.
    if not _POOLED.search(tokens.text):
        allot_arms(tokens, bound, places, memory)
    bound = [
        item
        for item in bound
        if not item.open or (item.arm and item.sure >= (PAIRED if item.listed else OPEN) and not memory.single)
    ]
    place_subgroups(tokens, bound)
    items = sorted(bound + counts, key=lambda b: b.figure.digits)
    trial = telling.current
    for item, its in zip(items, telling.trials_of(tokens, items), strict=True):
        yield _result(item, tokens, span, text, memory, its, phase)
    for start, end, printed in tokens.loose_p:
        yield TrialResult(
            trial, phase, None, None, "p_value", "p", None, None, number(tokens.text[start:end]), text[start:end],
            None, None, None, printed, None, span, text, "p_value",
        )  # fmt: skip
    last = next((b.named for b in reversed(bound) if b.named >= 0 and b.statistic != "ratio"), None)
    name: Named | None = next((n for n in tokens.endpoints if n.start == last), None)
    memory.endpoint = name or (memory.endpoint if not tokens.endpoints else None)


def _result(
    item: Bound, tokens: Tokens, span: Span, text: str, memory: Memory, trial: str | None, phase: str | None
) -> TrialResult:
    figure = item.figure
    start, end = figure.digits
    # Follow-up is the study's, whatever arm is named before it.
    arm = "all" if item.endpoint == "follow_up" else item.arm
    setting = [*([item.label] if item.label else []), *item.settings]
    return TrialResult(
        trial=trial,
        phase=phase,
        arm=arm,
        comparator=memory.comparator(arm),
        endpoint=item.endpoint,
        statistic=item.statistic,
        of=item.of,
        setting=", ".join(dict.fromkeys(setting)) or None,
        value=number(tokens.text[start:end]),
        value_text=text[start:end],
        unit=figure.unit,
        ci=figure.ci,
        ci_level=figure.ci_level,
        p_value=figure.p_value,
        n=figure.n,
        span=span,
        sentence=text,
        name=item.name,
        confidence=item.sure,
    )
