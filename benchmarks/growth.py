"""How the library grows, on real texts: python -m benchmarks.growth --home FOLDER [--json FILE] [--plot FILE.svg]

Libraries of 100 to 100,000 passages (``--sizes``) are filled from ``benchmarks.growth_texts``, each from a copy of the
one before, and kept in ``--home``: a run that was stopped goes on there, a later one measures what stands there again
(what adding cost stays that of the run that filled it: delete a library's folder to fill it anew).

Times are processor time, children included, so that a busy machine does not count; the model costs nothing (vectors
come from a hash of words), unless ``--real`` measures the bundled one. A row for each thing measured, a column for
each size, and the exponent: the slope of the row against the passages, both in logarithms, from 1,000 passages on.
0 does not grow, 1 grows with the library, 2 with its square.

``--json`` keeps the figures, and those of sizes that are not measured this time are read from it; with ``--sizes`` and
no number it is printed and drawn alone. ``--before FILE`` draws the figures of an earlier one, dotted.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path

import numpy as np

from assistant.answering.assistant import Assistant
from benchmarks.growth_texts import DATA, fill, one_more
from index.embedding.embedders import Embedder, Vectors
from index.embedding.loading import load_embedder
from index.search.hybrid import HybridIndex
from index.search.vectors import VectorIndex
from index.store.library import FILE_NAME

ROOT = Path(__file__).parents[1]

SIZES = (100, 1_000, 3_000, 10_000, 30_000, 100_000)
"""Passages."""
_REAL_LARGEST = 8_000
"""Passages of about 1,000 documents: what the real model is measured up to."""
Load = Callable[[str | None], Embedder]
"""What ``HybridIndex.open`` takes as ``load``."""
Action = Callable[[], object]
Asked = tuple[str, list[str]]
"""A question, and those asked before it."""
_REPEATS = 3
"""Changes of each kind, times two: of one the first search is timed, of the other the first answer."""
_NOTE = "filled.json"
"""Beside a library that has its size: what adding cost."""
_ENOUGH = 30.0
"""Seconds of processor time after which nothing is repeated."""
_FROM = 1_000
"""Passages from which on the exponent is taken."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is measured."""

    key: str
    """Of ``Measured.values``."""
    title: str
    panel: str
    """The plot that it is drawn in, with its unit."""


