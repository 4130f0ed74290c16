"""The same words in every app, and docstrings where a stranger needs them."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import PACKAGES
from tests.conftest import ROOT

APPS = ("accounts", "competencies", "assessments", "programs", "credentials", "portal")
FOLDERS = {
    "rules", "solvers", "models", "formats", "actions", "admin", "api", "pages", "management", "migrations",
    "queries", "permissions", "templates", "templatetags", "static", "fixtures", "locale",
}  # fmt: skip
FILES = {
    "__init__.py", "apps.py", "errors.py", "permissions.py", "announcements.py", "adapter.py", "subscribers.py",
    "tasks.py", "jobs.py", "privacy.py", "integrity.py", "middleware.py", "labels.py", "forms.py", "urls.py",
    "date_kinds.py", "constraint_labels.py",
}  # fmt: skip
# What a room may hold: an app's edge to Django (apps, management, migrations, privacy, …) stays with the app.
ROOM_FOLDERS = {"rules", "solvers", "formats", "queries", "actions", "admin", "pages", "api"}
ROOM_FILES = {"__init__.py", "errors.py", "announcements.py", "labels.py", "forms.py", "urls.py"}
APPS_WITH_ROOMS = ("assessments", "programs", "credentials")
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "managers", "data", "info"}
PUBLIC_WORDS = ("rules", "actions", "queries", "formats", "api")


@pytest.mark.parametrize("app", APPS)
def test_an_app_uses_the_words_of_the_design(app: str) -> None:
    folders, files = _content(ROOT / app)

    assert folders - FOLDERS - _rooms_of(app) == set()
    assert files - FILES - {f"{word}.py" for word in FOLDERS} == set()


@pytest.mark.parametrize("app", APPS_WITH_ROOMS)
def test_a_room_uses_the_same_words(app: str) -> None:
    strays = {
        f"{app}/{room}/{name}"
        for room in _rooms_of(app)
        for names, known in zip(
            _content(ROOT / app / room),
            (ROOM_FOLDERS, ROOM_FILES | {f"{word}.py" for word in ROOM_FOLDERS}),
            strict=True,
        )
        for name in names - known
    }

    assert strays == set()


def _rooms_of(app: str) -> set[str]:
    """The folders that the contract of the app's rooms names beside the words; an app without one has no rooms."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [line for each in contracts if each["id"] == f"rooms-of-{app}" for line in each["layers"]]
    named = {name.strip() for line in layers for name in line.split("|")}
    return {name for name in named - FOLDERS if (ROOT / app / name).is_dir()}


def _content(place: Path) -> tuple[set[str], set[str]]:
    """The names of the folders and of the files right below."""
    below = [path for path in place.iterdir() if path.name != "__pycache__"]
    return {path.name for path in below if path.is_dir()}, {path.name for path in below if path.is_file()}


def test_nothing_is_kept_in_a_drawer() -> None:
    assert [path for path in our_modules() if path.stem in DRAWERS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in our_modules() if "migrations" not in path.parts and _says_nothing(path)]

    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_public_functions_of_the_layers_that_others_call_are_described() -> None:
    assert [place for path in our_modules() if _is_public(path) for place in _undescribed(path)] == []


def our_modules() -> Iterator[Path]:
    for package in (*PACKAGES, "tests"):
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
