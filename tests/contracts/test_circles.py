"""No two modules of ours import each other, directly or by way of others.

A circle is a set of modules in which each reaches every other one by imports. Every import statement of ours counts: at
the top of a module, inside a function, or under TYPE_CHECKING. Moving one into a function hides a circle from Python,
not from a reader. The face of a package (`__init__`) is a module that imports what it offers, and whoever imports from
the face imports that. Importing a module from inside a package is no import of its face. Migrations are left out:
Django writes them, and each names the one before.
"""

import pytest

from tests import PACKAGES
from tests.contracts.imports import circle_in, imports, mutual_pairs, rooms


def test_no_modules_import_each_other() -> None:
    assert circle_in(imports()) == []


def test_imports_inside_functions_and_for_types_are_seen() -> None:
    """Each of these edges stands in a function or under TYPE_CHECKING, and one closes no circle by being hidden."""
    assert "credentials.papers.formats.weasy" in imports()["credentials.papers.formats.press"]
    assert "core.jobs.models" in imports()["core.jobs.outbox"]
    assert "credentials.models.codes" in imports()["credentials.models.documents"]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("credentials.models.codes", "credentials.models.documents"),
        ("credentials.papers.formats.weasy", "credentials.papers.formats.press"),
        ("credentials.issuing.actions.signing", "credentials.tasks"),
        ("programs.awards.actions.progress", "programs.tasks"),
        ("competencies.actions.uploading", "competencies.tasks"),
    ],
)
def test_the_circles_that_once_were_would_be_noticed(importer: str, imported: str) -> None:
    graph = {**imports(), importer: imports()[importer] | {imported}}

    assert {importer, imported} <= set(circle_in(graph))


def test_every_part_of_the_code_is_looked_at() -> None:
    assert {module.partition(".")[0] for module in imports()} == set(PACKAGES)


@pytest.mark.parametrize("app", PACKAGES)
def test_no_two_rooms_of_an_app_import_each_other(app: str) -> None:
    assert mutual_pairs(rooms(app)) == set()
