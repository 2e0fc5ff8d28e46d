"""The trials of a library: looked up by name, by passage, by drug, by arm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.trials.groups import Trials
from assistant.trials.reports import DrugReports, DrugTexts, drugs_named
from corpus.vocabulary.endpoints import by_key
from index.search.hybrid import HybridIndex
from index.store.trials import naming
from tests.index.fakes import document, make_index

ZH = document(
    "zh",
    "临床试验\nZEPHYR-7 研究：这是一项III期试验。埃万妥单抗组的中位OS为13.6个月，化疗组为8.2个月。\n"
    "BOREAS 研究：这是一项II期试验。依沃西单抗组的ORR为40%。",
    "其他\n塔拉妥单抗的ORR为20%。zephyr 7 之后的队列另有报告。boreas-like 人群、ZEPHYR-70 与此无关。",
)
EN = document("en", "Results\nIn the ZEPHYR-7 trial, the ORR was 35% with amivantamab.")
DRUG = document(
    "drug",
    "Results\nThe ORR was 25% with tarlatamab at 6 months. Many were boreally treated.",
    "Amivantamab\nPatients had a longer PFS.",
)
ABSTRACT = document(
    "abstract",
    "Abstract\nA randomised phase 3 trial, NOTUS-3.\nThe ORR was 44% with amivantamab and 30% with chemotherapy.",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HybridIndex]:
    made = make_index(tmp_path_factory.mktemp("trials"), ZH, EN, DRUG, ABSTRACT)
    yield made
    made.library.close()


@pytest.fixture
def trials(index: HybridIndex) -> Trials:
    return Trials(index.library)


def test_all_come_in_the_order_of_the_library_those_of_headings_first(trials: Trials) -> None:
    assert list(trials.names()) == ["ZEPHYR-7", "BOREAS", "NOTUS-3"]
    assert [group.name for group in trials.groups(["NOTUS-3", "unknown", "ZEPHYR-7"])] == ["ZEPHYR-7", "NOTUS-3"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ORR in NOTUS-3 and zephyr 7?", ["NOTUS-3", "ZEPHYR-7"]),
        ("ＺＥＰＨＹＲ７研究的ORR", ["ZEPHYR-7"]),
        ("post-ZEPHYR–7study", ["ZEPHYR-7"]),
        ("在BOREAS中", ["BOREAS"]),
        ("ZEPHYR-70, AZEPHYR-7, ZEPHYR-7a, zephyr", []),
        ("", []),
    ],
)
def test_a_text_names_trials(trials: Trials, text: str, named: list[str]) -> None:
    assert [group.name for group in trials.named_in(text)] == named


def test_a_trial_has_its_paragraphs_what_prints_its_name_and_documents_about_it_alone(trials: Trials) -> None:
    zephyr = trials.group("ZEPHYR-7")
    assert [passage.document_id for passage in zephyr.passages] == ["zh", "zh", "en"]
    assert [found.result.value_text for found in zephyr.found] == ["13.6", "8.2", "35"]
    assert [passage.document_id for passage in trials.group("NOTUS-3").passages] == ["abstract"]
    unknown = trials.group("unknown")
    assert (unknown.passages, unknown.found) == ((), ())


def test_trials_that_passages_speak_of(index: HybridIndex, trials: Trials) -> None:
    passages = index.library.passages(list(index.library.rows()))
    for passage in passages:
        spoken = [group.name for group in trials.spoken_of([passage])]
        assert spoken == [name for name in trials.names() if passage in trials.group(name).passages]
    assert trials.spoken_of(reversed(passages))[0].name == "NOTUS-3"


def test_trials_with_an_arm_that_report_a_measure(trials: Trials) -> None:
    arm = trials.group("NOTUS-3").found[0].result.arm
    assert arm is not None
    assert "NOTUS-3" in [group.name for group in trials.with_any({arm}, ["ORR"])]
    assert list(trials.with_any(set(), ["ORR"])) == list(trials.with_any({arm}, [])) == []
    assert trials.reported("ORR")
    assert not trials.reported("EFS")


def test_what_is_reported_of_a_drug(index: HybridIndex, trials: Trials) -> None:
    terms = index.vocabulary.terms
    drug = DrugReports(["amivantamab"], trials, index.library, terms)
    assert drug.reports(["ORR"])
    assert drug.reports(["OS"])
    assert not drug.reports(["EFS"])
    groups = sorted(drug.reporting({"ORR"}), key=drug.order)
    assert [(group.name, [f.result.value_text for f in group.reporting({"ORR"})]) for group in groups] == [
        ("ZEPHYR-7", ["35"]),
        ("NOTUS-3", ["44", "30"]),
    ]
    assert not DrugReports(["ivonescimab", "amivantamab"], trials, index.library, terms)


def test_a_drug_without_trials_is_reported_of_by_section(index: HybridIndex, trials: Trials) -> None:
    drug = DrugReports(["tarlatamab"], trials, index.library, index.vocabulary.terms)
    groups = sorted(drug.reporting({"ORR"}), key=drug.order)
    assert [(group.name, [f.passage.document_id for f in group.found]) for group in groups] == [
        ("", ["zh"]),
        ("", ["drug"]),
    ]
    assert [f.passage.document_id for group in drug.within(["2"]).reporting({"ORR"}) for f in group.found] == ["zh"]


def test_what_is_told_of_a_drug(index: HybridIndex) -> None:
    texts = DrugTexts(["tarlatamab"], index.library, index.vocabulary.terms)
    assert texts
    assert texts.tells_of(by_key()["ORR"])
    assert not texts.tells_of(by_key()["OS"])
    assert texts.tells_at("6")
    assert not texts.tells_at("12")
    assert not DrugTexts(["zenocutuzumab"], index.library, index.vocabulary.terms)


def test_the_drugs_that_passages_name(index: HybridIndex) -> None:
    named = {drug.id for drug in drugs_named(index.library, index.vocabulary.terms)}
    assert named == {"amivantamab", "ivonescimab", "tarlatamab"}


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("DeLLphi-304", '("dellphi") AND "304" *'),
        ("AK112-301", '("ak") AND "112" *'),  # "AK112301" is one number
        ("IMpower", '("impow" *)'),
        ("C-POST", '("post" * OR "cpost" *)'),
        ("B7-H3", '"b7h3" * OR "=b7h3" OR ("b" AND "7" AND "h" AND "3")'),
        ("EGFR突变 2", """("egfr") AND "'突" AND "'变\""""),
    ],
)
def test_the_words_that_every_way_of_printing_a_name_has(name: str, query: str) -> None:
    assert naming(name) == query


def test_a_change_of_the_library_is_seen(tmp_path: Path) -> None:
    index = make_index(tmp_path, ZH)
    assistant = Assistant(index)
    assert assistant.trials() is assistant.trials()
    assert not assistant.trials().named_in("NOTUS-3")
    index.add(ABSTRACT)
    assert assistant.trials().named_in("NOTUS-3")
    index.remove("abstract")
    assert not assistant.trials().named_in("NOTUS-3")
    index.library.close()
