"""The trials of a library: what each is called, which passages speak of it, what it reports.

They are looked up when they are asked for, and their parts are read when they are first needed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from corpus.document import Passage, Span
from corpus.trial_results import TrialResult
from corpus.trial_results.trial_names import name_in
from corpus.vocabulary.terms import Terms, skeleton_of
from corpus.words.folding import fold
from index.store.library import Library, is_under
from index.store.trials import LONGEST, Kept, named, with_arm

REGISTERED = re.compile(r"(?:NCT|ChiCTR|CTR|ISRCTN|JapicCTI|jRCT|EudraCT)[-0-9A-Za-z]+", re.I)
"""A registration number: it is not what readers call a trial, and a passage may print that of another one."""
_KEPT = 100
"""Trials whose parts are kept once they are read."""
_FEW = 100
"""Trials that are put in order one by one; where there are more, the order of all soon comes to some."""


@dataclass(frozen=True, slots=True)
class Found:
    """A result and the passage that prints it."""

    passage: Passage
    result: TrialResult
    row: int
    """Of the result in the library, whose order it follows."""


class Group:
    """A trial, or what the library reports of a treatment outside named trials. Thread-safe."""

    def __init__(
        self, name: str, passages: Callable[[], tuple[Passage, ...]], found: Callable[[], tuple[Found, ...]]
    ) -> None:
        """``name``: as the library prints it, "" for what has none; ``passages``, ``found``: read those."""
        self.name = name
        self._read_passages, self._read_found = passages, found
        # Two threads may both read one: they read the same.
        self._passages: tuple[Passage, ...] | None = None
        self._found: tuple[Found, ...] | None = None
        self._folded: str | None = None
        self._concepts: tuple[Terms, frozenset[str]] | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """That speak of it, in the order of the library."""
        if self._passages is None:
            self._passages = self._read_passages()
        return self._passages

    @property
    def found(self) -> tuple[Found, ...]:
        """Its results, in the order of the library."""
        if self._found is None:
            self._found = self._read_found()
        return self._found

    def reporting(self, names: Collection[str]) -> list[Found]:
        """Its results of ``names`` (``TrialResult.name``)."""
        return [f for f in self.found if f.result.name in names]

    @property
    def text(self) -> str:
        """All that is printed of it, its section's title included."""
        return "\n".join(dict.fromkeys(text for p in self.passages for text in (p.heading, p.topic, p.text)))

    @property
    def folded(self) -> str:
        """``text`` folded."""
        if self._folded is None:
            self._folded = fold(self.text).text
        return self._folded

    def concepts(self, terms: Terms) -> frozenset[str]:
        """Ids of the concepts that are named in ``text``."""
        if self._concepts is None or self._concepts[0] is not terms:
            self._concepts = terms, frozenset(mention.concept.id for mention in terms.find(self.text))
        return self._concepts[1]

    def within(self, sections: Sequence[str]) -> Group:
        """What of it stands in ``sections`` or below them."""
        return Group(
            self.name,
            lambda: tuple(p for p in self.passages if is_under(p.section, sections)),
            lambda: tuple(f for f in self.found if is_under(f.passage.section, sections)),
        )


