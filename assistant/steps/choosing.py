"""The sentences that may be quoted for a question, best first: on its subject, telling what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.cited_references import cites
from assistant.answering.evidence import Choice
from assistant.steps.case import Case, of_named_trials
from assistant.steps.scope import ABOUT, BESIDE, NAMED
from assistant.understanding.attributes import attributes
from corpus.document import Passage
from corpus.packs.sidecar_formats import sentence_key
from corpus.words.folding import fold
from index.search.hit import Hit
from index.search.selection import is_summary

# What a sentence gains or loses, in standard deviations of the scores of sentences.
_TELLS = 1.5
"""For each thing asked that it tells."""
_IS_NAMED = 0.25
"""Where it names the subject."""
_REASON = 1.0
"""Where it gives a reason, and one is asked."""
_OF_THE_KIND = 1.5
"""Where it holds something of the kind that is asked for: a share, a date."""
_NUMBERED = 1.5
"""For each number of the question, of three digits or with decimals, that it holds."""
_TRANSLATED = 1.5
"""Where its translation holds all words of the question."""
_ASKED = 4.0
"""Where it holds all words of the question that the title of its document does not hold: those ask, the others say of
which study."""
_SUMMED_UP = 2.0
"""Lost by one of an abstract beside those of the body, which tell more."""
_FOUND = 1.0
"""Where it stands among the results of a study, and what was found is asked; lost where it stands before them."""
_OTHERS = 1.5
"""Lost where it tells of others' work."""
_RESULTS = re.compile(r"results?|findings|outcomes?|结果|发现")
_BEFORE_RESULTS = re.compile(
    r"introduction|background|objective|aims?|methods?|patients and|materials|前言|引言|背景|目的|方法|资料"
)
_OF_OTHERS = re.compile(
    r"\[[0-9][0-9,–\- ]*\]|\(refs?\.? ?[0-9]|et al|既往研究|其他研究|有研究|"
    r"(?:[Pp]revious|[Ee]arlier|[Oo]ther|[Rr]ecent) (?:\w+ )?(?:stud|trial|report)"
)
_AIM = 2.0
"""Lost by one that tells what was to be found out, where what was found is asked."""
_NUMBER = re.compile(r"(?<![0-9A-Za-z.\-])(?:[0-9]{3,}|[0-9]+\.[0-9]+)(?![0-9])")
_AIMS = re.compile(
    r"(?<![a-z])(?:aim(?:s|ed)?|objectives?|purpose|hypothesi[sz]\w*)(?![a-z])|旨在|目的|"
    r"^to (?:study|assess|evaluate|compare|report|investigate|determine|examine)(?![a-z])|"
    r"(?:was|were) (?:designed|performed|conducted|undertaken) to|we (?:aimed|sought)|study investigated (?:whether|if)"
)
_KINDS = tuple(
    (re.compile(asked), re.compile(told))
    for asked, told in (
        (
            r"what (?:proportion|percentage|share|fraction)|by what percentage|how (?:often|common)|incidence|"
            r"(?<![a-z])rates?(?![a-z])|百分之|比例|发生率|率(?:是|为|有|多)|占多少|常见吗|多见吗",
            r"[0-9] ?(?:%|per ?cent)",
        ),
        (
            r"how (?:many|much|long|large|big|heavy)|what was the (?:median|mean|average)|"
            r"多少|几[个例名位周天月年次]|多久|多长|多大",
            r"[0-9](?:\.[0-9]| ?%| ?(?:of|/) ?[0-9]| ?±| (?:patients|subjects|participants|children|cases))|"
            r"[0-9] ?(?:个月|例|名|周|天|年|mg|k?da|kg)",
        ),
        (r"(?<![a-z])p[- ]values?|significan|显著", r"[Pp] ?[=<>≤≥]|significan|显著"),
        (
            r"(?<![a-z])when(?![a-z])|(?:which|what) (?:year|month|date)|什么时候|何时|哪一?年|几月",
            r"(?:19|20)[0-9]{2}",
        ),
        (r"confidence interval|置信区间", r"CI|置信区间"),
    )
)
"""How a kind of answer is asked for, and what it looks like."""
_HAVING = re.compile(
    r"(?:(?P<lacks>不含有?|缺乏|缺失|无|without|lack(?:s|ing)?|no|not contain(?:ing)?)|"
    r"含有?|保留|with|contain(?:s|ing)?|retain(?:s|ing)?|keep(?:s|ing)?)"
    r" ?(?:an? |the |its |their )?(?P<thing>[a-z][a-z0-9]{1,5})(?![a-z])|(?P<free>[a-z][a-z0-9]{1,5})-(?:free|less)"
)


def choices_for(case: Case) -> list[Choice]:
    """The sentences that may be quoted; those of another subject left out where there are any on the subject."""
    if case.choices is None:
        case.choices = _choices(case)
    return case.choices


