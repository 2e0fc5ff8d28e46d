"""The trials of a library: what each is called, which passages speak of it, what it reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from corpus.document import Passage, Span
from corpus.trial_results import TrialResult
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.search.hybrid import HybridIndex
from index.store.library import is_under

REGISTERED = re.compile(r"(?:NCT|ChiCTR|CTR|ISRCTN|JapicCTI|jRCT|EudraCT)[-0-9A-Za-z]+", re.I)
"""A registration number: it is not what readers call a trial, and a passage may print that of another one."""
# What a run-in heading adds to the trial's name.
_KIND = re.compile(r"\s*(?:临床)?(?:研究|试验|trial|study)\s*$", re.I)
# "phase 3 trial, ZEPHYR-7", "the ZEPHYR-7 study", "(ZEPHYR-7)".
_ACRONYM = r"([A-Z][A-Za-z]{2,15}-?[0-9]{1,4}[A-Za-z]?)(?![A-Za-z0-9])"
_CALLED = re.compile(
    rf"(?:trial|study|研究|试验)[,:，：]? ?[(（]?{_ACRONYM}|{_ACRONYM} ?(?:trial|study|研究|试验)"
    rf"|[(（]{_ACRONYM}[)）]\n"
)
_NAMELIKE = re.compile(r"[A-Za-z].*[0-9]|[a-z][A-Z]|^[A-Z]{3,}")


@dataclass(frozen=True, slots=True)
class Found:
    """A result and the passage that prints it."""

    passage: Passage
    result: TrialResult


@dataclass(frozen=True)
class Group:
    """A trial, or what the library reports of a treatment outside named trials."""

    name: str
    """As the library prints it; "" for what has no name."""
    passages: tuple[Passage, ...]
    """That speak of it, in the order of the library."""
    found: tuple[Found, ...] = field(repr=False)
    """Its results, in the order of the library."""

    def within(self, sections: Sequence[str]) -> Group:
        """What of it stands in ``sections`` or below them."""
        return Group(
            self.name,
            tuple(p for p in self.passages if is_under(p.section, sections)),
            tuple(f for f in self.found if is_under(f.passage.section, sections)),
        )

    @cached_property
    def text(self) -> str:
        """All that is printed of it, its section's title included."""
        return "\n".join(dict.fromkeys(text for p in self.passages for text in (p.heading, p.topic, p.text)))


class Trials:
    """The trials of one revision of a library."""

    def __init__(
        self, passages: Iterable[Passage], results: Iterable[tuple[Passage, TrialResult]], terms: Terms
    ) -> None:
        self.passages = tuple(passages)
        self._terms = terms
        self._found_in: dict[str, frozenset[str]] = {}
        self.found = tuple(self._placed(results))
        """All results, document by document."""
        names = [_KIND.sub("", passage.topic) for passage in self.passages if _NAMELIKE.search(passage.topic)]
        names += [found.result.trial for found in self.found if found.result.trial]
        self.groups = {name: self._group(name) for name in dict.fromkeys(names)}
        self._patterns = {name: _pattern(name) for name in self.groups}

    def _placed(self, results: Iterable[tuple[Passage, TrialResult]]) -> Iterator[Found]:
        """Results, those of a document about one trial with its name where their sentences leave it out."""
        held: dict[str, list[Found]] = {}
        for passage, result in results:
            held.setdefault(passage.document_id, []).append(Found(passage, result))
        for id, found in held.items():
            text = "\n".join(p.text for p in self.passages if p.document_id == id)
            own = {name for names in _CALLED.findall(text) for name in names if name and not self._terms.find(name)}
            own |= {f.result.trial for f in found if f.result.trial}
            for f in found:
                yield Found(f.passage, replace(f.result, trial=next(iter(own)))) if len(own) == 1 else f

    @classmethod
    def of(cls, index: HybridIndex) -> Trials:
        """The trials of a library as it is now."""
        library = index.library
        with library.snapshot():
            return cls(library.passages(list(library.rows())), library.results(), index.vocabulary.terms)

    def _group(self, name: str) -> Group:
        found = tuple(f for f in self.found if f.result.trial == name)
        pattern = _pattern(name)
        # A document about one trial speaks of it throughout; a review does where the paragraph is the trial's.
        trials: dict[str, set[str]] = {}
        for f in self.found:
            if f.result.trial:
                trials.setdefault(f.passage.document_id, set()).add(f.result.trial)
        whole = {id for id, held in trials.items() if held == {name}}
        passages = tuple(
            p
            for p in self.passages
            if p.document_id in whole
            or (_KIND.sub("", p.topic) == name if p.topic else bool(pattern.search(fold(p.text).text)))
        )
        return Group(name, passages, found)

    def named_in(self, text: str) -> list[Group]:
        """The trials that a text names, in the order of the text; "dellphi 304" names DeLLphi-304."""
        folded = fold(text).text
        places = {name: match.start() for name, p in self._patterns.items() if (match := p.search(folded))}
        return [self.groups[name] for name in sorted(places, key=lambda name: places[name])]

    def spans(self, name: str, text: str) -> list[Span]:
        """Where a text names one of the trials, in order."""
        folded = fold(text)
        return [folded.printed(*match.span()) for match in self._patterns[name].finditer(folded.text)]

    def about(self, concepts: Sequence[str]) -> list[Group]:
        """Groups of results whose section's title or arms name each of ``concepts``, by id."""
        wanted = frozenset(concepts)
        groups: dict[tuple[str, str, str], list[Found]] = {}
        for f in self.found:
            place = f"{f.passage.heading}\n{f.result.arm or ''}\n{f.result.comparator or ''}"
            if wanted <= self._concepts(place):
                name = f.result.trial or ""
                section = ("", "") if name else (f.passage.document_id, f.passage.section)
                groups.setdefault((name, *section), []).append(f)
        # What a sentence elsewhere repeats of a trial without its name gives way to the trials themselves.
        named = {key: found for key, found in groups.items() if key[0]}
        return [
            Group(name, tuple(dict.fromkeys(f.passage for f in found)), tuple(found))
            for (name, _, _), found in (named or groups).items()
        ]

    def texts_on(self, concepts: Sequence[str]) -> str:
        """All passages that name each of ``concepts``, by id."""
        wanted = frozenset(concepts)
        return "\n".join(
            f"{p.heading}\n{p.text}" for p in self.passages if wanted <= self._concepts(f"{p.heading}\n{p.text}")
        )

    def _concepts(self, text: str) -> frozenset[str]:
        if text not in self._found_in:
            self._found_in[text] = frozenset(mention.concept.id for mention in self._terms.find(text))
        return self._found_in[text]


def _pattern(name: str) -> re.Pattern[str]:
    parts = re.findall(r"[a-z]+|[0-9]+|[^\sa-z0-9\-]+", fold(name).text)
    return re.compile(r"(?<![a-z0-9])" + r"[\s\-]{0,2}".join(map(re.escape, parts)) + r"(?![0-9]|[a-z](?![a-z]))")
