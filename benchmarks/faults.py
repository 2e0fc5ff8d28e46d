"""A library that is killed, changed and cut: python -m benchmarks.faults [--kills 200] [--flips 300] [--cuts 100]

Kills: a process that adds, removes, repairs or backs up is ended by SIGKILL at a random moment. Afterwards every
document that it had reported as finished is there, whole, and ``check`` is clean, or ``check --repair`` makes it so.

Flips: one random bit of one of the library's files is changed. Afterwards no command ends in a traceback, no answer
quotes a sentence that the documents do not hold, and after ``check --repair`` every document whose text was not hit is
there.

Cuts: one of the files is cut at a random place. The same, for every document whose pages are whole.

The model is a stand-in: what is measured does not depend on it. Exit status 1 where anything failed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.conversations.history import History
from corpus.document import Document
from corpus.packs.packs import bundled_documents
from corpus.reading.plain import read_plain
from index.errors import LibraryDamaged, LibraryError
from index.repairing import repair, repair_home
from index.search.hybrid import HybridIndex
from index.store.library import FILE_NAME
from index.store.salvage import salvage

_DOCUMENTS = 12
_QUESTIONS = (
    "What was the median overall survival in ZEPHYR-3?",
    "安全性如何？",
    "dose of zelobritinib",
    "reference 2",
)
_load = import_module("tests.index.fakes").load_topics

_WORKER = """
import sys
from pathlib import Path
from benchmarks.faults import document
from index.search.hybrid import HybridIndex
from index.repairing import repair
from tests.index.fakes import load_topics
home, action = Path(sys.argv[1]), sys.argv[2]
index = HybridIndex.open(home, load=load_topics)
print("ready", flush=True)
for n in range(100, 160):
    if action == "add":
        index.add(document(n))
        print("added", document(n).id, flush=True)
    elif action == "remove":
        index.add(document(n))
        print("added", document(n).id, flush=True)
        print("removing", document(n).id, flush=True)
        index.remove(document(n).id)
    elif action == "repair":
        repair(index)
    else:
        index.library.backup(home / "copy.bsab")
        print("copied", flush=True)
