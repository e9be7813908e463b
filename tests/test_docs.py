"""The documents name what exists: paths, functions, and the glossary's terms once each."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.running_trial import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PATH = re.compile(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|toml|md))`")
NAME = re.compile(r"`([\w/]+\.py)`: `([\w.]+)`")
TESTS = re.compile(r"`(tests/[\w/]+\.py)`: (`test_\w+`(?:, `test_\w+`)*)")
MADE_LATER = {"staticfiles/", "trial-data/"}


@cache
def names_in(path: Path) -> set[str]:
    """`function`, `Class` and `Class.member` of a module."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if hasattr(each, "name")}
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_path_that_a_document_names_exists(document: Path) -> None:
    named = set(PATH.findall(document.read_text()))
    missing = [
        path
        for path in named
        if path.partition("/")[0] not in {"", "."}
        and (ROOT / path.partition("/")[0]).exists()
        and path not in MADE_LATER
        and not (ROOT / path).exists()
    ]
    assert not missing


def test_each_function_that_a_journey_names_exists() -> None:
    text = " ".join((ROOT / "docs/architecture.md").read_text().split())
    named = NAME.findall(text)
    assert len(named) > 40
    assert [(p, n) for p, n in named if n not in names_in(ROOT / p)] == []


def test_each_test_that_the_page_on_security_names_exists() -> None:
    text = (ROOT / "docs/security.md").read_text()
    named = [
        (path, name)
        for path, names in TESTS.findall(text)
        for name in re.findall(r"`(\w+)`", names)
    ]
    assert len(named) == text.count("`test_") > 100
    assert [(p, n) for p, n in named if n not in names_in(ROOT / p)] == []


def test_the_map_names_every_folder_of_code() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {name for name in packages if f"| `{name}/` |" not in text} == set()


def test_the_glossary_explains_each_term_once() -> None:
    lines = (ROOT / "docs/glossary.md").read_text().splitlines()
    terms = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    terms = [term for term in terms if term != "term"]
    assert len(terms) == len(set(terms)) > 40
