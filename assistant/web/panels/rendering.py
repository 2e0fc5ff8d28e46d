"""What several panels show: the parts of a passage, references, source checks, buttons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlencode

from assistant.exchange.contract import Json
from assistant.wording.markup import as_html, attribute
from assistant.wording.messages import say
from corpus.document import Language
from corpus.segments.markers import find_markers

_ICONS = {
    "copy": "M6 6h7v7H6zM3 10V3h7",
    "link": "M7 9a2 2 0 0 0 3 0l2-2A2 2 0 0 0 9 4L8 5M9 7a2 2 0 0 0-3 0L4 9a2 2 0 0 0 3 3l1-1",
    "again": "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3",
    "good": "M5 7v6H3V7zM5 7l3-5c1.5 0 1.7 1 1.5 2L9 6h3.5c.8 0 1.2.7 1 1.5l-1 4.5c-.2.6-.6 1-1.2 1H5",
    "bad": "M11 9V3h2v6zM11 9l-3 5c-1.5 0-1.7-1-1.5-2L7 10H3.5c-.8 0-1.2-.7-1-1.5l1-4.5c.2-.6.6-1 1.2-1H11",
    "cross": "M4 4l8 8M12 4l-8 8",
    "save": "M8 2v8M5 7l3 3 3-3M3 13h10",
    "print": "M4 6V2h8v4M4 12H2V6h12v6h-2M4 9h8v5H4z",
}
Pairs = Sequence[Sequence[int]]
"""Half-open ``[start, end]`` in a text, in order, none over another."""

# A component's own script: what is clicked inside it is told to its click event, as the button's data.
TELL_CLICKS = """element.addEventListener('click', event => {
  const button = event.target.closest('[data-act]');
  if (button && element.contains(button)) trigger('click', {...button.dataset});
});"""


def button(label: str, act: str, *, name: str = "", kind: str = "", pressed: bool | None = None, **data: object) -> str:
    """A button that tells its panel ``data-act`` and the rest of ``data``; ``name``: for screen readers."""
    told = "".join(f' data-{key}="{attribute(str(value))}"' for key, value in data.items())
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    named = f' aria-label="{attribute(name)}" title="{attribute(name)}"' if name else ""
    return (
        f'<button type="button" class="bsab-button {kind}" data-act="{act}"{told}{named}{state}>'
        f"{as_html(label)}</button>"
    )


def icon(name: str) -> str:
    """A drawing of ``_ICONS``: no font on the reader's machine need hold it."""
    return (
        '<svg class="bsab-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
        f'<path d="{_ICONS[name]}"/></svg>'
    )


def icon_button(drawn: str, act: str, *, name: str, pressed: bool | None = None, **data: object) -> str:
    """A button with a drawing; ``name`` says what it does."""
    made = button("", act, name=name, kind="bsab-quiet", pressed=pressed, **data)
    return made.replace("></button>", f">{icon(drawn)}</button>")


def passage_html(text: str, quotes: Pairs, terms: Pairs, references: str = "") -> str:
    """A passage with its quotes and the question's words marked; its reference markers lead to
    ``#{references}-{number}``, where ``references`` is given."""
    markers = [(m.span.start, m.span.end, m.numbers[0]) for m in find_markers(text)] if references else []
    edges = {0, len(text)} | {edge for pair in (*quotes, *terms) for edge in pair}
    edges |= {edge for start, end, _ in markers for edge in (start, end)}
    parts: list[str] = []
    open_quote = False
    for start, end in pairwise(sorted(edge for edge in edges if 0 <= edge <= len(text))):
        quoted = _inside(start, quotes)
        if quoted != open_quote or (quoted and any(pair[0] == start for pair in quotes)):
            parts.append("</mark>" * open_quote + "<mark>" * quoted)
            open_quote = quoted
        shown = as_html(text[start:end])
        if _inside(start, terms):
            shown = f'<b class="bsab-term">{shown}</b>'
        reference = next((number for first, _, number in markers if first == start), None)
        parts.append(f'<a class="bsab-marker" href="#{references}-{reference}">{shown}</a>' if reference else shown)
    return "".join(parts) + "</mark>" * open_quote


def _inside(place: int, pairs: Pairs) -> bool:
    return any(start <= place < end for start, end in pairs)


def place_of(citation: Json) -> str:
    """The place of a passage: its section's number and the titles down to it."""
    trail = " › ".join(citation.get("trail") or [citation["heading"]])
    section = citation["section"]
    return (
        " ".join(filter(None, (section if section not in citation.get("trail", ()) else "", trail)))
        or citation["document"]
    )


def work_html(reference: Json, language: Language) -> str:
    """A reference's works with their links, and how sure they are."""
    parts = []
    for work in reference["works"]:
        where = ", ".join(str(part) for part in (work["journal"], work["year"]) if part)
        told = [part.rstrip(".") for part in (work["authors"], work["title"], where) if part]
        parts.append(" ".join(f"{as_html(part)}." for part in told))
        if work["doi"]:
            parts.append(link(f"https://doi.org/{work['doi']}", "DOI"))
        if work["pmid"]:
            parts.append(link(f"https://pubmed.ncbi.nlm.nih.gov/{work['pmid']}/", "PubMed"))
    status = reference["status"]
    parts.append(f'<span class="bsab-status bsab-{status}">{as_html(say(f"reference.{status}", language))}</span>')
    if reference["note"]:
        parts.append(as_html(reference["note"]))
    return " ".join(parts)


def note_html(note: Json, language: Language) -> str:
    """A source check: what is known instead, how surely, and from where."""
    certainty = as_html(say(f"note.{note['certainty']}", language))
    return (
        f'<p class="bsab-note" role="note"><b>{certainty}</b> {as_html(note["text"])} '
        f"<cite>{as_html(note['source'])}</cite></p>"
    )


def link(address: str, label: str) -> str:
    """A link to another place, which is left alone until it is clicked."""
    return f'<a href="{attribute(address)}" target="_blank" rel="noopener noreferrer">{as_html(label)}</a>'


def read_link(document: str, start: int, end: int, language: Language, label: str = "") -> str:
    """A link that opens the section around characters ``start`` to ``end``, half-open; page.js shows it in a dialog."""
    address = f"read?{urlencode({'document': document, 'start': start, 'end': end})}"
    return f'<a class="bsab-read" href="{attribute(address)}">{as_html(label or say("page.read", language))}</a>'
