"""Hostile inputs for all that reads a text: python -m benchmarks.fuzz [--seconds 600] [TARGET ...]

Each target runs for that many seconds on texts that Hypothesis builds, as long on bytes that atheris varies by what
they reach in ``corpus`` and ``assistant``, and on fragments repeated up to 200 kB. The rules: nothing is raised but the
errors that are documented; on the command line the exit status is 0, 1 or 2 and no traceback is shown; no call takes
more than 2 s of the processor for each 100 kB, or for less; twice the length takes less than 2.8 times as long.

An input is a str. Where a target reads bytes they are its UTF-8, and U+DC80 to U+DCFF stand for bytes that are none
(PEP 383). Nothing else should keep the machine busy: caches are shared, and a call that waits for them is slow.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from assistant.errors import UsageError
from corpus.errors import CorpusError
from index.errors import LibraryError

# What reads the texts is imported when a target is made, so that atheris sees its branches.

DOCUMENTED = (CorpusError, UsageError, LibraryError)
PER_100_KB = 2.0
"""Seconds of processor time."""
_KB_100 = 100_000
GROWTH = 2.8
"""What doubling an input may multiply its time by: n log n gives 2.1 at these lengths, n² gives 4."""
_MEASURABLE = 0.3
"""Seconds below which a ratio of times is noise."""
_ROOT = Path(__file__).resolve().parents[1]
_OURS = ("corpus", "index", "assistant")

Call = Callable[[str], object]


# Texts

_CHINESE = "塔拉妥单抗 非小细胞肺癌 患者 的 客观缓解率 细胞因子释放 各 研究： 塔拉妥單抗 与 依沃西单抗".split()
_ENGLISH = "Tarlatamab lung cancer the objective response rate vs. et al. DeLLphi-304 PD-1 BNT327 NSCLC and".split()
_FIGURES = """
中位PFS为6.3个月 ORR为40% (95%CI:29~52) 95%CI HR=0.48 50·3 n=254 10mg组 联合组 化疗组 分别为 和 高于 相比 各
风险降低40% 3级及以上不良事件发生率 纳入657例患者 ORR５０％ 12个月OS率 各254例 NCT01234567 P<0.001 (7.0-10.2) 1:1
median PFS was 6.3 months with placebo versus in the A group ORR 40% (52/130) and respectively hazard ratio, 0.60;
overall survival at 12 months 20 mg/kg enrolled 509 patients reduced the risk of death by of phase III trial, not
reached
""".split()
_POINTS = [*"。，；：、？！….,;:?!()（）[]【】［］\"'“”‘’·×≥<>=%％~～–—-/|*_`#&\\", " ", "  ", "\n", ""]
_UNSEEN = [*"\0\x1b\u200b\u202e\xad\ufeff\r\t\u3000\u2028\x85", "\ud800", "\udc80"]
_ODD = [*"ﬁⅢ℃İ²½①٣߂𝟗㈠㍱ﷺ‱ß", "\u0301", "😀", "👩\u200d⚕️", "\U000e0041", "\U0010ffff", "9" * 400, "1e999"]
_BRACKETS = ["()", "（）", "[]", "【】", "［］", "“”", "{}", "(）", "（]", "<>"]
_HOLLOW = ["（，；）", "(,)", "( ,)", "(;a)", "（）", "[,]", "[-]", "(AB,)", "(PD-1,；)", ""]

FRAGMENTS = (
    "(", ")", "（", "A（，；）", "（，；）", "(a,", "[", "[1", "[1,", "[1-9", "[1]", "【", "［9］", "95% CI ",
    "95% CI (", "各", "各1", "vs ", "vs. ", "与", "1.", "1. ", "1.1.", "\n1. a", "[1] a. b. c. 2020;", "\n[1] ",
    "A. ", "10.1234/", "> ", "- ", "* ", "| a ", "|a\n|-\n", "```", "```\n", "`", "*", "![", "[a](", "<a ", "&",
    "&#x202e;", "# ", "\\", "\u3000", "\n", "\r", " ", "\0", "\ud800", "\u202e", "\u0301", "Ｔ", "0", "9.", "٣", "a",
    "a-", "a\n", "Ab ", "mab ", "mab-", "(AB) ", "肺", "肺 ", "塔拉妥单抗", "单抗(A1-B2)", "组", "A组", "n=1 ",
    "1 mg 或 ", "5%、", "中位PFS为6.3个月，", "DeLLphi-304 研究：", "NCT01234567 ", "I ", "。", "…", '."', "{",
    '{"a":', "\\ud800", "PMID: ", "the a group ",
)  # fmt: skip
"""What a pattern may begin to match and then has to give up, at every place of a text."""


def _joined(pieces: list[str], separators: list[str], most: int = 25) -> SearchStrategy[str]:
    pair = st.tuples(st.sampled_from(pieces), st.sampled_from(separators)).map("".join)
    return st.lists(pair, max_size=most).map("".join)


def _nested(inside: SearchStrategy[str]) -> SearchStrategy[str]:
    """Brackets in brackets, most of them closed."""

    def around(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        parts = st.lists(inner, max_size=3).map("，".join)
        return st.builds(lambda pair, text, cut: pair[0] + text + pair[1 + cut :], st.sampled_from(_BRACKETS), parts,
                         st.sampled_from([0, 0, 0, 1]))  # fmt: skip

    return st.recursive(inside, around, max_leaves=8)


def _markdown(inside: SearchStrategy[str]) -> SearchStrategy[str]:
    """Markdown in Markdown: quotes, lists, tables, code, emphasis and links."""
    openings = ["> ", "- ", "1. ", "| ", "# ", "### 2.1 ", "```\n", "    ", "~~~", "|-|-|\n", "<p>", "<!-- ", "&gt;"]
    wraps = [("**", "**"), ("`", "`"), ("[", "](a)"), ("![", "]"), ("| ", " |"), ("", "  \n"), ("<b>", "</b>")]

    def around(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        opened = st.tuples(st.sampled_from(openings), inner).map("".join)
        wrapped = st.builds(lambda wrap, text: wrap[0] + text + wrap[1], st.sampled_from(wraps), inner)
        return opened | wrapped | st.lists(inner, max_size=3).map("\n".join)

    return st.recursive(inside, around, max_leaves=8)


def _reference_list() -> SearchStrategy[str]:
    numbers = ["[1] ", "[01]", "2. ", "3、", "(4)", "［5］", "999. ", "٣. ", "", "  "]
    parts = [
        "Ahn MJ, et al. ", "J. Smith. ", "肺癌的治疗[J]. ", "N Engl J Med. ", "2025;393:349-61. ",
        "中华杂志, 2025, 3(4): 1. ", "doi:10.1056/NEJMoa2502099", "10.1234/", "PMID: 12345678", "[M/OL].", ". . ", "。",
    ]  # fmt: skip
    entry = st.tuples(st.sampled_from(numbers), _joined(parts, ["", " ", "\n"], 6)).map("".join)
    titles = st.sampled_from(["References\n", "参考文献\n", "# 参考文献\n", "REFERENCES:\n", "5. Bibliography\n"])
    return st.tuples(titles, st.lists(entry, max_size=5).map("\n".join)).map("".join)


def texts() -> SearchStrategy[str]:
    """Chinese, English and mixed texts of a few blocks: prose, results, brackets, Markdown, references, and no text."""
    words = [*_CHINESE, *_ENGLISH]
    prose = _joined(_CHINESE, _POINTS) | _joined(_ENGLISH, [" ", *_POINTS]) | _joined(words, _POINTS + _UNSEEN)
    prose |= _joined(words, _HOLLOW)
    results = _joined(_FIGURES, ["", " ", "，", "；", ", ", "; ", "。", ". ", "\n"])
    leaves = st.sampled_from([*words, *_FIGURES, *_POINTS, *_ODD])
    hostile = st.text(st.characters(), max_size=30) | _joined([*_ODD, *FRAGMENTS], [*_UNSEEN, *_POINTS])
    block = st.one_of(prose, results, results, _nested(leaves), _markdown(leaves), _reference_list(), hostile)
    block |= block.map(_full_width)
    return st.lists(block, max_size=4).map("\n".join)


def _full_width(text: str) -> str:
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


def files() -> SearchStrategy[str]:
    """Contents of a file: texts in the encodings that are read, lines of JSON, and bytes that are no text."""
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "big5", "cp1252"]
    encoded = st.builds(lambda text, name: text.encode(name, "replace"), texts(), st.sampled_from(encodings))
    return st.one_of(texts(), json_lines(), (encoded | st.binary(max_size=200)).map(text_of))


def json_lines() -> SearchStrategy[str]:
    """Lines of JSON, most of them with the keys of a question and of its answer; some are broken."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts()

    def around(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
        return st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)

    values: SearchStrategy[Any] = st.recursive(scalars, around, max_leaves=5)
    # Expressions, too: an answer to a question of `bsab eval` is one.
    patterns = st.sampled_from(["4", "13.6", "(", "[", "a{9999999999}", "(?P<a>", "(" * 500, "\\d+"])
    strings = st.lists(texts() | patterns, max_size=2)
    asked = st.sampled_from(["塔拉妥单抗的安全性", "Tarlatamab survival?", "And its safety?"]) | texts()
    names = st.text(max_size=5)
    usual = {
        "id": names | st.integers(), "question": asked, "text": texts(), "title": names, "history": strings,
        "lang": st.sampled_from(["en", "zh"]), "sections": st.lists(names, max_size=2), "evidence": strings,
        "answer": strings, "abstain": st.booleans(),
    }  # fmt: skip
    right = st.fixed_dictionaries(usual)
    # One key holds what it should not.
    empty: SearchStrategy[Any] = st.sampled_from([None, 0, False, {}, [], "", [None], [[]], 1e999])
    wrong = st.builds(
        lambda line, key, value: {**line, key: value}, right, st.sampled_from(list(usual)), empty | values
    )
    objects = st.one_of(right, wrong, st.fixed_dictionaries({}, optional=usual))
    whole = st.builds(lambda value, plain: json.dumps(value, ensure_ascii=not plain), objects, st.booleans())
    broken = st.sampled_from(
        ["[" * 2000, '{"a":' * 2000, "9" * 5000, "NaN", '{"question": "a"', "\ufeff{}", "", "\udcff"]
    )
    cut = st.tuples(whole, st.integers(0, 40)).map(lambda pair: pair[0][: -pair[1]])
    line = st.one_of(whole, cut, broken, values.map(json.dumps))
    return st.one_of(whole, st.lists(whole, max_size=2).map("\n".join), st.lists(line, max_size=3).map("\n".join))


