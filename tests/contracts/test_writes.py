"""Writes happen in actions: everywhere else a call that changes rows is a mistake, or stands below with its reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests import PACKAGES
from tests.conftest import ROOT

# Where writing is the purpose: actions, models and their managers, migrations, and what every app stands on.
MAY_WRITE = ("actions", "models", "migrations")
MAY_WRITE_BELOW = ("core/",)

WRITING = {"save", "create", "get_or_create", "update_or_create", "delete", "bulk_create", "bulk_update", "executemany"}
CURSORS = {"execute", "copy"}

# "path: call" and why this write stands outside an action.
ALLOWED = {
    "credentials/issuing/queries/status_lists.py: cursor.execute": "one SELECT of fixed text, for any number of bits",
    "competencies/queries/neighbourhoods.py: cursor.execute": "one recursive SELECT that no queryset can say",
    "credentials/papers/formats/qr.py: code.save": "draws into memory",
    "config/celery.py: app.conf.update": "sets Celery's configuration, not rows",
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(MAY_WRITE_BELOW) and not set(MAY_WRITE) & set(place.removesuffix(".py").split("/")):
                yield path


def writes_in(source: str) -> Iterator[tuple[int, str]]:
    """The line and the words of every call in `source` that changes rows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node, node.func):
            yield node.lineno, ast.unparse(node.func)


def _writes(call: ast.Call, function: ast.Attribute) -> bool:
    if function.attr == "update":  # a queryset's takes names only; a dict's or a hash's takes a value
        return bool(call.keywords) and not call.args
    if function.attr in CURSORS:
        return any(word in ast.unparse(function.value).lower() for word in ("cursor", "connection"))
    return function.attr in WRITING


def test_rows_are_changed_in_actions_only() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {call}": line
        for path in modules()
        for line, call in writes_in(path.read_text(encoding="utf-8"))
    }

    assert {place: line for place, line in found.items() if place not in ALLOWED} == {}


def test_every_exception_is_still_needed() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {call}"
        for path in modules()
        for _line, call in writes_in(path.read_text(encoding="utf-8"))
    }

    assert set(ALLOWED) - found == set()


def test_the_contract_sees_each_kind_of_write() -> None:
    source = """
learner.save()
Learner.objects.create(number=1)
Learner.objects.filter(pk=1).update(number=2)
learner.delete()
Learner.objects.bulk_create([])
cursor.execute('DELETE')
with connection.cursor() as c: connection.cursor().copy('COPY')
"""

    assert len(list(writes_in(source))) == 7


def test_the_contract_leaves_reading_alone() -> None:
    source = "names.update({'a': 1}); digest.update(b'x'); Learner.objects.filter(pk=1).exists(); shutil.copy(a, b)"

    assert list(writes_in(source)) == []
