"""Components that the panels share."""

from __future__ import annotations

from typing import Any

import gradio


def panel_html(value: str = "", **options: Any) -> gradio.HTML:
    """HTML in the page's own style (page.css) rather than gradio's."""
    return gradio.HTML(value, apply_default_css=False, **options)
