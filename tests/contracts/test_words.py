"""The same words in every app, and docstrings where a stranger needs them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

APPS = ("accounts", "competencies", "assessments", "programs", "credentials", "portal")
FOLDERS = {
    "rules", "solvers", "models", "formats", "actions", "admin", "api", "pages", "management", "migrations",
    "queries", "templates", "templatetags", "static", "fixtures", "locale",
}  # fmt: skip
FILES = {
    "__init__.py", "apps.py", "models.py", "errors.py", "queries.py", "permissions.py", "announcements.py",
    "adapter.py", "subscribers.py", "tasks.py", "privacy.py", "integrity.py", "middleware.py",
    "navigation.py", "words.py",
}  # fmt: skip
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "managers", "data", "info"}
PUBLIC_WORDS = ("rules", "actions", "queries", "formats", "api")


@pytest.mark.parametrize("app", APPS)
def test_an_app_uses_the_words_of_the_design(app: str) -> None:
    places = [place for place in (ROOT / app).iterdir() if place.name != "__pycache__"]

    assert {place.name for place in places if place.is_dir()} - FOLDERS == set()
    assert {place.name for place in places if place.is_file()} - FILES - {f"{word}.py" for word in FOLDERS} == set()


def test_nothing_is_kept_in_a_drawer() -> None:
    assert [path for path in our_modules() if path.stem in DRAWERS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in our_modules() if "migrations" not in path.parts and _says_nothing(path)]

    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_public_functions_of_the_layers_that_others_call_are_described() -> None:
    assert [place for path in our_modules() if _is_public(path) for place in _undescribed(path)] == []


def our_modules() -> Iterator[Path]:
    for package in ("accounts", "competencies", "assessments", "programs", "credentials", "config", "tests"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _says_nothing(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return bool(tree.body) and ast.get_docstring(tree) is None


def _is_public(path: Path) -> bool:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] != "tests" and bool(set(PUBLIC_WORDS) & set(parts))


def _undescribed(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if (
            isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
