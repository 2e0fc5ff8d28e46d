"""Components and kinds of events that the panels share."""

from __future__ import annotations

from typing import Any

import gradio

# Gradio closes a page's event stream whenever nothing is pending, and loses an event that joins in that moment. What
# answers at once therefore goes without the queue; the queue is for what streams or shows progress.
AT_ONCE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
STREAMED: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "always_last"}
"""A question asked before the last answer is whole waits for it."""


def panel_html(value: str = "", **options: Any) -> gradio.HTML:
    """HTML in the page's own style (page.css) rather than gradio's."""
    return gradio.HTML(value, apply_default_css=False, **options)
