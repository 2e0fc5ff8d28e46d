"""Replies as HTML. Whatever comes from a document or a user is shown as text, never as markup."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from assistant.answer import Answer, Evidence, Reply
from assistant.web.wording import say
from corpus.document import Language, Span
from corpus.references import Reference
from corpus.source_checks import SourceCheck
from index.hit import Hit

# At the end of a line, where the source's own [25] stands inside a quote; and after a trial's name.
_CITED = re.compile(r"\[(\d{1,2})\](?=：|:|(?: \[\d{1,2}\])*[.。]?$)", re.MULTILINE)


def as_text(text: str) -> str:
    """HTML that shows ``text`` as it stands."""
    return html.escape(text).replace("\n", "<br>")


def question_html(question: str) -> str:
    """A question in the chat."""
    return f'<div class="bsab-question">{as_text(question)}</div>'


def reply_html(reply: Reply, turn: int) -> str:
    """An answer or refusal in the chat; each [n] of an answer leads to its evidence. ``turn`` counts from 1."""
    kind = "answer" if isinstance(reply, Answer) else "refusal"
    known = {item.number for item in reply.evidence} if isinstance(reply, Answer) else set()
    parts, last = [], 0
    for match in _CITED.finditer(reply.text):
        if int(match[1]) in known:
            label = say("open_evidence", reply.language, number=match[1])
            parts.append(as_text(reply.text[last : match.start()]))
            parts.append(
                f'<a class="bsab-cite" href="#evidence-{turn}-{match[1]}" aria-label="{html.escape(label)}">'
                f"[{match[1]}]</a>"
            )
            last = match.end()
    parts.append(as_text(reply.text[last:]))
    notes = "".join(_note_html(check, reply.language) for check in reply.notes) if isinstance(reply, Answer) else ""
    if isinstance(reply, Answer) and reply.notice:
        notes = f'<p class="bsab-understood">{as_text(reply.notice)}</p>{notes}'
    understood = _understood_html(reply) if isinstance(reply, Answer) else ""
    return f'<div class="bsab-{kind}" lang="{reply.language}">{understood}{"".join(parts)}{notes}</div>'


def _understood_html(answer: Answer) -> str:
    """What the question was taken to be about, for the reader to check."""
    if not answer.understood:
        return ""
    title = say("understood", answer.language)
    return f'<p class="bsab-understood" aria-label="{title}">{as_text(" · ".join(answer.understood))}</p>'


def _note_html(check: SourceCheck, language: Language) -> str:
    """A source check: what is known instead, how surely, and from where."""
    title = say(check.certainty, language)
    return (
        f'<p class="bsab-note" role="note"><b>{html.escape(title)}</b> {as_text(check.note(language))} '
        f"<cite>{html.escape(check.source)}</cite></p>"
    )


def evidence_html(replies: Sequence[Reply]) -> str:
    """The evidence of a conversation, the last reply's first and open."""
    turns = [_turn_html(reply, turn, open=turn == len(replies)) for turn, reply in enumerate(replies, start=1)]
    return "".join(reversed(turns))


def _turn_html(reply: Reply, turn: int, *, open: bool) -> str:
    items = reply.evidence if isinstance(reply, Answer) else reply.nearest
    if not items:
        return ""
    title = say("evidence" if isinstance(reply, Answer) else "nearest", reply.language)
    body = "".join(_item_html(item, turn, reply.language) for item in items)
    return (
        f'<details class="bsab-turn"{" open" if open else ""}>'
        f"<summary>{html.escape(title)}: {html.escape(_short(reply.question))}</summary>{body}</details>"
    )


def _item_html(item: Evidence, turn: int, language: Language) -> str:
    passage = item.passage
    trail = " › ".join(passage.trail) or passage.document_id
    place = f"{passage.section} {trail}" if passage.section not in passage.trail else trail
    references = "".join(_reference_html(reference, language) for reference in item.references)
    return (
        f'<article class="bsab-evidence" id="evidence-{turn}-{item.number}" tabindex="-1">'
        f'<h3><span class="bsab-number">[{item.number}]</span> {html.escape(place)}</h3>'
        f'<p class="bsab-passage" lang="{passage.language}">{_marked(item)}</p>'
        + (f'<ul class="bsab-references">{references}</ul>' if references else "")
        + _why_html(item, language)
        + "</article>"
    )


def _marked(item: Evidence) -> str:
    """The passage with its quotes marked."""
    passage = item.passage
    parts, last = [], passage.span.start
    for span in item.quotes:
        parts.append(as_text(passage.sentence(Span(last, span.start))))
        parts.append(f"<mark>{as_text(passage.sentence(span))}</mark>")
        last = span.end
    parts.append(as_text(passage.sentence(Span(last, passage.span.end))))
    return "".join(parts)


def _reference_html(reference: Reference, language: Language) -> str:
    parts = [f"<b>[{reference.marker}]</b>"]
    for work in reference.works:
        where = ", ".join(str(part) for part in (work.journal, work.year) if part)
        parts.append(
            html.escape(" ".join(f"{part.rstrip('.')}." for part in (work.authors, work.title, where) if part))
        )
        if work.doi:
            parts.append(_link(f"https://doi.org/{work.doi}", "DOI"))
        if work.pmid:
            parts.append(_link(f"https://pubmed.ncbi.nlm.nih.gov/{work.pmid}/", "PubMed"))
    parts.append(f'<span class="bsab-status">{html.escape(say(reference.status, language))}</span>')
    if reference.note:
        parts.append(html.escape(reference.note))
    return f"<li>{' '.join(parts)}</li>"


def _link(address: str, label: str) -> str:
    return f'<a href="{html.escape(address)}" target="_blank" rel="noopener noreferrer">{label}</a>'


def _why_html(item: Evidence, language: Language) -> str:
    hit = item.hit
    if hit is None:
        return f'<p class="bsab-why">{html.escape(say("names_trial", language))}</p>'
    lines = [
        say("by_meaning", language, rank=hit.dense_rank) if hit.dense_rank else "",
        say("by_words", language, rank=hit.keyword_rank, terms=", ".join(_terms(hit))) if hit.keyword_rank else "",
    ]
    found = "".join(f"<li>{html.escape(line)}</li>" for line in lines if line)
    return f'<details class="bsab-why"><summary>{html.escape(say("why", language))}</summary><ul>{found}</ul></details>'


def _terms(hit: Hit) -> list[str]:
    """The matched terms as asked, each with its name in the passage's language."""
    return [
        f"{term} = {translation}" if translation else term
        for term, translation in zip(hit.terms, hit.translations, strict=True)
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
