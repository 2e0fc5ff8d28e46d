"""What a library reports of trials, or of drugs: their results, and whether their texts tell of a measure.

Of a drug there may be thousands of results and passages. They are looked up measure by measure, and read only until
what is asked of them is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from assistant.trials.arms import DRUG_CATEGORIES
from assistant.trials.groups import Found, Group, Trials
from corpus.document import Passage
from corpus.vocabulary.concepts import Concept
from corpus.vocabulary.endpoints import EndPoint
from corpus.vocabulary.terms import Terms
from corpus.words.folding import fold
from index.search.indexing import subject
from index.store.keywords import printing, quoted, told_word
from index.store.library import Library, is_under
from index.store.trials import Place, about, named

_READ = 500
"""Passages at most that are read to find one that tells what is looked for: the index leads to it, mostly at once."""
T = TypeVar("T")


class Reports(Protocol):
    """Groups of results."""

    def __bool__(self) -> bool:
        """Whether there is any group."""

    def reports(self, names: Collection[str]) -> bool:
        """Whether any group has a result of ``names`` (``TrialResult.name``)."""

    def reporting(self, names: Collection[str]) -> Iterator[Group]:
        """The groups that may have results of ``names``, read as they are asked for, in no order."""

    def order(self, group: Group) -> int:
        """What one of its groups is sorted by."""

    def within(self, sections: Sequence[str]) -> Reports:
        """What of it stands in ``sections`` or below them."""


class Texts(Protocol):
    """What texts tell."""

    def __bool__(self) -> bool:
        """Whether there is any text."""

    def tells_of(self, measure: EndPoint) -> bool:
        """Whether a text speaks of a measure."""

    def tells_at(self, months: str) -> bool:
        """Whether a text speaks of a time point, in months or in years."""


class TrialReports:
    """What trials report."""

    def __init__(self, groups: Sequence[Group]) -> None:
        """``groups``: the trials."""
        self._groups = list(groups)

    def __bool__(self) -> bool:
        return bool(self._groups)

    def reports(self, names: Collection[str]) -> bool:
        """Whether any trial has a result of ``names``."""
        return any(group.reporting(names) for group in self._groups)

    def reporting(self, names: Collection[str]) -> Iterator[Group]:
        """All trials."""
        return iter(self._groups)

    def order(self, group: Group) -> int:
        """Its place among the trials."""
        return self._groups.index(group)

    def within(self, sections: Sequence[str]) -> TrialReports:
        """The trials that are spoken of in ``sections`` or below them, each with what stands there."""
        return TrialReports([inside for group in self._groups if (inside := group.within(sections)).passages])


class TrialTexts:
    """What is printed of trials."""

    def __init__(self, groups: Sequence[Group]) -> None:
        """``groups``: the trials."""
        self._groups = groups

    def __bool__(self) -> bool:
        return any(group.passages for group in self._groups)

    def tells_of(self, measure: EndPoint) -> bool:
        """Whether it speaks of a measure."""
        return any(measure.is_told(group.folded) for group in self._groups)

    def tells_at(self, months: str) -> bool:
        """Whether it speaks of a time point."""
        return any(_time_point(months).search(group.folded) for group in self._groups)


class DrugReports:
    """What a library reports of drugs: results whose section's title or arms name all of them, by trial.

    Where none of those has a trial, by section.
    """

    def __init__(
        self, concepts: Sequence[str], trials: Trials, library: Library, terms: Terms, sections: Sequence[str] = ()
    ) -> None:
        """``concepts``: the drugs, by id; ``sections``: where alone results are taken from, if any."""
        self._concepts, self._trials, self._library, self._terms = concepts, trials, library, terms
        self._sections = sections
        # What a sentence elsewhere repeats of a trial without its name gives way to the trials themselves.
        self._of_trials = any(place.trial and self._found([place]) for place in self._places(about(concepts)))

    def within(self, sections: Sequence[str]) -> DrugReports:
        """What of it stands in ``sections`` or below them."""
        return DrugReports(self._concepts, self._trials, self._library, self._terms, sections)

    def __bool__(self) -> bool:
        return self._any(about(self._concepts))

    def reports(self, names: Collection[str]) -> bool:
        """Whether there is a result of ``names``."""
        return self._any(f"{about(self._concepts)} AND {named(names)}")

    def _any(self, query: str) -> bool:
        return any(self._is_taken(place) and self._found([place]) for place in self._places(query))

    def reporting(self, names: Collection[str]) -> Iterator[Group]:
        """The trials, or sections, that have results of ``names``; those are read first."""
        held: dict[tuple[str, str, str], list[Place]] = {}
        for place in self._places(f"{about(self._concepts)} AND {named(names)}"):
            if self._is_taken(place):
                section = ("", "") if place.trial else (place.document_id, place.section)
                held.setdefault((place.trial, *section), []).append(place)
        return (_Part(partial(self._found, places), trial, self._inside) for (trial, *_), places in held.items())

    def order(self, group: Group) -> int:
        """The row of its first result, wherever that stands."""
        return self._whole(group.found[0])[0].row

    def _is_taken(self, place: Place) -> bool:
        return bool(place.trial or not self._of_trials) and (
            not self._sections or is_under(place.section, self._sections)
        )

    def _places(self, query: str) -> Iterator[Place]:
        return _batches(lambda last, most: self._library.trials.places(query, last, most), lambda place: place.row)

    def _found(self, places: Sequence[Place]) -> list[Found]:
        """The results that stand in places, if they do name the drugs."""
        with self._library.snapshot():
            found = self._trials.read(self._library.trials.results([place.row for place in places]))
        return [f for f in found if self._is_about(f)]

    def _whole(self, one: Found) -> list[Found]:
        """All results of the group that ``one`` is in, in any section."""
        if one.result.trial:
            found = self._trials.group(one.result.trial).found
        else:
            with self._library.snapshot():
                read = self._trials.read(self._library.trials.results_in(one.passage.document_id))
            found = tuple(f for f in read if not f.result.trial and f.passage.section == one.passage.section)
        return [f for f in found if self._is_about(f)]

    def _inside(self, one: Found) -> list[Found]:
        """All of them that are taken."""
        sections = self._sections
        return [f for f in self._whole(one) if not sections or is_under(f.passage.section, sections)]

    def _is_about(self, f: Found) -> bool:
        # The index holds what a name implies besides what is named.
        return _names(subject(f.passage, f.result), self._concepts, self._terms)


class _Part(Group):
    """A group of results of which those that are asked for are read first."""

    def __init__(self, asked: Callable[[], list[Found]], name: str, whole: Callable[[Found], list[Found]]) -> None:
        """``asked``: reads the results that it was found by; ``whole``: reads all that are in a group with one."""
        self._read_asked = asked
        self._asked: list[Found] | None = None
        super().__init__(
            name,
            lambda: tuple(dict.fromkeys(f.passage for f in self.found)),
            lambda: tuple(whole(self._first()[0])) if self._first() else (),
        )

    def _first(self) -> list[Found]:
        if self._asked is None:
            self._asked = self._read_asked()
        return self._asked

    def reporting(self, names: Collection[str]) -> list[Found]:
        """Its results of ``names``, which are among those it was found by."""
        return [f for f in self._first() if f.result.name in names]


class DrugTexts:
    """The passages that name all of some drugs, their section's title included."""

    def __init__(self, concepts: Sequence[str], library: Library, terms: Terms) -> None:
        """``concepts``: the drugs, by id."""
        self._concepts, self._library, self._terms = concepts, library, terms

    def __bool__(self) -> bool:
        return self._any(lambda text: True)

    def tells_of(self, measure: EndPoint) -> bool:
        """Whether one of them speaks of a measure."""
        return self._any(lambda text: measure.is_told(fold(text).text), quoted(told_word(measure.key)))

    def tells_at(self, months: str) -> bool:
        """Whether one of them speaks of a time point."""
        point = _time_point(months)
        return any(self._any(lambda text: bool(point.search(fold(text).text)), words) for words in _time_words(months))

    def _any(self, tells: Callable[[str], bool], words: str = "") -> bool:
        """Whether any of them ``tells``; read are those that the query ``words`` finds as well, where it is given."""
        query = f"({about(self._concepts)}){f' AND ({words})' if words else ''}"
        texts = (f"{passage.heading}\n{passage.text}" for passage in _passages(query, self._library))
        # The index holds what a name implies, and run-in headings, besides what is named.
        return any(tells(text) and _names(text, self._concepts, self._terms) for text in islice(texts, _READ))


