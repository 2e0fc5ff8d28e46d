"""The command line: one function a command.

Errors are one sentence on stderr that says what to do: exit status 2 for bad input, 1 for a failure.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TextIO

from assistant.errors import PortTaken, UsageError
from corpus.document import Document
from corpus.errors import CorpusError, MalformedRecord
from corpus.markers import find_markers
from index.errors import LibraryError, ModelMismatch, UnknownDocument

Serve = Callable[[argparse.Namespace], None]


def main(argv: Sequence[str] | None, serve: Serve) -> int:
    """Run one command; returns the exit status. ``serve`` starts the page."""
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate in a file's name must not stop its message.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "serve":
            serve(arguments)
            return 0
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except (UsageError, CorpusError, ModelMismatch, UnknownDocument) as error:
        return _complain(error, 2)
    except (LibraryError, PortTaken) as error:
        return _complain(error, 1)
    except BrokenPipeError:
        # The reader of our output left; nobody is there to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _complain(f"{error.filename or 'Writing'}: {error.strerror}; free space or choose another place.", 1)
    except KeyboardInterrupt:
        return _complain("Stopped; what was added before is kept.", 130)


def _complain(error: object, status: int) -> int:
    # A path may hold a line feed; an error is one line.
    print("bsab:", str(error).replace("\n", "\\n"), file=sys.stderr)
    return status


# Commands


def _ask(arguments: argparse.Namespace) -> int:
    from assistant.assistant import Assistant
    from assistant.wire import reply_json

    assistant = Assistant(open_index(arguments))

    def answer(question: str, history: Sequence[str]) -> dict[str, Any]:
        started = time.perf_counter()
        reply = assistant.ask(question, history)
        return reply_json(reply, time.perf_counter() - started)

    if arguments.input:
        return _batch(arguments, lambda line: {**_kept(line, "id", "history"), **answer(*_asked(line))})
    found = answer(_question(arguments), arguments.history)
    if arguments.json:
        print(_dumps(found))
        return 0
    print(found["answer"])
    for note in found["notes"]:
        print(f"! {note['text']} ({note['source']}, {note['certainty']})")
    for citation in found["citations"]:
        place = " ".join(part for part in (citation["section"], citation["heading"]) if part)
        print(f"\n[{citation['number']}] {citation['document']} {place}\n{citation['text']}")
    return 0


def _search(arguments: argparse.Namespace) -> int:
    from assistant.wire import hit_json

    index = open_index(arguments)

    def search(question: str) -> list[dict[str, Any]]:
        return [hit_json(rank, hit) for rank, hit in enumerate(index.search(question, arguments.k), start=1)]

    if arguments.input:
        return _batch(arguments, lambda line: {**_kept(line, "id"), "hits": search(_asked(line)[0])})
    hits = search(_question(arguments))
    if arguments.json:
        print(_dumps({"question": arguments.question, "hits": hits}))
        return 0
    for hit in hits:
        print(f"{hit['rank']}. {hit['document']} {hit['section']} {hit['heading']}\n{hit['text']}\n")
    if not hits:
        print("Nothing found.")
    return 0


def _cite(arguments: argparse.Namespace) -> int:
    """The references of a number, of words in their record or around them, or all; as text, JSON, BibTeX or RIS."""
    from assistant.citation_formats import bibtex, ris
    from assistant.references import cited_references, find_references
    from assistant.wire import reference_json

    index = open_index(arguments)
    asked = (arguments.reference or "").strip()
    numbers = [number for marker in find_markers(asked) for number in marker.numbers]
    numbers += [int(asked)] if asked.isdecimal() else []
    found = find_references(index, asked) if asked and not numbers else cited_references(index, numbers or None)
    if asked and not found:
        raise UsageError(f"no reference {asked!r} in the library; `bsab cite` lists them all.")
    pairs = [(cited.document_id, cited.reference) for cited in found]
    if arguments.bibtex or arguments.ris:
        print(bibtex(pairs) if arguments.bibtex else ris(pairs), end="")
    elif arguments.json:
        print(_dumps({"references": [reference_json(cited) for cited in found]}))
    else:
        for cited in found:
            print(_reference_text(reference_json(cited)))
    return 0


def _trials(arguments: argparse.Namespace) -> int:
    """All trial results of the library."""
    from assistant.notes import checks_of
    from assistant.wire import note_json, result_json

    index = open_index(arguments)
    language = arguments.language
    rows = [
        {
            "document": passage.document_id,
            "section": passage.section,
            **result_json(result),
            "notes": [note_json(check, language) for check in checks_of(passage, [result.span], index.library)],
        }
        for passage, result in index.library.results()
    ]
    if arguments.json:
        print(_dumps({"results": rows}))
    elif arguments.csv:
        _write_csv(rows)
    else:
        for row in rows:
            print(_result_text(row))
    return 0


def _results(arguments: argparse.Namespace) -> int:
    """Trial results of any text file, or of each line of a JSONL file; the library is not needed."""
    from assistant.wire import result_json
    from corpus.passages import split_passages
    from corpus.readers import read_file
    from corpus.results import extract_results, results_of_text

    if arguments.input:

        def found(line: dict[str, Any]) -> dict[str, Any]:
            return {**_kept(line, "id"), "results": [result_json(result) for result in results_of_text(line["text"])]}

        return _batch(arguments, found, "text")
    if arguments.file is None:
        raise UsageError("give a text file, or lines of texts with --input.")
    documents = []
    for item in read_file(arguments.file):
        if isinstance(item, CorpusError):
            raise item
        documents.append(item)
    rows = [
        {"document": document.id, **result_json(result)}
        for document in documents
        for result in extract_results(split_passages(document))
    ]
    if arguments.json:
        print(_dumps({"results": rows}))
    else:
        for row in rows:
            print(_result_text(row))
    return 0


def _result_text(row: dict[str, Any]) -> str:
    """One result on one line: trial, arm, end point, value; an open interval's end is a dash."""
    endpoint = f"{row['endpoint']} ({row['of']})" if row["of"] else row["endpoint"]
    interval = ""
    if row["ci"]:
        low, high = row["ci"]
        level = f"{row['ci_level']:g}% " if row["ci_level"] else ""
        interval = f" ({level}CI {low:g}–{'–' if high is None else f'{high:g}'})"
    unit = {None: "", "%": "%"}.get(row["unit"], f" {row['unit']}")
    parts = [row["trial"], row["arm"], endpoint, row["setting"], f"{row['value_text']}{unit}{interval}"]
    notes = "".join(f"\n  ! {note['text']} ({note['source']})" for note in row.get("notes", ()))
    return "\t".join(str(part or "") for part in parts) + notes


