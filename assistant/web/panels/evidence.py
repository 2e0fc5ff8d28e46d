"""The evidence beside the chat: each passage with what was used of it, why it was found, and its references."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversations.history import Turn
from assistant.exchange.contract import Json
from assistant.web.panels.rendering import note_html, passage_html, place_of, read_link, work_html
from assistant.wording.markup import as_html
from assistant.wording.messages import languages, say
from corpus.document import Language


def evidence_html(turns: Sequence[Turn], language: Language) -> str:
    """The evidence of a conversation, the last answer's first and open; ``language`` of the page."""
    shown = [_turn_html(turn, place, language, open=place == len(turns)) for place, turn in enumerate(turns, start=1)]
    return "".join(reversed(shown)) or f'<p class="bsab-empty">{as_html(say("evidence.none", language))}</p>'


def _turn_html(turn: Turn, place: int, language: Language, *, open: bool) -> str:
    if not turn.reply["citations"]:
        return ""
    title = say("evidence.nearest" if turn.reply["abstained"] else "evidence.title", language)
    body = "".join(_item_html(citation, turn.reply["notes"], place, language) for citation in turn.reply["citations"])
    return (
        f'<details class="bsab-turn"{" open" if open else ""}>'
        f"<summary>{as_html(title)}: {as_html(_short(turn.question))}</summary>{body}</details>"
    )


def _item_html(citation: Json, notes: Sequence[Json], turn: int, language: Language) -> str:
    name = f"{turn}-{citation['number']}"
    quotes = citation["quote_spans"]
    first, last = (citation["start"] + edge for edge in (quotes[0] if quotes else (0, 0)))
    text = passage_html(citation["text"], quotes, citation["term_spans"], f"reference-{name}")
    references = "".join(_reference_html(reference, name, language) for reference in citation["references"])
    about = [note for note in notes if "".join(note["quote"].split()) in "".join(citation["text"].split())]
    return (
        f'<article class="bsab-evidence" id="evidence-{name}" tabindex="-1">'
        f'<h3><span class="bsab-number">[{citation["number"]}]</span> {as_html(place_of(citation))}</h3>'
        f'<p class="bsab-source">{as_html(citation.get("title") or citation["document"])}</p>'
        f'<p class="bsab-passage" lang="{citation["language"]}" dir="auto">{text}</p>'
        f"{_translations_html(citation, language)}"
        f"{''.join(note_html(note, language) for note in about)}{references}"
        f'<div class="bsab-foot">{_why_html(citation, language)}'
        f"{read_link(citation['document'], first, last, language)}</div></article>"
    )


def _translations_html(citation: Json, language: Language) -> str:
    """What the quotes say in another language, below the passage as it is printed; nothing without translations."""
    told = [text for text in citation.get("quote_translations", ()) if text]
    if not told:
        return ""
    label = as_html(say("evidence.translation", language))
    other = next(each for each in languages() if each != citation["language"])
    return f'<p class="bsab-translation" lang="{other}"><b>{label}</b> {" ".join(map(as_html, told))}</p>'


def _reference_html(reference: Json, name: str, language: Language) -> str:
    works = reference["works"]
    unknown = say("reference.unresolved", language)
    told = " ".join(filter(None, (works[0]["authors"], works[0]["journal"]))) if works else unknown
    return (
        f'<details class="bsab-reference" id="reference-{name}-{reference["marker"]}"><summary>[{reference["marker"]}] '
        f"{as_html(told)}</summary>{work_html(reference, language)}</details>"
    )


def _why_html(citation: Json, language: Language) -> str:
    lines = []
    if citation["dense_rank"]:
        lines.append(say("evidence.by_meaning", language, rank=citation["dense_rank"]))
    if citation["keyword_rank"]:
        lines.append(say("evidence.by_words", language, rank=citation["keyword_rank"]))
    if citation["terms"]:
        lines.append(say("evidence.shares", language, terms=", ".join(_terms(citation))))
    lines = lines or [say("evidence.names_trial", language)]
    found = "".join(f"<li>{as_html(line)}</li>" for line in lines)
    why = as_html(say("evidence.why", language))
    return f'<details class="bsab-why"><summary>{why}</summary><ul>{found}</ul></details>'


def _terms(citation: Json) -> list[str]:
    """The matched terms as asked, each with its name in the passage's language."""
    return [
        f"{term} = {translation}" if translation else term
        for term, translation in zip(citation["terms"], citation["translations"], strict=True)
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
