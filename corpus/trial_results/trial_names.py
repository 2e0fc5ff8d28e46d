"""The trial that a paragraph speaks of: its name or registration number, and its phase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.document import Passage
from corpus.trial_results.trial_result import TrialResult
from corpus.vocabulary.concepts import concept_key
from corpus.vocabulary.terms import Terms

_L, _R = r"(?<![A-Za-z0-9-])", r"(?![A-Za-z0-9])"
_NAME = r"[A-Za-z]{1,20}(?:[-/ ]?(?=[0-9A-Z])[A-Za-z0-9]{1,12}){0,3}"
_NUMBERED = r"(?=[A-Za-z]*[A-Z][A-Za-z]*[A-Z])[A-Z][A-Za-z]{3,14}-(?:[A-Z][a-z]{1,9}-?)?[0-9]{1,4}[A-Za-z]?"
_DESIGN = (
    r"(?:[ ,/-]{1,2}(?:randomi[sz]ed|controlled|placebo|double|single|blind(?:ed)?|masked|open|label"
    r"|multi-?cent(?:er|re)|international|global|phase|[1-4][ab]?|I{1,3}[ab]?|IV|clinical|pivotal|registrational|parallel|group))"
)
_NAMED = (
    re.compile(rf"{_L}(?P<name>{_NAME}) ?(?:试验|研究|临床试验|临床研究)"),
    re.compile(
        rf"{_L}(?P<name>[A-Z][A-Za-z0-9]{{1,18}}(?:[- ][A-Z0-9][A-Za-z0-9]{{0,12}}){{0,3}}) (?:trial|study){_R}"
    ),
    re.compile(rf"(?:试验|研究|trial|study)[ (:]{{1,2}}(?P<name>{_NAME})(?=[) ,;])"),
    # "the ORBIT-5 randomised trial", "ORBIT-5: a phase 3 study"; without a number, diseases stand there, too.
    re.compile(rf"{_L}(?P<name>{_NUMBERED})\)?(?:[,:]? an?)?{_DESIGN}{{1,8}} (?:trial|study){_R}"),
)
_IS_NAME = re.compile(r"(?=.*[A-Z])(?:.*[0-9]|.*[A-Z].*[A-Z]|.*[a-z][A-Z])")
_NOT_NAMES = re.compile(
    r"(?i)^(?:phase|part|cohort|this|our|the|a|an|I{1,3}|IV|I+[ab]|Ib/I{1,2}|[IV1-4]{1,3}[abc]?|RCT|III?[ab]?"
    r"|NSCLC|SCLC|FDA|EGFR|CT|PK|.{0,9}phase.{0,9})$"
)
# Targets, diseases, drugs' codes: what is written like a trial's name.
_KNOWN = re.compile(
    r"(?i)^(?:PD-?L?-?1|CTLA-?4|CD[0-9]+.*|HER-?[0-9]|IL-?[0-9]+.*|EGFR.*|ALK|KRAS.*|BRCA.*|SGLT-?2|PCSK9|DLL3|VEGF.*"
    r"|COVID.*|SARS.*|HIV.*|HbA1c|FEV1|ECOG|RECIST.*|CTCAE|BICR|NCT[0-9]+|[A-Z]{2,4}[0-9]{3,}.*|ACR[0-9]+|GCP|USA|UK"
    r"|EORTC)$"
)
_REGISTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:NCT[0-9]{8}|ChiCTR[-A-Za-z0-9]{5,16}|ISRCTN[0-9]{8}|UMIN[0-9]{9})(?![0-9])"
)
# The number of a trial that has yet to report is not that of the figures.
_ELSEWHERE = re.compile(r"启动|正在|进行中|ongoing|under ?way|planned|recruiting")
_PHASE = re.compile(
    r"(?<![A-Za-z0-9])(?P<zh>I{1,3}V?|[1-4]|Ⅰ|Ⅱ|Ⅲ|Ⅳ|一|二|三)(?P<part>[abc]?)(?:/(?:I{1,3}|[1-4]|Ⅱ"
    r"|Ⅲ)[abc]?)? ?期(?!小细胞|非小|患者|肺癌|[- ]?I)"
    r"|[Pp]hase[ -](?P<en>I{1,3}V?|[1-4])(?P<letter>[abc]?)(?![A-Za-z0-9])"
)
_PHASED = re.compile(r"^(?:I{1,3}[ab]?|IV|[1-4][ab]?)(?:/I{1,3}[ab]?)? +")
_ROMAN = {
    "1": "I",
    "2": "II",
    "3": "III",
    "4": "IV",
    "Ⅰ": "I",
    "Ⅱ": "II",
    "Ⅲ": "III",
    "Ⅳ": "IV",
    "一": "I",
    "二": "II",
    "三": "III",
}


def trial_of(topic: str, paragraph: str) -> str | None:
    """The trial's name from a run-in heading or a folded paragraph, else its registration number, else None."""
    for text in (topic, paragraph):
        for pattern in _NAMED:
            for match in pattern.finditer(text):
                name = _bare(match["name"])
                if _IS_NAME.match(name) and not _NOT_NAMES.match(name):
                    return name
    for found in _REGISTERED.finditer(paragraph):
        if not _ELSEWHERE.search(paragraph[found.end() : found.end() + 40]):
            return found[0]
    return None


