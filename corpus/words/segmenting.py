"""Text to the words that search compares: folded, segmented, stemmed. The only file that imports jieba.

Each word keeps the span of the characters it came from, so that a match can be marked in the text as printed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from corpus.document import Span
from corpus.language import HAN
from corpus.words.dictionary import LazyDictionary, WordList
from corpus.words.folding import Folded, fold

_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN_RUN = re.compile(r"[a-z0-9α-ω]+(?:[.'][a-z0-9]+|-+[a-z0-9α-ω]+)*")
_PIECE = re.compile(r"\d+(?:\.\d+)?|[a-zα-ω]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)*")

# A number after one of these counts something: "phase 3" is no name as "dellphi 304" is.
_COUNTED = frozenset(
    """
    phase grade reference references ref refs dose month months week weeks year years day days cycle cycles arm
    part stage line level table figure fig section top type class group cohort version chapter page age and the
    than least most over under about with from for was were are only all top number patients
    """.split()
)

_LONGEST_WORD = 40
"""Letters, at most, of a word whose stem is kept: texts repeat their words, and a stem takes 0.1 ms."""

STOP_WORDS = frozenset(
    """
    a an the of and or in on at to for from by with without as is are was were be been being it its this that
    these those there what which who whom whose when where why how do does did done has have had can could may
    might will would should shall i you he she we they me us them my your our their not no than then so such any
    some much many about into between during over under up out if but both each per vs versus please tell show
    give s t 的 了 和 与 及 或 在 是 为 有 中 对 对于 将 把 被 于 以 及其 其 该 此 这 那 哪 哪个 哪些 哪项
    哪一项 什么 怎样 怎么 怎么样 如何 多少 几 吗 呢 吧 啊 一 一个 一项 一种 个 项 种 请 请问 我 你 您 它 他 她
    们 我们 你们 他们 它们 这个 那个 这些 那些 是否 可以 能 能否 会 也 都 还 而 但 并 从 到 由 上 下 里 关于
    分别 进行 以及 等 之 所 就 让 给 比 得 地 着 过 没有 不 有没有 何 何种 为何 为什么 具有
    """.split()
)
"""Words that ask or join and say nothing of the subject, folded."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text."""

    form: str
    """What is compared: folded; English words by their stem; "DeLLphi-304" as "dellphi304"."""
    span: Span
    """Where it stands in the text as printed."""


class _Stemmers(threading.local):
    """One stemmer a thread: it keeps the word it works on in itself, and two threads would mix theirs."""

    @cached_property
    def stem(self) -> Callable[[str], str]:
        """A word's stem."""
        import snowballstemmer

        stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
        return stem


_stemmers = _Stemmers()


class _Cutter:
    """jieba, which cuts Chinese characters into words; its dictionary is read as far as texts need it.

    It neither logs nor trusts a cache file in a folder that others can write to. Thread-safe: words are added to its
    table in place, and reading it takes no lock.
    """

    def __init__(self) -> None:
        words = _words()
        self._dictionary = LazyDictionary(words)
        self._tokenizer = _tokenizer()
        self._tokenizer.FREQ, self._tokenizer.total = self._dictionary.frequencies, words.total
        self._tokenizer.initialized = True

    def add(self, word: str) -> None:
        """Keep a word whole, from the next text on."""
        self._dictionary.load(word)
        self._tokenizer.add_word(word)

    def cut(self, run: str) -> Iterable[tuple[str, int, int]]:
        """The words of a run of Chinese characters with their half-open spans in it.

        Search mode gives a compound's parts too: 小细胞肺癌 is found by 肺癌.
        """
        self._dictionary.load(run)
        words: Iterable[tuple[str, int, int]] = self._tokenizer.tokenize(run, mode="search", HMM=False)
        return words


def _tokenizer() -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

    return jieba.Tokenizer()


@cache
def _words() -> WordList:
    """jieba's own words: 20 MiB."""
    with _tokenizer().get_dict_file() as file:
        return WordList(file.read())


class Segmenter:
    """Splits text into words. ``names`` (drugs, trials, targets) are kept whole. Thread-safe."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = dict.fromkeys(names)
        self._lock = threading.Lock()
        self._cutter: _Cutter | None = None

    def learn(self, names: Iterable[str]) -> None:
        """Keep more names whole, from the next text on; those that it knows change nothing."""
        with self._lock:
            new = dict.fromkeys(name for name in names if name not in self._names)
            self._names |= new
            if self._cutter is not None:
                _add_names(self._cutter, new)

    def words(self, text: str) -> list[Word]:
        """The words of ``text`` in the order of the text; compounds give the whole, then its parts."""
        folded = fold(text)
        words = [word for run in _HAN_RUN.finditer(folded.text) for word in self._han(folded, run)]
        words += _latin(folded)
        return sorted(words, key=lambda word: (word.span.start, -word.span.end))

    def _han(self, folded: Folded, run: re.Match[str]) -> Iterable[Word]:
        for form, start, end in self._loaded().cut(run[0]):
            yield Word(form, folded.printed(run.start() + start, run.start() + end))

    def _loaded(self) -> _Cutter:
        if self._cutter is None:
            with self._lock:
                if self._cutter is None:
                    cutter = _Cutter()
                    _add_names(cutter, self._names)
                    self._cutter = cutter
        return self._cutter


def _add_names(cutter: _Cutter, names: Iterable[str]) -> None:
    for name in names:
        for run in chinese_runs(name):
            cutter.add(run)


def chinese_runs(name: str) -> list[str]:
    """The runs of Chinese characters in a name, folded, that are kept whole: two characters at least."""
    return [run for run in _HAN_RUN.findall(fold(name).text) if len(run) > 1]


def _latin(folded: Folded) -> list[Word]:
    words: list[Word] = []
    previous: re.Match[str] | None = None
    for run in _LATIN_RUN.finditer(folded.text):
        span = folded.printed(*run.span())
        pieces = list(_PIECE.finditer(run[0]))
        if _PLAIN_NUMBER.fullmatch(run[0]) or len(pieces) == 1:
            words.append(Word(stem(run[0]), span))
            # "dellphi 304" is "DeLLphi-304".
            apart = folded.text[previous.end() : run.start()] if previous else ""
            named = previous and previous[0].isalpha() and len(previous[0]) > 2 and previous[0] not in _COUNTED
            # "ASCO 2025" is a congress in a year.
            if previous and named and apart == " " and run[0].isdigit() and not _YEAR.fullmatch(run[0]):
                words.append(Word(previous[0] + run[0], folded.printed(previous.start(), run.end())))
        else:
            words.append(Word("".join(piece[0] for piece in pieces), span))
            words.extend(
                Word(stem(piece[0]), folded.printed(run.start() + piece.start(), run.start() + piece.end()))
                for piece in pieces
                if len(piece[0]) > 1
            )
        previous = run
    return words


def stem(word: str) -> str:
    """An English word without its ending; anything with a digit, or short, as it is."""
    if not word.isalpha() or len(word) <= 3:
        return word
    return _kept_stem(word) if len(word) <= _LONGEST_WORD else _stemmers.stem(word)


@lru_cache(maxsize=65_536)
def _kept_stem(word: str) -> str:
    return _stemmers.stem(word)
