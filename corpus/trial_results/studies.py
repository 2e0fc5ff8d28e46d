"""Texts to studies: the paragraphs of a document, the trial that each tells of, and what introduces its arms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.document import Passage, Span
from corpus.trial_results.arms.register import Register, StudyArm
from corpus.trial_results.arms.study import register_of
from corpus.trial_results.scanning import Tokens
from corpus.trial_results.trial_names import phase_of, trial_of
from corpus.trial_results.which_trial import mentions_of, trials_in
from corpus.words.folding import fold_script, fold_width

LONGEST = 2_000
"""Characters of a sentence that is read. A longer one is a table, a list or an attack."""

_ABSTRACT = 5_000
"""Characters of a text that tells of one study as a whole."""


@dataclass(slots=True)
class Study:
    """Sentences in a row that tell of one trial, or of several that cannot be told apart by sentences."""

    sentences: list[tuple[Span, str]]
    folded: list[str]
    """The same, folded for matching, character for character."""
    register: Register
    trial: str | None
    phase: str | None
    trials: tuple[str, ...] = ()
    """All trials of the paragraph, where it tells of more than one."""
    labelled: bool = False
    """Whether the text has parts, of which one is its results."""


@dataclass(slots=True)
class _Paragraph:
    key: tuple[str, str, str]
    topic: str
    sentences: list[tuple[Span, str]]


# An abstract's labelled parts are one text: its methods name the arms of its results.
_LABEL = re.compile(
    r"(?:\[|【)?(?:methods?|results?|findings|interpretation|conclusions?|patients and methods"
    r"|materials and methods|方法|结果|结论|资料与方法)(?:\]|】|[ :：.—]|$)",
    re.I,
)


def _paragraphs(passages: Iterable[Passage]) -> Iterator[_Paragraph]:
    current: _Paragraph | None = None
    end = 0
    for passage in passages:
        key = (passage.document_id, passage.section, passage.topic)
        for span in passage.sentences:
            text = passage.sentence(span)
            gap = passage.text[max(0, end - passage.span.start) : span.start - passage.span.start]
            # Between passages the break is not seen: those of one topic, or of one abstract, go on.
            broken = "\n" in gap if span.start > passage.span.start else key != (current.key if current else None)
            labelled = bool(_LABEL.match(text)) or bool(_LABEL.match(passage.heading))
            if current is None or passage.document_id != current.key[0] or (broken and not labelled):
                if current:
                    yield current
                current = _Paragraph(key, passage.topic, [])
            current.key = key
            current.sentences.append((span, text))
            end = span.end
    if current:
        yield current


# The parts of a structured abstract: what is planned, and what came of it.
_RESULTS = re.compile(r"(?:\(|\[)?(?:results?|findings|main results|results and analysis|结果)(?:\)|\]|[ :：]|$)", re.I)
PART = re.compile(
    r"(?:\(|\[)?(?:(?P<before>background|introduction|objectives?|aims?|purpose|methods?|materials?(?: and |/)methods?"
    r"|patients and methods|(?:research |study )?design(?: and methods)?|settings?(?: and design)?|participants"
    r"|interventions?|measure\w*|main outcome|trial (?:registration|design)|目的|方法|背景|资料与方法|对象与方法)"
    r"|results?|findings|conclusions?|interpretation|discussion|main results|results and analysis|结果|结论)"
    r"(?:\)|\]|[ :：]|$)",
    re.I,
)


def studies(passages: Iterable[Passage], drugs: Mapping[str, str] | None) -> Iterator[Study]:
    """The studies of passages, in their order; ``drugs``: ``drug_keys`` of what is known."""
    paragraphs = [
        (paragraph, [fold_script(fold_width(text)) for _, text in paragraph.sentences])
        for paragraph in _paragraphs(passages)
    ]
    every = [text[:LONGEST] for _, folded in paragraphs for text in folded]
    # What is short and names one trial at most is one study: its title and methods name the arms of its results.
    whole = sum(map(len, every)) <= _ABSTRACT and len(trials_in(every)) <= 1
    shared = register_of(every, drugs) if whole else None
    labelled = whole and any(_RESULTS.match(text) for text in every)
    for paragraph, folded in paragraphs:
        if not any(re.search("[0-9]", text) for text in folded):
            continue
        topic, read = fold_width(paragraph.topic), [text[:LONGEST] for text in folded]
        names = () if whole else trials_in([topic, *read])
        register = shared or register_of(read, drugs)
        if len(names) < 2:
            text = " ".join(read)
            yield Study(paragraph.sentences, folded, register, trial_of(topic, text), phase_of(text), (), labelled)
            continue
        first = trial_of(topic, " ".join(read))
        for trial, begin, end in _segments(read, names, first):
            own = register_of(read[begin:end], drugs)
            yield Study(
                paragraph.sentences[begin:end],
                folded[begin:end],
                own if len(own.arms) > 1 or not _named(register, read[begin:end]) else register,
                trial,
                phase_of(" ".join(read[begin:end])) or phase_of(" ".join(read)),
                names,
            )


def _named(register: Register, sentences: Sequence[str]) -> bool:
    """Whether sentences name an arm of a register."""
    text = "\n".join(sentences).lower()
    return any(name.lower() in text for arm in register.arms for name in arm.names)


def _segments(sentences: Sequence[str], names: Sequence[str], first: str | None) -> list[tuple[str | None, int, int]]:
    """Half-open runs of sentences with the trial that they are about when they begin."""
    found: list[tuple[str | None, int, int]] = []
    current, last = first, list(names[:2])
    for place, text in enumerate(sentences):
        mentions = mentions_of(text, names, last)
        opening = next((m.name for m in mentions if not m.bracketed), None)
        if not found or (opening and opening != found[-1][0]):
            current = opening or current
            found.append((current, place, place + 1))
        else:
            found[-1] = (found[-1][0], found[-1][1], place + 1)
        last = [m.name for m in mentions][-2:] if len({m.name for m in mentions}) > 1 else last
    return found


_COMPARATIVE = re.compile(
    r"随机|对照组|(?<![A-Za-z])(?:randomi[sz]|randomly|versus |vs\.? |placebo|controlled|control (?:group|arm))", re.I
)


def single_arm(scans: Sequence[Tokens], whole: str, register: Register) -> StudyArm | None:
    """The one treatment of a paragraph that compares none: its most named drug, by its fullest name."""
    strong = {arm.name for tokens in scans for arm in tokens.arms if arm.strong}
    if len(strong) > 1 or _COMPARATIVE.search(whole):
        return None
    treatments = [arm for tokens in scans for arm in tokens.arms]
    counts: Counter[str] = Counter()
    for arm in treatments:
        counts.update(register.components(arm.name))
    if not counts:
        return None
    most = max(counts.values())
    drug = next(c for arm in treatments for c in sorted(register.components(arm.name)) if counts[c] == most)
    fullest = max(
        (arm.name for arm in treatments if drug in register.components(arm.name)),
        key=lambda name: len(register.components(name)),
    )
    return StudyArm([fullest])