def drugs_named(library: Library, terms: Terms) -> list[Concept]:
    """All drugs that passages name outside their section's title."""
    drugs = [concept for concept in terms.concepts.values() if concept.category in DRUG_CATEGORIES]
    return [
        drug
        for drug in drugs
        if any(_names(passage.text, [drug.id], terms) for passage in _passages(about([drug.id]), library))
    ]


def _passages(query: str, library: Library) -> Iterator[Passage]:
    """The passages that a query of FTS5 finds, read as they are asked for."""

    def read(last: int, most: int) -> list[tuple[int, Passage]]:
        with library.snapshot():
            rows = library.trials.matching(query, last, most)
            return list(zip(rows, library.passages(rows), strict=True))

    return (passage for _, passage in _batches(read, lambda found: found[0]))


def _batches(read: Callable[[int, int], Sequence[T]], row: Callable[[T], int]) -> Iterator[T]:
    """What ``read`` gives for the last row before and a number at most: few at first, for the first often tells."""
    last, most = 0, 1
    while found := read(last, most):
        yield from found
        if len(found) < most:
            return
        last, most = row(found[-1]), min(most * 4, 1024)


def _names(text: str, concepts: Sequence[str], terms: Terms) -> bool:
    return frozenset(concepts) <= {mention.concept.id for mention in terms.find(text)}


def _years(months: str) -> str:
    return f"{int(months) / 12:g}"


def _time_point(months: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9.]){months} ?[- ]?(?:个?月|mo)|(?<![0-9.]){_years(months)} ?[- ]?(?:年|year)")


def _time_words(months: str) -> tuple[str, ...]:
    """Queries of FTS5 for texts that may speak of a time point, those that mostly do first."""
    units = (f"{printing('月')} OR {_any('month', 'months', 'mo', 'mos')}", f"{printing('年')} OR {_any('year')}")
    numbers = list(zip((months, _years(months)), units, ("mo", "year"), strict=True))
    likely = [f"({quoted(number)} AND ({unit})) OR {quoted(number + glued)} *" for number, unit, glued in numbers]
    # "3-6-month" is one word, of which "month" is kept, but no single digit.
    rest = [unit for number, unit, _ in numbers if len(number) == 1]
    return (" OR ".join(likely), *rest)


def _any(*words: str) -> str:
    return " OR ".join(map(quoted, words))