class Trials:
    """The trials of one revision of a library. Thread-safe."""

    def __init__(self, library: Library) -> None:
        """``library``: as it is now; another revision of it takes another of these."""
        self._library, self._tables = library, library.trials
        self._groups: LRUCache[str, Group] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def group(self, name: str) -> Group:
        """The trial that the library calls ``name``; without passages and results where it has no such trial."""
        with self._lock:
            if name not in self._groups:
                self._groups[name] = Group(name, lambda: self._passages(name), lambda: self._found(name))
            return self._groups[name]

    def groups(self, names: Collection[str]) -> list[Group]:
        """Those of ``names`` that are trials of the library, in its order."""
        return [self.group(name) for name in self._tables.known(names)]

    def names(self) -> Iterator[str]:
        """The names of all trials, in the order of the library."""
        return self._tables.names()

    def reporting(self) -> Iterator[Group]:
        """All trials with results, in the order of the library, looked up as they are asked for."""
        return map(self.group, self._tables.names(reporting=True))

    def named_in(self, text: str) -> list[Group]:
        """The trials that a text names, in the order of the text; "dellphi 304" names DeLLphi-304."""
        return [self.group(name) for name in self._named_in(text) if self._is_called(name, text)]

    def _is_called(self, name: str, text: str) -> bool:
        """Whether a text means the trial: "self-selected" does not name SELECT, "the select trial" does."""
        return not name.isalpha() or any(_is_called(span, text) for span in self.spans(name, text))

    def _named_in(self, text: str) -> list[str]:
        folded = fold(text).text
        names = self._tables.names_of(self._tables.keys_at(_starts(folded)))
        places = {}
        for name in names:
            if match := _pattern(name).search(folded):
                places[name] = match.start()
        return sorted(places, key=lambda name: places[name])

    def spans(self, name: str, text: str) -> list[Span]:
        """Where a text names a trial, in order."""
        folded = fold(text)
        return [folded.printed(*match.span()) for match in _pattern(name).finditer(folded.text)]

    def spoken_of(self, passages: Iterable[Passage]) -> list[Group]:
        """The trials that any of ``passages`` is among the ``passages`` of: in the order of the first such one each,
        then of the library.
        """
        first: dict[str, int] = {}
        for place, passage in enumerate(passages):
            # Under a run-in heading the paragraph is that trial's, whatever others it names.
            named = [name_in(passage.topic)] if passage.topic else self._named_in(passage.text)
            for name in (*self._tables.whole(passage.document_id), *named):
                first.setdefault(name, place)
        return [self.group(name) for name in sorted(self._tables.known(first), key=lambda name: first[name])]

    def with_any(self, arms: Collection[str], names: Collection[str]) -> Iterator[Group]:
        """The trials that have one of ``arms``, as printed, and report one of ``names``; and others.

        In the order of the library, looked up as they are asked for.
        """
        for query in (with_arm(arms), named(names)) if arms and names else ():
            few = self._tables.trials_with(query, _FEW)
            if len(few) < _FEW:
                return iter(self.groups(few))
        return self.reporting() if arms and names else iter(())

    def reported(self, name: str) -> bool:
        """Whether there is any result of ``name`` (``TrialResult.name``)."""
        return bool(self._tables.places(named([name]), 0, 1))

    def read(self, kept: Iterable[Kept]) -> list[Found]:
        """Results with their passages."""
        kept = list(kept)
        passages = self._library.passages_by_row(item.passage for item in kept)
        return [Found(passages[item.passage], item.result, item.place.row) for item in kept]

    def _found(self, name: str) -> tuple[Found, ...]:
        with self._library.snapshot():
            return tuple(self.read(self._tables.results_of(name)))

    def _passages(self, name: str) -> tuple[Passage, ...]:
        # A document about one trial speaks of it throughout; a review does where the paragraph is the trial's.
        with self._library.snapshot():
            sure, likely = self._tables.speaking(name)
            read = self._library.passages_by_row(sorted((*sure, *likely)))
        pattern, doubtful = _pattern(name), set(likely)
        return tuple(p for row, p in read.items() if row not in doubtful or pattern.search(fold(p.text).text))


def _is_called(span: Span, text: str) -> bool:
    """Whether a word of a text is a trial's name that has the look of a word: in capitals, or beside "trial"."""
    printed, after = span.of(text), text[span.end :]
    whole = not (after[:1].isalpha() and after[:1].isascii())
    return whole and (printed != printed.lower() or bool(_BESIDE_A_NAME.match(after)))


_BESIDE_A_NAME = re.compile(r" ?(?:trial|study|试验|研究)", re.I)


def _starts(folded: str) -> list[str]:
    """What a folded text goes on with, blanks and hyphens left out, from each place where a name may begin."""
    kept, skeleton = skeleton_of(folded)
    starts = (n for n, place in enumerate(kept) if not place or not re.match("[a-z0-9]", folded[place - 1]))
    return [skeleton[n : n + LONGEST] for n in starts]


def _pattern(name: str) -> re.Pattern[str]:
    parts = re.findall(r"[a-z]+|[0-9]+|[^\sa-z0-9\-]+", fold(name).text)
    return re.compile(r"(?<![a-z0-9])" + r"[\s\-]{0,2}".join(map(re.escape, parts)) + r"(?![0-9]|[a-z](?![a-z]))")
