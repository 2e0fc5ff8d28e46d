"""Wording, in the reader's language. Sentences of the library are quoted as they stand, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.figures import Lacking
from assistant.answering.reply import Evidence, Reason
from assistant.wording.messages import joined, say
from corpus.document import Language
from corpus.references.reference import Reference
from corpus.trial_results.trial_names import name_in
from corpus.vocabulary.concepts import has_han


def quote_answer(evidence: Sequence[Evidence], language: Language) -> str:
    """An answer made of the quotes of its evidence, each with its [n], translated where the reader's language is
    another and a translation is there."""
    quoted = [item for item in evidence if item.quotes]
    others = [item for item in quoted if item.passage.language != language]
    names = joined(
        [say(f"language.{each}", language) for each in dict.fromkeys(item.passage.language for item in others)],
        language,
    )
    if len(others) < len(quoted) or not others:
        frame = say("answer.quotes", language)
    elif any(text for item in others for text in item.translations):
        frame = say("answer.translated", language, languages=names)
    else:
        frame = say("answer.foreign", language, languages=names)
    return "\n".join([frame, *quote_lines(evidence, language)])


def reference_answer(reference: Reference, evidence: Sequence[Evidence], language: Language) -> str:
    """What a reference is, as far as known, and the sentences that cite it."""
    status = reference.status if reference.works else "unresolved"
    works = joined([_work(work.authors, work.title, work.journal) for work in reference.works], language)
    frame = say(f"cited.{status}", language, marker=reference.marker, work=works)
    return "\n".join([frame, *quote_lines(evidence, language)])


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


def quote_lines(evidence: Sequence[Evidence], language: Language) -> list[str]:
    """The quotes of evidence, a line each; below a translation, its original."""
    numbers = {item.passage.id: item.number for item in evidence}
    lines, source = [], ""
    for item in evidence:
        topic = item.passage.topic
        if item.quotes and item.source and item.source != source:
            source = item.source
            lines.append(say("answer.source", language, title=source))
        translations = item.translations or ("",) * len(item.quotes)
        for quote, translation in zip(item.quoted(), translations, strict=True):
            line = say("answer.quote", language, quote=translation or quote, number=item.number)
            if topic and not quote.startswith(topic):
                # The trial's name stands in the passage that opens its paragraph.
                lead = item.hit.lead if item.hit else None
                name = _topic(topic, language)
                named = f"{name} [{numbers[lead.id]}]" if lead and lead.id in numbers else name
                line = say("answer.topic", language, topic=named, quote=line)
            lines.append(line)
            if translation:
                lines.append(say("answer.original", language, quote=quote))
    return lines


def _topic(topic: str, language: Language) -> str:
    """A run-in heading in the reader's language: "DeLLphi-304 研究" names DeLLphi-304."""
    name = name_in(topic)
    return name if name and has_han(topic) != (language == "zh") else topic


def _work(authors: str, title: str, journal: str) -> str:
    return ", ".join(part for part in (authors, f"“{title}”", journal) if part)
