"""Rules of parents that recommend: the review queue, what a reviewer decides, and the policies at the desk."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Learner, Role, User
from assessments.errors import NotRecommendedError
from assessments.evidence.actions import record_evidence, review_recommendation
from assessments.integrity import problems
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.mastery.actions.recomputing import track
from assessments.mastery.rules.faults import PolicyError
from assessments.models import Mastery, MasteryPolicyVersion
from competencies.models import Competency, Framework, ProficiencyScale
from tests.assessments.places import (
    FEBRUARY,
    FRIDAY,
    MONDAY,
    TUESDAY,
    finding,
    level_of,
    new_competency,
    policy_json,
    put_below,
    show,
)
from tests.recipes import make_staff, signed_in_client


@pytest.fixture
def bread(baking: Framework, craft: ProficiencyScale, knead: Competency, bake: Competency) -> Competency:
    bread = new_competency(baking, "bread", craft)
    put_below(bread, knead, bake)
    return bread


@pytest.fixture
def row(ada: Learner, bread: Competency, craft: ProficiencyScale, assessor: User) -> Mastery:
    """Ada's mastery of bread, recommended since Tuesday."""
    rule: dict[str, Any] = {
        "method": "all@1",
        "scale": str(craft.public_id),
        "strength": "recommend",
        "own": policy_json(craft, 3, method="latest@2"),
    }
    version = make_policy("Review", definition=rule, by=None, at=MONDAY)
    track(ada, competency=bread, policy_version=version, at=MONDAY)
    for child in Competency.objects.filter(code__in=("knead", "bake")).order_by("code"):
        show(ada, child, 3, by=assessor, at=TUESDAY)
    return Mastery.objects.get(competency=bread, policy_version=version)


def test_a_rule_that_recommends_puts_the_row_into_the_review_queue(row: Mastery) -> None:
    assert (row.state, row.recommended_at) == ("below", TUESDAY)
    assert list(Mastery.objects.recommended()) == [row]
    assert list(problems(at=FRIDAY)) == []


@pytest.mark.parametrize(("rank", "state"), [(3, "mastered"), (2, "below")])
def test_a_reviewer_decides_either_way_and_once(row: Mastery, assessor: User, rank: int, state: str) -> None:
    level = level_of(row.competency, rank)
    review_recommendation(row, level=level, performed_on=FEBRUARY, by=assessor, at=FRIDAY)

    row.refresh_from_db()
    assert (row.state, row.level, row.recommended_at) == (state, rank, None)
    assert list(problems(at=FRIDAY)) == []
    with pytest.raises(NotRecommendedError):
        review_recommendation(row, level=level, performed_on=FEBRUARY, by=assessor, at=FRIDAY)


def test_the_queue_is_read_and_decided_at_the_desk(row: Mastery, ada: Learner) -> None:
    desk = signed_in_client(make_staff(Role.REGISTRAR))
    page = desk.get(reverse("admin:assessments_mastery_changelist")).content.decode()
    assert ada.learner_number in page

    address = reverse("admin:assessments_mastery_review", args=[row.pk])
    answer = desk.post(address, {"level": level_of(row.competency, 3).pk, "performed_on": "2026-02-10"}, follow=True)

    assert "Mastery was decided again" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == "mastered"


def test_terms_that_name_no_child_are_refused_where_the_policy_is_assigned(
    bread: Competency, baking: Framework, craft: ProficiencyScale, knead: Competency
) -> None:
    stray = new_competency(baking, "fly", craft)
    terms = [{"competency": str(it.public_id), "points": "1.00"} for it in (knead, stray)]
    rule: dict[str, Any] = {
        "method": "points@1",
        "scale": str(craft.public_id),
        "points_needed": "1.00",
        "terms": terms,
    }
    version = make_policy("Points", definition=rule, by=None, at=MONDAY)

    with pytest.raises(PolicyError) as refused:
        assign_policy(version, competency=bread, at=MONDAY)

    (fault,) = refused.value.faults
    assert (fault.path, fault.values["given"]) == ("terms[1].competency", "fly")
    assert fault.values["choices"] == "bake, knead"


def written(fields: dict[str, object]) -> str:
    desk = signed_in_client(make_staff(Role.REGISTRAR))
    answer = desk.post(reverse("admin:assessments_masterypolicy_add"), {"title": "Fresh", **fields}, follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize(
    ("fields", "members"),
    [
        ({"method": "average@1"}, {}),
        ({"method": "weighted_average@1", "weight": 65}, {"weight": 65}),
        ({"method": "decaying_average@1", "weight": 70}, {"weight": 70}),
        ({"method": "best_k_of_last_n@1", "best": 2, "last": 3}, {"best": 2, "last": 3}),
        ({"method": "n_times_mean@1", "times": 2, "merges_results": "on"}, {"times": 2, "merges_results": True}),
        ({"method": "points@1"}, {}),
    ],
)
@pytest.mark.django_db
def test_each_method_is_written_at_the_desk_with_its_parameters(
    knead: Competency, fields: dict[str, object], members: dict[str, object]
) -> None:
    assert "Saved" in written({"level": level_of(knead, 3).pk, **fields})

    definition = MasteryPolicyVersion.objects.get().definition
    kept = {name: value for name, value in definition.items() if name in ("weight", "best", "last", "merges_results")}
    assert definition["method"] == fields["method"]
    assert kept == {name: value for name, value in members.items() if name != "times"}


@pytest.mark.django_db
def test_a_missing_parameter_is_told_in_words(knead: Competency) -> None:
    answer = written({"level": level_of(knead, 3).pk, "method": "weighted_average@1"})

    assert "needs to know how much the newest piece of evidence weighs. Say it in percent, such as 65." in answer


@pytest.mark.django_db
def test_a_rule_for_parents_is_written_at_the_desk_with_its_points(bread: Competency, knead: Competency) -> None:
    fields = {
        "level": level_of(knead, 3).pk,
        "method": "latest@2",
        "children": "points@1",
        "strength": "recommend",
        "points_needed": "2",
    }
    assert "is not the code of one competency" in written({**fields, "terms": "swim 1.00"})
    assert "Saved" in written({**fields, "terms": "knead 1.50 !\nbake 0.50"})

    definition = MasteryPolicyVersion.objects.get().definition
    terms = [(term["points"], term["required"]) for term in definition["terms"]]
    assert terms == [("1.50", True), ("0.50", False)]
    assert (definition["strength"], definition["own"]["method"]) == ("recommend", "latest@2")


def test_a_mean_is_stored_and_stays_what_decide_says(
    ada: Learner, knead: Competency, craft: ProficiencyScale, assessor: User
) -> None:
    definition = policy_json(craft, 3, method="decaying_average@1", weight=65)
    version = make_policy("Decaying", definition=definition, by=None, at=MONDAY)
    track(ada, competency=knead, policy_version=version, at=MONDAY)
    # One import: one instant, so that the public ids decide the order of the two.
    record_evidence(ada, items=[finding(knead, 2), finding(knead, 4)], by=assessor, at=TUESDAY)

    stored = Mastery.objects.get(policy_version=version)
    assert str(stored.score) in {"3.30", "2.70"}
    assert list(problems(at=FRIDAY)) == []
