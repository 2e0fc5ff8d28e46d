"""The same library for other programs: endpoints for gradio_client, and the same as MCP tools.

Names, arguments and docstrings here are what those programs see; the JSON is that of the command line.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from typing import Any

import gradio

from assistant.answering.cited_references import look_up
from assistant.cli.streams import dumps
from assistant.exchange.catalogue import catalogue_json
from assistant.exchange.contract import checked_json, hit_json, reference_json, reply_json
from assistant.trials.charts import kind_of
from assistant.trials.source_notes import checked_results
from assistant.web.site import Site
from corpus.words.folding import fold
from index.errors import LibraryError

_MOST = 100


def build_programs(site: Site) -> None:
    """Add the endpoints to the Blocks that is being built."""
    index = site.assistant.index

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question from the library with the exact passages that hold the answer, or say what is missing.

        Args:
            question: In English or Chinese.
            history: Questions asked before this one, oldest first, which a follow-up may lean on.

        Returns:
            The answer with [n] for each citation, "abstained" and "reason" where there is none, citations with
            quotes, sections and references, trial results, and notes where the source departs from what it cites.
        """
        started = time.perf_counter()
        asked, earlier = _text(question, "question"), [_text(text, "history") for text in history or []]
        with site.answering:
            reply = site.assistant.extract(asked, earlier)
        return reply_json(site.assistant.reword(reply), time.perf_counter() - started)

    def search(question: str, count: int = 5) -> dict[str, Any]:
        """Find passages of the library by meaning and by words, in both languages.

        Args:
            question: In English or Chinese.
            count: How many passages, from 1 to 100.

        Returns:
            "hits": passages with document, section, heading, text, score, ranks and shared terms, best first.
        """
        hits = index.search(_text(question, "question"), max(1, min(int(count), _MOST)))
        return {"question": question, "hits": [hit_json(rank, hit) for rank, hit in enumerate(hits, start=1)]}

    def cite(reference: str) -> dict[str, Any]:
        """Look up references of the library by number, trial, author or words.

        Args:
            reference: A number such as 25, or words; blank for all references.

        Returns:
            "references": works with title, authors, journal, year, DOI and how sure they are, and the sentences
            that cite them.
        """
        found = look_up(index, _text(reference, "reference"))
        return {"references": [reference_json(cited) for cited in found]}

    def trials(trial: str = "", endpoint: str = "") -> dict[str, Any]:
        """List trial results of the library as data, each with the sentence it stands in.

        Args:
            trial: Part of a trial's name; blank for all.
            endpoint: Such as PFS, OS, ORR or "HR (PFS)"; blank for all.

        Returns:
            "results": trial, arm, comparator, end point, value as printed, unit, interval, sentence and notes.
        """
        name = fold(_text(trial, "trial")).text.strip()
        wanted = fold(_text(endpoint, "endpoint")).text.strip()
        return {
            "results": [
                checked_json(passage, result, checks, "en")
                for passage, result, checks in checked_results(index.library)
                if name in fold(result.trial or "").text
                and wanted in ("", fold(result.endpoint).text, fold(kind_of(result)).text)
            ]
        }

    def drugs(drug: str = "") -> dict[str, Any]:
        """List the drugs of the library with what its documents say of them, each field with its sentence.

        Args:
            drug: Part of a drug's name or code, in either language; blank for all.

        Returns:
            "drugs": name, names, and fields (target, class, maker, approval, indication) with value, document,
            section and sentence.
        """
        return {"drugs": catalogue_json(index.library, index.vocabulary.terms, "drug", _text(drug, "drug"))}

    def terms(term: str = "") -> dict[str, Any]:
        """List the terms of the library: what short forms stand for, and sentences that define a term.

        Args:
            term: Part of a term or its short form, in either language; blank for all.

        Returns:
            "terms": name, names, and fields (short form, long form, definition) with value, document, section and
            sentence.
        """
        return {"terms": catalogue_json(index.library, index.vocabulary.terms, "term", _text(term, "term"))}

    for endpoint in (ask, search, cite, trials, drugs, terms):
        # Not through the queue: an MCP tool is then called in this process, with its request.
        gradio.events.api(_told(endpoint), api_name=endpoint.__name__, queue=False)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise gradio.Error(f'"{name}" must be text.', print_exception=False)
    return value


def _told(endpoint: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """``endpoint`` with the library's errors told to the caller; as text for MCP, whose tools give no objects and
    which would print this one as Python does."""

    @functools.wraps(endpoint)
    def call(*values: Any) -> Any:
        *asked, request = values
        try:
            found = endpoint(*asked)
        except LibraryError as error:
            raise gradio.Error(str(error), print_exception=False) from error
        return dumps(found) if "/mcp" in str(request.url) else found

    told = inspect.signature(endpoint)
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gradio.Request
    )
    call.__signature__ = told.replace(  # type: ignore[attr-defined]
        parameters=[*told.parameters.values(), request]
    )
    call.__annotations__ = {**endpoint.__annotations__, "request": gradio.Request}
    return call