def _choices(case: Case) -> list[Choice]:
    share = case.options.evidence.passage_share
    numbers = set(_NUMBER.findall(case.question.read))
    kinds = _kinds_asked(case.question.read)
    causes = any(attribute.key == "cause" for attribute in case.attributes)
    causal = next(attribute for attribute in attributes() if attribute.key == "cause").is_told
    asked = _beyond_title(case)
    choices = []
    for hit in hits_for(case):
        sureness = case.scope.sureness(hit.passage)
        if case.is_study(hit.passage.document_id):
            sureness = {span: max(sure, BESIDE) for span, sure in sureness.items()}
        for span, score, body in zip(hit.passage.sentences, hit.sentence_scores, hit.bodies, strict=True):
            worth = score + share * hit.score + _TELLS * told_in(hit.passage.sentence(span), case)
            worth += _IS_NAMED * (bool(case.scope) and sureness[span] == NAMED)
            worth += _REASON * causes * causal(hit.passage.sentence(span))
            if case.document:  # a study: its abstract tells what it found, its other parts why and how
                worth += _part_of_study(hit.passage, hit.passage.sentence(span)) if kinds else 0.0
            else:
                worth -= _SUMMED_UP * is_summary(hit.passage)
            worth += _NUMBERED * len(numbers & set(_NUMBER.findall(hit.passage.sentence(span))))
            worth += _ASKED * len(asked.intersection(body.split())) / max(1, len(asked))
            worth += _TRANSLATED * _shared(case, hit.passage, hit.passage.sentence(span))
            worth += _OF_THE_KIND * bool(kinds) * any(kind.search(hit.passage.sentence(span)) for kind in kinds)
            worth -= _AIM * bool(kinds) * bool(_AIMS.search(fold(hit.passage.sentence(span)).text))
            choices.append(Choice(hit, span, worth, sureness[span]))
    choices = [c for c in choices if not _is_title(c.text)] or choices
    kept = [c for c in choices if not _contradicts(case.question.read, c)] or choices
    wanted = [choice for choice in kept if _is_wanted(choice, case)] or kept
    sure = [choice for choice in wanted if choice.sureness > ABOUT]
    return sorted(sure or wanted, key=lambda choice: -choice.score)


def _part_of_study(passage: Passage, sentence: str) -> float:
    """What a sentence gains or loses by the part of a study that it stands in, where what was found is asked."""
    titles = " ".join(passage.trail).lower()
    worth = _FOUND * bool(_RESULTS.search(titles)) - _FOUND * bool(_BEFORE_RESULTS.search(titles))
    return worth - _OTHERS * bool(_OF_OTHERS.search(sentence))


def _beyond_title(case: Case) -> frozenset[str]:
    """Keys of what a question asks beside what its document is called; none where no document stands out."""
    if not case.document or case.focus.groups:
        return frozenset()
    title = case.index.library.documents.titles([case.document])[case.document]
    return case.content - set(case.index.vocabulary.body(title).split())


def _kinds_asked(question: str) -> list[re.Pattern[str]]:
    """What an answer looks like, by what is asked: a share, a number, a date, a P value."""
    folded = fold(question).text
    return [told for asked, told in _KINDS if asked.search(folded)]


def _is_title(sentence: str) -> bool:
    """Whether a sentence is a heading or a title that a reader of plain text could not tell from one."""
    return sentence.startswith("#")


def _contradicts(question: str, choice: Choice) -> bool:
    """Whether a sentence stands under a heading on what lacks the thing that the question says is there, or the other
    way, and does not itself speak of what is asked."""
    asked = _said_to_have(question)
    headed = _said_to_have(choice.hit.passage.heading)
    clash = any(thing in headed and headed[thing] != has for thing, has in asked.items())
    return clash and not any(_said_to_have(choice.text).get(thing) == has for thing, has in asked.items())


def _said_to_have(text: str) -> dict[str, bool]:
    """Things that a text says are there (True) or not (False): "without an Fc region", 不含 Fc."""
    found: dict[str, bool] = {}
    for match in _HAVING.finditer(fold(text).text):
        found.setdefault(match["thing"] or match["free"], not (match["lacks"] or match["free"]))
    return found


def _shared(case: Case, passage: Passage, sentence: str) -> float:
    """The share of the question's words and concepts that a sentence's translation holds; 0 where there is none.

    Across languages a sentence is found by its meaning and by concepts; its translation can be found by words, too.
    """
    if passage.language == case.question.language:
        return 0.0
    held = case.index.translated_words(passage.document_id).get(sentence_key(sentence), frozenset())
    return len(case.content & held) / len(case.content) if held and case.content else 0.0


def told_in(sentence: str, case: Case) -> int:
    """How many of the attributes and measures asked for a sentence tells."""
    folded = fold(sentence).text
    measures = sum(measure.is_told(folded) for measure in case.focus.asked.measures)
    return measures + sum(a.is_told(sentence) for a in case.attributes if a.key != "cause")


def tells_of_subject(case: Case) -> bool:
    """Whether a sentence on the subject tells something of what is asked of it."""
    return bool(case.scope) and any(c.sureness > ABOUT and told_in(c.text, case) for c in choices_for(case))


def _is_wanted(choice: Choice, case: Case) -> bool:
    """Whether a sentence is of the kind that is asked for: one with a reference, one on safety."""
    if case.question.asks_reference:
        return cites(choice.text)
    if case.focus.topics:
        return any(m.concept.category == "safety" for m in case.index.vocabulary.terms.find(choice.text))
    return True


def hits_for(case: Case) -> Sequence[Hit]:
    """The passages that sentences are taken from."""
    return of_named_trials(case.hits, case.question)
