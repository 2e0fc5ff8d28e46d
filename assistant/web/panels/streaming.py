"""A language model's words as they come, and stopping them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, MutableMapping

from assistant.answering.assistant import Assistant
from assistant.answering.reply import Answer, Reply


def worded(
    assistant: Assistant, answer: Answer, running: MutableMapping[str, threading.Event], session: str
) -> Iterator[str | Reply]:
    """The language model's words so far, checked, each time that there are more; at last the reply.

    ``running[session]`` is set meanwhile: whoever sets that event stops the model, and the reply is the answer
    without it.
    """
    assert assistant.language_model
    cancelled = running[session] = threading.Event()
    said: queue.SimpleQueue[str | Reply] = queue.SimpleQueue()
    threading.Thread(target=lambda: said.put(assistant.reword(answer, said.put, cancelled)), daemon=True).start()
    try:
        while not cancelled.is_set():
            try:
                told = said.get(timeout=0.05)
            except queue.Empty:
                continue
            yield told
            if not isinstance(told, str):
                return
        yield assistant.language_model.stopped(answer)
    finally:
        # Also where the visitor left: the model is not kept busy for nobody.
        cancelled.set()
        if running.get(session) is cancelled:
            del running[session]
