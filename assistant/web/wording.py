"""The page's own words, in both languages."""

from __future__ import annotations

from corpus.document import Language

_WORDS: dict[str, dict[Language, str]] = {
    "evidence": {"en": "Evidence", "zh": "证据"},
    "nearest": {"en": "Nearest passages, not an answer", "zh": "最接近的段落（并非答案）"},
    "open_evidence": {"en": "Show evidence {number}", "zh": "查看证据 {number}"},
    "understood": {"en": "Understood as", "zh": "理解为"},
    "why": {"en": "Why this passage", "zh": "为什么是这一段"},
    "by_meaning": {"en": "Rank {rank} by meaning", "zh": "语义排名第 {rank}"},
    "by_words": {"en": "Rank {rank} by words: {terms}", "zh": "词语排名第 {rank}：{terms}"},
    "names_trial": {"en": "Names the trial that the quote belongs to.", "zh": "指明引文所属的试验。"},
    "established": {"en": "Source check:", "zh": "来源核对："},
    "unconfirmed": {"en": "Source check, unconfirmed:", "zh": "来源核对（未能核实）："},
    "resolved": {"en": "resolved", "zh": "已确认"},
    "likely": {"en": "likely, not certain", "zh": "很可能，但未确认"},
    "unresolved": {"en": "which work this is could not be established", "zh": "未能确认对应的文章"},
}


def say(key: str, language: Language, **values: object) -> str:
    """The words for ``key``, with ``values`` filled in."""
    return _WORDS[key][language].format(**values)
