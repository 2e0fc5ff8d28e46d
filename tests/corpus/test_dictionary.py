"""jieba's dictionary, read as far as a text needs it, cuts as the whole one does."""

from __future__ import annotations

import hashlib
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import jieba
import pytest

from corpus.language import HAN
from corpus.words.dictionary import _TOTALS, LazyDictionary, WordList
from corpus.words.segmenting import Segmenter, _Cutter, _words

SMALL = "甲 3 n\n甲乙 5 n\n甲乙丙丁 7 n\n甲戊 2 n\n乙丙 4 n\n".encode()


@pytest.fixture(scope="module")
def parsed() -> tuple[dict[str, int], int]:
    """All of jieba's dictionary, parsed by itself: the frequencies and their sum."""
    frequencies, total = jieba.Tokenizer.gen_pfdict(jieba.Tokenizer().get_dict_file())
    return frequencies, total


@pytest.fixture
def whole(parsed: tuple[dict[str, int], int]) -> jieba.Tokenizer:
    """jieba with all of it."""
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(parsed[0]), parsed[1], True
    return tokenizer


@pytest.fixture(scope="module")
def listed(parsed: tuple[dict[str, int], int]) -> list[str]:
    """Words and beginnings of words, of Chinese characters alone, as the dictionary has them."""
    chinese = re.compile(f"[{HAN}]+")
    return [word for word in parsed[0] if chinese.fullmatch(word)]


def test_it_has_what_a_text_may_hold_and_no_more() -> None:
    dictionary = LazyDictionary(WordList(SMALL))
    dictionary.load("甲乙")
    assert dictionary.frequencies == {"甲": 3, "乙": 0, "甲乙": 5, "甲乙丙": 0, "甲乙丙丁": 7}
    dictionary.load("乙丙甲")
    assert dictionary.frequencies["乙丙"] == 4
    assert "甲戊" not in dictionary.frequencies


def test_what_others_add_stays() -> None:
    dictionary = LazyDictionary(WordList(SMALL))
    dictionary.load("甲乙丙")
    dictionary.frequencies["甲乙丙"] = 9
    dictionary.load("甲乙丙丁")
    assert dictionary.frequencies["甲乙丙"] == 9


class _Slow(WordList):
    """Holds whoever looks a word up until the gate is open."""

    def __init__(self) -> None:
        super().__init__(SMALL)
        self.asked: list[str] = []
        self.gate = threading.Event()

    def starting(self, key: str) -> dict[str, int]:
        self.asked.append(key)
        self.gate.wait()
        return super().starting(key)


def test_two_who_need_a_pair_at_once_load_it_once() -> None:
    words = _Slow()
    dictionary = LazyDictionary(words)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(dictionary.load, "甲乙") for _ in range(2)]
        time.sleep(0.2)  # both have seen what is missing, and one waits
        words.gate.set()
        for each in both:
            each.result()
    # A second time it would undo what others have added since.
    assert sorted(words.asked) == ["乙", "甲", "甲乙"]


class _WordByWord(dict[str, int]):
    """Takes no word by itself: whoever reads meanwhile would find some of a pair's words and not the others."""

    def __setitem__(self, word: str, frequency: int) -> None:
        raise AssertionError(f"{word} is added alone")


def test_all_that_starts_with_a_pair_is_added_in_one_step() -> None:
    dictionary = LazyDictionary(WordList(SMALL))
    dictionary.frequencies = _WordByWord()
    dictionary.load("甲乙")
    assert len(dictionary.frequencies) == 5


def test_totals(whole: jieba.Tokenizer) -> None:
    with whole.get_dict_file() as file:
        data = file.read()
    # Where another version comes, its sum is taken up here.
    assert _TOTALS[hashlib.sha256(data).hexdigest()] == whole.total == WordList(data).total
    assert WordList(SMALL).total == 21


def test_every_word_is_found(whole: jieba.Tokenizer, listed: list[str]) -> None:
    dictionary = LazyDictionary(_words())
    for word in random.Random(0).sample(listed, 20_000):
        dictionary.load(word)
        assert dictionary.frequencies[word] == whole.FREQ[word]


def test_it_invents_no_word(whole: jieba.Tokenizer, listed: list[str]) -> None:
    dictionary = LazyDictionary(_words())
    for word in listed[::50]:
        dictionary.load(word)
    assert {word for word, frequency in dictionary.frequencies.items() if whole.FREQ.get(word, 0) != frequency} == set()
    assert len(dictionary.frequencies) < len(whole.FREQ) / 2


def test_cuts_are_those_of_the_whole(whole: jieba.Tokenizer, listed: list[str]) -> None:
    chance, cutter = random.Random(0), _Cutter()
    for _ in range(1000):
        # Words side by side, and characters of which jieba knows no word.
        pieces = [*chance.sample(listed, 4), *chance.sample("塔拉妥单抗的小细胞肺癌㐀龥鿿\U00020000", 3)]
        chance.shuffle(pieces)
        text = "".join(pieces)
        assert list(cutter.cut(text)) == list(whole.tokenize(text, mode="search", HMM=False))


def test_names_are_weighed_as_by_the_whole(whole: jieba.Tokenizer, listed: list[str]) -> None:
    cutter = _Cutter()
    names = ("塔拉妥单抗", "化疗", "塔拉妥", "小细胞肺癌", "丂丂", "化疗", *random.Random(1).sample(listed, 200))
    for name in (name for name in names if len(name) > 1):
        cutter.add(name)
        whole.add_word(name)
        assert cutter._tokenizer.FREQ[name] == whole.FREQ[name]
    assert cutter._tokenizer.total == whole.total
    text = "塔拉妥单抗联合化疗治疗小细胞肺癌"
    assert list(cutter.cut(text)) == list(whole.tokenize(text, mode="search", HMM=False))


def test_readers_need_not_wait_for_those_who_teach(listed: list[str]) -> None:
    chance = random.Random(2)
    texts = ["".join(chance.sample(listed, 4)) for _ in range(200)]
    alone = [Segmenter().words(text) for text in texts]
    shared = Segmenter()

    def teach() -> None:
        for text in texts:
            shared.learn([f"{text[:2]}丂丂丂"])  # begins as words of the text do, and stands in none

    with ThreadPoolExecutor(8) as threads:
        teaching = threads.submit(teach)
        found = [list(threads.map(shared.words, [text] * 7)) for text in texts]
        teaching.result()
    assert found == [[words] * 7 for words in alone]
