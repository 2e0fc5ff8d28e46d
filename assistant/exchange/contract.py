"""Replies and hits as JSON, the contract with other programs (README, "For programs")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.answering.cited_references import CitedReference
from assistant.answering.reply import Answer, Evidence, Reply
from corpus.checks.source_checks import SourceCheck
from corpus.document import Language, Passage
from corpus.references.reference import Reference, Work
from corpus.trial_results import TrialResult
from index.search.hit import Hit
from index.store.library import Entry
from index.store.trials import Place

Json = dict[str, Any]


def reply_json(reply: Reply, seconds: float) -> Json:
    """One answer or refusal; ``seconds`` is what it took."""
    answered = isinstance(reply, Answer)
    evidence = reply.evidence if isinstance(reply, Answer) else reply.nearest
    return {
        "question": reply.question,
        "language": reply.language,
        "answer": reply.text,
        "abstained": not answered,
        "reason": None if isinstance(reply, Answer) else reply.reason,
        "understood": list(reply.understood.names(reply.language)),
        "scope": {
            "trials": list(reply.understood.trials),
            "drugs": list(reply.understood.drugs),
            "endpoints": list(reply.understood.endpoints),
            "sections": list(reply.understood.sections),
        },
        "notice": reply.notice or None if isinstance(reply, Answer) else None,
        "missing": [] if isinstance(reply, Answer) else list(reply.missing),
        "notes": [note_json(check, reply.language) for check in reply.notes] if isinstance(reply, Answer) else [],
        "citations": [_citation_json(item) for item in evidence],
        "results": [result_json(result) for result in reply.results] if isinstance(reply, Answer) else [],
        "seconds": round(seconds, 3),
    }


def note_json(check: SourceCheck, language: Language) -> Json:
    """One source check, in the reader's language."""
    return {
        "id": check.id,
        "text": check.note(language),
        "source": check.source,
        "certainty": check.certainty,
        "kind": check.kind,
        "quote": check.quote,
    }


def result_json(result: TrialResult) -> Json:
    """One trial result."""
    return {
        "trial": result.trial,
        "phase": result.phase,
        "arm": result.arm,
        "comparator": result.comparator,
        "endpoint": result.endpoint,
        "statistic": result.statistic,
        "of": result.of,
        "setting": result.setting,
        "value": result.value,
        "value_text": result.value_text,
        "unit": result.unit,
        "ci": list(result.ci) if result.ci else None,
        "ci_level": result.ci_level,
        "p_value": result.p_value,
        "n": result.n,
        "sentence": result.sentence,
    }


def checked_json(
    place: Passage | Place, result: TrialResult, checks: Sequence[SourceCheck], language: Language
) -> Json:
    """One trial result with where it stands and what is known of its sentence, in the reader's language."""
    return {
        "document": place.document_id,
        "section": place.section,
        **result_json(result),
        "notes": [note_json(check, language) for check in checks],
    }


def reference_json(cited: CitedReference) -> Json:
    """One reference, and the sentences that cite it."""
    reference = cited.reference
    return {
        "document": cited.document_id,
        "marker": reference.marker,
        "status": reference.status,
        "about": reference.about,
        "note": reference.note or None,
        "works": [_work_json(work) for work in reference.works],
        "cited_in": [
            {
                "section": passage.section,
                "heading": passage.heading,
                "sentence": passage.sentence(span),
                "text": passage.text,
            }
            for passage, span in cited.citing
        ],
    }


def hit_json(rank: int, hit: Hit) -> Json:
    """One search hit; ``rank`` counts from 1."""
    passage = hit.passage
    return {
        "rank": rank,
        "document": passage.document_id,
        "section": passage.section,
        "heading": passage.heading,
        "text": passage.text,
        "score": round(hit.score, 4),
        "dense_rank": hit.dense_rank,
        "keyword_rank": hit.keyword_rank,
        "terms": list(hit.terms),
        "translations": list(hit.translations),
    }


def entry_json(entry: Entry) -> Json:
    """One document of the library."""
    return {
        "id": entry.id,
        "title": entry.title,
        "language": entry.language,
        "source": entry.source,
        "added": entry.added,
        "characters": entry.characters,
        "sections": entry.sections,
        "passages": entry.passages,
    }


def _work_json(work: Work) -> Json:
    return {
        "title": work.title,
        "authors": work.authors,
        "journal": work.journal,
        "year": work.year,
        "doi": work.doi,
        "pmid": work.pmid,
        **work.details,
    }


def _citation_json(item: Evidence) -> Json:
    passage, hit = item.passage, item.hit
    start = passage.span.start
    return {
        "number": item.number,
        "document": passage.document_id,
        "title": item.source,
        "section": passage.section,
        "heading": passage.heading,
        "trail": list(passage.trail),
        "topic": passage.topic,
        "language": passage.language,
        "text": passage.text,
        "start": start,
        "quotes": list(item.quoted()),
        "quote_translations": list(item.translations),
        "quote_spans": [[span.start - start, span.end - start] for span in item.quotes],
        "term_spans": [[span.start - start, span.end - start] for span in item.matches],
        "references": [_reference_json(reference) for reference in item.references],
        "dense_rank": hit.dense_rank if hit else None,
        "keyword_rank": hit.keyword_rank if hit else None,
        "terms": list(hit.terms) if hit else [],
        "translations": list(hit.translations) if hit else [],
    }


def _reference_json(reference: Reference) -> Json:
    work = reference.works[0] if reference.works else None
    return {
        "marker": reference.marker,
        "status": reference.status,
        "title": work.title if work else None,
        "doi": work.doi if work else None,
        "note": reference.note or None,
        "works": [_work_json(work) for work in reference.works],
    }
