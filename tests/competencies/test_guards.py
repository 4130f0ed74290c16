"""Rows in use cannot change (invariant 7) and associations form no cycle (8): through forms, the ORM and SQL."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Role
from competencies.actions import create_scale, edit_scale, mark_scale_used, mark_used, revise_competency
from competencies.errors import NothingToReviseError, RetiredError, ScaleInUseError
from competencies.models import (
    Association,
    CaseImport,
    Competency,
    CompetencyRevision,
    Definition,
    Framework,
    ProficiencyLevel,
    ProficiencyScale,
)
from tests.competencies.packages import edge, item, package
from tests.recipes import LONG_AGO, make_staff, signed_in_client

pytestmark = pytest.mark.django_db

LEVELS = [("Low", ""), ("High", "")]


@pytest.fixture
def scale(db: None) -> ProficiencyScale:
    return create_scale("Ladder", description="", levels=LEVELS, at=LONG_AGO)


def refused(sql: str, *values: Any) -> str:
    """What the database says to a statement that it must not let through, run as the owner of the tables."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refusal.value)


def test_a_used_revision_cannot_be_changed_by_orm(used: CompetencyRevision) -> None:
    used.statement = "Something else."
    with pytest.raises(IntegrityError, match="in use and frozen"), transaction.atomic():
        used.save()


@pytest.mark.parametrize(
    "column", ["statement = 'x'", "criteria = 'x'", "number = 9", "used_at = NULL", "made_at = now()"]
)
def test_a_used_revision_cannot_be_changed_by_sql(used: CompetencyRevision, column: str) -> None:
    assert "in use and frozen" in refused(
        f"UPDATE competencies_competencyrevision SET {column} WHERE id = %s",  # noqa: S608 - of this test
        used.pk,
    )


def test_a_used_revision_cannot_be_deleted(used: CompetencyRevision) -> None:
    assert "in use and frozen" in refused("DELETE FROM competencies_competencyrevision WHERE id = %s", used.pk)


@pytest.mark.parametrize(
    "table", ["competencies_competencyrevision", "competencies_proficiencyscale", "competencies_proficiencylevel"]
)
def test_a_guarded_table_cannot_be_emptied(used: CompetencyRevision, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "only grows" in refused(f"TRUNCATE {table} CASCADE")


def test_a_used_revision_cannot_be_changed_in_replica_mode(used: CompetencyRevision) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (superuser,) = cursor.fetchone() or (False,)
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'competencies_competencyrevision'::regclass"
            " AND tgname = 'frozen_once_used'"
        )
        assert cursor.fetchone() == ("A",)
        if superuser:
            cursor.execute("SET LOCAL session_replication_role = replica")
    assert "in use and frozen" in refused(
        "UPDATE competencies_competencyrevision SET statement = 'x' WHERE id = %s", used.pk
    )


def test_a_used_revision_can_be_superseded(used: CompetencyRevision) -> None:
    used.superseded_at = LONG_AGO
    used.save(update_fields=["superseded_at"])


def test_an_unused_revision_can_be_changed(knead: Competency) -> None:
    assert CompetencyRevision.objects.filter(competency=knead).update(statement="Other.") == 1


def test_the_desk_revises_a_used_competency_by_a_new_revision(knead: Competency, used: CompetencyRevision) -> None:
    client = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    address = reverse("admin:competencies_competency_revise", args=[knead.pk])

    client.post(address, {"statement": "Kneads gently.", "criteria": "", "scale": "", "why": "The board asked for it."})

    used.refresh_from_db()
    assert used.statement == "Kneads until it *shines*."
    assert knead.revisions.current().get().statement == "Kneads gently."


def test_marking_twice_changes_nothing(knead: Competency) -> None:
    revision = knead.revisions.get()

    assert (mark_used([revision], at=LONG_AGO), mark_used([revision], at=LONG_AGO)) == (1, 0)


def test_marking_a_revision_marks_its_scale(knead: Competency, scale: ProficiencyScale) -> None:
    revision = revise_competency(knead, statement="K.", criteria="", scale=scale, reason="", at=LONG_AGO)

    mark_used([revision], at=LONG_AGO)

    scale.refresh_from_db()
    assert scale.in_use


