"""Wording, in the reader's language. Sentences of the library are quoted as they stand, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.figures import Lacking
from assistant.answering.reply import Evidence, Reason
from corpus.document import Language
from corpus.references.reference import Reference

_WORDING: dict[str, dict[Language, str]] = {
    "answer": {"en": "The library says:", "zh": "资料中的原文："},
    "answer_translated": {"en": "The library says, in Chinese:", "zh": "资料中的英文原文："},
    "quote": {"en": "“{quote}” [{number}]", "zh": "“{quote}” [{number}]"},
    "topic": {"en": "{topic}: {quote}", "zh": "{topic}：{quote}"},
    "reference": {
        "en": "Reference [{marker}] is {work}. It is cited for:",
        "zh": "文献[{marker}]是{work}。引用它的原文：",
    },
    "reference_likely": {
        "en": "Reference [{marker}] is probably {work}. It is cited for:",
        "zh": "文献[{marker}]很可能是{work}。引用它的原文：",
    },
    "reference_unresolved": {
        "en": "Which work reference [{marker}] is could not be established. It is cited for:",
        "zh": "文献[{marker}]对应的文章未能确认。引用它的原文：",
    },
    "empty": {"en": "Please type a question.", "zh": "请输入问题。"},
    "too_long": {
        "en": "The question is too long; shorten it, or add the text to the library as a document.",
        "zh": "问题过长；请缩短，或将该文本作为文档加入资料库。",
    },
    "missing_name": {
        "en": "The library does not mention {missing}, so it holds no answer.",
        "zh": "资料库中没有提到{missing}，因此无法回答。",
    },
    "no_reference": {
        "en": "No document in the library cites reference {missing}.",
        "zh": "资料库中没有文档引用文献{missing}。",
    },
    "no_support": {
        "en": "The library holds no answer to this question.",
        "zh": "资料库中没有能回答这个问题的内容。",
    },
    "not_reported": {
        "en": "{subject}: the library reports {reported}, but not the {missing}.",
        "zh": "{subject}：资料库报告了{reported}，未报告{missing}。",
    },
    "not_reported_at_all": {
        "en": "The library does not report the {missing} of {subject}.",
        "zh": "资料库没有报告{subject}的{missing}。",
    },
    "false_premise": {
        "en": "What the library holds on {subject} does not mention {missing}.",
        "zh": "资料库中关于{subject}的内容没有提到{missing}。",
    },
    "advice": {
        "en": "This assistant quotes published reviews and cannot advise on anyone's own treatment; "
        "please ask the treating doctor.",
        "zh": "本助手只引用已发表的综述，不能为个人的诊疗提供建议；请咨询主治医生。",
    },
    "instruction": {
        "en": "This assistant only answers questions from the library's passages; it does not take instructions.",
        "zh": "本助手只依据资料库的原文回答问题，不执行指令。",
    },
    "nearest": {
        "en": " The nearest passages are shown, but they do not answer it.",
        "zh": "以下是最接近的段落，但并不能回答该问题。",
    },
}
_LIST: dict[Language, str] = {"en": ", ", "zh": "、"}


def quote_answer(evidence: Sequence[Evidence], language: Language) -> str:
    """An answer made of the quotes of its evidence, each with its [n]."""
    quoted = [e for e in evidence if e.quotes]
    foreign = all(e.passage.language != language for e in quoted)
    return _lines(_WORDING["answer_translated" if foreign else "answer"][language], evidence, language)


def reference_answer(reference: Reference, evidence: Sequence[Evidence], language: Language) -> str:
    """What a reference is, as far as known, and the sentences that cite it."""
    kind = {"resolved": "reference", "likely": "reference_likely", "unresolved": "reference_unresolved"}[
        reference.status
    ]
    if not reference.works:
        kind = "reference_unresolved"
    works = _LIST[language].join(_work(work.authors, work.title, work.journal) for work in reference.works)
    frame = _WORDING[kind][language].format(marker=reference.marker, work=works)
    return _lines(frame, evidence, language)


def refusal(reason: Reason, missing: Sequence[str], language: Language, *, nearest: bool) -> str:
    """Why there is no answer, and what is missing."""
    text = _WORDING[reason][language].format(missing=_LIST[language].join(missing))
    return text + (_WORDING["nearest"][language] if nearest else "")


def not_reported(lacking: Lacking, language: Language, *, nearest: bool) -> str:
    """What a trial or drug does not have, beside what is reported of it."""
    kind = "false_premise" if lacking.names else "not_reported" if lacking.reported else "not_reported_at_all"
    text = _WORDING[kind][language].format(
        subject=lacking.subject,
        missing=_LIST[language].join(lacking.missing(language)),
        reported=_LIST[language].join(measure.names[language] for measure in lacking.reported),
    )
    return text + (_WORDING["nearest"][language] if nearest else "")


def _lines(frame: str, evidence: Sequence[Evidence], language: Language) -> str:
    numbers = {item.passage.id: item.number for item in evidence}
    lines = [frame]
    for item in evidence:
        topic = item.passage.topic
        for quote in item.quoted():
            line = _WORDING["quote"][language].format(quote=quote, number=item.number)
            if topic and not quote.startswith(topic):
                # The trial's name stands in the passage that opens its paragraph.
                lead = item.hit.lead if item.hit else None
                named = f"{topic} [{numbers[lead.id]}]" if lead and lead.id in numbers else topic
                line = _WORDING["topic"][language].format(topic=named, quote=line)
            lines.append(line)
    return "\n".join(lines)


def _work(authors: str, title: str, journal: str) -> str:
    return ", ".join(part for part in (authors, f"“{title}”", journal) if part)
