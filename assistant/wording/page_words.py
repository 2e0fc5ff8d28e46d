"""The page's own words, dates and numbers, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

from corpus.document import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh")
_LOCALES: dict[Language, str] = {"en": "en_GB", "zh": "zh_Hans_CN"}

_WORDS: dict[str, dict[Language, str]] = {
    # The page
    "title": {"en": "BsAb assistant", "zh": "双抗问答"},
    "about": {
        "en": "Questions in English or Chinese, answered with the passages that hold the answer. Not medical advice.",
        "zh": "中英文提问，以原文段落作答。不构成医疗建议。",
    },
    "other_language": {"en": "中文", "zh": "English"},
    "ask_tab": {"en": "Ask", "zh": "提问"},
    "trials_tab": {"en": "Trials", "zh": "试验结果"},
    "references_tab": {"en": "References", "zh": "参考文献"},
    "library_tab": {"en": "Library", "zh": "资料库"},
    "close": {"en": "Close", "zh": "关闭"},
    "copied": {"en": "Copied", "zh": "已复制"},
    "failed": {"en": "The browser does not allow copying", "zh": "浏览器不允许复制"},
    "side": {"en": "Show or hide conversations", "zh": "显示或隐藏历史对话"},
    # Ask
    "conversation": {"en": "Conversation", "zh": "对话"},
    "question": {"en": "Question", "zh": "问题"},
    "answer": {"en": "Answer", "zh": "回答"},
    "placeholder": {"en": "Ask about the library", "zh": "就资料库提问"},
    "ask": {"en": "Ask", "zh": "提问"},
    "stop": {"en": "Stop", "zh": "停止"},
    "searching": {"en": "Searching…", "zh": "检索中…"},
    "writing": {
        "en": "The language model is writing; only checked sentences are shown.",
        "zh": "语言模型正在撰写，仅显示已核对的句子。",
    },
    "examples": {"en": "For example", "zh": "例如"},
    "follow_ups": {"en": "The library also answers", "zh": "资料库还能回答"},
    "open_evidence": {"en": "Show evidence {number}", "zh": "查看证据 {number}"},
    "understood": {"en": "Understood as", "zh": "理解为"},
    "change": {"en": "Understood as: {names}", "zh": "理解为：{names}"},
    "change_none": {"en": "Narrow the question down", "zh": "限定问题范围"},
    "again": {"en": "Ask again with these", "zh": "按此重新提问"},
    "trial": {"en": "Trial", "zh": "试验"},
    "drug": {"en": "Drug", "zh": "药物"},
    "endpoint": {"en": "End point", "zh": "终点"},
    "section": {"en": "Section", "zh": "章节"},
    "copy": {"en": "Copy with citations", "zh": "复制（含引用）"},
    "link": {"en": "Copy link to this question", "zh": "复制问题链接"},
    "regenerate": {"en": "Ask again", "zh": "重新回答"},
    "good": {"en": "Good answer", "zh": "回答得好"},
    "bad": {"en": "Bad answer", "zh": "回答有误"},
    "comment": {"en": "What was good or wrong? (kept on this machine)", "zh": "哪里好，哪里有误？（仅保存在本机）"},
    "save": {"en": "Save comment", "zh": "保存评论"},
    "saved": {"en": "Thank you; kept on this machine.", "zh": "谢谢，已保存在本机。"},
    # History
    "history": {"en": "Conversations", "zh": "历史对话"},
    "history_search": {"en": "Search conversations", "zh": "搜索历史对话"},
    "history_none": {
        "en": "None yet. They are kept on this machine, for you alone.",
        "zh": "暂无。对话仅保存在本机，只有您能看到。",
    },
    "history_unkept": {
        "en": "The folder cannot be written: conversations are not kept.",
        "zh": "文件夹不可写：对话不会保存。",
    },
    "history_found_none": {"en": "No conversation holds these words.", "zh": "没有对话包含这些词。"},
    "new": {"en": "New conversation", "zh": "新对话"},
    "delete": {"en": "Delete “{title}”", "zh": "删除“{title}”"},
    "delete_all": {"en": "Delete all conversations", "zh": "删除全部对话"},
    "delete_sure": {"en": "Delete for good?", "zh": "确定永久删除？"},
    "gone": {"en": "This conversation is not there, or not yours.", "zh": "该对话不存在，或不属于您。"},
    "export_markdown": {"en": "Export as Markdown", "zh": "导出为 Markdown"},
    "export_print": {"en": "Open to print", "zh": "打开打印页"},
    # Evidence
    "evidence": {"en": "Evidence", "zh": "证据"},
    "nearest": {"en": "Nearest passages, not an answer", "zh": "最接近的段落（并非答案）"},
    "no_evidence": {
        "en": "The cited passages appear here, the used sentences marked.",
        "zh": "引用的原文段落显示在这里，所用句子会高亮。",
    },
    "read": {"en": "Read in context", "zh": "查看上下文"},
    "why": {"en": "Why this passage", "zh": "为什么是这一段"},
    "by_meaning": {"en": "Rank {rank} by meaning", "zh": "语义排名第 {rank}"},
    "by_words": {"en": "Rank {rank} by words", "zh": "词语排名第 {rank}"},
    "shares": {"en": "Shares with the question: {terms}", "zh": "与问题共有：{terms}"},
    "names_trial": {"en": "Names the trial that the quote belongs to.", "zh": "指明引文所属的试验。"},
    "established": {"en": "Source check:", "zh": "来源核对："},
    "unconfirmed": {"en": "Source check, unconfirmed:", "zh": "来源核对（未能核实）："},
    "resolved": {"en": "resolved", "zh": "已确认"},
    "likely": {"en": "likely, not certain", "zh": "很可能，但未确认"},
    "unresolved": {"en": "which work this is could not be established", "zh": "未能确认对应的文章"},
    "previous_section": {"en": "Previous section", "zh": "上一节"},
    "next_section": {"en": "Next section", "zh": "下一节"},
    "opening": {"en": "Opening text", "zh": "正文开头"},
    # Trials
    "table": {"en": "Table and chart", "zh": "表格与图"},
    "side_by_side": {"en": "Side by side", "zh": "并列比较"},
    "all": {"en": "All", "zh": "全部"},
    "filter": {"en": "Words", "zh": "文字筛选"},
    "filter_hint": {"en": "arm, setting, sentence", "zh": "组别、条件、原句"},
    "arm": {"en": "Arm", "zh": "组别"},
    "setting": {"en": "Setting", "zh": "条件"},
    "value": {"en": "Value", "zh": "数值"},
    "source": {"en": "Source", "zh": "出处"},
    "sort": {"en": "Sort by {column}", "zh": "按{column}排序"},
    "chart": {"en": "Chart of {endpoint}", "zh": "{endpoint}图"},
    "results": {"en": "Results: {count}", "zh": "{count} 条结果"},
    "no_results": {"en": "No results", "zh": "没有结果"},
    "csv": {"en": "Download CSV", "zh": "下载 CSV"},
    "show_sentence": {"en": "{value}: show the sentence", "zh": "{value}：显示原句"},
    "compare": {"en": "Trials to compare", "zh": "要比较的试验"},
    "compare_none": {"en": "Choose two trials or more.", "zh": "请选择两项或更多试验。"},
    "caution": {
        "en": "Different trials, different patients: populations, lines of treatment, follow-up and assessment differ. "
        "A difference between columns is no evidence that one treatment is better.",
        "zh": "不同试验、不同患者：人群、治疗线数、随访时间和评估方式各不相同。各列之间的差异不能说明哪种治疗更好。",
    },
    "not_reported": {"en": "not reported", "zh": "未报告"},
    "noted": {"en": "a source check applies", "zh": "有来源核对"},
    # References
    "references_search": {"en": "Number, trial, author, word", "zh": "编号、试验、作者或词语"},
    "status": {"en": "Status", "zh": "状态"},
    "cited_in": {"en": "Where it is cited: {count}", "zh": "被引 {count} 处"},
    "no_references": {"en": "No reference found", "zh": "没有找到文献"},
    "found_references": {"en": "References: {count}", "zh": "{count} 条文献"},
    # Library
    "document": {"en": "Document", "zh": "文档"},
    "language": {"en": "Language", "zh": "语言"},
    "en": {"en": "English", "zh": "英文"},
    "zh": {"en": "Chinese", "zh": "中文"},
    "sections": {"en": "Sections", "zh": "节"},
    "passages": {"en": "Passages", "zh": "段落"},
    "characters": {"en": "Characters", "zh": "字符"},
    "added": {"en": "Added", "zh": "加入时间"},
    "remove": {"en": "Remove", "zh": "移除"},
    "remove_named": {"en": "Remove {title}", "zh": "移除{title}"},
    "remove_sure": {"en": "Remove this document from the library?", "zh": "确定从资料库移除该文档？"},
    "removed": {"en": "Removed.", "zh": "已移除。"},
    "files": {
        "en": "Text (.txt), Markdown (.md) or JSON Lines (.jsonl)",
        "zh": "文本（.txt）、Markdown（.md）或 JSON Lines（.jsonl）",
    },
    "add": {"en": "Add files to the library", "zh": "添加文件到资料库"},
    "read_again": {
        "en": "{id} was damaged, and read again from where it came.",
        "zh": "{id} 已损坏，并已从原文件重新读取。",
    },
    "lost": {
        "en": "{id} was damaged and could not be saved: add it again.",
        "zh": "{id} 已损坏且无法恢复：请重新添加。",
    },
    "stopped": {
        "en": "Stopped. What was added before is kept.",
        "zh": "已停止。此前加入的文献已保留。",
    },
    "may_read": {
        "en": "You may read this library, but not change it.",
        "zh": "您可以查阅本资料库，但无权更改。",
    },
    "unkept": {
        "en": "This conversation could not be kept: {why}",
        "zh": "本次对话未能保存：{why}",
    },
    "indexing": {"en": "Indexing", "zh": "建立索引"},
    "added_count": {"en": "Added: {titles}", "zh": "已加入：{titles}"},
    "known": {"en": "{source} is already in the library as {owner}.", "zh": "{source} 已在资料库中（{owner}）。"},
    "health": {"en": "Health of the index", "zh": "索引状况"},
    "check": {"en": "Check", "zh": "检查"},
    "whole": {"en": "The library is whole.", "zh": "资料库完好。"},
    "repair": {"en": "Repair", "zh": "修复"},
    "repairing": {"en": "Repairing", "zh": "修复中"},
    "read_only": {
        "en": "The library's folder cannot be written: it can be read, not changed.",
        "zh": "资料库所在文件夹不可写：可以查阅，不能更改。",
    },
    "totals": {
        "en": "Documents: {documents} · passages: {passages} · trial results: {results} · references: {references}",
        "zh": "{documents} 篇文档，{passages} 个段落，{results} 条试验结果，{references} 条文献",
    },
}


def say(key: str, language: Language, **values: object) -> str:
    """The words for ``key``, with ``values`` filled in."""
    return _WORDS[key][language].format(**values)


def number(value: int, language: Language) -> str:
    """A count as the language writes it."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=_LOCALES[language]))


def moment(told: str, language: Language) -> str:
    """A time in this machine's zone, as the language writes it; ``told`` is ISO 8601, UTC."""
    from babel.dates import format_date, format_time

    when = datetime.fromisoformat(told)
    local = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone()
    locale = _LOCALES[language]
    return f"{format_date(local, 'medium', locale)} {format_time(local, 'short', local.tzinfo, locale)}"
