"""Real texts without end for ``benchmarks.growth``: articles and abstracts, then the same with other names and figures.

They are read in place from a folder of data: whole articles (JATS in an archive), abstracts, and passages in
Chinese. An article is cut into documents by its sections, each with the references that it cites. Once all have
been given they come again in another order, changed:

* Figures become others, all of a document by one factor, so that an interval still holds its estimate; years and
  reference numbers stay.
* Names become made-up ones, others in each copy. A drug keeps its ending (sitagliptin, sitvoragliptin), its code
  gets digits more; a term or a trial with an abbreviation gets a word and its letter more (... in Stroke Kelivo,
  TESSK), so that what a text states of names still fits.

Not all names change: new papers name old things, too. ``RENAMED`` are the shares with which names go on to grow as
they do among the texts themselves, where ten times the passages state 7 times the pairs of names and 3.5 times the
drugs (1,000 to 10,000 passages).
"""

from __future__ import annotations

import json
import random
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from tqdm import tqdm

from corpus.document import Document
from corpus.language import HAN
from corpus.reading.building import DocumentBuilder
from corpus.reading.cleaning import clean
from corpus.references.lists import is_reference_list
from corpus.segments.markers import MARKER, find_markers
from corpus.segments.passages import PassageOptions, split_passages
from corpus.segments.passages import size as size_of
from corpus.vocabulary.drugs import find_drug_names
from corpus.vocabulary.mining import mine_pairs
from index.search.hybrid import HybridIndex

DATA = Path(__file__).parents[2] / "shared" / "data"
RENAMED = {"pair": 0.75, "drug": 0.5}
"""Share of the names of a copy that are new, by kind."""

