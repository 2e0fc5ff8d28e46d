"""Requests that a library of papers is not for: advice on one's own treatment, instructions to the program."""

from __future__ import annotations

import re
from typing import Literal

from corpus.words.folding import fold

_KIN = r"(?:father|mother|dad|mom|mum|wife|husband|son|daughter|brother|sister|friend|grandm\w+|grandf\w+|uncle|aunt)"
_KIN_ZH = (
    r"(?:爸爸?|父亲|妈妈?|母亲|妻子|老婆|丈夫|老公|儿子|女儿"
    r"|哥哥?|弟弟?|姐姐?|妹妹?|爷爷|奶奶|外公|外婆|朋友|家人|亲戚)"
)
_ADVICE = re.compile(
    rf"(?<![a-z])(?:should|can|may|must|shall|could) (?:i|my {_KIN}|we) (?:[a-z]+ ){{0,2}}"
    r"(?:stop|start|take|use|get|switch|try|continue|receive|have|ask|skip|increase|reduce|change|be treated)"
    rf"|(?<![a-z])my (?:{_KIN}|cancer|tumou?r|doctor|oncologist|treatment|dose|chemo\w*|scan|symptoms?)(?![a-z])"
    r"|(?<![a-z])i (?:have|was diagnosed|am taking|am on|take|got|feel) .{0,60}"
    r"(?:cancer|tumou?r|sclc|mab(?![a-z])|dose|pain|fever|treat)"
    r"|(?:what|which) .{0,40}(?:should i (?:take|use|get|choose|try|receive|have)"
    r"|do you (?:recommend|advise|suggest) (?:for me|i))"
    rf"|我(?:的)?{_KIN_ZH}.{{0,40}}(?:吗|么|吧|什么|哪|怎|如何|多少|[?？]|治|用|吃|得了|患)"
    r"|我(?:得了|患有?|确诊|被诊断|正在(?:用|吃|接受)|现在(?:用|吃|打))"
    r"|(?:我|我们)(?:应该|该|应当|可以|可不可以|能不能|能否|能|要不要|是否(?:应该|可以|需要)?|适合|需要)"
    r"(?:.{0,12})(?:用|吃|停|换|打|接受|治疗|服|注射|加量|减量|手术)"
    r"|给我(?:推荐|开|配).{0,12}(?:药|方案|治疗)|(?:我的|俺的)(?:病|肿瘤|癌|剂量|治疗|化疗|医生)"
)
_INSTRUCTION = re.compile(
    r"(?:ignore|disregard|forget|override|bypass)(?: \w+){0,4} "
    r"(?:instructions?|prompts?|rules?|guidelines?|restrictions?|above|previous|safety)"
    r"|(?:system|developer|hidden|initial) (?:prompt|message|instructions?)"
    r"|(?<![a-z])(?:jailbreak|dan mode|developer mode)"
    r"|(?:you are now|act as|pretend (?:to be|that you|you)|from now on,? you|roleplay)"
    r"|(?:write|compose|tell|sing)(?: me)? an? (?:\w+ ){0,3}(?:poem|joke|story|song|essay|haiku|limerick)"
    r"|(?:reveal|print|show|repeat|output)(?: \w+){0,3} "
    r"(?:prompt|instructions?|api key|password|secret|environment variables?)"
    r"|(?:invent|make up|fabricate|hallucinate)(?: \w+){0,3} "
    r"(?:figures?|numbers?|results?|data|answers?|stud\w+|trials?)"
    r"|(?:忽略|无视|忘记|绕过|不要遵守).{0,12}(?:指令|指示|提示|规则|要求|限制|说明|内容)"
    r"|系统提示|提示词|(?:你现在是|从现在(?:开始|起)你|假装|扮演)"
    r"|(?:写|作|编|讲)(?:一|个|首|篇|段){1,2}.{0,6}(?:诗|笑话|故事|歌|小说)"
    r"|(?:编造|虚构|捏造|杜撰).{0,10}(?:数据|结果|数字|研究|试验|答案)"
)

Intent = Literal["advice", "instruction"]


def intent_of(question: str) -> Intent | None:
    """What a question asks that no passage can answer; None for a question to the library."""
    text = fold(question).text
    if _INSTRUCTION.search(text):
        return "instruction"
    return "advice" if _ADVICE.search(text) else None
