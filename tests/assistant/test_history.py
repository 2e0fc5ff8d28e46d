"""Conversations in SQLite: reopened, searched, exported, deleted."""

from __future__ import annotations

import html
import re
import stat
import threading
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.conversations.exports import as_markdown, as_page, as_text
from assistant.conversations.history import FILE_NAME, History
from assistant.errors import UsageError
from assistant.exchange.contract import Json, reply_json
from corpus.document import Language
from index.errors import LibraryDamaged, LibraryUnusable

REPLY: Json = {"language": "en", "answer": "x", "notes": [], "citations": []}


def replied(answer: str, language: str = "en") -> Json:
    return {**REPLY, "answer": answer, "language": language}


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def test_a_conversation_is_reopened_with_its_questions(history: History, tmp_path: Path) -> None:
    id = history.add(None, "OS in DeLLphi-304?", replied("13.6 months"))
    assert history.add(id, "And its safety?", replied("27%")) == id
    history.close()
    kept = History(tmp_path).conversation(id)
    assert kept.questions == ["OS in DeLLphi-304?", "And its safety?"]
    assert kept.turns[0].reply == replied("13.6 months")
    assert kept.title == "OS in DeLLphi-304?"


def test_the_last_conversation_comes_first(history: History) -> None:
    ids = [history.add(None, f"question {i}", REPLY) for i in range(3)]
    assert [found.id for found in history.conversations()] == ids[::-1]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("安全性", True), ("塔拉妥單抗", True), ("ＤＥＬＬＰＨＩ", True), ("dellphi 安全性", True),
        ("pembrolizumab", False),
        ("%", True), ("_", False), ("' OR 1=1 --", False), ('"', False), ("*", False), ("", True),
    ],
)  # fmt: skip
def test_words_are_found_in_questions_and_answers(history: History, words: str, found: bool) -> None:
    history.add(None, "DeLLphi-304 的安全性", replied("塔拉妥单抗组 27%", "zh"))
    assert bool(history.conversations(words)) == found


def test_what_is_deleted_is_gone_from_the_file(history: History, tmp_path: Path) -> None:
    kept, gone = history.add(None, "kept question", REPLY), history.add(None, "secretquestion", REPLY)
    history.delete(gone)
    assert [found.id for found in history.conversations()] == [kept]
    files = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE_NAME}*"))
    assert b"secretquestion" not in files
    assert b"kept question" in files
    assert history.delete_all() == 1
    assert history.conversations() == []


def test_an_unknown_conversation_is_an_error_that_says_what_to_do(history: History) -> None:
    for attempt in (history.conversation, history.delete, lambda id: history.add(id, "?", REPLY)):
        with pytest.raises(UsageError, match="bsab history"):
            attempt("nobody")


def test_nobody_else_reads_it(history: History) -> None:
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises((LibraryDamaged, LibraryUnusable), match=FILE_NAME):
        History(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryUnusable, match="--home"):
        History(tmp_path / "file")


def test_many_write_at_once(history: History) -> None:
    threads = [threading.Thread(target=history.add, args=(None, f"q{i}", REPLY)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found.title for found in history.conversations()) == sorted(f"q{i}" for i in range(20))


def test_the_export_keeps_quotes_sections_and_references(history: History, assistant: Assistant) -> None:
    question = "Compare the safety of tarlatamab and chemotherapy in DeLLphi-304"
    reply = assistant.ask(question)
    id = history.add(None, question, reply_json(reply, 0.0))
    text = as_markdown(history.conversation(id))
    plain = text.replace("\\", "")
    for item in reply.evidence:
        assert item.passage.heading in plain
        assert all(f"> {' / '.join(quote.splitlines())}" in plain for quote in item.quoted())
    assert "10.1056/NEJMoa2502099" in plain


def test_the_export_shows_markup_as_text(history: History) -> None:
    id = history.add(None, "<script>alert(1)</script> [x](javascript:y) ![i](z)\n# h", replied("**b**\n> q"))
    text = as_markdown(history.conversation(id))
    assert "<script" not in text.replace("\\<", "")
    assert "](" not in text
    assert not [line for line in text.splitlines() if line.startswith(("# h", "> q"))]


def test_a_visitor_sees_their_own_conversations(history: History) -> None:
    mine = history.add(None, "mine", REPLY, "me")
    history.add(mine, "mine again", REPLY, "me")
    history.add(None, "theirs", REPLY, "them")
    assert [found.id for found in history.conversations(visitor="me")] == [mine]
    assert len(history.conversations()) == 2
    for attempt in (history.conversation, history.delete, lambda id, who: history.add(id, "?", REPLY, who)):
        with pytest.raises(UsageError):
            attempt(mine, "them")
    # Whoever owns the home goes on with any, which stays its visitor's.
    history.add(mine, "from the command line", REPLY)
    assert len(history.conversation(mine, "me").turns) == 3
    assert history.delete_all("them") == 1
    assert [found.id for found in history.conversations()] == [mine]


def test_the_last_answer_is_replaced_when_it_is_given_again(history: History) -> None:
    id = history.add(None, "first", REPLY)
    history.add(id, "second", REPLY)
    history.add(id, "second", replied("new"), again=True)
    assert [turn.reply["answer"] for turn in history.conversation(id).turns] == ["x", "new"]


def test_a_rating_is_kept_and_the_last_word_counts(history: History) -> None:
    id = history.add(None, "q", REPLY)
    assert history.conversation(id).turns[0].rating is None
    history.rate(id, 0, 1)
    history.rate(id, 0, -1, "wrong arm \ud800")
    assert (history.conversation(id).turns[0].rating, history.conversation(id).turns[0].comment) == (-1, "wrong arm ?")
    for number in (-1, 1):
        with pytest.raises(UsageError):
            history.rate(id, number, 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_to_print_keeps_quotes_and_shows_markup_as_text(
    history: History, assistant: Assistant, language: Language
) -> None:
    question = "which trial tested tarlatamab versus chemotherapy"
    reply = assistant.ask(question)
    id = history.add(None, "<script>alert(1)</script>\u202e", reply_json(reply, 0.0))
    page = as_page(history.conversation(id), language)
    assert "<script" not in page
    assert 'data-mark="U+202E"' in page
    shown = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert all(quote in shown for item in reply.evidence for quote in item.quoted())
    assert "10.1056/NEJMoa2502099" in shown
    assert as_text(history.conversation(id).turns[0]).count("旨在评估") == 2


def test_a_star_is_nobody(tmp_path: Path) -> None:
    history = History(tmp_path)
    mine = history.add(None, "mine", {"answer": "8.3 months"}, "me")
    assert history.conversations(visitor="*") == []
    with pytest.raises(UsageError):
        history.conversation(mine, "*")
    with pytest.raises(UsageError):
        history.delete(mine, "*")
    assert history.delete_all("*") == 0
    assert history.conversation(mine, "me").questions == ["mine"]
    history.close()


def test_a_changed_answer_is_not_shown(tmp_path: Path) -> None:
    history = History(tmp_path)
    mine = history.add(None, "mine", {"answer": "8.3 months"}, "me")
    history.close()
    path = tmp_path / "history.sqlite3"
    path.write_bytes(path.read_bytes().replace(b"8.3 months", b"9.3 months"))
    history = History(tmp_path)
    with pytest.raises(LibraryDamaged, match="checksum"):
        history.conversation(mine, "me")
    history.delete(mine, "me")
    assert history.conversations() == []
    history.close()