_ABSTRACTS = ("trial_abstracts_en.jsonl", "trial_abstracts_zh.jsonl", "trial_arms_en.jsonl", "sample_zh.jsonl")
_BATCH = 100
"""Documents that are added at once."""
_LARGEST = 13
"""Full passages of text after which a document ends; not all are full, so that it has some 20."""
_LEFT_OUT = frozenset({"table-wrap", "fig", "disp-formula", "supplementary-material", "graphic", "media", "object-id"})
_KEPT = rf"{MARKER}|9[059](?= ?%)|\b(?:19|20)\d\d\b"
_FIGURE = r"(?<![A-Za-z]-)(?<![A-Za-z\d.,])\d+(?:,\d{3})*(?:\.\d+)?"
_BRACKETS = re.compile(r"\s*[(（][^()（）\n]*[)）]")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph."""

    text: str
    level: int = 0
    """Of a heading, from 1; 0 for a paragraph."""


@dataclass(frozen=True, slots=True)
class Text:
    """What documents are made of, again and again."""

    id: str
    blocks: tuple[Block, ...]
    """The first one is the title, where it is a heading."""
    references: tuple[str, ...] = ()
    """Lines of the reference list."""

    @property
    def body(self) -> str:
        """All blocks, a line each."""
        return "\n".join(block.text for block in self.blocks)


def documents(seed: int = 0, skip: int = 0, data: Path = DATA) -> Iterator[Document]:
    """Documents without end, the same for the same seed; ``skip`` of them are passed over at no cost."""
    for copy in count():
        texts = list(originals(data))
        random.Random(f"{seed} {copy}").shuffle(texts)
        for text in texts[skip:]:
            yield _document(changed(text, seed, copy) if copy else text, f"growth-{copy}-{text.id}")
        skip = max(0, skip - len(texts))


def one_more(number: int, named: bool, data: Path = DATA) -> Document:
    """A document of about ten passages that states no name; with ``named`` a drug and its code, never used before."""
    # What stands in brackets states names.
    texts = [text for text in originals(data) if text.references and 9_000 < len(text.body) < 12_000]
    text = texts[number % len(texts)]
    blocks = [Block(_BRACKETS.sub("", block.text), block.level) for block in text.blocks]
    if named:
        drug = made_up(f"one more {number}", 3) + "tuzumab"
        blocks.append(Block(f"{drug.title()} (ZM-{1000 + number}) was given to 120 patients every three weeks."))
    return _document(Text(text.id, tuple(blocks)), f"one-more-{number}")


def _document(text: Text, id: str) -> Document:
    builder = DocumentBuilder()
    for block in text.blocks:
        if block.level:
            builder.add_heading(block.level, "", block.text, block.text)
        else:
            builder.add_paragraph(block.text)
    if text.references:
        builder.add_heading(2, "", "References", "References")
        for line in text.references:
            builder.add_paragraph(line)
    document = builder.build(id, text.blocks[0].text[:200], f"{id}.txt")
    assert document is not None
    return document


# Filling


def fill(index: HybridIndex, size: int, clock: Callable[[], float], seed: int = 0, data: Path = DATA) -> float | None:
    """Add documents, after those that are there, until the library has ``size`` passages or just more.

    Returns:
        What the last hundred or more of them took on ``clock``, in ms a document; None where none was added.
    """
    entries = index.library.entries()
    there = sum(entry.id.startswith("growth-") for entry in entries)
    passages = sum(entry.passages for entry in entries)
    taken: list[tuple[int, float]] = []
    stream = documents(seed, there, data)
    with tqdm(total=size, initial=passages, unit="passage", disable=None) as bar:
        while passages < size:
            batch: list[Document] = []
            while passages < size and len(batch) < _BATCH:
                batch.append(next(stream))
                passages += sum(not is_reference_list(passage.trail) for passage in split_passages(batch[-1]))
            started = clock()
            index.add_all(batch)
            taken.append((len(batch), clock() - started))
            bar.update(passages - bar.n)
    last = taken[-2:] if taken and taken[-1][0] < _BATCH else taken[-1:]
    return 1000 * sum(seconds for _, seconds in last) / sum(added for added, _ in last) if last else None


# Copies


def changed(text: Text, seed: int, copy: int) -> Text:
    """``text`` with other figures and, for a part of them, other names: always the same for a seed and a copy."""
    renamed = _renamed(text, f"{seed} {copy}")
    factor = random.Random(f"{seed} {copy} {text.id}").uniform(0.6, 0.95)
    names = "|".join(re.escape(name) for name in sorted(renamed, key=len, reverse=True))
    names = rf"(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9])" if names else r"(?!)"
    pattern = re.compile(rf"(?P<kept>{_KEPT})|(?P<name>{names})|{_FIGURE}")

    def other(found: re.Match[str]) -> str:
        if found["name"]:
            return renamed[found["name"]]
        return found[0] if found["kept"] else _scaled(found[0], factor)

    blocks = tuple(Block(pattern.sub(other, block.text), block.level) for block in text.blocks)
    return Text(text.id, blocks, text.references)


def _scaled(figure: str, factor: float) -> str:
    """A figure times ``factor``, printed with as many decimals."""
    decimals = len(figure.partition(".")[2])
    return f"{float(figure.replace(',', '')) * factor:{',' if ',' in figure else ''}.{decimals}f}"


def _renamed(text: Text, salt: str) -> dict[str, str]:
    """By name as printed, what it is called in the copy that ``salt`` tells; names that stay are left out."""
    renamed: dict[str, str] = {}
    for kind, names in _names(text):
        key = f"{salt} {' '.join(names).lower()}"
        if random.Random(key).random() < RENAMED[kind]:
            renamed |= _other_names(kind, names, made_up(key, 3))
    return renamed


def _other_names(kind: str, names: tuple[str, ...], word: str) -> dict[str, str]:
    """Others for the names of one thing, made with ``word``, by name as printed."""
    han = _HAN_SYLLABLES[ord(word[0]) % len(_HAN_SYLLABLES)]
    if kind == "drug":
        (name,) = names
        return {name: name[:3] + word[:3] + name[3:] if name.isascii() else name[:1] + han + name[1:]}
    first, last = names[:-1], names[-1]
    if any(character.isdigit() for character in last) and " " not in "".join(names):  # a code
        return {name: f"{name}{ord(word[0]) % 10}{ord(word[1]) % 10}" for name in names if name[-1].isdigit()}
    longer = {name: name + (han if re.search(f"[{HAN}]$", name) else f" {word.title()}") for name in first}
    return longer | {last: last + word[0].upper() if last.isascii() else last + han}


_HAN_SYLLABLES = "泊维洛米诺塔瑞格利沙卡莫"


def made_up(key: str, syllables: int) -> str:
    """A word that nobody uses, the same for the same key; 3 letters a syllable."""
    dice = random.Random(key)
    return "".join(
        dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") + dice.choice("lmnrvx") for _ in range(syllables)
    )


@cache
def _names(text: Text) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Kind and names of what a text names; the names of a pair that it states, or a drug's single one."""
    body = text.body
    pairs = [("pair", pair.names) for pair in mine_pairs(body)]
    drugs = dict.fromkeys(span.of(body) for span in find_drug_names(body))
    return (*(("drug", (name,)) for name in drugs), *pairs)


