"""Text to TrialResults: passages to paragraphs, paragraphs to sentences, sentences to bound figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.document import Passage, Span
from corpus.reading.plain import read_plain
from corpus.segments.passages import split_passages
from corpus.trial_results.arm_binding import Memory, allot_arms
from corpus.trial_results.arm_names import Arm
from corpus.trial_results.arm_roster import Roster, drug_keys
from corpus.trial_results.counts import bind_counts
from corpus.trial_results.endpoint_binding import bind_endpoints
from corpus.trial_results.scanning import Bound, Named, Tokens, number, scan
from corpus.trial_results.trial_names import phase_of, trial_of
from corpus.trial_results.trial_result import TrialResult
from corpus.vocabulary.concepts import Concept
from corpus.words.folding import fold_width

LONGEST = 2_000
"""Characters of a sentence that is read. A longer one is a table, a list or an attack."""

MOST = 60
"""Figures, and arms, of a sentence that is read: more of them are a table without its lines."""


def results_of_text(text: str) -> list[TrialResult]:
    """The results of a plain text, in its order; spans count characters of the text as the reader tidies it."""
    document = read_plain(text, id="text", title="", source="")
    return extract_results(split_passages(document)) if document else []


def extract_results(passages: Iterable[Passage], concepts: Iterable[Concept] | None = None) -> list[TrialResult]:
    """The results of passages, in their order. Arms and end points are carried over inside a paragraph only.

    ``concepts``: those that tell which names are one drug's; None for the drugs known in general.
    """
    drugs = drug_keys(concepts) if concepts else None
    return [
        result
        for paragraph in _paragraphs(passages)
        for result in _results(paragraph, Roster(drugs=drugs) if drugs else Roster())
    ]


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


def _results(paragraph: _Paragraph, roster: Roster) -> Iterator[TrialResult]:
    folded = [fold_width(text) for _, text in paragraph.sentences]
    scans = [scan(text) if len(text) <= LONGEST else Tokens(text) for text in folded]
    scans = [
        tokens if len(tokens.figures) <= MOST and len(tokens.arms) <= MOST else Tokens(tokens.text) for tokens in scans
    ]
    if not any(re.search("[0-9]", text) for text in folded):
        return
    whole = " ".join(text[:LONGEST] for text in folded)
    trial, phase = trial_of(fold_width(paragraph.topic), whole), phase_of(whole)
    memory = Memory(roster, _single(scans, whole, roster))
    for (span, text), tokens in zip(paragraph.sentences, scans, strict=True):
        yield from _of_sentence(tokens, span, text, memory, trial, phase)


def _of_sentence(
    tokens: Tokens, span: Span, text: str, memory: Memory, trial: str | None, phase: str | None
) -> Iterator[TrialResult]:
    bound = bind_endpoints(tokens, memory.endpoint)
    allot_arms(tokens, bound, memory)
    items = bound + bind_counts(tokens, memory)
    _subgroups(tokens, bound)
    for item in sorted(items, key=lambda b: b.figure.digits):
        yield _result(item, tokens, span, text, memory, trial, phase)
    for start, end, printed in tokens.loose_p:
        yield TrialResult(
            trial, phase, None, None, "p_value", "p", None, None, number(tokens.text[start:end]), text[start:end],
            None, None, None, printed, None, span, text, "p_value",
        )  # fmt: skip
    last = next((b.named for b in reversed(bound) if b.named >= 0 and b.endpoint != "HR"), None)
    name: Named | None = next((n for n in tokens.endpoints if n.start == last), None)
    memory.endpoint = name or (memory.endpoint if not tokens.endpoints else None)


def _result(
    item: Bound, tokens: Tokens, span: Span, text: str, memory: Memory, trial: str | None, phase: str | None
) -> TrialResult:
    figure = item.figure
    start, end = figure.digits
    arm = item.arm or ("all" if item.endpoint == "follow_up" else None)
    setting = [*([item.label] if item.label else []), *item.settings]
    return TrialResult(
        trial=trial,
        phase=phase,
        arm=arm,
        comparator=memory.other(arm),
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
    )


_COMPARATIVE = re.compile(
    r"随机|对照组|(?<![A-Za-z])(?:randomi[sz]|randomly|versus |vs\.? |placebo|controlled|control (?:group|arm))", re.I
)


def _single(scans: list[Tokens], whole: str, roster: Roster) -> str | None:
    """The one treatment of a paragraph that compares none: its most named drug, by its fullest name."""
    strong = {arm.name for tokens in scans for arm in tokens.arms if arm.strong}
    if len(strong) > 1 or _COMPARATIVE.search(whole):
        return None
    treatments: list[Arm] = [arm for tokens in scans for arm in tokens.arms]
    counts: Counter[str] = Counter()
    for arm in treatments:
        counts.update(roster.components(arm.name))
    if not counts:
        return None
    most = max(counts.values())
    drug = next(c for arm in treatments for c in sorted(roster.components(arm.name)) if counts[c] == most)
    return max(
        (arm.name for arm in treatments if drug in roster.components(arm.name)),
        key=lambda name: len(roster.components(name)),
    )


_GRADE = re.compile(
    r"(?:≥ ?)?(?:[1-5] ?[-~、] ?)?[1-5] ?级(?:及|或)?(?:以上)?|[Gg]rades? ?(?:≥ ?)?[1-5](?: ?(?:-|to|or|/"
    r"|and) ?(?:[1-5]|higher|above|worse|greater))?(?: or (?:higher|worse))?"
)
_SUBGROUP = re.compile(
    r"(?:在|对于|接受)?(?P<zh>[^,;。()]{2,40}(?:患者|人群"
    r"|亚组))(?: ?\([^()]{0,30}\))?(?:亚组)?(?: ?\([^()]{0,30}\))?(?:中(?!位)|,)"
    r"|(?<![A-Za-z])(?:[Ii]n|[Aa]mong|[Ff]or) (?P<en>(?:the )?(?:patients|those|participants"
    r"|subgroups?)(?: of patients)?(?: (?:with|without|who|whose)) [^,;。()]{3,60})(?=[,;(.]| \()"
)
_BRACKETED = re.compile(r"(?P<who>[^,;。()、和与]{2,40}的?患者) ?\($")
_WHOLE = re.compile(r"评估|所有|整体|全部|意向|all |overall|intention")
_MARKED = re.compile(r"(?:PD-L1|TPS|CPS|TC|TPS ?评分)[^,;。()]{0,12} ?[≥<>≤] ?[0-9]{1,3} ?%?")
_REVIEWED = re.compile(
    r"研究者评估|独立(?:评审|审查|中心)[^,;。]{0,8}评估|investigator[- ]assessed|BICR"
    r"|blinded independent central review|IRC"
)


def _subgroups(tokens: Tokens, bound: list[Bound]) -> None:
    """Grade of adverse events, and the subgroup, marker or review that a figure is about, as printed."""
    for i, item in enumerate(bound):
        start = item.figure.start
        floor = bound[i - 1].figure.tail if i else 0
        before = tokens.text[:start]
        if item.endpoint in ("AE_rate", "TRAE_rate", "discontinuation"):
            grades = [m[0] for m in _GRADE.finditer(tokens.text, max(floor, start - 120), start)]
            if not grades and i and item.endpoint == bound[i - 1].endpoint and len(bound[i - 1].settings) > 0:
                grades = bound[i - 1].settings[:1]
            item.settings[:0] = grades[-1:]
            continue
        bracket = _BRACKETED.search(before[-60:].rsplit("(", 1)[0] + "(") if item.endpoint == "HR" else None
        half = before[before.rfind(";") + 1 :]
        group = next((m for m in reversed(list(_SUBGROUP.finditer(half)))), None)
        marked = next((m[0] for m in reversed(list(_MARKED.finditer(half)))), None)
        reviewed = _REVIEWED.search(tokens.text, max(floor, start - 40), start)
        said = bracket["who"] if bracket else (group["zh"] or group["en"]) if group else None
        if said and not _WHOLE.search(said):
            item.settings.append(re.sub(r"^(?:(?:而|且)?在|而|的|包括)", "", said.strip()).strip())
        if marked and not (said and marked in said):
            item.settings.append(marked)
        if reviewed:
            item.settings.append(reviewed[0])
