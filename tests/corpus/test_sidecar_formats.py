"""The forms of the files beside a document: what is wrong with one is told with its place, whatever it holds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document, Sidecars
from corpus.errors import CorpusError, MalformedSidecar, MissingFile, TooMuch, UnknownFormat
from corpus.packs.packs import bundled_beside, bundled_concepts, bundled_documents
from corpus.packs.sidecar_formats import (
    parse_details,
    parse_glossary,
    parse_references,
    parse_source_checks,
    parse_translation,
)
from corpus.packs.sidecars import checks_of, concepts_of, details_of, is_sidecar, references_of
from corpus.reading import read_apart, read_file, read_path
from tests.corpus.texts import plain
from tests.review import read_review

ROOT = Path(__file__).parents[2]
REFERENCE = {"marker": 7, "status": "resolved", "about": "安格赛单抗", "works": [{"title": "Angeximab", "year": 2031}]}
CHECK = {
    "id": "S01", "quote": "ORR 为 40%", "kind": "number", "note_zh": "应为 41%。", "note_en": "It is 41%.",
    "source": "doi:10.1/x", "certainty": "established",
}  # fmt: skip
GLOSSARY = "zh\ten\tabbr\tcategory\torigin\n安格赛单抗\tAngeximab\tANG-07\tdrug\tours\n"
DETAILS = {"id": "angeximab-1", "title": "安格赛单抗的首次报告", "language": "zh"}
SENTENCE = {"original": "The ORR was 40% [7].", "translation": "ORR 为 40% [7]。"}
TEXTS = {
    "references.json": json.dumps([REFERENCE]),
    "source_checks.json": json.dumps([CHECK]),
    "glossary.tsv": GLOSSARY,
    "document.json": json.dumps(DETAILS),
    "translation.json": json.dumps([SENTENCE]),
}


def write(folder: Path, texts: dict[str, str], name: str = "paper.txt") -> Path:
    """A paper with these texts beside it."""
    path = folder / name
    path.write_text("# Angeximab\n\nThe ORR was 40% [7].\n", encoding="utf-8")
    for ending, text in texts.items():
        path.with_name(f"{path.stem}.{ending}").write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> Document:
    (found,) = read_file(path)
    assert isinstance(found, Document), found
    return found


@pytest.mark.parametrize("name", ["paper.txt", "paper.md", "paper.v2.TXT", "肺癌 综述.md"])
def test_any_document_may_have_them(tmp_path: Path, name: str) -> None:
    document = read(write(tmp_path, TEXTS, name))
    assert (document.id, document.title, document.language) == tuple(DETAILS.values())
    references, checks = references_of(document.beside), checks_of(document.beside)
    assert references[7].about == "安格赛单抗"
    assert [(work.title, work.year) for work in references[7].works] == [("Angeximab", 2031)]
    assert [(check.id, check.note("en"), check.certainty) for check in checks] == [("S01", "It is 41%.", "established")]
    assert [(c.names, c.category) for c in concepts_of(document.beside)] == [
        (("安格赛单抗", "Angeximab", "ANG-07"), "drug")
    ]


def test_each_stands_alone(tmp_path: Path) -> None:
    alone = read(write(tmp_path, {}))
    assert (alone.id, alone.title, alone.language, alone.beside) == ("paper", "paper", "en", Sidecars())
    write(tmp_path, {"glossary.tsv": GLOSSARY})
    assert read(tmp_path / "paper.txt").beside == Sidecars(glossary=GLOSSARY)
    write(tmp_path, {"document.json": '{"title": "Only\\n a title"}'})
    titled = read(tmp_path / "paper.txt")
    assert (titled.id, titled.title, titled.language) == ("paper", "Only a title", "en")


def test_they_cross_a_process_border(tmp_path: Path) -> None:
    assert list(read_apart([write(tmp_path, TEXTS)])) == [read(tmp_path / "paper.txt")]


def test_a_folder_takes_none_of_them_for_a_document(tmp_path: Path) -> None:
    write(tmp_path, TEXTS)
    assert [item.id if isinstance(item, Document) else item for item in read_path(tmp_path)] == [DETAILS["id"]]
    for ending in TEXTS:
        assert is_sidecar(tmp_path / f"paper.{ending}")
        (told,) = read_file(tmp_path / f"paper.{ending}")
        assert isinstance(told, UnknownFormat)
        assert "it is read with the document beside it; name that one" in str(told)


def test_a_record_has_no_file_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path, TEXTS, "paper.jsonl")
    path.write_text('{"id": "r", "text": "It works."}\n', encoding="utf-8")
    assert read(path).beside == Sidecars()


def changed(entry: dict[str, object], **values: object) -> str:
    return json.dumps([{**entry, **values}])


@pytest.mark.parametrize(
    ("ending", "text", "says"),
    [
        pytest.param("references.json", "[{]", "not valid JSON; correct it at line 1, column 3", id="json"),
        pytest.param("references.json", "[" * 100_000, "not valid JSON", id="json-nested"),
        pytest.param("references.json", "[" + "9" * 9_999 + "]", "not valid JSON", id="json-digits"),
        pytest.param("references.json", "{}", r"write a list of objects", id="no-list"),
        pytest.param("references.json", "[1]", r"write a list of objects", id="no-objects"),
        pytest.param("references.json", changed(REFERENCE, marker=True), "entry 1: write .marker.", id="no-number"),
        pytest.param("references.json", changed(REFERENCE, marker=10**20), "from 1 to 9999", id="number-too-large"),
        pytest.param("references.json", json.dumps([REFERENCE] * 2), "entry 2: .*no other entry has", id="twice"),
        pytest.param("references.json", changed(REFERENCE, status="sure"), "resolved, likely, unresolved", id="status"),
        pytest.param("references.json", changed(REFERENCE, status=[]), "resolved, likely, unresolved", id="no-status"),
        pytest.param("references.json", changed(REFERENCE, works={}), "write .works. as a list of objects", id="works"),
        pytest.param("references.json", changed(REFERENCE, works=[{}]), "entry 1: works 1: write .title.", id="work"),
        pytest.param(
            "references.json", changed(REFERENCE, works=[{"title": "x", "authors": ["A"]}]),
            "works 1: write .authors. as a text, or leave it out", id="authors",
        ),
        pytest.param(
            "references.json", changed(REFERENCE, works=[{"title": "x", "year": "2031"}]), "write .year.", id="year"
        ),
        pytest.param(
            "references.json", changed(REFERENCE, works=[{"title": "x", "nct": ["NCT1"]}]), "write .nct.", id="details"
        ),
        pytest.param("source_checks.json", changed(CHECK, quote=" \n"), "entry 1: write .quote. as a text", id="quote"),
        pytest.param("source_checks.json", changed(CHECK, note_en=None), "write .note_en. as a text", id="note"),
        pytest.param("source_checks.json", changed(CHECK, certainty="?"), "established, unconfirmed", id="certainty"),
        pytest.param("source_checks.json", json.dumps([CHECK] * 2), "entry 2: write .id.", id="check-twice"),
        pytest.param("glossary.tsv", "\n", "names the columns zh, en, abbr, category", id="empty"),
        pytest.param("glossary.tsv", "zh,en,abbr,category\n", "names the columns", id="commas"),
        pytest.param("glossary.tsv", GLOSSARY.replace("abbr", "short"), "names the columns", id="column"),
        pytest.param("glossary.tsv", GLOSSARY + "\t\t-\tdrug\n", "line 3: give each row a name", id="no-name"),
        pytest.param("glossary.tsv", GLOSSARY + "a\tb\tc\td\te\tf\n", "line 3: .*no more cells", id="cells"),
        pytest.param("glossary.tsv", GLOSSARY + f'"{"a" * 200_000}\n', "is no table", id="csv"),
        pytest.param("translation.json", changed(SENTENCE, translation=""), "write .translation.", id="untranslated"),
        pytest.param("translation.json", changed(SENTENCE, translation="41% [7]"), "figures of its", id="figure"),
        pytest.param("translation.json", changed(SENTENCE, original="40% in [7]"), "copy each original", id="original"),
        pytest.param("document.json", "[]", "nothing else", id="no-object"),
        pytest.param("document.json", '{"lang": "en"}', "nothing else", id="unknown-key"),
        pytest.param("document.json", '{"id": 5}', "write .id. as a text", id="id"),
        pytest.param("document.json", '{"id": "\u200b "}', "write .id. as a text", id="unseen-id"),
        pytest.param("document.json", '{"language": "de"}', "write .language. as one of zh, en", id="language"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_file(tmp_path: Path, ending: str, text: str, says: str) -> None:
    (found,) = read_path(write(tmp_path, {**TEXTS, ending: text}))
    assert isinstance(found, CorpusError)
    assert found.path == str(tmp_path / f"paper.{ending}")
    assert "\n" not in str(found)
    with pytest.raises(MalformedSidecar, match=says):
        raise found


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, {})
    os.mkfifo(tmp_path / "paper.glossary.tsv")
    (told,) = read_file(path)
    assert isinstance(told, MissingFile)
    assert "paper.glossary.tsv" in str(told)
    (tmp_path / "paper.glossary.tsv").unlink()
    with (tmp_path / "paper.references.json").open("wb") as file:
        file.truncate(1_000_000_000)
    (told,) = read_file(path)
    assert isinstance(told, TooMuch)
    (tmp_path / "paper.references.json").unlink()
    (tmp_path / "paper.document.json").symlink_to(tmp_path / "gone")
    assert read(path).beside == Sidecars()


def test_a_name_as_long_as_a_file_may_have(tmp_path: Path) -> None:
    assert read(write(tmp_path, {}, "p" * 250 + ".txt")).beside == Sidecars()


def test_what_nobody_sees_is_not_kept() -> None:
    text = json.dumps([{**REFERENCE, "about": "a\u202eb\ud800c", "works": []}])
    assert parse_references(text)[7].about == "abc"
    assert parse_glossary("zh\ten\tabbr\tcategory\n肺\u200b癌\tlung  cancer\t\t\n")[0].names == ("肺癌", "lung cancer")


@given(
    st.sampled_from([parse_references, parse_source_checks, parse_details, parse_glossary, parse_translation]),
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from([*REFERENCE, *CHECK, *DETAILS, "title"]), inner, max_size=12)
            ),
        ).map(json.dumps),
        st.lists(st.lists(st.sampled_from(["zh", "en", "abbr", "category", "", '"', "-"]), max_size=6), max_size=4).map(
            lambda rows: "\n".join("\t".join(row) for row in [["zh", "en", "abbr", "category"], *rows])
        ),
    ),
)  # fmt: skip
def test_no_text_breaks_a_format(parse: Callable[[str], object], text: str) -> None:
    found: object = ()
    with suppress(ValueError):
        found = parse(text)
    json.dumps(found, default=asdict, ensure_ascii=False).encode("utf-8")  # as a library keeps it


def test_a_pack_s_document_has_an_id_of_its_own() -> None:
    for document in bundled_documents():
        assert details_of(document.beside).id == document.id
        assert bundled_beside(replace(document, beside=Sidecars())) == document.beside
        assert bundled_beside(replace(document, text="It works.\n")) == Sidecars()
        assert set(concepts_of(document.beside)) <= set(bundled_concepts())
    assert bundled_beside(plain("It works.")) == Sidecars()
    assert read_review().beside != Sidecars()


def test_no_code_names_a_document() -> None:
    code = [path for part in ("corpus", "index", "assistant", "benchmarks") for path in (ROOT / part).rglob("*.py")]
    named = [
        str(path)
        for path in [*code, ROOT / "app.py"]
        if any(document.id in path.read_text(encoding="utf-8") for document in bundled_documents())
    ]
    assert named == []


@pytest.mark.parametrize("english", ["approved in September 2024", "until 31 May 2024 (3 of 5 may respond)"])
def test_a_month_is_a_figure_however_it_is_written(english: str) -> None:
    chinese = "2024 年 9 月批准" if "September" in english else "截至 2024 年 5 月 31 日(5 例中 3 例)"
    assert list(parse_translation(json.dumps([{"original": chinese, "translation": english}])).values()) == [english]
