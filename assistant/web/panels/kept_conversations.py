"""The conversation on the screen and those that are kept: one visitor's own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.conversations.history import Turn
from assistant.errors import UsageError
from assistant.exchange.contract import Json
from assistant.web.panels.chat import history_html
from assistant.web.site import Site, Talk, visitor_of
from assistant.wording.messages import say
from corpus.document import Language
from index.errors import LibraryError

if TYPE_CHECKING:
    from gradio import Request

_LISTED = 50
"""Conversations in the side bar at most; words find the others."""
_ASKED = 20
"""Questions of a link at most."""


def keep(
    site: Site, talk: Talk, question: str, reply: Json, visitor: str, language: Language, again: bool = False
) -> Talk:
    """The conversation with one turn more, kept where it can be; ``again``: in place of the one after ``talk``.

    Raises:
        LibraryError: what was kept cannot be read again.
    """
    if not site.history:
        return replace(talk, turns=(*talk.turns, Turn(question, reply, "")))
    try:
        try:
            id = site.history.add(talk.id, question, reply, visitor, again)
        except UsageError:  # deleted meanwhile, in another window
            id = site.history.add(None, question, reply, visitor)
    except LibraryError as error:  # a full disk: the answer is shown all the same
        unkept = say("history.turn_unkept", language, why=error)
        told = {**reply, "notice": " ".join(filter(None, (reply["notice"], unkept)))}
        return replace(talk, turns=(*talk.turns, Turn(question, told, "")))
    return Talk(id, (*talk.turns, site.history.conversation(id).turns[-1]))


def find(site: Site, id: str | None, visitor: str) -> Talk | None:
    """A conversation of the visitor's; None where there is none with that id.

    Raises:
        LibraryError: the conversations cannot be read.
    """
    try:
        if site.history and id:
            return Talk(id, site.history.conversation(id, visitor).turns)
    except UsageError:
        pass
    return None


def forget(site: Site, request: Request, id: str | None = None) -> None:
    """Delete a conversation of the visitor's for good, or all of them.

    Raises:
        LibraryError: the conversations cannot be deleted.
    """
    if not site.history:
        return
    with suppress(UsageError):  # gone already, from another window
        if id is None:
            site.history.delete_all(visitor_of(request))
        else:
            site.history.delete(id, visitor_of(request))
        site.audit("delete", request, conversation=id or "all")


def kept_html(site: Site, talk: Talk, words: str, visitor: str, language: Language) -> str:
    """The visitor's conversations, those that hold ``words``; the one on the screen is marked.

    Raises:
        LibraryError: the conversations cannot be read.
    """
    if not site.history:
        return history_html([], None, language, say("history.unkept", language))
    found = site.history.listed(words, visitor, _LISTED)
    none = say("history.found_none" if words.strip() else "history.none", language)
    return history_html(found, talk.id, language, none)


def asked_for(request: Request) -> tuple[str, list[str]]:
    """The id of a conversation (``?c=``) and the questions in turn (``?q=``) that the page's address names."""
    query = request.query_params
    # Gradio gives what Starlette gives, or a dictionary.
    values = {key: query.getlist(key) if hasattr(query, "getlist") else query[key] for key in query}
    named, asked = ([v] if isinstance(v, str) else list(v) for v in (values.get("c", ""), values.get("q", [])))
    return named[0] if named else "", [str(question) for question in asked[:_ASKED]]