ROWS = (
    Row("add", "adding, a document of a hundred", "Changing (ms)"),
    Row("add_plain", "one more document, no new name", "Changing (ms)"),
    Row("add_named", "one more document, a new name", "Changing (ms)"),
    Row("remove_plain", "removing a document", "Changing (ms)"),
    Row("remove_named", "removing one with a name of its own", "Changing (ms)"),
    Row("search_after_plain", "first search after a document", "After a change (s)"),
    Row("search_after_named", "first search after a new name", "After a change (s)"),
    Row("question_after_plain", "first answer after a document", "After a change (s)"),
    Row("question_after_named", "first answer after a new name", "After a change (s)"),
    Row("search_median", "search, median", "Asking, warm (ms)"),
    Row("search_p95", "search, 95th percentile", "Asking, warm (ms)"),
    Row("answer_median", "answer, median", "Asking, warm (ms)"),
    Row("answer_p95", "answer, 95th percentile", "Asking, warm (ms)"),
    Row("cold", "one question on the command line", "Cold (s)"),
    Row("check", "checking the library", "Cold (s)"),
    Row("database", "database", "On disk (MB)"),
    Row("vectors", "vector file", "On disk (MB)"),
    Row("memory", "peak of one question on the command line", "Memory (MB)"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One library."""

    size: int
    """Passages asked for."""
    passages: int
    documents: int
    values: dict[str, float]
    """By ``Row.key``, in the unit of its panel; what was not measured is left out."""


class HashEmbedder:
    """A stand-in that costs next to nothing: ``(n, 384)`` vectors, each word counted at one place, up or down."""

    name = "hashed-words"
    dim = 384

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._encode(texts)

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        width = 2 * self.dim
        places = [row * width + _place(word) for row, text in enumerate(texts) for word in _WORD.findall(text.lower())]
        counts = np.bincount(np.array(places, np.int64), minlength=len(texts) * width).reshape(len(texts), 2, self.dim)
        vectors = (counts[:, 0] - counts[:, 1]).astype(np.float32)
        vectors[:, 0] += 0.5  # a text without words has a vector, too
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


_WORD = re.compile(r"[a-z0-9]+|[^\W\d_a-z]")


@cache
def _place(word: str) -> int:
    """Where a word counts, 0 to 767: up in the first half, down in the second."""
    return zlib.crc32(word.encode()) % (2 * HashEmbedder.dim)


def _stand_in(name: str | None) -> Embedder:
    return HashEmbedder()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, metavar="PASSAGES")
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="keep the libraries there")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the texts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw them there")
    parser.add_argument("--before", type=Path, metavar="FILE", help="figures to draw dotted beside them")
    parser.add_argument("--real", action="store_true", help="with the bundled model, the smaller sizes alone")
    parser.add_argument("--child", nargs=3, metavar=("ask", "HOME", "QUESTION"), help="what a cold question runs")
    arguments = parser.parse_args()
    if arguments.child:
        return _ask(Path(arguments.child[1]), arguments.child[2])

    measured = {one.size: one for one in _read(arguments.json)}
    with tempfile.TemporaryDirectory() if arguments.home is None else nullcontext(arguments.home) as home:
        for one in _measured(Path(home), arguments.sizes, arguments.real, arguments.data):
            measured[one.size] = one
            _write(arguments.json, measured)
            print(f"{one.passages:,} passages measured", file=sys.stderr)
    ordered = [measured[size] for size in sorted(measured)]
    if ordered:
        print(_table(ordered))
    if ordered and arguments.plot:
        _plot(ordered, _read(arguments.before), arguments.plot)
    return 0


# Measuring


def _measured(home: Path, sizes: Iterable[int], real: bool, data: Path) -> Iterator[Measured]:
    """The libraries of ``sizes`` one after the other, made where they are not in ``home`` yet."""
    load: Load = load_embedder if real else _stand_in
    kind = "real" if real else "hashed"
    questions = _questions(data.parent / "eval")
    for size in sorted(size for size in sizes if not real or size <= _REAL_LARGEST):
        folder = home / f"{kind}-{size}"
        smaller = [int(note.parent.name.partition("-")[2]) for note in home.glob(f"{kind}-*/{_NOTE}")]
        before = max((other for other in smaller if other < size), default=None)
        add = _filled(folder, size, home / f"{kind}-{before}" if before else None, load, data)
        values = {"add": add} if add is not None else {}
        with _opened(folder, load) as index:
            for number in [entry.id for entry in index.library.entries() if entry.id.startswith("one-more-")]:
                index.remove(number)  # of a run that was stopped
            entries = index.library.entries()
            values |= _asking(index, questions) | _changing(index, questions[0][0], data)
            values["check"] = _timed(index.problems)
        values |= _disk(folder) | _cold(folder, questions[0][0], real)
        yield Measured(size, sum(entry.passages for entry in entries), len(entries), values)


def _filled(folder: Path, size: int, before: Path | None, load: Load, data: Path) -> float | None:
    """Make the library in ``folder`` have ``size`` passages.

    Returns:
        What adding the last hundred documents or more cost, in ms a document; None where that is not known.
    """
    note = folder / _NOTE
    if not note.exists():
        if before and not folder.exists():
            copy = folder.with_name(folder.name + ".part")
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(before, copy, ignore=shutil.ignore_patterns(_NOTE))
            copy.rename(folder)
        with _opened(folder, load) as index:
            index.search("warm 预热")  # loads the dictionary
            add = fill(index, size, cpu_seconds, data=data)
        note.write_text(json.dumps({"add": add}) + "\n")
    found: float | None = json.loads(note.read_text())["add"]
    return found


@contextmanager
def _opened(folder: Path, load: Load) -> Iterator[HybridIndex]:
    index = HybridIndex.open(folder, load=load)
    with closing(index.library):
        yield index


def _questions(folder: Path) -> list[Asked]:
    """The development questions, each with those asked before it."""
    lines = [line for name in ("review_dev", "users_dev") for line in (folder / f"{name}.jsonl").open(encoding="utf-8")]
    return [(record["question"], record.get("history", [])) for record in map(json.loads, lines)]


def _asking(index: HybridIndex, questions: Sequence[Asked]) -> dict[str, float]:
    """Median and 95th percentile of a search and of an answer, in ms; all have been asked once before."""
    assistant = Assistant(index)
    asking: dict[str, list[Action]] = {
        "search": [partial(index.search, text) for text, _ in questions],
        "answer": [partial(assistant.extract, text, history) for text, history in questions],
    }
    values = {}
    for name, actions in asking.items():
        _each(actions)
        times = sorted(_each(actions))
        values[f"{name}_median"] = 1000 * statistics.median(times)
        values[f"{name}_p95"] = 1000 * times[min(len(times) - 1, int(0.95 * len(times)))]
    return values


def _each(actions: Iterable[Action]) -> list[float]:
    """Seconds of each, in order; of the first ones alone where all take too long."""
    times: list[float] = []
    for action in actions:
        if sum(times) < _ENOUGH:
            times.append(_timed(action))
    return times


def _changing(index: HybridIndex, question: str, data: Path) -> dict[str, float]:
    """Medians of adding a document and removing it, in ms, and of the first search and answer after it, in s."""
    firsts: dict[str, Action] = {
        "search": partial(index.search, question),
        "question": partial(Assistant(index).extract, question),
    }
    times: dict[str, list[float]] = {}
    for number, (_, first, kind) in enumerate(product(range(_REPEATS), firsts, ("plain", "named"))):
        if number >= len(firsts) * 2 and sum(map(sum, times.values())) > _ENOUGH:
            break
        document = one_more(number, kind == "named", data)
        times.setdefault(f"add_{kind}", []).append(_timed(partial(index.add, document)))
        times.setdefault(f"{first}_after_{kind}", []).append(_timed(firsts[first]))
        times.setdefault(f"remove_{kind}", []).append(_timed(partial(index.remove, document.id)))
        firsts["question"]()  # the next change finds all loaded again
    return {key: statistics.median(seconds) * (1 if "_after_" in key else 1000) for key, seconds in times.items()}


def _disk(folder: Path) -> dict[str, float]:
    """Sizes of the library's files, in MB."""
    database = sum(path.stat().st_size for path in folder.glob(f"{FILE_NAME}*"))
    return {"database": database / 1e6, "vectors": (folder / VectorIndex.file_name).stat().st_size / 1e6}


def _cold(folder: Path, question: str, real: bool) -> dict[str, float]:
    """What a process costs that opens the library and answers: its seconds, median of three, and its peak in MB."""
    child = [sys.executable, "-m", "benchmarks.growth", "--child", "ask", str(folder), question]
    if real:
        child = [sys.executable, "-c", _BSAB, "ask", "--home", str(folder), question]
    runs: list[dict[str, float]] = []
    while len(runs) < 3 and sum(run["cold"] for run in runs) < _ENOUGH:
        # Linux counts what a process was before it became another: the one between keeps our memory out of it.
        told = subprocess.run([sys.executable, "-c", _WATCH, *child], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        runs.append(json.loads(told.stdout))
    return {"cold": statistics.median(run["cold"] for run in runs), "memory": max(run["memory"] for run in runs)}


_BSAB = "import app, sys; sys.exit(app.main(sys.argv[1:]))"
_WATCH = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"cold": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * unit / 1e6}))
"""


def _ask(home: Path, question: str) -> int:
    """Answer a question from a library made with the stand-in, as ``bsab ask`` does from another."""
    with _opened(home, _stand_in) as index:
        print(Assistant(index).ask(question).text)
    return 0


def cpu_seconds() -> float:
    """Processor time of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _timed(action: Action) -> float:
    """Processor time of ``action``, in seconds."""
    started = cpu_seconds()
    action()
    return cpu_seconds() - started


