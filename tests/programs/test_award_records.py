"""Decision records `cairn-award@2`: they replay under other keys, and whatever is altered in them is found."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import record_evidence
from assessments.integrity import problems as problems_of_mastery
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.models import Basis as EvidenceBasis
from competencies.models import Framework, ProficiencyScale
from core.text.canonical import digest
from programs.audit.solvers.cp_sat import CpSat
from programs.awards.queries.decision_record import sealed
from programs.awards.queries.replay import differences_of
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.decisions.actions import grant_exception, record_milestone, record_recognition, save_milestone
from programs.enrollment.actions.enrolling import enroll
from programs.integrity import problems, wrong_awards
from programs.models import Award, Granting, RecognitionBasis, RequirementKind
from programs.rules.attainments import ExceptionKind
from tests.assessments.places import (
    FRIDAY,
    MONDAY,
    TUESDAY,
    finding,
    level_of,
    new_competency,
    new_scale,
    policy_json,
    put_below,
    show,
)
from tests.programs.places import approved, ask_for, awarding, draft_of, open_assessment, root_of, stack
from tests.programs.restored import restore_under_other_keys
from tests.programs.test_award_integrity import unguarded
from tests.recipes import make_staff

START = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def rich_award(
    ada: Learner, school: Organization, registrar: User, assessor: User, baking: Framework, craft: ProficiencyScale
) -> Award:
    """An award with every kind of grounds.

    A lower award, mastery from evidence of all bases and from children, credit transfer, a milestone, an exception.
    """
    knead, bake, rolls, loaves, whole, sell, shape = (
        new_competency(baking, code, craft) for code in ("knead", "bake", "rolls", "loaves", "whole", "sell", "shape")
    )
    put_below(whole, rolls, loaves)
    every_part = {"method": "all@1", "scale": str(craft.public_id)}
    assign_policy(make_policy("Parts", definition=every_part, by=registrar, at=MONDAY), competency=whole, at=MONDAY)
    # A policy of the first versions: its ties end by keys of the database.
    first = make_policy("First", definition=policy_json(craft, method="latest@1"), by=registrar, at=MONDAY)
    assign_policy(first, competency=knead, at=MONDAY)
    open_assessment(school, knead, bake, rolls, loaves, sell, shape)
    small = draft_of(school, "Bread")
    ask_for(root_of(small), knead, worth=3)
    micro = awarding(small, Granting.AUTOMATIC)
    large = draft_of(school, "Bakery")
    root = root_of(large)
    stack(root, micro)
    for competency in (bake, whole, sell, shape):
        ask_for(root, competency, worth=2, rank=3 if competency == sell else 0)
    safety = save_milestone(None, title="Safety", unit="", at=MONDAY)
    save_requirement(None, version=large, parent=root, node=Node(kind=RequirementKind.MILESTONE, milestone=safety))
    enrollment = enroll(ada, version=awarding(large, Granting.AUTOMATIC), on=START, by=registrar, at=MONDAY)
    # Three rows of one day and instant: only keys, or public ids, put them in an order.
    record_evidence(ada, items=[finding(knead, rank) for rank in (4, 3, 3)], by=assessor, at=MONDAY)
    external = {"basis": EvidenceBasis.EXTERNAL, "assessor": None}
    record_evidence(ada, items=[finding(bake, 3, **external), finding(bake, 3)], by=assessor, at=MONDAY)
    for part in (rolls, loaves):
        show(ada, part, 3, by=assessor, at=MONDAY)
    abroad = new_scale("Abroad")
    record_recognition(
        ada,
        basis=RecognitionBasis.TRANSFER,
        competency=sell,
        level=abroad.levels.get(rank=2),
        equal_to=[level_of(sell, 3)],
        achieved_on=START,
        by=registrar,
        at=TUESDAY,
    )
    node = next(row.key for row in enrollment.version.requirements.filter(competency=shape))
    waived = grant_exception(
        enrollment, kind=ExceptionKind.WAIVE, node=node, by=registrar, words="Shown elsewhere.", at=TUESDAY
    )
    approved(waived, by=make_staff(Role.REGISTRAR), at=TUESDAY)
    record_milestone(ada, milestone=safety, on=START, by=registrar, at=TUESDAY)
    return Award.objects.select_related("achievement_version", "program_version__program").get(
        achievement__title="Bakery"
    )


def test_awards_replay_under_other_keys(rich_award: Award) -> None:
    assert {(row.decision or {})["format"] for row in Award.objects.awarded()} == {"cairn-award@2"}
    assert (list(problems(at=FRIDAY)), list(problems_of_mastery(at=FRIDAY))) == ([], [])
    before = rich_award.pk

    restore_under_other_keys()

    assert not Award.objects.filter(pk=before).exists()
    assert Award.objects.awarded().count() == 2
    assert list(wrong_awards()) == []
    assert list(problems(at=FRIDAY)) == []


def test_a_record_names_rows_by_public_ids_only(rich_award: Award) -> None:
    leaves = _leaves(rich_award.decision)
    numbers = {path for path, value in leaves if isinstance(value, int) and not isinstance(value, bool)}

    named = {path[-1] for path in numbers if isinstance(path[-1], str)}

    assert named <= {"cycle", "earned", "credits", "level", "quantity", *_scales(rich_award)}


def test_each_member_that_was_altered_is_found(rich_award: Award) -> None:
    unguarded(Award)
    whole = deepcopy(rich_award.decision)
    assert list(differences_of(rich_award, solver=CpSat())) == []
    unnoticed = []

    for path, value in _leaves(whole):
        altered = deepcopy(whole)
        _set(altered, path, _another(value))
        rich_award.decision, rich_award.decision_digest = altered, digest(altered)
        if not list(differences_of(rich_award, solver=CpSat())):
            unnoticed.append(path)

    assert unnoticed == []


def test_each_member_or_entry_that_was_added_is_found(rich_award: Award) -> None:
    unguarded(Award)
    whole = deepcopy(rich_award.decision)
    assert isinstance(whole, dict)
    unnoticed = []

    for path, value in _containers(whole):
        altered = deepcopy(whole)
        _add_to(_at(altered, path), value)
        # Whoever adds something can also digest it anew: only the replay can tell.
        altered["audit"] = sealed(altered)
        rich_award.decision, rich_award.decision_digest = altered, digest(altered)
        if not list(differences_of(rich_award, solver=CpSat())):
            unnoticed.append(path)

    assert unnoticed == []


@pytest.mark.parametrize("name", ["planned", "pending"])
def test_a_member_that_a_reader_skips_is_found(rich_award: Award, name: str) -> None:
    unguarded(Award)
    altered = deepcopy(rich_award.decision or {})
    altered["attainments" if name == "planned" else "exceptions"][0][name] = False
    altered["audit"] = sealed(altered)
    rich_award.decision, rich_award.decision_digest = altered, digest(altered)

    (difference,) = differences_of(rich_award, solver=CpSat())

    assert difference.endswith("says more than was decided")


@pytest.mark.parametrize(
    ("member", "difference"),
    [
        ("format", "its decision has a format that is not known"),
        ("method", "its audit is not what the digest of the audit says"),
        ("known_at", "its audit is not what the digest of the audit says"),
        ("awarded_on", "awarded_on is not what was decided"),
        ("name", "the name as awarded is another"),
    ],
)
def test_the_member_is_named(rich_award: Award, member: str, difference: str) -> None:
    others = {"method": "audit@1", "known_at": "2026-03-09T00:00:00.000000Z", "awarded_on": "2026-03-09"}
    altered = {**(rich_award.decision or {}), member: others.get(member, "c1:other")}
    rich_award.decision, rich_award.decision_digest = altered, digest(altered)

    assert any(line.startswith(difference) for line in differences_of(rich_award, solver=CpSat()))


def _scales(award: Award) -> set[str]:
    return {name for piece in (award.decision or {})["attainments"] for name in piece.get("conversions", {})}


def _containers(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every object, and every list that has an entry."""
    if isinstance(value, dict) or (isinstance(value, list) and value):
        yield path, value
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in steps:
        yield from _containers(member, (*path, step))


def _add_to(container: Any, like: Any) -> None:
    if isinstance(container, dict):
        container["added"] = 1
    else:
        container.append(deepcopy(like[0]))


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list) and value:
        for place, member in enumerate(value):
            yield from _leaves(member, (*path, place))
    else:
        yield path, value


def _set(value: Any, path: tuple[str | int, ...], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


def _another(value: Any) -> Any:
    """Another value of the same kind: what is of another kind cannot be read, which would be noticed too easily."""
    if isinstance(value, bool) or value in (None, [], {}):
        return {None: "other", True: False, False: True}.get(value if not isinstance(value, list | dict) else None)
    if isinstance(value, int):
        return value + 1
    return value[:-1] + ("1" if value.endswith("0") else "0")
