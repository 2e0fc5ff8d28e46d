"""The step for what a thing is, or what a short form stands for."""

from __future__ import annotations

import re

from assistant.answering.composing import quote_lines
from assistant.answering.evidence import Choice, chosen_evidence
from assistant.answering.reply import Evidence, Reply
from assistant.steps.case import Case
from assistant.understanding.defining import defined_in
from assistant.wording.messages import joined, say
from corpus.document import Passage
from corpus.vocabulary.concepts import Concept, concept_key
from corpus.words.folding import fold
from index.search.hit import Hit
from index.store.keywords import concept_word

_MOST = 2_000
_COPULA = re.compile(
    r"[ (（]{0,2}[^，。；,;]{0,30}?(?:是|指|为一|成为|作为|属于|即|"
    r"(?<![a-z])(?:is|are|was) (?:an?|the|one)?|refers? to|means|(?<=, )an? )"
)
_SUBJECT, _INSIDE = 3.0, 1.0
"""What a sentence gains that begins with the thing and says what it is; that says it anywhere."""


def definition(case: Case) -> Reply | None:
    """What the thing asked for is, in the words of the library; None where that is not asked."""
    named = defined_in(case.question.read)
    if not named or case.focus.groups:
        return None
    concept = _concept(named, case)
    if concept is None:
        return None
    language = case.question.language
    rows = case.index.library.rows_with_all([concept_word(concept.id)], _MOST)
    hits = case.index.search(case.question.read, case.options.hits, rows=rows)
    choices = sorted((c for hit in hits for c in _choices(hit, concept, named)), key=lambda c: -c.score)
    if not choices:
        return None
    names = _other_names(concept, named, case)
    told = choices[0].score >= _INSIDE + min(hit.score for hit in hits)
    evidence = case.told(chosen_evidence(choices[:1], hits, 3 if told else 1))
    lines = [say("definition.name", language, name=named, others=names, number=1)] if names else []
    lines += _headings(evidence, concept, case)
    if case.faults("\n".join(lines), evidence) or not (told or lines):
        return None
    return case.answer("\n".join([*lines, *quote_lines(evidence, language)]), evidence)


def _concept(named: str, case: Case) -> Concept | None:
    """The concept that a name is, all of it."""
    mentions = case.index.vocabulary.terms.find(named)
    whole = concept_key(re.sub(r"^(?:an?|the) |[?？。.!]+$", "", named.strip(), flags=re.I))
    for mention in mentions:
        printed = concept_key(mention.span.of(named))
        if not mention.negated and printed in (whole, whole.removesuffix("s")):
            return mention.concept
    return None


def _other_names(concept: Concept, named: str, case: Case) -> str:
    """What else it is called, in the reader's language first, of what the library prints."""
    asked = concept_key(named)
    language = case.question.language
    names = [name for name in concept.names if concept_key(name) not in (asked, asked.removesuffix("s"))]
    names = [name for name in names if case.index.names(name)]
    first = concept.name_in(language)
    ordered = [first] * (first in names) + [name for name in names if name != first]
    # A plural, and a spelling with or without a hyphen, is no other name.
    seen: set[str] = set()
    kept = [n for n in ordered if (key := concept_key(n).rstrip("s")) not in seen and not seen.add(key)]  # type: ignore[func-returns-value]
    return joined(kept[:3], language)


def _choices(hit: Hit, concept: Concept, named: str) -> list[Choice]:
    """The sentences that name it, the better the more they say what it is."""
    keys = sorted({fold(name).text for name in (*concept.names, named)}, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<![a-z0-9]){re.escape(key)}(?![a-z0-9])" for key in keys))
    found = []
    for span, score in zip(hit.passage.sentences, hit.sentence_scores, strict=True):
        text = fold(hit.passage.sentence(span)).text
        place = pattern.search(text)
        if not place:
            continue
        says = _COPULA.match(text, place.end())
        worth = (_SUBJECT if place.start() <= 12 else _INSIDE) if says else 0.0
        found.append(Choice(hit, span, score * 0.3 + hit.score * 0.2 + worth * 2))
    return found


def _headings(evidence: tuple[Evidence, ...], concept: Concept, case: Case) -> list[str]:
    """The title of the quoted passage's section where it says what the thing is: "X (Y), an A × B antibody"."""
    lines = []
    for item in evidence[:1]:
        title = item.passage.heading
        mentions = case.index.vocabulary.terms.find(title)
        if any(m.concept.id == concept.id for m in mentions) and len(mentions) > 2:
            lines.append(say("answer.quote", case.question.language, quote=_title(item.passage, case), number=1))
    return lines


def _title(passage: Passage, case: Case) -> str:
    if passage.language == case.question.language:
        return passage.heading
    known = case.index.translations(passage.document_id)
    title = next((t for o, t in known.items() if o.endswith("".join(passage.heading.split()))), "")
    return re.sub(r"^[0-9.]+\s+", "", title) or passage.heading