def test_a_scale_in_use_cannot_be_edited(scale: ProficiencyScale) -> None:
    mark_scale_used(scale, at=LONG_AGO)

    with pytest.raises(ScaleInUseError):
        edit_scale(scale, title="Other", description="", levels=LEVELS)
    assert "in use and frozen" in refused(
        "UPDATE competencies_proficiencyscale SET title = 'x' WHERE id = %s", scale.pk
    )
    assert "in use and frozen" in refused("DELETE FROM competencies_proficiencyscale WHERE id = %s", scale.pk)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE competencies_proficiencylevel SET title = 'x' WHERE scale_id = %s",
        "DELETE FROM competencies_proficiencylevel WHERE scale_id = %s",
        (
            "INSERT INTO competencies_proficiencylevel (public_id, scale_id, rank, title, description)"
            " VALUES (gen_random_uuid(), %s, 9, 'x', '')"
        ),
    ],
)
def test_levels_of_a_scale_in_use_cannot_change(scale: ProficiencyScale, sql: str) -> None:
    mark_scale_used(scale, at=LONG_AGO)

    assert "in use and frozen" in refused(sql, scale.pk)


def test_a_level_cannot_be_moved_out_of_a_scale_in_use(scale: ProficiencyScale) -> None:
    other = create_scale("Other", description="", levels=LEVELS, at=LONG_AGO)
    mark_scale_used(scale, at=LONG_AGO)

    assert "in use and frozen" in refused(
        "UPDATE competencies_proficiencylevel SET scale_id = %s, rank = 7 WHERE scale_id = %s AND rank = 1",
        other.pk,
        scale.pk,
    )


def test_the_desk_gives_no_form_for_a_scale_in_use(scale: ProficiencyScale) -> None:
    mark_scale_used(scale, at=LONG_AGO)
    client = signed_in_client(make_staff(Role.CURRICULUM_DESIGNER))
    address = reverse("admin:competencies_proficiencyscale_change", args=[scale.pk])

    client.post(address, {"title": "Other", "levels": "a\nb", "why": "because"})

    scale.refresh_from_db()
    assert (scale.title, client.get(address).status_code) == ("Ladder", 200)


