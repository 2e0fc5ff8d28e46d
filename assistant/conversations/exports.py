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
from corpus.document import Language

_SAID: dict[Language, dict[str, str]] = {
    "en": {
        "question": "Question", "from": "From", "reference": "Reference", "check": "Source check",
        "unresolved": "which work this is could not be established", "likely": "likely, not certain",
        "advice": "Quoted by the BsAb assistant. Not medical advice.",
    },
    "zh": {
        "question": "问题", "from": "出处", "reference": "参考文献", "check": "来源核对",
        "unresolved": "未能确认对应的文章", "likely": "很可能，但未确认",
        "advice": "由双抗问答助手引用。不构成医疗建议。",
    },
}  # fmt: skip
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
        said = _SAID[_language(turn)]
        reply = turn.reply
        parts += [f"## {said['question']}: {_escaped(turn.question)}", _lines(reply["answer"]), f"*{turn.asked}*"]
        parts += [f"{said['check']}: {_escaped(note['text'])} ({_escaped(note['source'])})" for note in reply["notes"]]
        for citation in reply["citations"]:
            parts.append(f"**\\[{citation['number']}\\]** {said['from']}: {_escaped(_place(citation))}")
            parts += [f"> {_escaped(quote)}" for quote in citation["quotes"]]
            for marker, work in _works(citation, _language(turn)):
                parts.append(f"- {said['reference']} \\[{marker}\\]: {_escaped(work)}")
    return "\n\n".join(parts) + "\n"


def as_page(conversation: Conversation, language: Language) -> str:
    """A conversation as one HTML page that needs nothing else, ready to print; ``language`` of its own words."""
    title = as_html(conversation.title)
    turns = "".join(_turn_html(turn) for turn in conversation.turns)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(conversation.title)}</title>"
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_PRINT}</style></head>'
        f"<body><h1>{title}</h1>{turns}<footer>{_SAID[language]['advice']}</footer></body></html>\n"
    )


def as_text(turn: Turn) -> str:
    """One question and its answer, to paste anywhere."""
    language = _language(turn)
    lines = [turn.question, "", turn.reply["answer"]]
    lines += [f"{_SAID[language]['check']}: {note['text']} ({note['source']})" for note in turn.reply["notes"]]
    for citation in turn.reply["citations"]:
        lines += ["", f"[{citation['number']}] {_place(citation)}"]
        lines += [f"    “{quote}”" for quote in citation["quotes"]]
        lines += [
            f"    {_SAID[language]['reference']} [{marker}]: {work}" for marker, work in _works(citation, language)
        ]
    return "\n".join(lines) + "\n"


def _turn_html(turn: Turn) -> str:
    language = _language(turn)
    said = _SAID[language]
    parts = [
        f'<h2 lang="{language}">{said["question"]}: {as_html(turn.question)}</h2>',
        f"<p>{as_html(turn.reply['answer'])}</p><p><small>{html.escape(turn.asked)}</small></p>",
    ]
    parts += [
        f"<p>{said['check']}: {as_html(n['text'])} <cite>{as_html(n['source'])}</cite></p>" for n in turn.reply["notes"]
    ]
    for citation in turn.reply["citations"]:
        quotes = "".join(f"<blockquote>{as_html(quote)}</blockquote>" for quote in citation["quotes"])
        works = "".join(
            f"<li>{said['reference']} [{marker}]: {as_html(work)}</li>" for marker, work in _works(citation, language)
        )
        parts.append(
            f"<section><p><b>[{citation['number']}]</b> {said['from']}: {as_html(_place(citation))}</p>"
            f"{quotes}{f'<ul>{works}</ul>' if works else ''}</section>"
        )
    return "".join(parts)


def _language(turn: Turn) -> Language:
    return "zh" if turn.reply["language"] == "zh" else "en"


def _place(citation: Json) -> str:
    return " ".join(filter(None, (citation["document"], citation["section"], citation["heading"])))


def _works(citation: Json, language: Language) -> Iterator[tuple[int, str]]:
    """The references of a citation as one line each, unresolved ones as that."""
    for reference in citation["references"]:
        doubt = _SAID[language].get(reference["status"], "")
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
