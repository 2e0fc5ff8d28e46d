"""Conversations for other places: Markdown, a page to print, and text to paste. Quotes stand word for word, with
their sections and references.

Whatever was typed or stands in a document is shown as text: what would be taken for markup is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from assistant.conversations.history import Conversation, Turn
from assistant.exchange.contract import Json
from assistant.wording.markup import as_html
from assistant.wording.messages import language_named, say
from corpus.document import Language

# What Markdown or HTML would take for markup.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>&~])")
_PRINT = """
body { color: #111; font: 11pt/1.6 system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif; margin: 2rem auto; max-width: 46rem; overflow-wrap: anywhere; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { break-after: avoid; font-size: 1.1rem; margin-top: 2rem; }
blockquote { border-left: 3px solid #777; margin: 0.4rem 0; padding-left: 0.8rem; }
section { break-inside: avoid; } small, footer { color: #555; }
@page { margin: 2cm; }
"""


def as_markdown(conversation: Conversation) -> str:
    """A conversation as Markdown."""
    parts = [f"# {_escaped(conversation.title)}"]
    for turn in conversation.turns:
        reply = turn.reply
        language = language_named(reply["language"])
        check, origin = say("export.check", language), say("export.from", language)
        parts += [f"## {say('page.question', language)}: {_escaped(turn.question)}", _lines(reply["answer"])]
        parts.append(f"*{turn.asked}*")
        parts += [f"{check}: {_escaped(note['text'])} ({_escaped(note['source'])})" for note in reply["notes"]]
        for citation in reply["citations"]:
            parts.append(f"**\\[{citation['number']}\\]** {origin}: {_escaped(_place(citation))}")
            parts += [f"> {_escaped(quote)}" for quote in citation["quotes"]]
            for marker, work in _works(citation, language):
                parts.append(f"- {say('export.reference', language)} \\[{marker}\\]: {_escaped(work)}")
    return "\n\n".join(parts) + "\n"


def as_page(conversation: Conversation, language: Language) -> str:
    """A conversation as one HTML page that needs nothing else, ready to print; ``language`` of its own words."""
    title = as_html(conversation.title)
    turns = "".join(_turn_html(turn) for turn in conversation.turns)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(conversation.title)}</title>"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_PRINT}</style></head>'
        f"<body><h1>{title}</h1>{turns}<footer>{say('export.advice', language)}</footer></body></html>\n"
    )


def as_text(turn: Turn) -> str:
    """One question and its answer, to paste anywhere."""
    language = language_named(turn.reply["language"])
    lines = [turn.question, "", turn.reply["answer"]]
    lines += [f"{say('export.check', language)}: {note['text']} ({note['source']})" for note in turn.reply["notes"]]
    for citation in turn.reply["citations"]:
        lines += ["", f"[{citation['number']}] {_place(citation)}"]
        lines += [f"    “{quote}”" for quote in citation["quotes"]]
        reference = say("export.reference", language)
        lines += [f"    {reference} [{marker}]: {work}" for marker, work in _works(citation, language)]
    return "\n".join(lines) + "\n"


def _turn_html(turn: Turn) -> str:
    language = language_named(turn.reply["language"])
    check, origin = say("export.check", language), say("export.from", language)
    reference = say("export.reference", language)
    parts = [
        f'<h2 lang="{language}">{say("page.question", language)}: {as_html(turn.question)}</h2>',
        f"<p>{as_html(turn.reply['answer'])}</p><p><small>{html.escape(turn.asked)}</small></p>",
    ]
    parts += [f"<p>{check}: {as_html(n['text'])} <cite>{as_html(n['source'])}</cite></p>" for n in turn.reply["notes"]]
    for citation in turn.reply["citations"]:
        quotes = "".join(f"<blockquote>{as_html(quote)}</blockquote>" for quote in citation["quotes"])
        works = "".join(
            f"<li>{reference} [{marker}]: {as_html(work)}</li>" for marker, work in _works(citation, language)
        )
        parts.append(
            f"<section><p><b>[{citation['number']}]</b> {origin}: {as_html(_place(citation))}</p>"
            f"{quotes}{f'<ul>{works}</ul>' if works else ''}</section>"
        )
    return "".join(parts)


def _place(citation: Json) -> str:
    return " ".join(filter(None, (citation["document"], citation["section"], citation["heading"])))


def _works(citation: Json, language: Language) -> Iterator[tuple[int, str]]:
    """The references of a citation as one line each, unresolved ones as that."""
    for reference in citation["references"]:
        doubt = "" if reference["status"] == "resolved" else say(f"reference.{reference['status']}", language)
        works = reference.get("works") or [reference]
        for work in works:
            told = [work.get("authors"), work.get("title"), work.get("journal"), work.get("year")]
            line = ". ".join(str(part).rstrip(".") for part in told if part)
            line += f". doi:{work['doi']}" if work.get("doi") else ""
            yield reference["marker"], f"{line} ({doubt})" if line and doubt else line or doubt


def _lines(text: str) -> str:
    """Line by line; two blanks at its end break a line."""
    return "  \n".join(map(_escaped, text.splitlines()))


def _escaped(text: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", text)
    return re.sub(r"\s*\n\s*", " / ", escaped.strip())
