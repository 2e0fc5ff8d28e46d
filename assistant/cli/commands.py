"""The commands of the command line: one function each, arguments in, exit status out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant.audit import audit
from assistant.cli.streams import batch, complain, dumps, kept, progress, read_lines
from assistant.errors import UsageError
from assistant.exchange.tables import reference_text, result_text, results_csv
from corpus.document import Document
from corpus.errors import CorpusError

if TYPE_CHECKING:
    from assistant.answering.language_model import LanguageModel


def ask_command(arguments: argparse.Namespace) -> int:
    """Answer a question, or each line of a file.

    Raises:
        UsageError: there is no question, no conversation has the id, or a file or the language model is not to be used.
        LibraryError: the library, its model or the conversations cannot be used.
    """
    from assistant.answering.assistant import Assistant
    from assistant.exchange.contract import reply_json

    assistant = Assistant(open_index(arguments), language_model=language_model(arguments))

    def answer(question: str, history: Sequence[str]) -> dict[str, Any]:
        started = time.perf_counter()
        reply = assistant.ask(question, history)
        return reply_json(reply, time.perf_counter() - started)

    if arguments.input:
        return batch(arguments, lambda line: {**kept(line, "id", "history"), **answer(*_asked(line))})
    found = _in_conversation(arguments, answer) if arguments.conversation else answer(*_once(arguments))
    if arguments.json:
        print(dumps(found))
        return 0
    if found["understood"]:
        print(f"({' · '.join(found['understood'])})")
    print(found["answer"])
    if found["notice"]:
        print(f"~ {found['notice']}")
    for note in found["notes"]:
        print(f"! {note['text']} ({note['source']}, {note['certainty']})")
    for citation in found["citations"]:
        place = " ".join(part for part in (citation["section"], citation["heading"]) if part)
        print(f"\n[{citation['number']}] {citation['document']} {place}\n{citation['text']}")
    return 0


def _once(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    return _question(arguments), arguments.history


def _in_conversation(
    arguments: argparse.Namespace, answer: Callable[[str, list[str]], dict[str, Any]]
) -> dict[str, Any]:
    """An answer within a kept conversation, which it joins."""
    from assistant.conversations.history import History

    history = History(arguments.home)
    try:
        id = None if arguments.conversation == "new" else arguments.conversation
        earlier = history.conversation(id).questions if id else []
        found = answer(_question(arguments), [*earlier, *arguments.history])
        return {**found, "conversation": history.add(id, _question(arguments), found)}
    finally:
        history.close()


def history_command(arguments: argparse.Namespace) -> int:
    """List, show, search, export and delete the conversations kept.

    Raises:
        UsageError: no conversation has the id.
        LibraryError: the conversations cannot be read or deleted.
    """
    from assistant.conversations.exports import as_markdown
    from assistant.conversations.history import History

    history = History(arguments.home)
    try:
        if arguments.delete:
            if arguments.id:
                history.delete(arguments.id)
            print(f"Deleted {1 if arguments.id else history.delete_all()}.")
            return 0
        found = [history.conversation(arguments.id)] if arguments.id else history.conversations(arguments.search)
    finally:
        history.close()
    if arguments.json:
        shown = [{"id": c.id, "title": c.title, "turns": [asdict(turn) for turn in c.turns]} for c in found]
        print(dumps({"conversations": shown}))
    elif arguments.id or arguments.markdown:
        print("\n".join(as_markdown(conversation) for conversation in found), end="")
    else:
        for conversation in found:
            print(f"{conversation.id}  {conversation.turns[0].asked}  {conversation.title}")
    return 0


def search_command(arguments: argparse.Namespace) -> int:
    """Show the passages found for a question, or for each line of a file.

    Raises:
        UsageError: there is no question, or a file of them is not to be used.
        LibraryError: the library or its model cannot be used.
    """
    from assistant.exchange.contract import hit_json

    index = open_index(arguments)

    def search(question: str) -> list[dict[str, Any]]:
        return [hit_json(rank, hit) for rank, hit in enumerate(index.search(question, arguments.k), start=1)]

    if arguments.input:
        return batch(arguments, lambda line: {**kept(line, "id"), "hits": search(_asked(line)[0])})
    hits = search(_question(arguments))
    if arguments.json:
        print(dumps({"question": arguments.question, "hits": hits}))
        return 0
    for hit in hits:
        print(f"{hit['rank']}. {hit['document']} {hit['section']} {hit['heading']}\n{hit['text']}\n")
    if not hits:
        print("Nothing found.")
    return 0


def cite_command(arguments: argparse.Namespace) -> int:
    """The references of a number, of words in their record or around them, or all; as text, JSON, BibTeX or RIS.

    Raises:
        UsageError: there is no such reference.
        LibraryError: the library or its model cannot be used.
    """
    from assistant.answering.cited_references import look_up
    from assistant.exchange.citation_formats import bibtex, ris
    from assistant.exchange.contract import reference_json

    asked = (arguments.reference or "").strip()
    found = look_up(open_index(arguments), asked)
    if asked and not found:
        raise UsageError(f"no reference {asked!r} in the library; `bsab cite` lists them all.")
    pairs = [(cited.document_id, cited.reference) for cited in found]
    if arguments.bibtex or arguments.ris:
        print(bibtex(pairs) if arguments.bibtex else ris(pairs), end="")
    elif arguments.json:
        print(dumps({"references": [reference_json(cited) for cited in found]}))
    else:
        for cited in found:
            print(reference_text(reference_json(cited)))
    return 0


def trials_command(arguments: argparse.Namespace) -> int:
    """All trial results of the library.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    from assistant.exchange.contract import checked_json
    from assistant.trials.source_notes import checked_results

    found = checked_results(open_index(arguments).library)
    rows = [checked_json(*checked, arguments.language) for checked in found]
    if arguments.json:
        print(dumps({"results": rows}))
    elif arguments.csv:
        print(results_csv(rows), end="")
    else:
        for (_, result, _), row in zip(found, rows, strict=True):
            print(result_text(result, row["notes"]))
    return 0


