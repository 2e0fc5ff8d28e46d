"""The language of a question or a passage."""

from __future__ import annotations

import pytest

from corpus.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("塔拉妥单抗的疗效如何？", "zh"),
        ("塔拉妥單抗的療效如何？", "zh"),
        ("What does tarlatamab target?", "en"),
        ("Tarlatamab 的 CRS 发生率 (10 mg)", "zh"),
        ("What is 塔拉妥单抗 approved for?", "en"),
        ("How does 埃万妥单抗 compare with 依沃西单抗?", "en"),
        ("DeLLphi-304 中 Tarlatamab 与化疗相比的 OS", "zh"),
        ("HER2 × HER3 双特异性抗体", "zh"),
        ("Amivantamab Lazertinib EGFR 肺", "en"),
        ("𠮷𠮷𠮷", "zh"),
        ("", "en"),
        ("12.6 (95% CI)", "en"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language
