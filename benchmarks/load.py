"""Many at once on one page: python -m benchmarks.load [--clients 50] [--seconds 60]

Half of the clients ask over the API, half as the page does (the queue, its stream, and what is asked next); another one
adds and removes documents all the while, through the page's own upload. Each asks about one trial of its own again and
again, so that an answer that belongs to another is known. Everything goes over loopback to a server started here.

Printed: answers, errors, swapped answers, and the median and 95th percentile of the time to an answer, in seconds; the
server's memory at a third and at the end, in MB. Exit status 1 where a request failed or an answer was another's.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from index.search.hybrid import HybridIndex

ASKED = (
    ("What was the median overall survival with tarlatamab in DeLLphi-304?", "13.6"),
    ("HARMONi-A研究中依沃西单抗组的中位PFS是多少？", "7.1"),
    ("Which trial tested tarlatamab versus chemotherapy?", "DeLLphi-304"),
    ("What was the overall survival in KEYNOTE-024?", "KEYNOTE-024"),
)
"""Questions, and what the answer to each holds and the others' answers do not."""
_TIMEOUT = 120


@dataclass(slots=True)
class Tally:
    """What one kind of client saw."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    swapped: list[str] = field(default_factory=list)


class Page:
    """What a browser does with the page, without one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, timeout=_TIMEOUT, headers={"Accept-Language": "en"})
        shown = self.client.get("/", headers={"Accept": "text/html"}).text
        secret = re.search(r"x-bsab-secret\\u0027, \\u0027([\w-]+)", shown)
        assert secret
        self.client.headers["x-bsab-secret"] = secret[1]
        self.config = self.client.get("/config").json()
        self.session = uuid.uuid4().hex[:12]

    def function(self, element: str, event: str) -> Any:
        """The last function that an event of a component starts."""
        id = next(c["id"] for c in self.config["components"] if c["props"].get("elem_id") == element)
        return [d for d in self.config["dependencies"] if [id, event] in d["targets"]][-1]

    def queued(self, function: Any, data: list[Any], event_data: Any = None) -> str:
        """What a queued event gives, all of it, as JSON."""
        body = {"data": data, "fn_index": function["id"], "session_hash": self.session, "event_data": event_data}
        self.client.post("/gradio_api/queue/join", json=body).raise_for_status()
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:") and (told := json.loads(line[5:]))["msg"] == "process_completed":
                    if not told["success"]:
                        raise RuntimeError(json.dumps(told))
                    return json.dumps(told, ensure_ascii=False)
        raise RuntimeError("the stream ended before the answer")

    def at_once(self, function: Any, data: list[Any]) -> None:
        """An event that goes without the queue."""
        body = {"data": data, "fn_index": function["id"], "session_hash": self.session}
        self.client.post("/gradio_api/run/predict", json=body).raise_for_status()


def ask_api(address: str) -> Callable[[str], str]:
    """One who asks over the API."""
    client = httpx.Client(base_url=address, timeout=_TIMEOUT)

    def ask(question: str) -> str:
        answer = client.post("/gradio_api/run/ask", json={"data": [question, []]})
        answer.raise_for_status()
        return str(answer.json()["data"][0]["answer"])

    return ask


def ask_page(address: str) -> Callable[[str], str]:
    """One who asks on the page; each question begins a conversation."""
    page, after = Page(address), ThreadPoolExecutor(1)
    asking, clearing = page.function("bsab-ask", "click"), page.function("bsab-clear", "click")
    following = next(d for d in page.config["dependencies"] if d["trigger_after"] == asking["id"])

    def ask(question: str) -> str:
        page.at_once(clearing, [""])
        answer = page.queued(asking, [question, None, ""])
        after.submit(page.at_once, following, [None])  # what the page asks for next, once the answer is shown
        return answer

    return ask


def keep_asking(
    make: Callable[[str], Callable[[str], str]], address: str, place: int, until: float, tally: Tally
) -> None:
    """Ask one's own question until the time is up."""
    question, expected = ASKED[place % len(ASKED)]
    try:
        ask = make(address)
        while time.monotonic() < until:
            started = time.monotonic()
            # Blanks at the end make it another text, whose vector no cache holds.
            answer = ask(question + " " * (place + len(tally.seconds)))
            tally.seconds.append(time.monotonic() - started)
            if expected not in answer:
                tally.swapped.append(f"{question}: {answer[:200]}")
    except Exception as error:
        tally.errors.append(f"{type(error).__name__}: {error}"[:300])


def keep_adding(address: str, until: float, tally: Tally) -> None:
    """Add a document and take it out, until the time is up."""
    try:
        page = Page(address)
        add, remove = page.function("bsab-add", "click"), page.function("bsab-documents", "click")
        number = 0
        while time.monotonic() < until:
            number += 1
            text = f"In the ZEPHYR-{number} study the median overall survival was {number}.5 months with zelobritinib."
            sent = page.client.post("/upload", params={"name": f"zephyr-{number}.txt"}, content=text.encode())
            started = time.monotonic()
            page.queued(add, [], {"uploads": [sent.raise_for_status().json()["upload"]]})
            tally.seconds.append(time.monotonic() - started)
            body = {"data": [], "fn_index": remove["id"], "session_hash": page.session,
                    "event_data": {"document": f"zephyr-{number}"}}  # fmt: skip
            page.client.post("/gradio_api/run/predict", json=body).raise_for_status()
            time.sleep(2)
    except Exception as error:
        tally.errors.append(f"{type(error).__name__}: {error}"[:300])


def memory(process: int) -> float:
    """Resident memory of a process, in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def main() -> int:
    """Load a server; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp())
    HybridIndex.open(home).library.close()
    command = [sys.executable, "-m", "app", "--home", str(home), "--port", "0"]
    tallies = {"API": Tally(), "page": Tally(), "adding": Tally()}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            address = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
            until = time.monotonic() + arguments.seconds
            threads = [threading.Thread(target=keep_adding, args=(address, until, tallies["adding"]))]
            for place in range(arguments.clients):
                kind, make = ("API", ask_api) if place % 2 else ("page", ask_page)
                asked = (make, address, place // 2, until, tallies[kind])
                threads.append(threading.Thread(target=keep_asking, args=asked))
            for thread in threads:
                thread.start()
            time.sleep(arguments.seconds / 3)
            first = memory(server.pid)
            for thread in threads:
                thread.join()
            last = memory(server.pid)
        finally:
            server.terminate()
    shutil.rmtree(home, ignore_errors=True)
    for kind, tally in tallies.items():
        times = sorted(tally.seconds) or [0.0]
        late = times[min(len(times) - 1, int(0.95 * len(times)))]
        print(f"{kind:7} answers {len(tally.seconds):5}  errors {len(tally.errors)}  swapped {len(tally.swapped)}  "
              f"median {statistics.median(times):6.2f} s  p95 {late:6.2f} s")  # fmt: skip
        for told in [*tally.errors, *tally.swapped][:5]:
            print("  ", told)
    print(f"memory  {first:.0f} MB after a third of the time, {last:.0f} MB at the end")
    return 1 if any(tally.errors or tally.swapped for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