def text_of(data: bytes) -> str:
    """Bytes as an input."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """An input as bytes; a lone surrogate that stands for no byte becomes its three bytes, which are no UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


# Texts of a length in bytes: a fragment, over and over.

Shape = Callable[[str, int], str]


def repeated(fragment: str, size: int) -> str:
    # The "x" keeps a pattern that is tied to the end from matching at once.
    return fragment * (size // len(bytes_of(fragment))) + "x"


def in_sentences(fragment: str, size: int) -> str:
    """Each sentence is short enough to be read for its results."""
    return repeated(f"ORR，{fragment * (1_800 // len(fragment))}x5%。", size)


def as_a_list(fragment: str, size: int) -> str:
    """Under the heading of a reference list."""
    return f"References\n[1] {repeated(fragment, size)}"


def as_a_question(fragment: str, size: int) -> str:
    """The value of a question that ``ask``, ``results`` and ``eval`` take."""
    return _as_object(question=repeated(fragment, size))


def beside_a_question(fragment: str, size: int) -> str:
    """The value of all but the question."""
    body = repeated(fragment, size // 4)
    return _as_object(text=body, history=[body], evidence=[body], answer=[body])


def _as_object(**values: object) -> str:
    usual = {"id": "a", "lang": "en", "question": "Tarlatamab survival?", "text": "a", "history": [], "sections": ["1"]}
    return json.dumps({**usual, "evidence": ["a"], "answer": ["a"], "abstain": False, **values})


# Targets


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed."""

    make: Callable[[Path], dict[str, Call]]
    """The calls of one input by name; they may write to the folder. Imports what they need."""
    inputs: SearchStrategy[str]
    shapes: tuple[Shape, ...] = (repeated, in_sentences)


def _readers(folder: Path) -> dict[str, Call]:
    from corpus.document import Document
    from corpus.reading import read_file

    def read(text: str, path: Path) -> None:
        path.write_bytes(bytes_of(text))
        for item in read_file(path):
            assert isinstance(item, Document | CorpusError)

    paths = [folder / f"input{suffix}" for suffix in (".txt", ".md", ".jsonl")]
    return {path.suffix: partial(read, path=path) for path in paths}


def _question(folder: Path) -> dict[str, Call]:
    from assistant.answering.assistant import Assistant

    assistant = Assistant(_index(folder))
    return {
        "asked": assistant.extract,
        # More is refused at once.
        "its beginning": lambda text: assistant.extract(text[:2000]),
        "asked before": lambda text: assistant.extract("And its safety?", [text]),
    }


def _index(home: Path) -> Any:
    # By its name: types are not checked in tests.
    fakes = import_module("tests.index.fakes")
    trials = fakes.document(
        "trials",
        "DeLLphi-304\nDeLLphi-304 研究：纳入509例患者，Tarlatamab组中位OS为13.6个月，化疗组为8.3个月，HR=0.60[1]。\n"
        "HARMONi-A 研究：依沃西单抗组中位PFS为7.1个月(95%CI：5.9~8.7)，安慰剂组为4.8个月，ORR为50.6%和35.4%[2]。",
        "References\n[1] Mountzios G, et al. Tarlatamab in small-cell lung cancer. N Engl J Med. 2025;393:349-61.",
    )
    return fakes.make_index(home, *fakes.LIBRARY, trials)


def _extraction(_: Path) -> dict[str, Call]:
    from corpus.trial_results import results_of_text

    return {"text": results_of_text}


def _mining(_: Path) -> dict[str, Call]:
    from corpus.vocabulary.mining import mine_concepts

    return {"text": mine_concepts}


def _slips(_: Path) -> dict[str, Call]:
    from corpus.checks.consistency import find_slips
    from corpus.reading.plain import read_plain
    from corpus.references.lists import read_reference_list
    from corpus.segments.passages import split_passages
    from corpus.trial_results import extract_results

    def slips(text: str) -> None:
        document = read_plain(text, id="d", title="t", source="s")
        if document:
            find_slips(document, extract_results(split_passages(document)), read_reference_list(document))

    return {"text": slips}


def _reference_lists(_: Path) -> dict[str, Call]:
    from corpus.reading.markdown import read_markdown
    from corpus.reading.plain import read_plain
    from corpus.references.lists import read_reference_list

    def listed(read: Callable[..., Any], text: str) -> None:
        if document := read(text, id="d", title="t", source="s"):
            read_reference_list(document)

    return {
        "plain": lambda text: listed(read_plain, text),
        "Markdown": lambda text: listed(read_markdown, text),
    }


def _json(folder: Path) -> dict[str, Call]:
    from assistant.cli.streams import read_lines

    index, path = _index(folder), folder / "input.jsonl"

    def write(text: str) -> Path:
        path.write_bytes(bytes_of(text))
        return path

    def read(text: str) -> None:
        with read_lines(write(text)) as lines:
            list(lines)

    return {
        "read_lines": read,
        "ask": lambda text: _command(index, "ask", "--input", str(write(text)), "--home", str(folder)),
        "results": lambda text: _command(index, "results", "--input", str(write(text)), "--home", str(folder)),
        "eval": lambda text: _command(index, "eval", str(write(text)), "--json", "--home", str(folder)),
    }


def _command(index: Any, *arguments: str) -> None:
    """Run ``bsab`` in this process over ``index``."""
    from assistant.cli import commands
    from assistant.cli import main as cli

    # The command line sets how its streams encode, which a StringIO does not let it.
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        # The library is opened once: the model would take the time of the call.
        mock.patch.object(commands, "open_index", return_value=index),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        # An expression of the file's own may be one that re warns of.
        warnings.simplefilter("ignore")
        status = cli.main(arguments, serve=lambda _: None)
    err.seek(0)
    assert status in (0, 1, 2), f"exit status {status}"
    assert "Traceback (most recent call last)" not in err.read(), "a traceback on stderr"


TARGETS: dict[str, Target] = {
    "readers": Target(_readers, files()),
    "question": Target(_question, texts(), (repeated,)),
    "extraction": Target(_extraction, texts()),
    "mining": Target(_mining, texts()),
    "slips": Target(_slips, texts(), (repeated, in_sentences, as_a_list)),
    "reference_lists": Target(_reference_lists, texts() | _reference_list(), (as_a_list,)),
    "json": Target(_json, json_lines(), (repeated, as_a_question, beside_a_question)),
}


@contextlib.contextmanager
def calls_of(target: Target) -> Iterator[dict[str, Call]]:
    """The calls of a target, warm: dictionaries are loaded at the first."""
    with tempfile.TemporaryDirectory() as folder:
        calls = target.make(Path(folder))
        for call in calls.values():
            for text in ("Tarlatamab(塔拉妥单抗)的中位OS为13.6个月。", _as_object()):
                with contextlib.suppress(*DOCUMENTED):
                    call(text)
        yield calls


# Rules


class Overdue(BaseException):
    """Stops a call. No Exception: what the program catches in all cases must not catch it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that broke a rule."""

    call: str
    """Name of the call."""
    problem: str
    """Last line of the traceback, or how slow it was."""
    place: str
    """File and line of ours that it happened in; of a slow call, one that it was in; empty where that is unknown."""
    kind: str
    """What two failures of one cause share."""


def allowed(text: str) -> float:
    """Seconds that a call with this text may take."""
    return PER_100_KB * max(1.0, len(bytes_of(text)) / _KB_100)


def attempt(name: str, call: Call, text: str) -> tuple[float, Failure | None]:
    """Seconds of processor time that a call took, and the rule that it broke. One that is twice too slow is stopped."""
    limit, raised = allowed(text), None
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, 2 * limit)
    started = time.process_time()
    try:
        call(text)
    except DOCUMENTED:
        pass
    except (Exception, Overdue) as error:
        raised = error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - started
    place = _place(raised) if raised else ""
    if seconds > limit or isinstance(raised, Overdue):
        return seconds, Failure(name, f"{seconds:.1f} s where {limit:.1f} s are allowed", place, "slow")
    if raised:
        told = traceback.format_exception_only(raised)[-1].strip()
        return seconds, Failure(name, told, place, f"{type(raised).__name__} {place}")
    return seconds, None


def _stop(*_: object) -> None:
    raise Overdue


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [(Path(frame.filename), frame.lineno) for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    ours = [(path.relative_to(_ROOT), line) for path, line in inside]
    return next((f"{path.as_posix()}:{line}" for path, line in reversed(ours) if path.parts[0] in _OURS), "")


@dataclass(slots=True)
class Findings:
    """What one engine found of one target."""

    calls: dict[str, Call]
    executions: int = 0
    slowest: float = 0.0
    """Seconds for each 100 kB, a shorter input counting as that long."""
    slowest_call: str = ""
    failures: dict[tuple[str, str], tuple[Failure, str]] = field(default_factory=dict)
    """By call and kind, with the smallest input."""

    def take(self, text: str) -> None:
        """Make all calls with a text."""
        for name, call in self.calls.items():
            seconds, failure = attempt(name, call, text)
            self.count(name, seconds, text)
            if failure:
                self.keep(failure, text, failure.kind)

    def count(self, name: str, seconds: float, text: str) -> None:
        self.executions += 1
        scaled = seconds * PER_100_KB / allowed(text)
        if scaled > self.slowest:
            self.slowest, self.slowest_call = scaled, name

    def keep(self, failure: Failure, shown: str, kind: str) -> None:
        known = self.failures.get((failure.call, kind))
        if known is None or len(shown) < len(known[1]):
            self.failures[failure.call, kind] = failure, shown

    def shrink(self) -> None:
        """Make the inputs as small as they can be."""
        for (name, kind), (_, text) in list(self.failures.items()):

            def fails(shorter: str, name: str = name, kind: str = kind) -> bool:
                failure = attempt(name, self.calls[name], shorter)[1]
                return failure is not None and failure.kind == kind

            text = smallest(text, fails)
            if failure := attempt(name, self.calls[name], text)[1]:
                self.failures[name, kind] = failure, text


def smallest(text: str, fails: Callable[[str], bool], seconds: float = 20.0) -> str:
    """``text`` without all that can be left out while it fails; what that many seconds give."""
    until, size = time.monotonic() + seconds, max(1, len(text) // 2)
    while time.monotonic() < until:
        start, before = 0, len(text)
        while start < len(text) and time.monotonic() < until:
            shorter = text[:start] + text[start + size :]
            if fails(shorter):
                text = shorter
            else:
                start += size
        if size == 1 and len(text) == before:
            break
        size = max(1, size // 2)
    return text


# Engines


def by_hypothesis(target: Target, calls: dict[str, Call], seconds: float) -> Findings:
    """Texts that Hypothesis builds, new ones in each round."""
    found, until, rounds = Findings(calls), time.monotonic() + seconds, 0
    while time.monotonic() < until:

        @seed(rounds)
        @settings(max_examples=100, deadline=None, database=None, derandomize=False, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(target.inputs)
        def search(text: str) -> None:
            if time.monotonic() < until:
                found.take(text)

        search()
        rounds += 1
    found.shrink()
    return found


def by_length(
    target: Target, calls: dict[str, Call], size: int = 2 * _KB_100, fragments: tuple[str, ...] = FRAGMENTS
) -> Findings:
    """Each fragment up to ``size`` bytes, and up to half of it where that took long enough to compare."""
    found = Findings(calls)
    for shape in target.shapes:
        for fragment in fragments:
            for name, call in calls.items():
                failure = _grows(found, name, call, shape, fragment, size)
                if failure:
                    shown = f"{shape.__name__}({fragment!r}, {size})"
                    found.keep(failure, shown, shown)
    return found


def _grows(found: Findings, name: str, call: Call, shape: Shape, fragment: str, size: int) -> Failure | None:
    text, half = shape(fragment, size), shape(fragment, size // 2)
    seconds, failure = attempt(name, call, text)
    found.count(name, seconds, text)
    if failure or seconds < _MEASURABLE:
        return failure
    shorter = min(attempt(name, call, half)[0] for _ in range(2))
    if seconds > GROWTH * shorter:
        # Once more: a collection of garbage, or a neighbour, is no fault of the call's.
        seconds = min(seconds, attempt(name, call, text)[0])
    if seconds > GROWTH * shorter:
        told = f"{seconds:.2f} s for {size} bytes, {shorter:.2f} s for half: {seconds / shorter:.1f} times as long"
        return Failure(name, told, "", "growth")
    return None


_CHILD = "import sys; from benchmarks.fuzz import vary; vary(sys.argv[1], int(sys.argv[2]), sys.argv[3])"


def by_atheris(name: str, calls: dict[str, Call], seconds: int) -> Findings:
    """Bytes that atheris varies in a process of its own, for it ends the one it runs in.

    The child's clock is slowed by what counts its branches: what it finds is tried again here.
    """
    found = Findings(calls)
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.run(
            [sys.executable, "-c", _CHILD, name, str(seconds), folder], cwd=_ROOT, capture_output=True, check=False
        )
        told = child.stderr.decode("utf-8", "replace")
        kept = Path(folder) / "kept"
        lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    for line in lines:
        found.take(json.loads(line))
    found.shrink()
    units = re.search(r"stat::number_of_executed_units: *(\d+)", told)
    found.executions = int(units[1]) * len(calls) if units else 0
    if child.returncode or not units:
        last = told.strip().splitlines()[-1:] or ["no word"]
        found.keep(Failure("child", f"exit status {child.returncode}: {last[0]}", "", "child"), "", "child")
    return found


def vary(name: str, seconds: int, folder: str) -> None:
    """Fuzz one target until this process is ended; inputs that fail, or are the slowest yet, are left in ``folder``."""
    import atheris

    home = Path(folder)
    (home / "seeds").mkdir()
    for number, fragment in enumerate([*FRAGMENTS, *_FIGURES, _as_object(), *map(_as_entry, FRAGMENTS)]):
        (home / "seeds" / str(number)).write_bytes(bytes_of(fragment))
    escaped = ("".join(f"\\x{byte:02x}" for byte in bytes_of(word)) for word in {*FRAGMENTS, *_FIGURES, *_CHINESE})
    (home / "words").write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
    with atheris.instrument_imports(include=["corpus", "assistant"]):
        stack = contextlib.ExitStack()
        found = Findings(stack.enter_context(calls_of(TARGETS[name])))
    kept = (home / "kept").open("w", encoding="utf-8")

    def once(data: bytes) -> None:
        before = len(found.failures), found.slowest
        text = text_of(data)
        found.take(text)
        if (len(found.failures), found.slowest) != before:
            print(json.dumps(text), file=kept, flush=True)

    options = [f"-max_total_time={seconds}", f"-dict={home / 'words'}", f"-artifact_prefix={home}/", "-max_len=4096",
               "-rss_limit_mb=4096", "-print_final_stats=1", str(home / "seeds")]  # fmt: skip
    atheris.Setup(["fuzz", *options], once)
    atheris.Fuzz()


def _as_entry(fragment: str) -> str:
    return f"References\n[1] {fragment}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all where left out")
    parser.add_argument("--seconds", type=int, default=600, help="of each engine on each target")
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - TARGETS.keys():
        parser.error(f"no target {', '.join(sorted(unknown))}; use some of {', '.join(TARGETS)}")
    failed = False
    for name in arguments.targets or TARGETS:
        target = TARGETS[name]
        with calls_of(target) as calls:
            engines: dict[str, Callable[[], Findings]] = {
                "hypothesis": partial(by_hypothesis, target, calls, arguments.seconds),
                "length": partial(by_length, target, calls),
                "atheris": partial(by_atheris, name, calls, arguments.seconds),
            }
            for engine, run in engines.items():
                found = run()
                _tell(name, engine, found)
                failed = failed or bool(found.failures)
    return int(failed)


def _tell(name: str, engine: str, found: Findings) -> None:
    print(
        f"{name:<16}{engine:<11}{found.executions:>9} executions {len(found.failures):>3} failures, "
        f"slowest {found.slowest:.2f} s per 100 kB ({found.slowest_call or '-'})",
        flush=True,
    )
    for (_, kind), (failure, text) in found.failures.items():
        # What is repeated to a length is told by how it is made.
        shown = text if text == kind else repr(text)
        print(f"  {failure.call}: {shown}\n    {failure.problem} {failure.place}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
