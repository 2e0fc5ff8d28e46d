"""The panel of the library: its documents, adding and removing them, and the health of the index."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio

from assistant.adding import add_documents
from assistant.web.panels.components import AT_ONCE, panel_html
from assistant.web.panels.rendering import TELL_CLICKS, icon_button, read_link
from assistant.web.site import Site
from assistant.wording.markup import as_html
from assistant.wording.messages import moment, number, say
from corpus.document import Document, Language
from corpus.errors import CorpusError
from corpus.reading import READABLE, read_apart
from index.errors import LibraryError, UnknownDocument
from index.repairing import repair as repair_library
from index.store.library import Entry

COLUMNS = ("document", "language", "characters", "sections", "passages", "added")
# Sends each file chosen, one after the other, and then tells what they are asked for by.
_UPLOAD = """const input = element.querySelector('input');
const status = element.querySelector('[role=status]');
input.addEventListener('change', async () => {
  const uploads = [];
  const problems = [];
  for (const file of input.files) {
    status.textContent = file.name;
    try {
      const answer = await fetch(`upload?name=${encodeURIComponent(file.name)}`, {method: 'POST', body: file});
      if (answer.ok) uploads.push((await answer.json()).upload);
      else problems.push(`${file.name}: ${await answer.text()}`);
    } catch (error) {
      problems.push(`${file.name}: ${error.message}`);
    }
  }
  input.value = '';
  status.textContent = problems.join(' ');
  if (uploads.length) trigger('click', {uploads});
});"""


class _Stopped(Exception):
    """The reader wants no more to be added."""


def build_library(site: Site, language: Language, tab: gradio.Tab) -> None:
    """The panel, inside the tab that is being built; it reads the library whenever the tab is opened."""
    index = site.assistant.index
    writable = not index.library.read_only
    documents = panel_html(js_on_load=TELL_CLICKS, elem_id="bsab-documents")
    with gradio.Row():
        with gradio.Column():
            add = panel_html(
                f'<label class="bsab-button bsab-file">{as_html(say("library.add", language))}'
                f'<input type="file" multiple accept="{",".join(READABLE)}"></label> <span role="status"></span>',
                js_on_load=_UPLOAD,
                visible=writable,
                elem_id="bsab-add",
            )
            stop = gradio.Button(say("ask.stop", language), size="sm", visible=False, elem_id="bsab-stop-adding")
            panel_html(f'<p class="bsab-source">{as_html(say("library.files", language))}</p>')
            unwritable = f"<p>{as_html(say('library.read_only', language))}</p>"
            told = panel_html("" if writable else unwritable, elem_id="bsab-added")
        with gradio.Column():
            panel_html(f"<h2>{as_html(say('library.health', language))}</h2>")
            check = gradio.Button(say("library.check", language), size="sm", elem_id="bsab-check")
            health = panel_html(elem_id="bsab-health")
            repair = gradio.Button(say("library.repair", language), size="sm", visible=False, elem_id="bsab-repair")

    def show() -> str:
        library = index.library
        held, passages, references = library.counts()
        totals = say(
            "library.totals", language, documents=number(held, language), passages=number(passages, language),
            results=number(library.trials.count(), language), references=number(references, language),
        )  # fmt: skip
        return documents_html(library.entries(), totals, language, writable=writable)

    def permit(request: gradio.Request) -> None:
        if not site.may_change(request):
            raise gradio.Error(say("library.may_read", language), print_exception=False)

    def added(
        request: gradio.Request, event: gradio.EventData, progress: gradio.Progress = gradio.Progress()
    ) -> tuple[Any, ...]:
        permit(request)
        tokens = [str(token) for token in (event._data or {}).get("uploads") or ()]
        site.stopping.clear()

        def step(done: int, total: int) -> None:
            if site.stopping.is_set():
                raise _Stopped
            progress((done, total), desc=say("library.indexing", language), unit="")

        with site.uploads.taken(tokens) as paths:
            found = [item for path in paths for item in _read(path)]
            folders = {f"{path.parent}/" for path in paths}
        try:
            made = add_documents(index, found, step)
        except LibraryError as error:
            raise gradio.Error(str(error), print_exception=False) from error
        except _Stopped:
            return f"<p>{as_html(say('library.stopped', language))}</p>", show()
        if made.ids:
            site.audit("add", request, documents=list(made.ids))
        titles = {entry.id: entry.title for entry in index.library.entries()}
        new = ", ".join(titles[id] for id in made.ids)
        lines = [say("library.documents_added", language, titles=new)] if made.ids else []
        lines += [say("library.known", language, source=source, owner=owner) for source, owner in made.known]
        for problem in map(str, made.skipped):
            # Where the upload lay for a moment is nobody's business.
            lines.append(functools.reduce(lambda told, folder: told.replace(folder, ""), folders, problem))
        return "".join(f"<p>{as_html(line)}</p>" for line in lines), show()

    def remove(event: gradio.EventData, request: gradio.Request) -> tuple[str, str]:
        permit(request)
        id = (event._data or {}).get("document")
        if not id:
            return gradio.skip(), gradio.skip()
        try:
            index.remove(str(id))
        except (UnknownDocument, LibraryError) as error:
            raise gradio.Error(str(error), print_exception=False) from error
        site.audit("remove", request, document=str(id))
        return show(), f"<p>{as_html(say('library.removed', language))}</p>"

    def checked() -> tuple[str, Any]:
        problems = index.problems()
        lines = problems or [say("library.whole", language)]
        shown = "".join(f"<p>{as_html(line)}</p>" for line in lines)
        return shown, gradio.Button(visible=bool(problems) and writable)

    def repaired(request: gradio.Request, progress: gradio.Progress = gradio.Progress()) -> tuple[str, Any]:
        permit(request)
        try:
            made = repair_library(
                index, lambda done, total: progress((done, total), desc=say("library.repairing", language), unit="")
            )
        except LibraryError as error:
            raise gradio.Error(str(error), print_exception=False) from error
        site.audit("repair", request, lost=list(made.lost))
        shown, button = checked()
        lines = [say("library.read_again", language, id=id) for id in made.read_again]
        lines += [say("library.lost", language, id=id) for id in made.lost]
        return shown + "".join(f"<p>{as_html(line)}</p>" for line in lines), button

    tab.select(show, None, [documents], **AT_ONCE)
    documents.click(remove, None, [documents, told], **AT_ONCE)
    check.click(checked, None, [health, repair], **AT_ONCE)
    # One at a time: indexing takes all the machine has.
    alone: dict[str, Any] = {"concurrency_id": "library", "concurrency_limit": 1, "api_visibility": "private"}
    add.click(lambda: gradio.Button(visible=True), None, [stop], **AT_ONCE)
    adding = add.click(added, None, [told, documents], show_progress_on=[told], **alone)
    adding.then(lambda: gradio.Button(visible=False), None, [stop], **AT_ONCE)
    stop.click(site.stopping.set, None, None, **AT_ONCE)
    repair.click(repaired, None, [health, repair], show_progress_on=[health], **alone)


def _read(path: Path) -> list[Document | CorpusError]:
    """The documents of an uploaded file, and an error for each that cannot be read.

    Two uploads of one name may be two texts: each is a source of its own, and replaces nothing.
    """
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    return [
        replace(item, source=item.source.replace(str(path.absolute()), f"{path.name} ({when})"))
        if isinstance(item, Document)
        else item
        for item in read_apart([path])
    ]


def documents_html(entries: Sequence[Entry], totals: str, language: Language, *, writable: bool) -> str:
    """The documents as a table."""
    head = "".join(f'<th scope="col">{as_html(say(f"library.{column}", language))}</th>' for column in COLUMNS)
    body = "".join(_entry_html(entry, language, writable) for entry in entries)
    remove = as_html(say("library.remove", language))
    last = f'<th scope="col"><span class="bsab-unseen">{remove}</span></th>' if writable else ""
    return (
        f'<p class="bsab-count" role="status">{as_html(totals)}</p><div class="bsab-scroll" tabindex="0" role="region" '
        f'aria-label="{as_html(say("page.library", language))}"><table class="bsab-table"><thead><tr>{head}{last}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )


def _entry_html(entry: Entry, language: Language, writable: bool) -> str:
    counts = "".join(
        f'<td class="bsab-count-cell">{number(count, language)}</td>'
        for count in (entry.characters, entry.sections, entry.passages)
    )
    remove = icon_button(
        "cross", "remove", name=say("library.remove_named", language, title=entry.title), document=entry.id,
        confirm=say("library.remove_sure", language),
    )  # fmt: skip
    return (
        f'<tr><th scope="row">{read_link(entry.id, 0, 0, language, entry.title)}<p class="bsab-source">'
        f"{as_html(entry.id)}</p></th><td>{as_html(say(f'language.{entry.language}', language))}</td>{counts}"
        f"<td><time>{as_html(moment(entry.added, language))}</time></td>"
        + (f"<td>{remove}</td>" if writable else "")
        + "</tr>"
    )