"""


def document(number: int) -> Document:
    """A document of about two pages, whose figures are its own."""
    text = "\n".join(
        f"{section}. Results\nIn the ZEPHYR-{number} study the median overall survival was {number}.{section} months "
        f"with zelobritinib [{section}]. Safety was good. 塔拉妥单抗的安全性：发生率为{number + section}%。"
        for section in range(1, 13)
    )
    made = read_plain(text, id=f"zephyr-{number}", title=f"ZEPHYR-{number}", source=f"zephyr-{number}")
    assert made is not None
    return made


def make_home(home: Path) -> None:
    """A library with a history, that nobody has open."""
    index = HybridIndex.open(home, load=_load)
    for packed in bundled_documents():
        index.remove(packed.id)
    index.add_all([document(n) for n in range(_DOCUMENTS)])
    index.search("safety")
    index.library.close()
    history = History(home)
    history.add(None, "What was the OS?", {"answer": "8.3 months"})
    history.close()


# Kills


def kill_once(home: Path, action: str, chance: random.Random) -> str:
    """What went wrong, or ""."""
    before = {f"zephyr-{n}" for n in range(_DOCUMENTS)}
    command = [sys.executable, "-c", _WORKER, str(home), action]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as worker:
        assert worker.stdout is not None
        if worker.stdout.readline() != "ready\n":
            return "the worker did not start"
        time.sleep(chance.uniform(0, 0.6))
        worker.send_signal(signal.SIGKILL)
        said = [line.split() for line in worker.stdout.read().splitlines()]
    removed = {words[1] for words in said if words[0] == "removing" and len(words) == 2}
    finished = {words[1] for words in said if words[0] == "added" and len(words) == 2} - removed
    try:
        index = HybridIndex.open(home, load=_load)
    except LibraryError as error:
        return f"not opened: {error}"
    try:
        if problems := index.problems():
            repair(index)
            if index.problems():
                return f"not healed: {problems[0]}"
        held = set(index.library.recipes())
        if missing := (before | finished) - held:
            return f"lost: {sorted(missing)}"
        for id in held:
            if index.library.document(id).text != document(int(id.split("-")[1])).text:
                return f"changed: {id}"
    finally:
        index.library.close()
    if (copy := home / "copy.bsab").exists() and len(salvage(copy).documents) != _DOCUMENTS:
        return "a backup is not whole"
    return ""


# Flips and cuts


def flip(path: Path, chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"a bit of byte {place} of {path.name}"


def cut(path: Path, chance: random.Random) -> str:
    size = chance.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(size)
    return f"{path.name} cut at {size}"


def damage_once(home: Path, damage: Callable[[Path, random.Random], str], chance: random.Random) -> tuple[str, str]:
    """What was noticed, and what went wrong, or ""."""
    files = [path for path in sorted(home.iterdir()) if path.is_file() and path.stat().st_size]
    # The library most of the time: it is what matters.
    path = home / FILE_NAME if chance.random() < 0.7 else chance.choice(files)
    what = damage(path, chance)
    try:
        noticed, wrong = _consequences(home)
    except Exception as error:
        return "", f"{what}: {type(error).__name__}: {error}"
    return noticed, f"{what}: {wrong}" if wrong else ""


def _consequences(home: Path) -> tuple[str, str]:
    whole = {item.id for item in salvage(home / FILE_NAME).documents}
    noticed = []
    index = None
    try:
        index = HybridIndex.open(home, load=_load)
        noticed += ["check"] if index.problems() else []
        for question in _QUESTIONS:
            try:
                reply = Assistant(index).ask(question)
            except LibraryError:
                noticed.append("ask")
                continue
            for evidence in getattr(reply, "evidence", ()):
                number = int(evidence.passage.document_id.split("-")[1])
                if evidence.passage.text not in document(number).text:
                    return "", f"quoted what was never written: {evidence.passage.text[:80]!r}"
    except LibraryError:
        noticed.append("open")
    try:
        history = History(home)
        try:
            if any(turn.reply["answer"] != "8.3 months" for c in history.conversations() for turn in c.turns):
                return "", "showed an answer that was never given"
        finally:
            history.close()
    except LibraryError:
        noticed.append("history")
    kept = _repaired(home, index)
    if kept is not None and whole - kept:
        return "", f"not saved: {sorted(whole - kept)}"
    return (noticed or ["nothing"])[0], ""


def _repaired(home: Path, index: HybridIndex | None) -> set[str] | None:
    """Ids of the documents after a repair; None where nothing of a library is left."""
    try:
        if index is None:
            repair_home(home, load=_load)
        elif index.problems():
            repair(index)
    except LibraryDamaged:
        return None
    finally:
        if index:
            index.library.close()
    again = HybridIndex.open(home, load=_load)
    try:
        problems = again.problems()
        assert not problems, f"not healed: {problems[0]}"
        for id in again.library.recipes():
            assert again.library.document(id).text == document(int(id.split("-")[1])).text, f"{id} is another text"
        return set(again.library.recipes())
    finally:
        again.library.close()


def main() -> int:
    """Run all three; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("kills", 200), ("flips", 300), ("cuts", 100)):
        parser.add_argument(f"--{name}", type=int, default=count, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    failures: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder) / "whole")

        def fresh() -> Path:
            home = Path(folder) / "home"
            shutil.rmtree(home, ignore_errors=True)
            return Path(shutil.copytree(Path(folder) / "whole", home))

        killed: Counter[str] = Counter()
        for n in range(arguments.kills):
            action = ("add", "remove", "repair", "backup")[n % 4]
            wrong = kill_once(fresh(), action, chance)
            killed[action] += not wrong
            failures += [f"kill of {action}: {wrong}"] if wrong else []
        print(f"kills: {arguments.kills}, clean or healed: {dict(killed)}")
        for name, damage, count in (("flips", flip, arguments.flips), ("cuts", cut, arguments.cuts)):
            noticed: Counter[str] = Counter()
            wrongs = 0
            for _ in range(count):
                first, wrong = damage_once(fresh(), damage, chance)
                noticed[first] += not wrong
                wrongs += bool(wrong)
                failures += [f"{name}: {wrong}"] if wrong else []
            print(f"{name}: {count}, failed: {wrongs}, first noticed by: {dict(noticed)}")
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
