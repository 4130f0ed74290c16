"""What is published stays, in the database too, whoever writes past the actions (invariant 7)."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Organization
from assessments.mastery.actions.policies import make_policy
from competencies.models import ProficiencyScale
from programs.curriculum.actions.authoring import (
    Node,
    remove_requirement,
    save_requirement,
)
from programs.curriculum.actions.publishing import publish_version
from programs.errors import (
    NotADraftError,
)
from programs.models import (
    ProgramVersion,
    Requirement,
    RequirementKind,
    VersionPolicyAssignment,
)
from tests.assessments.places import MONDAY, TUESDAY, policy_json
from tests.programs.places import draft_of, refused, root_of

pytestmark = pytest.mark.django_db

GROUP = Node(kind=RequirementKind.ALL, title="Basics")


def test_what_is_published_takes_no_more_writing(bread: ProgramVersion) -> None:
    leaf = root_of(bread).children.order_by("sequence")[0]

    with pytest.raises(NotADraftError):
        remove_requirement(leaf)
    with pytest.raises(NotADraftError):
        save_requirement(None, version=bread, parent=root_of(bread), node=GROUP)
    with pytest.raises(NotADraftError):
        publish_version(bread, by=None, at=TUESDAY)


@pytest.mark.parametrize(
    "change",
    [
        "content = '{}'",
        "digest = 'x'",
        "number = 9",
        "published_at = NULL, content = NULL, digest = '', state = 'draft'",
    ],
)
def test_a_published_version_cannot_be_changed_by_sql(bread: ProgramVersion, change: str) -> None:
    assert "in use and frozen" in refused(f"UPDATE programs_programversion SET {change} WHERE id = %s", bread.pk)  # noqa: S608 - of this test


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE programs_requirement SET credits = 5 WHERE version_id = %s",
        "DELETE FROM programs_requirement WHERE version_id = %s AND parent_id IS NOT NULL",
        (
            "INSERT INTO programs_requirement (public_id, version_id, key, sequence, kind, title, credits, qualifiers,"
            " policy_origin) VALUES (gen_random_uuid(), %s, 'r9', 0, 'all', '', 0, '{}', '')"
        ),
        "DELETE FROM programs_programversion WHERE id = %s",
    ],
)
def test_the_tree_of_a_published_version_cannot_be_changed_by_sql(bread: ProgramVersion, sql: str) -> None:
    assert "in use and frozen" in refused(sql, bread.pk)


def test_a_requirement_cannot_be_moved_out_of_a_published_version(bread: ProgramVersion, school: Organization) -> None:
    other = draft_of(school, "Cake")

    assert "in use and frozen" in refused(
        "UPDATE programs_requirement SET version_id = %s, parent_id = NULL WHERE version_id = %s", other.pk, bread.pk
    )


def test_the_policies_of_a_published_version_cannot_be_changed(bread: ProgramVersion, craft: ProficiencyScale) -> None:
    policy = make_policy("Late", definition=policy_json(craft), by=None, at=MONDAY)

    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        VersionPolicyAssignment.objects.create(version=bread, policy_version=policy, scale=craft)


def test_a_published_version_cannot_be_changed_by_orm(bread: ProgramVersion) -> None:
    bread.credit_unit = "points"
    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        bread.save()
    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        Requirement.objects.filter(version=bread).update(title="x")


@pytest.mark.parametrize("table", ["programs_programversion", "programs_requirement"])
def test_guarded_tables_cannot_be_emptied(bread: ProgramVersion, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "only grows" in refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["programs_programversion", "programs_requirement", "programs_enrollment"])
def test_guards_stay_awake_in_replica_mode(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE tgenabled = 'A') FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname NOT LIKE 'pgtrigger%%'",
            [table],
        )
        every, awake = cursor.fetchone()
    assert every == awake > 0
