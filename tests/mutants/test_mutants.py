"""The mutation run itself: what it finds, in which order it asks tests, and whom it believes."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from tests.conftest import ROOT
from tests.mutants.__main__ import draw, report_of
from tests.mutants.candidates import candidates_in, modules_in
from tests.mutants.mutants import Kind, Mutant
from tests.mutants.relevance import Relevance
from tests.mutants.running import Fate, Result, failing_without_mutant, fate_of
from tests.mutants.schema import removable
from tests.mutants.scratch import mutated

ACTIONS = """
class DearError(Exception):
    pass

def buy(price: int, *, purse: int) -> int:
    if price > purse:
        raise DearError
    if price < 0:
        raise ValueError("a price is not negative")
    return purse - price
"""
PERMISSIONS = """
def may_buy(age: int) -> bool:
    return age > 17

def buyers(ages: list[int]) -> list[int]:
    return [age for age in ages if may_buy(age)]
"""
RULES = """
def cheap(price: int, limit: int = 3 - 1) -> bool:
    return price <= limit and not price == 0
"""
TESTS = """
import pytest
from shop.actions import DearError, buy

def test_a_purse_is_not_overdrawn():
    with pytest.raises(DearError):
        buy(2, purse=1)
"""
BROKEN = "def test_that_fails_whatever_buy_does():\n    assert False\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one app with one guard that is tested and one that is not."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    files = {
        "pytest.ini": "[pytest]\naddopts = --import-mode=importlib -p no:cacheprovider\n",
        "shop/__init__.py": "",
        "shop/actions.py": ACTIONS,
        "shop/rooms/permissions.py": PERMISSIONS,
        "shop/rooms/rules/prices.py": RULES,
        "shop/migrations/0001_initial.py": ACTIONS,
        "tests/__init__.py": "",
        "tests/shop/test_buying.py": TESTS,
        "tests/other/test_broken.py": BROKEN,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    shutil.copytree(ROOT / "tests" / "mutants", tmp_path / "tests" / "mutants")
    return tmp_path


def mutant_of(tree: Path, words: str) -> Mutant:
    (found,) = (mutant for mutant in candidates_in(modules_in(tree)) if words in mutant.key)
    return found


def test_guards_predicates_and_comparisons_are_found_by_words_of_their_path(tree: Path) -> None:
    assert [(mutant.kind, mutant.key) for mutant in candidates_in(modules_in(tree))] == [
        (Kind.GUARD, "shop/actions.py buy: if price > purse: raise DearError"),
        (Kind.GUARD, "shop/actions.py buy: if price < 0: raise ValueError('a price is not negative')"),
        (Kind.EDGE, "shop/rooms/permissions.py may_buy: may_buy answers True"),
        (Kind.RULE, "shop/rooms/rules/prices.py cheap: price <= limit and (not price == 0)"),
        (Kind.RULE, "shop/rooms/rules/prices.py cheap: price <= limit"),
        (Kind.RULE, "shop/rooms/rules/prices.py cheap: not price == 0"),
        (Kind.RULE, "shop/rooms/rules/prices.py cheap: price == 0"),
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("raise DearError", "    if price > purse:\n        pass\n    if price < 0:"),
        ("may_buy answers", "def may_buy(age: int) -> bool:\n    return True\n\ndef buyers"),
        ("cheap: price <= limit and", "    return (price <= limit or not price == 0)\n"),
        ("cheap: not price", "    return price <= limit and bool(price == 0)\n"),
    ],
)
def test_one_place_is_changed_while_the_tests_run_and_then_it_is_as_before(tree: Path, words: str, line: str) -> None:
    mutant = mutant_of(tree, words)
    module = tree / mutant.path
    before = module.read_text()

    with mutated(tree, mutant):
        changed = module.read_text()

    assert line in changed
    assert changed != before == module.read_text()


def test_a_guard_with_a_test_is_killed_by_it_and_one_without_survives(tree: Path) -> None:
    tests = [["tests/shop/test_buying.py"]]

    killed = fate_of(mutant_of(tree, "raise DearError"), tests, copy=tree, workers=1)
    survived = fate_of(mutant_of(tree, "raise ValueError"), tests, copy=tree, workers=1)

    assert (killed.fate, killed.test) == (Fate.KILLED, "tests/shop/test_buying.py::test_a_purse_is_not_overdrawn")
    assert (survived.fate, survived.test) == (Fate.SURVIVED, "")


def test_a_test_that_fails_without_a_mutant_kills_nothing(tree: Path) -> None:
    good = "tests/shop/test_buying.py::test_a_purse_is_not_overdrawn"
    broken = "tests/other/test_broken.py::test_that_fails_whatever_buy_does"

    assert failing_without_mutant([good, broken], copy=tree, workers=1) == {broken}


def test_tests_that_name_what_is_removed_come_first_then_those_of_its_app(tree: Path) -> None:
    (tree / "tests/elsewhere").mkdir()
    (tree / "tests/elsewhere/test_error.py").write_text("DearError, buy")
    (tree / "tests/contracts").mkdir()
    (tree / "tests/contracts/test_layers.py").write_text("")
    relevance = Relevance(tree, modules_in(tree))

    first, last = relevance.rounds(mutant_of(tree, "raise DearError"))

    assert first == ["tests/shop/test_buying.py", "tests/elsewhere/test_error.py"]
    assert last == ["tests/contracts/test_layers.py"]


def test_a_constraint_and_a_trigger_can_be_taken_from_the_database(db: None) -> None:
    statements = {f"{found['table']}: {found['name']}": found["sql"] for found in removable(connection)}
    change = "DELETE FROM accounts_disclosure"

    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(change)
        cursor.execute(statements["accounts_disclosure: append_only"])
        cursor.execute(change)
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype IN ('c', 'u', 'x')")
        before = cursor.fetchone()[0]
        cursor.execute(statements["accounts_learner: learner_number_has_no_blank_ends"])
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype IN ('c', 'u', 'x')")

        assert cursor.fetchone()[0] == before - 1


def some(kind: Kind, count: int) -> list[Mutant]:
    return [
        Mutant(kind, f"{kind} {number}", f"{kind} {number}", "shop", "shop/rules.py", frozenset())
        for number in range(count)
    ]


def test_a_draw_is_the_same_for_a_seed_and_leaves_no_kind_out() -> None:
    candidates = some(Kind.RULE, 700) + some(Kind.TRIGGER, 20) + some(Kind.GUARD, 180)

    drawn = draw(candidates, count=40, seed=3)

    assert drawn == draw(candidates[::-1], count=40, seed=3)
    assert drawn != draw(candidates, count=40, seed=4)
    assert [sum(mutant.kind == kind for mutant in drawn) for kind in (Kind.RULE, Kind.TRIGGER, Kind.GUARD)] == [
        27,
        4,
        9,
    ]


def test_a_draw_stays_when_modules_move_and_changes_little_when_code_does() -> None:
    candidates = some(Kind.RULE, 300) + some(Kind.GUARD, 100)
    moved = [replace(mutant, key=f"core/{mutant.key}", path=f"core/{mutant.path}") for mutant in candidates]

    drawn = [mutant.name for mutant in draw(candidates, count=40, seed=3)]

    assert [mutant.name for mutant in draw(moved, count=40, seed=3)] == drawn
    assert len({mutant.name for mutant in draw(candidates[1:], count=40, seed=3)} & set(drawn)) >= 38


def test_the_report_names_survivors_and_leaves_out_of_the_rate_what_did_not_apply() -> None:
    drawn = some(Kind.GUARD, 5)
    fates = [Fate.KILLED, Fate.KILLED, Fate.SURVIVED, Fate.DID_NOT_APPLY]
    results = {mutant.key: Result(fate) for mutant, fate in zip(drawn, fates, strict=False)}

    report = report_of(drawn, [*drawn, replace(drawn[0], key="not drawn")], results, seed=5)

    assert "| guard | 6 | 4 | 2 | 1 | 1 |" in report
    assert "Kill rate **66.7 %** (2 of 3), seed 5" in report
    assert "4 of the 5 drawn were run" in report
    assert report.endswith("Survivors:\n\n- guard: `guard 2`")
