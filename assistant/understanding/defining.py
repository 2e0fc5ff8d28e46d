"""Questions for what a thing is: "What is DLL3?", "DCR是什么意思？"."""

from __future__ import annotations

import re

from assistant.understanding.attributes import attributes_in

_ENGLISH = re.compile(
    r"(?:so|and|but|please|ok|okay)?[, ]*"
    r"(?:what(?:'s|’s| is) the (?:code ?name|other names?|alias) (?:of|for)"
    r"|what(?:'s|’s| is| are)(?: meant by)?|what kind of (?:\w+ )?(?:is|are)"
    r"|tell me what|explain(?: to me)?(?: what)?|define|spell out|what (?:does|do)"
    r"|remind me what)"
    r" (?:exactly |precisely )?(?:an? |the )?(?:(?:term|abbreviation|acronym) )?(?P<name>[^?,;:–—]{2,60}?)"
    r"(?: (?:is|are|means?|stands? for|refers? to|mean exactly))?"
    r"(?:,? (?:please|for me|for me, please))*(?: [-–—:] .*|[,;] .*)?[?.! ]*",
    re.I,
)
_STANDS_FOR = re.compile(r"(?P<name>[^?,;:–—]{2,40}?) (?:stands? for|means?|refers? to)(?: what)?[?.! ]*", re.I)
_THEN_WHAT = re.compile(
    r"(?P<name>[^?,;:–—]{2,40}?)(?:,? ?[-–—] ?|, )"
    r"what(?:'s| is| (?:sort|kind|type) of \w+ is) (?:that|it)[?.! ]*",
    re.I,
)
_CHINESE = re.compile(
    r"(?:请问|请)?(?:(?:什么是|什么叫|何谓|何为|解释(?:一下|下)?|说明(?:一下)?)(?P<name>[^，。；？?]{1,40}?)"
    r"|(?P<other>[^，。；？?]{1,40}?)(?:(?:这个|一)?(?:词|缩写|术语)?)"
    r"(?:是(?:一?[个种类款])?(?:什么|怎样|怎么样|啥|何物)(?:样的|的)?(?:一[种个类])?"
    r"(?:药物?|东西|意思|疾?病|肿瘤|分子|抗体|靶点|技术|蛋白|概念)?"
    r"|是(?:个)?(?:什么样|怎样|怎么样)的(?:一[种个类])?\w{0,4}|(?:是)?指(?:的是)?什么|代表什么|什么意思"
    r"|是什么的(?:缩写|简称)|的?(?:定义|全称|全名|含义|代号|别名|英文名)(?:是什么|叫什么)?"
    r"|是(?:怎[么样]|如何)(?:界定|定义)的?))[?？。！ ]*"
)


def defined_in(question: str) -> str:
    """The thing of which a question asks what it is, as printed; "" where it asks something else."""
    text = question.strip()
    if any(attribute.key != "definition" for attribute in attributes_in(text)):
        return ""  # "What is the control arm?" asks for an attribute of something
    for pattern in (_ENGLISH, _THEN_WHAT, _STANDS_FOR, _CHINESE):
        match = pattern.fullmatch(text)
        if match:
            name = match["name"] or match.groupdict().get("other") or ""
            name = re.sub(r"[(（][^()（）]*[)）]", "", name)
            return name.strip(" “”\"'‘’「」的")
    return ""
