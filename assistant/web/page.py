"""The chat page: the conversation on the left, its evidence on the right.

The only file that imports gradio, which takes 4 s. Everything is served from this machine: system
fonts, no analytics, no address but our own.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answer import Reply
from assistant.assistant import Assistant
from assistant.errors import PortTaken
from assistant.language_model import LanguageModel
from assistant.web.rendering import evidence_html, question_html, reply_html
from assistant.web.trials import build_trials
from index.errors import LibraryError
from index.hybrid import HybridIndex

if TYPE_CHECKING:
    import gradio

EXAMPLES = (
    "which trial tested tarlatamab versus chemotherapy",
    "哪项试验比较了塔拉妥单抗与化疗？",
    "What hazard ratio for PFS did HARMONi-A report?",
    "含Fc段的双抗有哪些优势和局限？",
    "How does amivantamab work?",
    "文献[20]讲的是什么研究？",
)

_TITLE = "BsAb assistant · 双抗问答"
_ABOUT = (
    "Questions in English or Chinese, answered with the passages that hold the answer. "
    "中英文提问，给出原文依据。 Not medical advice · 不构成医疗建议。"
)
_NO_EVIDENCE = (
    '<p class="bsab-empty">The cited passages appear here, the used sentences marked. '
    "引用的原文段落显示在这里，所用句子会高亮。</p>"
)
_FONTS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
)


def serve_page(index: HybridIndex, host: str, port: int, language_model: LanguageModel | None = None) -> None:
    """Serve the page until it is stopped; prints its address.

    Raises:
        PortTaken: something else listens there, or the address is not this machine's.
    """
    _reserve(host, port)
    # Read by gradio when it is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    index.search("warm up")
    page = build_page(Assistant(index, language_model=language_model))
    _, address, _ = launch(page, host, port)
    print(f"The chat page is at {address} (Ctrl+C stops it)", flush=True)
    page.block_thread()


def launch(page: gradio.Blocks, host: str, port: int) -> tuple[Any, str, str]:
    """Start serving in the background; returns the app, its address and the shared address, which is empty."""
    import gradio

    started: tuple[Any, str, str] = page.launch(
        server_name=host,
        server_port=port,
        theme=gradio.themes.Default(font=list(_FONTS), font_mono=["ui-monospace", "Consolas", "monospace"]),
        css_paths=[Path(__file__).with_name("page.css")],
        footer_links=[],
        share=False,
        quiet=True,
        ssr_mode=False,
        prevent_thread_lock=True,
        enable_monitoring=False,
    )
    return started


def build_page(assistant: Assistant) -> gradio.Blocks:
    """The page over one assistant. Each visitor has a conversation of their own."""
    import gradio

    def ask(text: str, replies: list[Reply]) -> tuple[Any, ...]:
        if not text.strip():
            return text, gradio.skip(), gradio.skip(), replies
        replies = [*replies, _reply(assistant, text, replies)]
        return "", conversation(replies), evidence_html(replies) or _NO_EVIDENCE, replies

    def conversation(replies: list[Reply]) -> list[dict[str, Any]]:
        # Components, not Markdown: a message is HTML that we escaped, and is not parsed again.
        messages = []
        for turn, reply in enumerate(replies, start=1):
            messages.append({"role": "user", "content": gradio.HTML(question_html(reply.question))})
            messages.append({"role": "assistant", "content": gradio.HTML(reply_html(reply, turn))})
        return messages

    page: gradio.Blocks
    with gradio.Blocks(title=_TITLE, analytics_enabled=False, fill_width=True) as page:
        gradio.HTML(f'<header class="bsab-title"><h1>{_TITLE}</h1><p>{_ABOUT}</p></header>')
        replies = gradio.State([])
        with gradio.Tab("Ask · 提问"), gradio.Row(elem_id="bsab-columns"):
            with gradio.Column(scale=3):
                chat = gradio.Chatbot(
                    label="Conversation · 对话",
                    height="55vh",
                    latex_delimiters=[],
                    feedback_options=None,
                    buttons=[],
                    elem_id="bsab-chat",
                )
                with gradio.Row():
                    text = gradio.Textbox(
                        label="Question · 问题",
                        placeholder="Ask about the library · 请输入问题",
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        scale=5,
                        elem_id="bsab-question",
                    )
                    send = gradio.Button("Ask · 提问", variant="primary", scale=1, min_width=90, elem_id="bsab-ask")
                with gradio.Row(elem_id="bsab-examples"):
                    examples = [gradio.Button(example, size="sm", min_width=120) for example in EXAMPLES]
                clear = gradio.Button("New conversation · 新对话", size="sm", elem_id="bsab-clear")
            with gradio.Column(scale=2):
                evidence = gradio.HTML(_NO_EVIDENCE, elem_id="bsab-evidence")
        with gradio.Tab("Trial results · 试验结果"):
            build_trials(assistant.index)
        outputs = [text, chat, evidence, replies]
        gradio.on([text.submit, send.click], ask, [text, replies], outputs, api_visibility="private")
        for button, example in zip(examples, EXAMPLES, strict=True):
            shown = gradio.State(example)
            button.click(ask, [shown, replies], outputs, api_visibility="private")
        gradio.on(
            [clear.click, chat.clear], lambda: ("", [], _NO_EVIDENCE, []), None, outputs, api_visibility="private"
        )
    page.queue(default_concurrency_limit=4)
    return page


def _reply(assistant: Assistant, text: str, replies: list[Reply]) -> Reply:
    try:
        return assistant.ask(text, [reply.question for reply in replies])
    except LibraryError as error:
        import gradio

        raise gradio.Error(str(error), print_exception=False) from error


def _reserve(host: str, port: int) -> None:
    """Fail before the model is loaded where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port} ({error.strerror}); stop what listens there, or choose another --port."
            ) from None