def _write_csv(rows: Sequence[dict[str, Any]]) -> None:
    columns = (
        "document section trial phase arm comparator endpoint of statistic setting value value_text unit "
        "ci_low ci_high ci_level p_value n sentence notes"
    ).split()
    writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        low, high = row["ci"] or (None, None)
        notes = " | ".join(f"{note['text']} ({note['source']})" for note in row["notes"])
        cells = {**row, "ci_low": low, "ci_high": high, "notes": notes}
        writer.writerow({name: _inert(value) for name, value in cells.items()})


def _inert(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _reference_text(found: dict[str, Any]) -> str:
    lines = [f"[{found['marker']}] {found['document']}: {found['status']}"]
    for work in found["works"]:
        parts = [work["authors"], work["title"], work["journal"], work["year"]]
        lines.append("    " + ". ".join(str(part).rstrip(".") for part in parts if part) + ".")
        lines += [f"    https://doi.org/{work['doi']}"] if work["doi"] else []
    lines += [f"    {found['note']}"] if found["note"] else []
    lines += [f"  {place['section']} {place['sentence']}" for place in found["cited_in"]]
    return "\n".join(lines) + "\n"


def _add(arguments: argparse.Namespace) -> int:
    """Add files and folders; each file that cannot be read is named, the others are added."""
    from corpus.bundled import REVIEW_ID, read_review
    from corpus.readers import read_path

    index = open_index(arguments)
    found: list[Document | CorpusError] = [item for path in arguments.paths for item in read_path(path)]
    if not arguments.paths:
        found = [read_review()]
    added: dict[str, Document] = {}
    owners: dict[str, str] = {}
    skipped: list[str] = []
    for item in found:
        if isinstance(item, CorpusError):
            skipped.append(str(item))
            _complain(item, 2)
            continue
        owner = owners.get(item.text) or index.library.text_owner(item.text)
        if owner and owner != item.id:
            print(f"{item.source}: already in the library as {owner}.", file=sys.stderr)
            continue
        if _is_record(item) and (item.id in added or item.id == REVIEW_ID):
            taken = MalformedRecord(item.source, f"another document has the id {item.id!r}; give each its own.")
            skipped.append(str(taken))
            _complain(taken, 2)
            continue
        document = item if owner or _is_record(item) else _with_free_id(item, index, added)
        added[document.id] = document
        owners[document.text] = document.id
    present = {document.id for document in added.values() if index.library.text_owner(document.text) == document.id}
    with _progress("Indexing") as progress:
        index.add_all([document for id, document in added.items() if id not in present], progress)
    if arguments.json:
        print(_dumps({"added": list(added), "skipped": skipped}))
    else:
        for id in added:
            print(id)
    return 2 if skipped else 0


def _list(arguments: argparse.Namespace) -> int:
    from assistant.wire import entry_json

    entries = open_index(arguments).library.entries()
    if arguments.json:
        print(_dumps({"documents": [entry_json(entry) for entry in entries]}))
        return 0
    for entry in entries:
        print(f"{entry.id}\t{entry.language}\t{entry.passages} passages\t{entry.title}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    open_index(arguments).remove(arguments.id)
    print(_dumps({"removed": arguments.id}) if arguments.json else f"Removed {arguments.id}.")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    index = open_index(arguments)
    problems = index.problems()
    if problems and arguments.repair:
        with _progress("repair") as progress:
            index.repair(progress)
        repaired, problems = problems, index.problems()
    else:
        repaired = []
    if arguments.json:
        print(_dumps({"problems": problems, "repaired": repaired}))
    else:
        for problem in repaired:
            print(f"Repaired: {problem}")
        for problem in problems:
            print(problem)
        if not problems:
            print("The library is whole.")
        elif not arguments.repair:
            print("Run `bsab check --repair` to make anew what can be made anew.")
    return 1 if problems else 0


def _eval(arguments: argparse.Namespace) -> int:
    from assistant.assistant import Assistant
    from assistant.evaluation import MEASURES, evaluate

    with _lines(arguments.questions) as lines:
        questions = [_checked(line) for line in lines]
    assistant = Assistant(open_index(arguments))
    replies = [assistant.ask(q["question"], q["history"]) for q in questions]
    scores = evaluate(questions, replies)
    if arguments.json:
        print(_dumps({**scores.shares, "median_characters": scores.median_characters, "misses": scores.misses}))
        return 0
    for name, share in scores.shares.items():
        print(f"{name:<18}{share:6.3f}  of {scores.counts[name]:<4} {MEASURES[name]}")
    print(f"{'median characters':<18}{scores.median_characters:6.0f}")
    if arguments.misses:
        for question, reply in zip(questions, replies, strict=True):
            if short := scores.misses.get(str(question["id"])):
                print(
                    f"\n{question['id']} {question['question']}\n  short of: {', '.join(short)}\n  {reply.text[:300]}"
                )
    return 0


# Input and output


def open_index(arguments: argparse.Namespace) -> Any:
    """The library that the arguments name, made at the first start with a progress bar."""
    from index.hybrid import HybridIndex
    from index.loading import load_reranker

    with _progress("Indexing") as progress:
        reranker = load_reranker(arguments.reranker) if arguments.reranker else None
        return HybridIndex.open(arguments.home, arguments.model, progress, reranker=reranker)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr, drawn at the first step."""
    bar: Any = None

    def step(done: int, total: int) -> None:
        nonlocal bar
        if bar is None or bar.total != total:
            from tqdm import tqdm

            bar = tqdm(total=total, desc=title, unit="char", file=sys.stderr)
        bar.update(done - bar.n)

    try:
        yield step
    finally:
        if bar is not None:
            bar.close()


def _question(arguments: argparse.Namespace) -> str:
    if arguments.question is None:
        raise UsageError("give a question in quotes, or a file of them with --input.")
    return str(arguments.question)


def _batch(
    arguments: argparse.Namespace, answer: Callable[[dict[str, Any]], dict[str, Any]], key: str = "question"
) -> int:
    """One JSON line out for each line in, which holds a string under ``key``."""
    if arguments.output and arguments.output.exists() and arguments.output.samefile(arguments.input):
        raise UsageError(f"{arguments.output}: the {key}s stand there; name another file with --output.")
    with _lines(arguments.input, key) as lines, _writer(arguments.output) as output:
        for line in lines:
            print(_dumps(answer(line)), file=output, flush=True)
    return 0


@contextmanager
def _lines(path: Path, key: str = "question") -> Iterator[Iterator[dict[str, Any]]]:
    """The objects of a JSONL file, each with a string under ``key``."""
    try:
        file = sys.stdin if str(path) == "-" else path.open(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; check the path.") from None

    def parsed() -> Iterator[dict[str, Any]]:
        try:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    value = None
                if not isinstance(value, dict) or not isinstance(value.get(key), str):
                    raise UsageError(f'{path}, line {number}: write one object a line: {{"id": "…", "{key}": "…"}}.')
                yield value
        except UnicodeDecodeError:
            raise UsageError(f"{path}: not UTF-8 text; save it as UTF-8.") from None

    with file:
        yield parsed()


@contextmanager
def _writer(path: Path | None) -> Iterator[TextIO]:
    if path is None or str(path) == "-":
        yield sys.stdout
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


def _asked(line: dict[str, Any]) -> tuple[str, list[str]]:
    history = line.get("history") or []
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise UsageError(f'question {line.get("id")!r}: "history" must be a list of questions.')
    return line["question"], history


def _kept(line: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: line[key] for key in keys if key in line}


def _checked(line: dict[str, Any]) -> dict[str, Any]:
    needed = {"id", "lang", "history", "sections", "evidence", "answer", "abstain"}
    if missing := sorted(needed - line.keys()):
        raise UsageError(f"question {line.get('id')!r} lacks {', '.join(missing)}; see `bsab eval --help`.")
    _asked(line)
    for key in ("sections", "evidence", "answer"):
        if not isinstance(line[key], list) or not all(isinstance(value, str) for value in line[key]):
            raise UsageError(f'question {line["id"]!r}: "{key}" must be a list of strings.')
    for pattern in line["answer"]:
        try:
            re.compile(pattern)
        except re.error as error:
            raise UsageError(f"question {line['id']!r}: correct the expression {pattern!r} ({error}).") from None
    return line


def _is_record(document: Document) -> bool:
    """Whether a document is a line of a JSONL file, which gives its own id."""
    return bool(re.search(r", line \d+$", document.source))


def _with_free_id(document: Document, index: Any, added: Container[str]) -> Document:
    """``document`` under an id of its own: another file's document of the same name is not replaced.

    ``added``: ids of this run, whose files are others, in other folders, even where they share a name.
    """
    sources = {entry.id: entry.source for entry in index.library.entries()}
    id, number = document.id, 1
    while id in added or (id in sources and sources[id] != document.source):
        number += 1
        id = f"{document.id}-{number}"
    return replace(document, id=id)


def _dumps(value: object) -> str:
    """JSON on one line; a lone surrogate, which no UTF-8 output can hold, is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() or _encodable(text) else json.dumps(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# Arguments


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"bsab: {message}; see `{self.prog} --help`.", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    shared = _Parser(add_help=False)
    shared.add_argument("--home", type=Path, default=default_home(), metavar="DIR", help="the library's folder")
    shared.add_argument(
        "--model",
        default=os.environ.get("BSAB_MODEL"),
        metavar="NAME",
        help="an embedding model that sentence-transformers can load",
    )
    shared.add_argument(
        "--reranker",
        default=os.environ.get("BSAB_RERANKER"),
        metavar="NAME",
        help="a cross-encoder that sentence-transformers can load, for a second look at the best passages",
    )
    shared.add_argument("--json", action="store_true", help="print JSON")
    many = _Parser(add_help=False)
    many.add_argument("--input", type=Path, metavar="Q.jsonl", help='questions, one {"id", "question"} a line')
    many.add_argument("--output", type=Path, metavar="A.jsonl", help="where to write one JSON line each")

    parser = _Parser(prog="bsab", description="Answers from biomedical reviews, with the passages that hold them.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int] | None, help: str, *parents: _Parser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[shared, *parents])
        made.set_defaults(run=run)
        return made

    served = command("serve", None, "Serve the chat page.")
    served.add_argument("--host", default=os.environ.get("BSAB_HOST", "127.0.0.1"), help="address to listen on")
    served.add_argument("--port", type=_port, default=os.environ.get("BSAB_PORT", "7860"), help="port to listen on")
    asked = command("ask", _ask, "Answer a question.", many)
    asked.add_argument("question", nargs="?")
    asked.add_argument(
        "--history", action="append", default=[], metavar="QUESTION", help="asked before; may be repeated"
    )
    searched = command("search", _search, "Show passages.", many)
    searched.add_argument("question", nargs="?")
    searched.add_argument("-k", type=_count, default=5, help="how many")
    cited = command("cite", _cite, "Show references and the sentences that cite them.")
    cited.add_argument("reference", nargs="?", help="a number, or words (a trial, an author); all where left out")
    cited.add_argument("--bibtex", action="store_true", help="print BibTeX")
    cited.add_argument("--ris", action="store_true", help="print RIS")
    tabled = command("trials", _trials, "Show all trial results of the library.")
    tabled.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")
    tabled.add_argument("--language", choices=("en", "zh"), default="en", help="of the notes")
    mined = command("results", _results, "Show the trial results of a text file.", many)
    mined.add_argument("file", nargs="?", type=Path, metavar="FILE")
    added = command("add", _add, "Add documents; without a path, the bundled review.")
    added.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file or a folder")
    command("list", _list, "List the documents.")
    removed = command("remove", _remove, "Remove a document.")
    removed.add_argument("id", metavar="ID")
    checked = command("check", _check, "Verify the library.")
    checked.add_argument("--repair", action="store_true", help="make anew what can be made anew")
    judged = command("eval", _eval, "Figures over questions with known answers.")
    judged.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    judged.add_argument("--misses", action="store_true", help="show what fell short")
    return parser


def default_home() -> Path:
    """``BSAB_HOME``, else the platform's folder for a user's data."""
    if home := os.environ.get("BSAB_HOME"):
        return Path(home)
    from platformdirs import user_data_path

    return user_data_path("bsab", appauthor=False)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000")
    return int(text)