# Telling


def _exponent(measured: Sequence[Measured], key: str) -> float | None:
    """Slope of a row's logarithm against that of the passages; None where it has fewer than two sizes."""
    found = [(one.passages, one.values[key]) for one in measured if one.size >= _FROM and one.values.get(key)]
    if len(found) < 2:
        return None
    passages, values = np.log(np.array(found)).T
    return float(np.polyfit(passages, values, 1)[0])


def _table(measured: Sequence[Measured]) -> str:
    """In Markdown."""
    lines = ["| | " + " | ".join(f"{one.size:,}" for one in measured) + " | exponent |"]
    lines.append("|---" + "|--:" * (len(measured) + 1) + "|")
    for name in ("passages", "documents"):
        lines.append(f"| {name} | " + " | ".join(f"{getattr(one, name):,}" for one in measured) + " | |")
    for row in ROWS:
        unit = row.panel.partition("(")[2].rstrip(")")
        cells = [_shown(one.values.get(row.key)) for one in measured]
        slope = _exponent(measured, row.key)
        lines.append(f"| {row.title}, {unit} | {' | '.join(cells)} | {'' if slope is None else f'{slope:.2f}'} |")
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    """Three digits."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2g}"


def _read(path: Path | None) -> list[Measured]:
    if path is None or not path.exists():
        return []
    return [Measured(**one) for one in json.loads(path.read_text(encoding="utf-8"))["measured"]]


def _write(path: Path | None, measured: dict[int, Measured]) -> None:
    if path is not None:
        ordered = [measured[size] for size in sorted(measured)]
        slopes = {row.key: _exponent(ordered, row.key) for row in ROWS}
        told = {"measured": [asdict(one) for one in ordered], "exponents": slopes}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _plot(measured: Sequence[Measured], before: Sequence[Measured], path: Path) -> None:
    """A panel for each unit, both axes logarithmic; a row's exponent stands beside its name, ``before`` is dotted."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "bsab"  # the same figures give the same file
    from matplotlib import pyplot

    panels = list(dict.fromkeys(row.panel for row in ROWS))
    figure, grid = pyplot.subplots(2, 3, figsize=(12, 7.5), layout="constrained")
    for axes, panel in zip(grid.flat, panels, strict=True):
        # Okabe and Ito's colours: told apart by colour-blind readers.
        colours = iter(("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#000000"))
        for row in (row for row in ROWS if row.panel == panel):
            slope, colour = _exponent(measured, row.key), next(colours)
            name = row.title + ("" if slope is None else f" ({slope:.2f})")
            axes.plot(*_points(before, row.key), color=colour, alpha=0.4, linestyle=":", marker=".", zorder=0)
            axes.plot(*_points(measured, row.key), color=colour, marker="o", markersize=4, label=name)
        axes.set(xscale="log", yscale="log", title=panel)
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, high / 20), high)  # what hardly grows looks so
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    figure.supxlabel("passages")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def _points(measured: Sequence[Measured], key: str) -> tuple[list[int], list[float]]:
    found = [one for one in measured if key in one.values]
    return [one.passages for one in found], [one.values[key] for one in found]


if __name__ == "__main__":
    sys.exit(main())