def is_trial_name(name: str) -> bool:
    """Whether a word may be a trial's name: it has digits or capitals as such names have, and is no common one."""
    return bool(_IS_NAME.match(name)) and not _NOT_NAMES.match(name) and not _KNOWN.match(name)


def names_beside_trial(text: str) -> list[str]:
    """Names in a folded text that "trial", "study", 研究 stands beside, in its order."""
    found = sorted((m for pattern in _NAMED for m in pattern.finditer(text)), key=lambda m: m.start())
    return [name for m in found if is_trial_name(name := _bare(m["name"]))]


def _bare(name: str) -> str:
    """A name without the phase, or the article, before it: "III ARGENT-1", "The ORBIT-5"."""
    return _PHASED.sub("", name).removeprefix("The ").strip()


def phase_of(paragraph: str) -> str | None:
    """The phase of the trial in Roman numerals, with the letter of its part: "Ib", "III"."""
    match = _PHASE.search(paragraph)
    if not match:
        return None
    number, part = (match["zh"], match["part"]) if match["zh"] else (match["en"], match["letter"])
    return _ROMAN.get(number, number) + part


# The trials of a whole document: known once it is read to its end, and from nothing else.

# What a run-in heading adds to the trial's name.
_KIND = re.compile(r"\s*(?:临床)?(?:研究|试验|trial|study)\s*$", re.I)
# "phase 3 trial, ZEPHYR-7", "the ZEPHYR-7 study", "(ZEPHYR-7)".
_ACRONYM = r"([A-Z][A-Za-z]{2,15}-?[0-9]{1,4}[A-Za-z]?)(?![A-Za-z0-9])"
_CALLED = re.compile(
    rf"(?:trial|study|研究|试验)[,:，：]? ?[(（]?{_ACRONYM}|{_ACRONYM} ?(?:trial|study|研究|试验)"
    rf"|[(（]{_ACRONYM}[)）]\n"
)
_NAMELIKE = re.compile(r"[A-Za-z].*[0-9]|[a-z][A-Z]|^[A-Z]{3,}")


@dataclass(frozen=True, slots=True)
class TrialName:
    """A trial that a document tells of."""

    name: str
    """As the document prints it."""
    key: str
    """``concept_key`` of it, by which a text that names it is matched."""
    topic: str
    """The run-in heading that it comes from, as printed; "" where it comes from results."""
    whole: bool
    """Whether the document's results are of this trial and of no other: it speaks of it throughout."""
    first: int
    """The first of the passages under that heading, else the first of the trial's results: a place in what was read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells of trials."""

    trials: tuple[str, ...]
    """The trial of each result; "" where that is not known."""
    names: tuple[TrialName, ...]
    """One for each run-in heading that names a trial, then one for each trial of the results, in their order."""


def told(passages: Sequence[Passage], results: Sequence[tuple[Passage, TrialResult]], terms: Terms) -> Told:
    """What a document tells of trials: all its ``passages``, its ``results`` with the passage of each, both in order.

    In a document about one trial, results whose sentences leave out its name are of that trial.
    """
    trials = _placed(passages, [result.trial or "" for _, result in results], terms)
    held = set(trials) - {""}
    firsts: dict[tuple[str, str], int] = {}
    for place, passage in enumerate(passages):
        if _NAMELIKE.search(passage.topic):
            firsts.setdefault((name_in(passage.topic), passage.topic), place)
    for place, trial in enumerate(trials):
        firsts.setdefault((trial, ""), place)
    names = [
        TrialName(name, concept_key(name), topic, held == {name}, first)
        for (name, topic), first in firsts.items()
        if concept_key(name)
    ]
    return Told(trials, tuple(names))


def name_in(topic: str) -> str:
    """A run-in heading without "研究", "trial" and their like at its end: the trial's name, where it is of a trial."""
    return _KIND.sub("", topic)


def _placed(passages: Sequence[Passage], trials: Sequence[str], terms: Terms) -> tuple[str, ...]:
    """``trials`` of a document's results, with its only trial where it has one."""
    text = "\n".join(passage.text for passage in passages) if trials else ""
    own = {name for names in _CALLED.findall(text) for name in names if name and not terms.find(name)}
    own |= {trial for trial in trials if trial}
    return tuple(own) * len(trials) if len(own) == 1 else tuple(trials)