def test_a_competency_that_something_says_cannot_vanish(knead: Competency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "foreign key" in refused("DELETE FROM competencies_competency WHERE id = %s", knead.pk)


def test_revising_to_the_same_is_refused(knead: Competency) -> None:
    with pytest.raises(NothingToReviseError):
        revise_competency(knead, statement="Kneads until it *shines*.", criteria="", scale=None, reason="", at=LONG_AGO)


def test_what_is_retired_is_not_revised(knead: Competency) -> None:
    Competency.objects.filter(pk=knead.pk).update(retired_at=LONG_AGO)

    with pytest.raises(RetiredError):
        revise_competency(knead, statement="Other.", criteria="", scale=None, reason="", at=LONG_AGO)


@pytest.mark.parametrize("kind", ["isChildOf", "precedes"])
def test_the_database_refuses_an_edge_that_closes_a_circle(take: Any, kind: str) -> None:
    take(package(item("a"), item("b"), item("c"), edges=[edge(kind, "a", "b"), edge(kind, "b", "c")]))
    a, c = Competency.objects.get(code="a"), Competency.objects.get(code="c")

    with pytest.raises(IntegrityError, match="lead back to itself"), transaction.atomic():
        Association.objects.create(
            framework=a.framework,
            source_identifier="x",
            kind=kind,
            origin=c,
            destination=a,
            origin_link={},
            destination_link={},
        )


def test_the_database_refuses_turning_an_edge_into_a_circle(take: Any) -> None:
    take(package(item("a"), item("b"), edges=[edge("precedes", "a", "b"), edge("isRelatedTo", "b", "a")]))

    with pytest.raises(IntegrityError, match="lead back to itself"), transaction.atomic():
        Association.objects.filter(kind="isRelatedTo").update(kind="precedes")


def test_a_retired_edge_closes_no_circle(take: Any) -> None:
    take(package(item("a"), item("b"), edges=[edge("precedes", "a", "b")]))
    take(package(item("a"), item("b")))

    take(package(item("a"), item("b"), edges=[edge("precedes", "b", "a")]))

    assert Association.objects.listed().count() == 1


def breakages(framework: Framework, knead: Competency) -> dict[str, Any]:
    """One breach of each named constraint."""
    made = {"made_at": LONG_AGO}
    source = {"framework": framework, "origin_link": {}, "destination_link": {}, "kind": "precedes"}
    revision = {"competency": knead, "made_at": LONG_AGO}
    upload = {"file_name": "x", "digest": "x", "size": 1, "asked_at": LONG_AGO}
    scale = ProficiencyScale.objects.create(title="Ladder", **made)
    ProficiencyLevel.objects.create(scale=scale, rank=1, title="Low")
    document = {"title": "x", "case_version": "1.1", "imported_at": LONG_AGO}
    same = Definition.objects.create(framework=framework, kind="CFRubrics", source_identifier="same")
    return {
        "framework_one_per_identifier_and_namesake": lambda: Framework.objects.create(
            source_identifier=framework.source_identifier, **document
        ),
        "framework_has_an_identifier": lambda: Framework.objects.create(source_identifier="", **document),
        "framework_has_a_title": lambda: Framework.objects.create(source_identifier="x", **{**document, "title": ""}),
        "framework_is_case_1": lambda: Framework.objects.create(
            source_identifier="x", **{**document, "case_version": "2.0"}
        ),
        "framework_credit_has_a_unit": lambda: Framework.objects.create(
            source_identifier="x", **{**document, "default_credit_unit": "ECTS"}
        ),
        "competency_one_per_identifier_in_a_framework": lambda: Competency.objects.create(
            framework=framework, source_identifier=knead.source_identifier
        ),
        "competency_has_an_identifier": lambda: Competency.objects.create(framework=framework, source_identifier=""),
        "competency_revision_numbered_once": lambda: CompetencyRevision.objects.create(
            number=1, superseded_at=LONG_AGO, **revision
        ),
        "competency_revision_one_current_per_competency": lambda: CompetencyRevision.objects.create(
            number=2, **revision
        ),
        "competency_revision_numbers_from_one": lambda: CompetencyRevision.objects.create(
            number=0, superseded_at=LONG_AGO, **revision
        ),
        "association_one_per_identifier_in_a_framework": lambda: Association.objects.create(
            source_identifier=framework.associations.get(kind="precedes").source_identifier, **source
        ),
        "association_has_an_identifier": lambda: Association.objects.create(source_identifier="", **source),
        "association_has_a_type": lambda: Association.objects.create(source_identifier="x", **{**source, "kind": ""}),
        "association_leads_elsewhere": lambda: Association.objects.create(
            source_identifier="x", origin=knead, destination=knead, **source
        ),
        "association_equivalence_is_of_a_replacement": lambda: Association.objects.create(
            source_identifier="x", equivalence="partly", **source
        ),
        "association_equivalence_is_known": lambda: Association.objects.create(
            source_identifier="x", equivalence="maybe", **{**source, "kind": "replacedBy"}
        ),
        "definition_one_per_identifier_in_a_framework": lambda: Definition.objects.create(
            framework=framework, kind=same.kind, source_identifier="same"
        ),
        "definition_has_an_identifier": lambda: Definition.objects.create(
            framework=framework, kind="CFRubrics", source_identifier=""
        ),
        "definition_kind_is_known": lambda: Definition.objects.create(
            framework=framework, kind="CFWeather", source_identifier="x"
        ),
        "proficiency_scale_has_a_title": lambda: ProficiencyScale.objects.create(title="", **made),
        "proficiency_level_one_per_rank": lambda: ProficiencyLevel.objects.create(scale=scale, rank=1, title="Other"),
        "proficiency_level_ranks_from_one": lambda: ProficiencyLevel.objects.create(scale=scale, rank=0, title="Other"),
        "proficiency_level_has_a_title": lambda: ProficiencyLevel.objects.create(scale=scale, rank=2, title=""),
        "case_import_state_is_known": lambda: CaseImport.objects.create(state="lost", **upload),
        "case_import_names_what_it_made": lambda: CaseImport.objects.create(state="imported", **upload),
    }


def named_constraints() -> set[str]:
    models = [
        Framework,
        Competency,
        CompetencyRevision,
        Association,
        Definition,
        ProficiencyScale,
        ProficiencyLevel,
        CaseImport,
    ]
    return {constraint.name for model in models for constraint in model._meta.constraints}


@pytest.mark.parametrize("name", sorted(named_constraints()))
def test_each_named_constraint_holds(bread: Framework, knead: Competency, name: str) -> None:
    breach = breakages(bread, knead)[name]

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        breach()
