"""docs/architecture.md leads somewhere: every file exists, every function stands in the file that it names."""

import ast
import re
from pathlib import Path

import pytest

from tests import PACKAGES
from tests.conftest import ROOT

TEXT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
PLACE = re.compile(rf"`((?:{'|'.join((*PACKAGES, 'docs', 'tests'))})/[\w/.-]+?)(?::(\w+))?`")
# The room of work is written with dots: with slashes it would read like the path of one machine.
MODULE = re.compile(r"`(assessments\.work[\w.]*)(?::(\w+))?`")
PLACES = sorted(
    {*PLACE.findall(TEXT), *((f"{name.replace('.', '/')}.py", function) for name, function in MODULE.findall(TEXT))}
    - {("assessments/work.py", "")}
)
RECIPES = re.findall(r"^\*\*(Add [^*]+)\*\*: (.+?)(?=\n\n|\Z)", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "function"), PLACES)
def test_a_place_that_the_page_names_exists(name: str, function: str) -> None:
    path = ROOT / name

    assert path.exists()
    assert not function or function in _functions(path)


def test_every_recipe_names_files() -> None:
    assert len(RECIPES) >= 7
    assert [title for title, text in RECIPES if not PLACE.search(text)] == []


def _functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
