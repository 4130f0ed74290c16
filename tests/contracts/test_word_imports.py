"""The words of docs/architecture.md import one way in every app and room; no package stands outside the contracts."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests import PACKAGES
from tests.conftest import ROOT
from tests.contracts.imports import imports

EDGES = frozenset({"admin", "pages", "api", "tasks", "management"})
# word: what modules of that word do not import, in whatever app or room.
REFUSED = {
    "rules": EDGES | {"models", "queries", "actions", "formats", "permissions", "subscribers"},
    "models": EDGES | {"queries", "actions", "formats", "permissions", "subscribers"},
    "formats": EDGES | {"models", "queries", "actions", "permissions", "subscribers"},
    "queries": EDGES | {"actions", "subscribers"},
    "permissions": EDGES | {"actions", "subscribers"},
    "actions": EDGES | {"subscribers"},
}


def word_of(module: str) -> str:
    """The word of the architecture that a module belongs to; empty where it has none, as all of core."""
    parts = module.split(".")[1:]
    known = [part for part in parts if part in REFUSED or part in EDGES or part == "subscribers"]
    return known[0] if known and not module.startswith("core.") else ""


def test_words_import_one_way() -> None:
    found = {
        f"{importer} -> {imported}"
        for importer, every in imports().items()
        for imported in every
        if word_of(imported) in REFUSED.get(word_of(importer), frozenset())
    }

    assert found == set()


def test_modules_of_every_word_are_looked_at() -> None:
    assert {word_of(module) for module in imports()} >= {*REFUSED, *EDGES}


def test_no_module_takes_private_names_of_another() -> None:
    assert list(_private_imports()) == []


def test_every_package_stands_in_the_contracts() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages == set(PACKAGES) == set(linter["root_packages"])


def _private_imports() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in PACKAGES:
                    yield from (f"{_place(path)}: {each.name}" for each in node.names if each.name.startswith("_"))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