def results_command(arguments: argparse.Namespace) -> int:
    """Trial results of any text file, or of each line of a JSONL file; the library is not needed.

    Raises:
        UsageError: there is neither a text file nor one of lines, or that one is not to be used.
        CorpusError: the text file cannot be read.
    """
    from assistant.exchange.contract import result_json
    from corpus.reading import read_apart
    from corpus.segments.passages import split_passages
    from corpus.trial_results import TrialResult, extract_results, results_of_text

    if arguments.input:

        def found(line: dict[str, Any]) -> dict[str, Any]:
            return {**kept(line, "id"), "results": [result_json(result) for result in results_of_text(line["text"])]}

        return batch(arguments, found, "text")
    if arguments.file is None:
        raise UsageError("give a text file, or lines of texts with --input.")
    found_in: list[tuple[str, TrialResult]] = []
    for item in read_apart([arguments.file]):
        if isinstance(item, CorpusError):
            raise item
        found_in += [(item.id, result) for result in extract_results(split_passages(item))]
    if arguments.json:
        print(dumps({"results": [{"document": id, **result_json(result)} for id, result in found_in]}))
    else:
        for _, result in found_in:
            print(result_text(result))
    return 0


def add_command(arguments: argparse.Namespace) -> int:
    """Add files and folders; each file that cannot be read is named, the others are added.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    from assistant.adding import add_documents
    from corpus.packs.packs import bundled_documents
    from corpus.reading import read_apart

    index = open_index(arguments)
    found: list[Document | CorpusError] = list(read_apart(arguments.paths))
    with progress("Indexing") as step:
        added = add_documents(index, found if arguments.paths else bundled_documents(), step)
    if added.ids:
        audit(arguments.home, "add", documents=list(added.ids))
    for skipped in added.skipped:
        complain(skipped, 2)
    for source, owner in added.known:
        print(f"{source}: already in the library as {owner}.", file=sys.stderr)
    if arguments.json:
        print(dumps({"added": list(added.ids), "skipped": [str(skipped) for skipped in added.skipped]}))
    else:
        for id in added.ids:
            print(id)
    return 2 if added.skipped else 0


def list_command(arguments: argparse.Namespace) -> int:
    """List the documents.

    Raises:
        LibraryError: the library or its model cannot be used.
    """
    from assistant.exchange.contract import entry_json

    entries = open_index(arguments).library.entries()
    if arguments.json:
        print(dumps({"documents": [entry_json(entry) for entry in entries]}))
        return 0
    for entry in entries:
        print(f"{entry.id}\t{entry.language}\t{entry.passages} passages\t{entry.title}")
    return 0


def remove_command(arguments: argparse.Namespace) -> int:
    """Take a document out of the library.

    Raises:
        UnknownDocument: there is none with that id.
        LibraryError: the library or its model cannot be used.
    """
    open_index(arguments).remove(arguments.id)
    audit(arguments.home, "remove", document=arguments.id)
    print(dumps({"removed": arguments.id}) if arguments.json else f"Removed {arguments.id}.")
    return 0


def eval_command(arguments: argparse.Namespace) -> int:
    """Figures over a file of questions with known answers.

    Raises:
        UsageError: the file, a question in it or the language model is not to be used.
        LibraryError: the library or its model cannot be used.
    """
    from assistant.answering.assistant import Assistant
    from assistant.evaluation import MEASURES, checked, evaluate

    with read_lines(arguments.questions) as found:
        questions = [{**checked(line), "history": _asked(line)[1]} for line in found]
    assistant = Assistant(open_index(arguments), language_model=language_model(arguments))
    replies = [assistant.ask(q["question"], q["history"]) for q in questions]
    scores = evaluate(questions, replies)
    if arguments.json:
        kinds = {kind: list(counted) for kind, counted in scores.kinds.items()}
        told = {**scores.shares, "median_characters": scores.median_characters, "misses": scores.misses}
        print(dumps({**told, "kinds": kinds} if kinds else told))
        return 0
    for name, share in scores.shares.items():
        print(f"{name:<18}{share:6.3f}  of {scores.counts[name]:<4} {MEASURES[name]}")
    print(f"{'median characters':<18}{scores.median_characters:6.0f}")
    for kind, (right, count) in scores.kinds.items():
        print(f"  {kind:<28}{right:>4} of {count}")
    if arguments.misses:
        for question, reply in zip(questions, replies, strict=True):
            if short := scores.misses.get(str(question["id"])):
                print(
                    f"\n{question['id']} {question['question']}\n  short of: {', '.join(short)}\n  {reply.text[:300]}"
                )
    return 0


def open_index(arguments: argparse.Namespace) -> Any:
    """The library that the arguments name, made at the first start with a progress bar.

    Raises:
        ModelMismatch: the library was indexed with another model than the one named.
        ModelUnavailable: there is no such model or reranker on this machine.
        LibraryError: the library cannot be opened.
    """
    from index.embedding.loading import load_reranker
    from index.search.hybrid import HybridIndex

    with progress("Indexing") as step:
        reranker = load_reranker(arguments.reranker) if arguments.reranker else None
        return HybridIndex.open(arguments.home, arguments.model, step, reranker=reranker)


def language_model(arguments: argparse.Namespace) -> LanguageModel | None:
    """The language model that the arguments name, if any.

    Raises:
        UsageError: an endpoint is named without its model.
    """
    from assistant.answering.language_model import LanguageModel, LanguageModelOptions

    if not arguments.llm_url:
        return None
    if not arguments.llm_model:
        raise UsageError("name the language model with --llm-model, or leave --llm-url out.")
    return LanguageModel(LanguageModelOptions(arguments.llm_url, arguments.llm_model, arguments.llm_key))


def _question(arguments: argparse.Namespace) -> str:
    if arguments.question is None:
        raise UsageError("give a question in quotes, or a file of them with --input.")
    return str(arguments.question)


def _asked(line: dict[str, Any]) -> tuple[str, list[str]]:
    history = line.get("history") or []
    if not isinstance(history, list) or not all(isinstance(h, str) for h in history):
        raise UsageError(f'question {line.get("id")!r}: "history" must be a list of questions.')
    return line["question"], history
