"""The command line: arguments and exit statuses; the commands are in ``commands.py`` and ``upkeep.py``.

Errors are one sentence on stderr that says what to do: exit status 2 for bad input, 1 for a failure.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from assistant.cli.catalogue import drugs_command, terms_command, trial_catalogue
from assistant.cli.commands import (
    add_command,
    ask_command,
    cite_command,
    eval_command,
    history_command,
    list_command,
    remove_command,
    results_command,
    search_command,
    trials_command,
)
from assistant.cli.streams import complain
from assistant.cli.upkeep import backup_command, check_command, restore_command, user_command
from assistant.errors import PortTaken, UsageError
from assistant.wording.messages import languages
from corpus.errors import CorpusError
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
        return complain(error, 2)
    except (LibraryError, PortTaken) as error:
        return complain(error, 1)
    except BrokenPipeError:
        # The reader of our output left; nobody is there to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return complain(f"{error.filename or 'Writing'}: {error.strerror}; free space or choose another place.", 1)
    except KeyboardInterrupt:
        return complain("Stopped; what was added before is kept.", 130)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"bsab: {message}; see `{self.prog} --help`.", file=sys.stderr)
        sys.exit(2)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version  # 50 ms, which every command would pay

        print(f"bsab {version('bsab-assistant')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    # Before the command and after it: what a command is not given leaves what stood before it.
    shared = _shared(argument_default=argparse.SUPPRESS)
    worded = _Parser(add_help=False)
    worded.add_argument(
        "--llm-url",
        default=os.environ.get("BSAB_LLM_BASE_URL"),
        metavar="URL",
        help="an OpenAI-compatible endpoint that words the answers, as http://127.0.0.1:11434/v1",
    )
    worded.add_argument(
        "--llm-model", default=os.environ.get("BSAB_LLM_MODEL"), metavar="NAME", help="the model to ask there"
    )
    # A secret on a command line can be read by everyone on the machine.
    worded.set_defaults(llm_key=os.environ.get("BSAB_LLM_API_KEY", ""))
    many = _Parser(add_help=False)
    many.add_argument("--input", type=Path, metavar="Q.jsonl", help='questions, one {"id", "question"} a line')
    many.add_argument("--output", type=Path, metavar="A.jsonl", help="where to write one JSON line each")

    parser = _Parser(
        prog="bsab",
        description="Answers from biomedical reviews, with the passages that hold them.",
        parents=[_shared()],
    )
    parser.set_defaults(
        home=default_home(), model=os.environ.get("BSAB_MODEL"), reranker=os.environ.get("BSAB_RERANKER"), json=False
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int] | None, help: str, *parents: _Parser
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[shared, *parents])
        made.set_defaults(run=run)
        return made

    served = command("serve", None, "Serve the chat page.", worded)
    served.add_argument("--host", default=os.environ.get("BSAB_HOST", "127.0.0.1"), help="address to listen on")
    served.add_argument("--port", type=_port, default=os.environ.get("BSAB_PORT", "7860"), help="port to listen on")
    served.add_argument(
        "--name", action="append", default=[], metavar="NAME", help="another name under which browsers reach the page"
    )
    served.add_argument(
        "--auth", type=Path, metavar="FILE", help="who may come in, as `bsab user add` wrote; needed for other machines"
    )
    asked = command("ask", ask_command, "Answer a question.", many, worded)
    asked.add_argument("question", nargs="?")
    asked.add_argument(
        "--history", action="append", default=[], metavar="QUESTION", help="asked before; may be repeated"
    )
    asked.add_argument(
        "--conversation",
        metavar="ID",
        help='keep the answer in a conversation that `bsab history` lists; "new" starts one',
    )
    told = command("history", history_command, "List, show, search, export and delete the conversations kept.")
    told.add_argument("id", nargs="?", metavar="ID", help="show this one, as Markdown")
    told.add_argument("--search", default="", metavar="WORDS", help="those whose questions or answers hold all words")
    told.add_argument("--markdown", action="store_true", help="print all as Markdown")
    told.add_argument("--delete", action="store_true", help="delete the one named, or all")
    searched = command("search", search_command, "Show passages.", many)
    searched.add_argument("question", nargs="?")
    searched.add_argument("-k", type=_count, default=5, help="how many")
    cited = command("cite", cite_command, "Show references and the sentences that cite them.")
    cited.add_argument("reference", nargs="?", help="a number, or words (a trial, an author); all where left out")
    cited.add_argument("--bibtex", action="store_true", help="print BibTeX")
    cited.add_argument("--ris", action="store_true", help="print RIS")
    tabled = command("trials", trials_command, "Show all trial results of the library.")
    tabled.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")
    tabled.add_argument("--language", choices=languages(), default=languages()[0], help="of the notes")
    tabled.add_argument(
        "--catalogue",
        dest="run",
        action="store_const",
        const=trial_catalogue,
        help="show instead how each trial was done: its phase, design, size, registration and the like",
    )
    command("drugs", drugs_command, "Show the drugs of the library: targets, class, maker, approvals, indications.")
    command("terms", terms_command, "Show what the library's short forms stand for, and how it defines terms.")
    mined = command("results", results_command, "Show the trial results of a text file.", many)
    mined.add_argument("file", nargs="?", type=Path, metavar="FILE")
    added = command("add", add_command, "Add documents; without a path, those that ship with the program.")
    added.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file or a folder")
    command("list", list_command, "List the documents.")
    removed = command("remove", remove_command, "Remove a document.")
    removed.add_argument("id", metavar="ID")
    checked = command("check", check_command, "Verify the library.")
    checked.add_argument("--repair", action="store_true", help="make anew what can be made anew")
    copied = command("backup", backup_command, "Write the whole library to one file.")
    copied.add_argument("file", type=Path, metavar="FILE")
    restored = command("restore", restore_command, "Make the library what a backup holds.")
    restored.add_argument("file", type=Path, metavar="FILE")
    users = command("user", user_command, "Add a user of a page that other machines reach.")
    users.add_argument("action", choices=("add",))
    users.add_argument("name", metavar="NAME")
    users.add_argument("--auth", type=Path, metavar="FILE", help="the file of users; by default users.json in the home")
    users.add_argument("--may", choices=("read", "change"), default="read", help="what they may do to the library")
    judged = command("eval", eval_command, "Figures over questions with known answers.", worded)
    judged.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    judged.add_argument("--misses", action="store_true", help="show what fell short")
    return parser


def _shared(**options: Any) -> _Parser:
    """Options that every command takes."""
    shared = _Parser(add_help=False, **options)
    shared.add_argument("--home", type=_folder, metavar="DIR", help="the library's folder")
    shared.add_argument("--model", metavar="NAME", help="an embedding model that sentence-transformers can load")
    shared.add_argument(
        "--reranker",
        metavar="NAME",
        help="a cross-encoder that sentence-transformers can load, for a second look at the best passages",
    )
    shared.add_argument("--json", action="store_true", help="print JSON")
    return shared


def default_home() -> Path:
    """``BSAB_HOME``, else the platform's folder for a user's data."""
    if home := os.environ.get("BSAB_HOME"):
        return Path(home)
    from platformdirs import user_data_path

    return user_data_path("bsab", appauthor=False)


def _folder(text: str) -> Path:
    if not text.strip():  # the working folder, if it were taken for a path
        raise argparse.ArgumentTypeError("the name of the folder is empty; name one, or leave --home out")
    return Path(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; use a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000")
    return int(text)