# Reading


@cache
def originals(data: Path) -> tuple[Text, ...]:
    """All texts of the folder ``data``."""
    articles = _articles(data / "jats_articles.tar.xz")
    return (*articles, *(text for name in _ABSTRACTS for text in _abstracts(data / name)))


def _abstracts(path: Path) -> Iterator[Text]:
    """A text for each abstract or passage of a JSONL file; of several lines, the first is a title."""
    with path.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    for number, record in enumerate(records):
        if record.get("role", "passage") == "passage":
            first, *rest = (line for line in clean(record["text"]).split("\n") if line.strip())
            yield Text(f"{path.stem}-{number}", (Block(first, 1 if rest else 0), *map(Block, rest)))


def _articles(archive: Path) -> Iterator[Text]:
    with tarfile.open(archive) as files:
        for member in files:
            if (file := files.extractfile(member)) is not None:
                article = parse(file).getroot()
                references = dict(_references(article))
                for number, blocks in enumerate(_parts(article)):
                    cited = {n for block in blocks for m in find_markers(block.text) for n in m.numbers}
                    lines = tuple(references[n] for n in sorted(cited & references.keys()))
                    yield Text(f"{Path(member.name).stem}-{number}", blocks, lines)


def _parts(article: Element) -> Iterator[tuple[Block, ...]]:
    """An article in parts of whole paragraphs, each below the article's title and those of its section."""
    body = article.find("body")
    trail = [Block(_printed(article.find(".//article-title")) or "Untitled", 1)]
    part, passages = list(trail), 0.0
    for block in _blocks(body, 2) if body is not None else ():
        if block.level:
            trail = [*(above for above in trail if above.level < block.level), block]
        elif passages >= _LARGEST:
            yield tuple(part)
            part, passages = list(trail), 0.0
        part.append(block)
        passages += size_of(block.text) / PassageOptions().budget
    if passages:
        yield tuple(part)


def _blocks(element: Element, level: int) -> Iterator[Block]:
    """Headings, the top ones of ``level``, and paragraphs, in order."""
    for child in element:
        if child.tag in ("p", "title"):
            if line := _printed(child):
                yield Block(line, level - 1 if child.tag == "title" else 0)
        elif child.tag not in _LEFT_OUT:
            yield from _blocks(child, level + 1 if child.tag == "sec" else level)


def _printed(element: Element | None) -> str:
    """The text of an element, on one line."""
    return "" if element is None else clean(" ".join(_run(element).split()))


def _run(element: Element) -> str:
    """The text of an element; raised reference numbers in brackets."""
    if element.tag in _LEFT_OUT:
        return ""
    text = (element.text or "") + "".join(_run(child) + (child.tail or "") for child in element)
    cites = element.tag == "sup" and element.find(".//xref[@ref-type='bibr']") is not None
    return f" [{text.strip(' []()')}]" if cites else text


def _references(article: Element) -> Iterator[tuple[int, str]]:
    """Number and line of each reference."""
    for number, reference in enumerate(article.iter("ref"), start=1):
        authors = [
            f"{_printed(name.find('surname'))} {_printed(name.find('given-names'))}"
            for name in islice(reference.iter("name"), 6)
        ]
        tags = ("article-title", "source", "year", "volume", "fpage", "lpage")
        title, source, year, volume, first, last = (_printed(reference.find(f".//{tag}")) for tag in tags)
        yield number, f"{number}. {', '.join(authors)}. {title}. {source}. {year};{volume}:{first}-{last}."
