"""Mastery policies: which one decides where, versions that stay, and what replaces one in force."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions.approvals import ask_approval, decide_approval
from accounts.errors import ApprovalMissingError
from accounts.models import ApprovalAct, ApprovedKind, Learner, Role, User
from assessments.errors import PolicyEndedError, PolicyInForceError, ScaleOfPolicyError
from assessments.mastery.actions.policies import (
    assign_policy,
    end_assignment,
    make_policy,
    make_policy_version,
    replacement_digest,
    retire_policy,
)
from assessments.mastery.queries.policies_in_force import PolicyOrigin, policy_of, resolved_policies, resolved_policy
from assessments.mastery.rules.defaults import default_policy
from assessments.mastery.rules.faults import PolicyError
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import MasteryPolicyVersion, PolicyAssignment
from competencies.models import Competency, Framework, ProficiencyScale
from core.text.strict_json import FormatError
from tests.assessments.places import MONDAY, TUESDAY, new_competency, new_scale, policy_json, put_below, show
from tests.recipes import make_staff


def policy(scale: ProficiencyScale, level: int = 3, title: str = "Bread") -> MasteryPolicyVersion:
    return make_policy(title, definition=policy_json(scale, level), by=None, at=MONDAY)


def origin(competency: Competency) -> str:
    found = resolved_policy(competency)
    assert found is not None
    return str(found.origin)


def test_the_default_asks_for_the_last_level_but_one() -> None:
    assert default_policy("s", [(1, "Beginning"), (2, "Developing"), (3, "Proficient"), (4, "Advanced")]).level == 3
    assert default_policy("s", [(1, "Emerging"), (2, "Proficient"), (3, "Exemplary")]).level == 2
    assert default_policy("s", [(1, "Not yet"), (2, "Competent")]).level == 2


def test_the_nearest_choice_wins_and_says_where_it_was_made(
    baking: Framework, knead: Competency, craft: ProficiencyScale
) -> None:
    requirement, program = policy(craft, 4), policy(craft, 2)
    found = [origin(knead)]
    assign_policy(policy(craft), at=MONDAY)
    found.append(origin(knead))
    assign_policy(policy(craft), framework=baking, at=MONDAY)
    found.append(origin(knead))
    assign_policy(policy(craft), competency=knead, at=MONDAY)
    found.append(origin(knead))
    for chosen in ({"program_version": program}, {"program_version": program, "requirement": requirement}):
        resolved = resolved_policy(knead, **chosen)
        assert resolved is not None
        found.append(str(resolved.origin))

    assert found == [
        PolicyOrigin.DEFAULT, PolicyOrigin.INSTITUTION, PolicyOrigin.FRAMEWORK, PolicyOrigin.COMPETENCY,
        PolicyOrigin.PROGRAM_VERSION, PolicyOrigin.REQUIREMENT,
    ]  # fmt: skip


def test_a_policy_on_another_scale_does_not_reach_here(knead: Competency) -> None:
    assign_policy(policy(new_scale("Other")), at=MONDAY)

    assert origin(knead) == PolicyOrigin.DEFAULT


def test_a_competency_without_scale_has_no_policy(baking: Framework) -> None:
    assert resolved_policy(new_competency(baking, "plain", None)) is None


def test_a_policy_for_parents_reaches_competencies_with_children_only(
    baking: Framework, craft: ProficiencyScale, knead: Competency
) -> None:
    bread = new_competency(baking, "bread", craft)
    put_below(bread, knead)
    everything = {"method": "all@1", "scale": str(craft.public_id)}
    assign_policy(make_policy("All", definition=everything, by=None, at=MONDAY), at=MONDAY)

    found = resolved_policies([bread.pk, knead.pk])

    assert isinstance(found[bread.pk].policy, ParentPolicy)
    assert isinstance(found[knead.pk].policy, Policy)


def test_a_stored_policy_reads_back_as_what_it_was(craft: ProficiencyScale) -> None:
    definition = policy_json(
        craft, 3, method="n_times@1", times=3, distinct_assessors=2, accepted_kinds=["project", "test"],
        recency_days=365, validity={"amount": 24, "unit": "months"},
    )  # fmt: skip
    version = MasteryPolicyVersion.objects.get(pk=make_policy("P", definition=definition, by=None, at=MONDAY).pk)

    read = policy_of(version)
    assert isinstance(read, Policy)
    assert (read.times, read.distinct_assessors, read.recency_days) == (3, 2, 365)
    assert read.accepted_kinds == frozenset({"project", "test"})


def test_what_no_policy_can_be_is_refused(craft: ProficiencyScale) -> None:
    other = {"id": "d0c6f9fe-6f6c-4a4c-b1a1-111111111111", "levels": [{"rank": 1, "reached_at": "1.00"}]}
    fewer = {"id": str(craft.public_id), "levels": [{"rank": 3, "reached_at": "1.00"}]}
    refused = [
        (policy_json(craft, 9), PolicyError),
        (policy_json(craft, 3, method="guess@1"), PolicyError),
        (policy_json(craft, 3, colour="red"), FormatError),
        ({**policy_json(craft, 1), "scale": other}, ScaleOfPolicyError),
        ({**policy_json(craft, 3), "scale": fewer}, ScaleOfPolicyError),
        ({"method": "all@1", "scale": "no id"}, ScaleOfPolicyError),
    ]
    for definition, error in refused:
        with pytest.raises(error):
            make_policy("P", definition=definition, by=None, at=MONDAY)


def test_versions_are_numbered_and_a_retired_policy_gets_no_more(craft: ProficiencyScale, registrar: User) -> None:
    first = policy(craft)
    assert make_policy_version(first.policy, definition=policy_json(craft, 4), at=TUESDAY).number == 2
    retire_policy(first.policy, by=registrar, reason="Done", at=TUESDAY)

    with pytest.raises(PolicyEndedError):
        make_policy_version(first.policy, definition=policy_json(craft, 2), at=TUESDAY)
    with pytest.raises(PolicyEndedError):
        assign_policy(first, at=TUESDAY)
    with pytest.raises(PolicyEndedError):
        retire_policy(first.policy, by=registrar, reason="Again", at=TUESDAY)


def test_a_policy_that_has_decided_nothing_is_replaced_plainly(craft: ProficiencyScale, knead: Competency) -> None:
    first, second = policy(craft), policy(craft, 4)
    before = assign_policy(first, at=MONDAY)
    with pytest.raises(PolicyInForceError):
        assign_policy(first, at=TUESDAY)

    assign_policy(second, at=TUESDAY)

    before.refresh_from_db()
    assert before.ended_at == TUESDAY
    found = resolved_policy(knead)
    assert found is not None
    assert found.version == second


def test_replacing_a_policy_that_decides_needs_a_second_person(
    ada: Learner, craft: ProficiencyScale, knead: Competency, assessor: User, registrar: User
) -> None:
    show(ada, knead, 3, by=assessor)
    in_force = PolicyAssignment.objects.get()
    strict = policy(craft, 4)
    with pytest.raises(ApprovalMissingError):
        assign_policy(strict, at=TUESDAY)

    asked = ask_approval(
        ApprovalAct.REPLACE,
        kind=ApprovedKind.POLICY,
        subject_id=in_force.policy_version.policy.public_id,
        digest=replacement_digest(in_force, strict),
        role=Role.REGISTRAR,
        reason="The board said so",
        by=registrar,
        at=TUESDAY,
    )
    decide_approval(
        asked, approved=True, digest=asked.digest, by=make_staff(Role.REGISTRAR),
        at=TUESDAY + timedelta(hours=1),
    )  # fmt: skip

    assert assign_policy(strict, at=TUESDAY).policy_version == strict


def test_an_assignment_ends_once(craft: ProficiencyScale, knead: Competency) -> None:
    assigned = assign_policy(policy(craft), competency=knead, at=MONDAY)
    end_assignment(assigned, at=TUESDAY)

    assert origin(knead) == PolicyOrigin.DEFAULT
    with pytest.raises(PolicyEndedError):
        end_assignment(assigned, at=TUESDAY)


def test_a_version_in_use_never_changes(ada: Learner, knead: Competency, assessor: User) -> None:
    show(ada, knead, 3, by=assessor)

    for statement in (
        "UPDATE assessments_masterypolicyversion SET definition = '{}'",
        "DELETE FROM assessments_masterypolicyversion",
    ):
        with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)
