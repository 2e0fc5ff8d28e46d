"""What all panels share: the assistant, the conversations kept, and what there is to choose from."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

from cachetools import LRUCache

from assistant.accounts import Account
from assistant.answering.assistant import Assistant
from assistant.answering.suggestions import examples
from assistant.audit import audit
from assistant.conversations.history import History, Turn
from assistant.trials.arms import drugs_in
from assistant.trials.groups import REGISTERED
from assistant.trials.reports import drugs_named
from assistant.trials.table import Row, rows_of
from assistant.understanding.understood import Understood
from assistant.web.uploads import Uploads
from corpus.document import Language
from corpus.vocabulary.endpoints import endpoints

if TYPE_CHECKING:
    from gradio import Request

VISITOR = "bsab_visitor"
"""The cookie that says whose conversations are whose: random, given by ``server.py``, unseen by scripts."""

_MARK = re.compile(r"[A-Za-z0-9_-]{32}")
_AT_ONCE = 2
"""Answers that are made at once: more would share the processors, and all be late."""
T = TypeVar("T")
Choices = list[tuple[str, str]]
"""Labels and values."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation on one visitor's screen."""

    id: str | None = None
    """In the history; None before the first answer, and where none is kept."""
    turns: tuple[Turn, ...] = ()

    @property
    def questions(self) -> list[str]:
        """The questions asked, oldest first."""
        return [turn.question for turn in self.turns]


@dataclass(slots=True)
class Site:
    """One assistant behind one page or several."""

    assistant: Assistant
    history: History | None
    """None where the home cannot be written."""
    uploads: Uploads = field(default_factory=Uploads)
    """Files on their way into the library."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set to stop adding after the document that is being indexed."""
    answering: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE))
    """Held while an answer is made, for a page or a program: each waits for its turn, and none is starved."""
    running: dict[str, threading.Event] = field(default_factory=dict)
    """By session: set to stop the language model that writes for it."""
    _made: LRUCache[tuple[str, ...], object] = field(default_factory=lambda: LRUCache(10))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def may_change(self, request: Request) -> bool:
        """True where a request may change the library."""
        account = _account(request)
        return account is None or account.may_change

    def audit(self, change: str, request: Request, **details: object) -> None:
        """Keep a line on a change that a request made."""
        account = _account(request)
        who = account.name if account else request.client.host if request.client else "unknown"
        audit(self.assistant.index.library.home, change, who, **details)

    def rows(self) -> list[Row]:
        """All trial results of the library as it is now."""
        index = self.assistant.index
        return self._once(("rows",), lambda: rows_of(index.library, index.vocabulary.terms))

    def choices(self, language: Language) -> dict[str, Choices]:
        """The trials, drugs, end points and sections of the library that a question can be narrowed down to."""
        return self._once(("choices", language), lambda: self._read_choices(language))

    def _read_choices(self, language: Language) -> dict[str, Choices]:
        index, trials = self.assistant.index, self.assistant.trials()
        drugs = drugs_named(index.library, index.vocabulary.terms)
        titles = index.library.titles()
        return {
            "trials": [(name, name) for name in trials.names() if not REGISTERED.search(name)],
            "drugs": sorted((drug.name_in(language), drug.id) for drug in drugs),
            "endpoints": [(e.names[language], e.key) for e in endpoints() if e.asked and trials.reported(e.key)],
            "sections": [
                (label if title == label else f"{label} {title}", label) for label, title in titles.items() if label
            ],
        }

    def chosen(self, understood: Understood) -> dict[str, list[str]]:
        """The values of ``choices`` that a question was understood as."""
        held = self.choices("en")
        terms = self.assistant.index.vocabulary.terms
        drugs = [concept.id for printed in understood.drugs for concept, _ in drugs_in(printed, terms)]
        told = {
            "trials": understood.trials, "drugs": drugs, "endpoints": understood.endpoints,
            "sections": understood.sections,
        }  # fmt: skip
        known = {kind: {value for _, value in choices} for kind, choices in held.items()}
        return {kind: [value for value in values if value in known[kind]] for kind, values in told.items()}

    def changed(self, before: Understood, chosen: dict[str, list[str]], language: Language) -> Understood:
        """``before`` with the values of ``choices`` that the reader chose; ``language`` of the question."""
        terms = self.assistant.index.vocabulary.terms
        printed = {concept.id: name for name in before.drugs for concept, _ in drugs_in(name, terms)}
        drugs = [
            printed.get(id) or terms.concepts[id].name_in(language) for id in chosen["drugs"] if id in terms.concepts
        ]
        return replace(
            before,
            trials=tuple(chosen["trials"]),
            drugs=tuple(drugs),
            endpoints=tuple(chosen["endpoints"]),
            sections=tuple(chosen["sections"]),
        )

    def examples(self, language: Language) -> list[str]:
        """Questions to begin with."""
        return self._once(("examples", language), lambda: examples(self.assistant, language))

    def _once(self, name: tuple[str, ...], make: Callable[[], T]) -> T:
        """The value that ``make`` gives for the present library, made once for each of its revisions."""
        key = (self.assistant.index.library.meta("revision") or "", *name)
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            return cast(T, self._made[key])


def visitor_in(cookie: str) -> str:
    """The visitor that a cookie's value names; "" where it is no value that we gave."""
    return cookie if _MARK.fullmatch(cookie) else ""


def visitor_of(request: Request) -> str:
    """Whose conversations a request may see: a user's own, else this browser's, else this page's."""
    if account := _account(request):
        return f"user-{account.name}"
    return visitor_in(str(dict(request.cookies).get(VISITOR, ""))) or f"session-{request.session_hash}"


def _account(request: Request) -> Account | None:
    found: Account | None = request.request.scope.get("bsab_account") if request.request else None
    return found
