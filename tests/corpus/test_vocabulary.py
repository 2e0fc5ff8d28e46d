"""The vocabulary: how tables write names, what their rows must have, and that a new end point is one row."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.trial_results import results_of_text
from corpus.vocabulary.drugs import find_drug_names, find_transcribed
from corpus.vocabulary.endpoints import by_key, charted, endpoints
from corpus.vocabulary.notation import expanded, names_in, pattern
from corpus.vocabulary.tables import read_table
from corpus.words.segmenting import Segmenter


@pytest.mark.parametrize(
    ("cell", "found", "not_found"),
    [
        ("[m]PFS", ["PFS", "mPFS", "中位PFS为"], ["iPFS", "PFSx"]),
        ("progression-free survival", ["progression-free survival", "progression free survival"], ["progressionfree"]),
        ("无[疾病]进展生存[(期/时间)]", ["无进展生存期", "无疾病进展生存时间", "无进展生存"], ["无生存"]),
        ("颅内 ORR", ["颅内ORR", "颅内 ORR"], ["ORR"]),
        ("duration of [<word> ]response", ["duration of response", "duration of confirmed response"], ["duration"]),
        ("~a{2}b | c", ["aab", "c"], ["ab"]),
        ("", [], ["", "PFS"]),
    ],
)
def test_a_name_is_found_as_its_table_writes_it(cell: str, found: list[str], not_found: list[str]) -> None:
    assert all(re.search(pattern(cell), text) for text in found)
    assert not any(re.search(pattern(cell), text) for text in not_found)


def test_a_cell_stands_for_its_plain_names_the_shortest_first() -> None:
    assert expanded("中性粒细胞[计数](减少/降低)[症]")[0] == "中性粒细胞减少"
    assert set(expanded("[m]PFS | ~x+")) == {"PFS", "mPFS"}
    assert names_in("a | b/c") == ["a", "b/c"]


@pytest.mark.parametrize("row", read_table("endpoints"), ids=lambda row: row["key"])
def test_a_row_that_can_be_asked_has_a_name_in_both_languages(row: dict[str, str]) -> None:
    assert row["asked"] == "-" or (row["en"] and row["zh"])
    assert set(row["units"]) <= set("t%rc")
    assert set(row["covers"].split()) <= by_key().keys()


def test_what_is_drawn_is_an_end_point() -> None:
    assert charted()[:2] == ["HR (PFS)", "HR (OS)"]
    assert {kind for kind in charted() if not kind.startswith("HR")} <= by_key().keys()


@pytest.mark.parametrize("name", ["drugs", "adverse_events", "drug_endings", "endpoints"])
def test_the_keys_of_a_table_are_unique(name: str) -> None:
    text = (Path(__file__).parents[2] / "corpus" / "vocabulary" / "lists" / f"{name}.tsv").read_text(encoding="utf-8")
    keys = [line.split("\t")[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("text", "key", "endpoint"),
    [
        ("The major pathological response rate was 45% in the alphamab group.", "MPR", "other"),
        ("The complete response rate was 12%.", "complete_response", "other"),
        ("The pathological complete response rate was 24%.", "pCR", "other"),
        ("Median time to progression was 7.1 months.", "TTP", "other"),
        ("The clinical benefit rate was 60%.", "CBR", "other"),
        ("中位无复发生存期为 20.1 个月。", "RFS", "DFS"),
        ("The 12-month event-free survival rate was 71%.", "EFS_rate", "other"),
        ("Median OS was 13.6 months.", "OS", "OS"),
    ],
)
def test_a_result_names_its_row(text: str, key: str, endpoint: str) -> None:
    (result,) = results_of_text(text)
    assert (result.name, result.endpoint) == (key, endpoint)


def test_a_hazard_ratio_is_of_the_survival_it_is_said_of() -> None:
    text = "Event-free survival was longer with alphamab (hazard ratio 0.58; 95% CI, 0.46 to 0.72)."
    assert [r.of for r in results_of_text(text) if r.endpoint == "HR"] == ["EFS"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("使用伏美替尼治疗的患者", ["伏美替尼"]),
        ("那帕博利珠单抗呢", ["帕博利珠单抗"]),
        ("联合紫杉醇", ["紫杉醇"]),
        ("度普利尤单抗的剂量", ["度普利尤单抗"]),
        ("瑞康曲妥珠单抗与曲妥珠单抗相比", ["瑞康曲妥珠单抗", "曲妥珠单抗"]),
        ("含铂化疗", []),
        ("该单抗的机制", []),
        ("given sacituzumab govitecan or placebo", ["sacituzumab govitecan"]),
        ("patients given axicabtagene ciloleucel", ["axicabtagene ciloleucel"]),
        ("In April the cabinet met", []),
    ],
)
def test_a_drug_is_found_by_its_name_in_full(text: str, names: list[str]) -> None:
    assert [span.of(text) for span in find_drug_names(text)] == names


def test_a_name_spelt_by_the_sound_is_found_where_no_dictionary_has_it() -> None:
    segmenter = Segmenter()
    for text, names in (("使用维奈托克斯治疗", ["维奈托克斯"]), ("客观缓解率是多少", [])):
        assert [span.of(text) for span in find_transcribed(text, segmenter.words(text))] == names


_ROW = {
    "key": "TTD", "endpoint": "other", "en": "time to deterioration", "zh": "至恶化时间", "units": "t",
    "printed": "至恶化时间 | time to deterioration | TTD",
}  # fmt: skip
_ASKING = """
import sys
from pathlib import Path
from assistant import open_library
home = Path(sys.argv[1])
note = home / "note.txt"
note.write_text(
    "In the ALPHA-1 trial, median time to deterioration was 7.4 months with alphamab versus 5.2 "
    "months with chemotherapy.", encoding="utf-8")
with open_library(home) as library:
    library.add(note)
    print(library.ask("What was the time to deterioration in ALPHA-1?").text)
    print(library.ask("ALPHA-1研究的至恶化时间是多少？").text)
"""


@pytest.mark.slow
def test_a_new_end_point_is_one_row(home: Path, tmp_path: Path) -> None:
    columns = list(read_table("endpoints")[0])
    lines = ["\t".join(columns), "\t".join(_ROW.get(column, "") for column in columns)]
    (tmp_path / "endpoints.tsv").write_text("\n".join(lines), encoding="utf-8")
    environment = {**os.environ, "BSAB_VOCABULARY": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    found = subprocess.run(
        [sys.executable, "-c", _ASKING, str(home)], env=environment, capture_output=True, text=True, check=True,
        encoding="utf-8",
    )  # fmt: skip
    english, chinese = found.stdout.strip().splitlines()[:2]
    assert "time to deterioration was 7.4 months" in english
    assert "至恶化时间" in chinese
    assert "7.4个月" in chinese


def test_a_users_table_with_a_wrong_column_is_told(tmp_path: Path) -> None:
    (tmp_path / "units.tsv").write_text("key\tcolour\nstone\tgrey\n", encoding="utf-8")
    environment = {**os.environ, "BSAB_VOCABULARY": str(tmp_path)}
    importing = "import corpus.trial_results.extraction"
    found = subprocess.run(
        [sys.executable, "-c", importing], env=environment, capture_output=True, text=True, check=False
    )
    assert "the columns are" in found.stderr


def test_every_end_point_of_the_contract_is_in_the_table() -> None:
    contract = json.loads('["PFS","OS","DFS","DoR","intracranial_PFS","ORR","cORR","DCR","HR","OS_rate","PFS_rate"]')
    assert set(contract) <= {endpoint.endpoint for endpoint in endpoints()}
