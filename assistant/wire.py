"""Replies and hits as JSON, the contract with other programs (README, "For programs")."""

from __future__ import annotations

from typing import Any

from assistant.answer import Answer, Evidence, Reply
from corpus.references import Reference
from index.hit import Hit
from index.library import Entry

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
        "missing": [] if isinstance(reply, Answer) else list(reply.missing),
        "notes": [],
        "citations": [_citation_json(item) for item in evidence],
        "results": [],
        "seconds": round(seconds, 3),
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


def _citation_json(item: Evidence) -> Json:
    passage, hit = item.passage, item.hit
    return {
        "number": item.number,
        "document": passage.document_id,
        "section": passage.section,
        "heading": passage.heading,
        "topic": passage.topic,
        "text": passage.text,
        "quotes": list(item.quoted()),
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
    }
