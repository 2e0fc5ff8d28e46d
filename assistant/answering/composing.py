"""Wording, in the reader's language. Sentences of the library are quoted as they stand, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.figures import Lacking
from assistant.answering.reply import Evidence, Reason
from assistant.wording.messages import joined, say
from corpus.document import Language
from corpus.references.reference import Reference


def quote_answer(evidence: Sequence[Evidence], language: Language) -> str:
    """An answer made of the quotes of its evidence, each with its [n]."""
    written = dict.fromkeys(e.passage.language for e in evidence if e.quotes)
    if language in written:
        return _lines(say("answer.quotes", language), evidence, language)
    names = joined([say(f"language.{each}", language) for each in written], language)
    return _lines(say("answer.translated", language, languages=names), evidence, language)


def reference_answer(reference: Reference, evidence: Sequence[Evidence], language: Language) -> str:
    """What a reference is, as far as known, and the sentences that cite it."""
    status = reference.status if reference.works else "unresolved"
    works = joined([_work(work.authors, work.title, work.journal) for work in reference.works], language)
    frame = say(f"cited.{status}", language, marker=reference.marker, work=works)
    return _lines(frame, evidence, language)


def refusal(reason: Reason, missing: Sequence[str], language: Language, *, nearest: bool) -> str:
    """Why there is no answer, and what is missing."""
    return _beside(say(f"refusal.{reason}", language, missing=joined(missing, language)), language, nearest)


def not_reported(lacking: Lacking, language: Language, *, nearest: bool) -> str:
    """What a trial or drug does not have, beside what is reported of it."""
    kind = "false_premise" if lacking.names else "not_reported" if lacking.reported else "not_reported_at_all"
    reported = joined([measure.names[language] for measure in lacking.reported], language)
    missing = joined(lacking.missing(language), language)
    text = say(f"refusal.{kind}", language, subject=lacking.subject, missing=missing, reported=reported)
    return _beside(text, language, nearest)


def _beside(text: str, language: Language, nearest: bool) -> str:
    """A refusal, which says what is shown beside it."""
    return joined([text, say("answer.nearest", language)], language, "sentences") if nearest else text


def _lines(frame: str, evidence: Sequence[Evidence], language: Language) -> str:
    numbers = {item.passage.id: item.number for item in evidence}
    lines = [frame]
    for item in evidence:
        topic = item.passage.topic
        for quote in item.quoted():
            line = say("answer.quote", language, quote=quote, number=item.number)
            if topic and not quote.startswith(topic):
                # The trial's name stands in the passage that opens its paragraph.
                lead = item.hit.lead if item.hit else None
                named = f"{topic} [{numbers[lead.id]}]" if lead and lead.id in numbers else topic
                line = say("answer.topic", language, topic=named, quote=line)
            lines.append(line)
    return "\n".join(lines)


def _work(authors: str, title: str, journal: str) -> str:
    return ", ".join(part for part in (authors, f"“{title}”", journal) if part)
