"""The chat as HTML: questions, answers with what can be done with them, suggestions, and the list of conversations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from assistant.conversations.exports import as_text
from assistant.conversations.history import Listed, Turn
from assistant.web.panels.rendering import button, icon, icon_button, note_html
from assistant.wording.markup import as_html, attribute
from assistant.wording.messages import languages, moment, say
from corpus.document import Language

# At the end of a line, where the source's own [25] stands inside a quote; and after a trial's name.
_CITED = re.compile(r"\[(\d{1,2})\](?=：|:|(?: \[\d{1,2}\])*[.。]?$)", re.MULTILINE)
# A translated quote's original, on the line below it.
_BEGINNINGS = "|".join(re.escape(as_html(say("answer.original", each, quote="")[:-1])) for each in languages())
_ORIGINAL = re.compile(f"(?<=<br>)(?:{_BEGINNINGS}).*?(?=<br>|$)")
RATINGS = (("good", 1), ("bad", -1))


def question_html(question: str) -> str:
    """A question."""
    return f'<div class="bsab-question" dir="auto">{as_html(question)}</div>'


def pending_html(language: Language, said: str = "") -> str:
    """A note in the place of an answer while it is sought, after what a language model has written so far."""
    note = say("ask.writing" if said else "ask.searching", language)
    return f'<div class="bsab-pending" dir="auto">{as_html(said)}<p>{as_html(note)}</p></div>'


def reply_html(turns: Sequence[Turn], place: int, language: Language) -> str:
    """The answer of ``turns[place]``; each [n] of it leads to its evidence. ``language`` of the page."""
    turn = turns[place]
    reply = turn.reply
    known = set() if reply["abstained"] else {citation["number"] for citation in reply["citations"]}
    parts, last = [], 0
    for match in _CITED.finditer(reply["answer"]):
        if int(match[1]) in known:
            label = say("ask.open_evidence", language, number=match[1])
            parts.append(as_html(reply["answer"][last : match.start()]))
            parts.append(
                f'<a class="bsab-cite" href="#evidence-{place + 1}-{match[1]}" aria-label="{attribute(label)}">'
                f"[{match[1]}]</a>"
            )
            last = match.end()
    parts.append(as_html(reply["answer"][last:]))
    parts = [_ORIGINAL.sub(r'<span class="bsab-original">\g<0></span>', "".join(parts))]
    understood = " · ".join(reply["understood"])
    return (
        f'<div class="bsab-{"refusal" if reply["abstained"] else "answer"}" lang="{reply["language"]}" dir="auto">'
        + (
            f'<p class="bsab-understood">{as_html(say("ask.understood", language))}: {as_html(understood)}</p>'
            if understood
            else ""
        )
        + "".join(parts)
        + (f'<p class="bsab-notice">{as_html(reply["notice"])}</p>' if reply.get("notice") else "")
        + "".join(note_html(note, reply["language"]) for note in reply["notes"])
        + f"</div>{_actions_html(turns, place, language)}"
    )


def _actions_html(turns: Sequence[Turn], place: int, language: Language) -> str:
    turn = turns[place]
    address = f"?{urlencode([('q', earlier.question) for earlier in turns[: place + 1]])}"
    made = [
        icon_button("copy", "copy", name=say("ask.copy", language), text=as_text(turn)),
        icon_button("link", "link", name=say("ask.link", language), address=address),
    ]
    if place == len(turns) - 1:
        made.append(icon_button("again", "regenerate", name=say("ask.regenerate", language)))
    made += [
        icon_button(
            sign,
            "rate",
            name=say(f"ask.{sign}", language),
            pressed=turn.rating == rating,
            turn=place,
            rating=rating,
        )
        for sign, rating in RATINGS
    ]
    return f'<div class="bsab-actions">{"".join(made)}</div>'


def suggestions_html(questions: Sequence[str], title: str) -> str:
    """Questions to ask with one click."""
    if not questions:
        return ""
    made = "".join(button(question, "ask", question=question) for question in questions)
    return (
        f'<section class="bsab-suggestions" aria-label="{attribute(title)}"><h2>{as_html(title)}</h2>{made}</section>'
    )


def history_html(conversations: Sequence[Listed], current: str | None, language: Language, none: str) -> str:
    """The conversations kept, the last started first; ``none`` is said where there are none."""
    if not conversations:
        return f'<p class="bsab-empty">{as_html(none)}</p>'
    return f'<ul class="bsab-history">{"".join(_kept_html(kept, current, language) for kept in conversations)}</ul>'


def _kept_html(kept: Listed, current: str | None, language: Language) -> str:
    here = ' aria-current="true"' if kept.id == current else ""
    name, sure = say("history.delete", language, title=kept.title), say("history.delete_sure", language)
    delete = icon_button("cross", "delete", name=name, conversation=kept.id, confirm=sure)
    exports = "".join(
        f'<a href="export?{urlencode({"conversation": kept.id, "format": format})}" {how} '
        f'aria-label="{attribute(name)}" title="{attribute(name)}">{icon(sign)}</a>'
        for format, name, sign, how in (
            ("md", say("history.export_markdown", language), "save", "download"),
            ("html", say("history.export_print", language), "print", 'target="_blank" rel="noopener"'),
        )
    )
    return (
        f"<li{here}>{button(kept.title, 'open', conversation=kept.id)}"
        f"<p><time>{as_html(moment(kept.asked, language))}</time>{exports}"
        f"{delete}</p></li>"
    )
