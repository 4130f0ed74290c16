"""The desk pages of policies, rubrics, assessments and the ledger: what people write there, and what they are told."""

import re

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import AdvisorAssignment, Learner, Organization, Role, User
from assessments.models import (
    Assessment,
    AssessmentRevision,
    Evidence,
    EvidenceVoid,
    MasteryPolicy,
    MasteryPolicyVersion,
    PolicyAssignment,
    Rubric,
    RubricRevision,
)
from competencies.models import Competency, Framework, ProficiencyScale
from tests.assessments.places import level_of, show
from tests.recipes import LONG_AGO, make_staff, signed_in_client


@pytest.fixture
def desk(registrar: User) -> Client:
    return signed_in_client(registrar)


def page(name: str, *args: object) -> str:
    return reverse(f"admin:assessments_{name}", args=args)


def verb(client: Client, row: Model, name: str, **fields: object) -> str:
    """Do a verb of a row's page; the text of the page that comes back."""
    address = reverse(f"admin:assessments_{row._meta.model_name}_{name}", args=[row.pk])
    answer = client.post(address, {"why": "It is time", **fields}, follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


def written(client: Client, model: str, **fields: object) -> str:
    answer = client.post(page(f"{model}_add"), fields, follow=True)
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_policy_is_written_versioned_and_applied(
    desk: Client, baking: Framework, knead: Competency, craft: ProficiencyScale
) -> None:
    asked = {
        "level": level_of(knead, 3).pk,
        "method": "n_times@2",
        "times": 2,
        "recency_days": 365,
        "validity_months": 24,
    }
    assert "Saved" in written(desk, "masterypolicy", title="Twice", **asked)
    policy = MasteryPolicy.objects.get()
    version = MasteryPolicyVersion.objects.get()
    assert (version.definition["times"], version.definition["validity"]) == (2, {"amount": 24, "unit": "months"})

    assert "Version 2" in verb(desk, policy, "next_version", **asked | {"times": 3})
    assert "from now on" in verb(desk, policy, "apply", framework=baking.pk)
    assert "from now on" in verb(desk, policy, "apply", competency="knead")
    assert "No competency has this code" in verb(desk, policy, "apply", competency="fly")
    assert "applies there already" in verb(desk, policy, "apply", framework=baking.pk)
    assigned = PolicyAssignment.objects.get(competency=knead)
    assert assigned.policy_version.number == 2
    verb(desk, assigned, "end")
    assigned.refresh_from_db()
    assert assigned.ended_at is not None
    verb(desk, policy, "retire")
    policy.refresh_from_db()
    assert policy.retired_at is not None


def test_a_faulty_policy_is_refused_in_words(desk: Client, knead: Competency) -> None:
    answer = written(desk, "masterypolicy", title="Twice", level=level_of(knead, 3).pk, method="n_times@2")

    assert "n_times@2 needs to know how many times." in answer
    assert not MasteryPolicy.objects.exists()


def test_a_rubric_is_written_in_lines_and_revised(
    desk: Client, baking: Framework, knead: Competency, bake: Competency
) -> None:
    lines = "knead: Kneading\n- Proficient: an even dough\nbake: Baking"
    assert "Saved" in written(desk, "rubric", title="Bread", framework=baking.pk, criteria=lines)
    rubric = Rubric.objects.get()
    revision = RubricRevision.objects.get()
    cells = revision.criteria.get(sequence=1).levels.order_by("level__rank").values_list("descriptor", flat=True)
    assert list(cells) == ["", "", "an even dough", ""]

    shown = desk.get(page("rubric_change", rubric.pk)).content.decode()
    assert "- Proficient: an even dough" in shown
    fields = {"title": "Bread", "framework": baking.pk, "criteria": "bake: Baking", "why": "Less"}
    desk.post(page("rubric_change", rubric.pk), fields)
    assert [row.title for row in revision.criteria.all()] == ["Baking"]
    for wrong, words in (("fly: Flying", "Line 1"), ("bake: Baking\n- Superb: x", "has no level"), ("bake", "Line 1")):
        assert words in written(desk, "rubric", title="Other", framework=baking.pk, criteria=wrong)


def test_an_assessment_is_written_opened_and_retired(
    desk: Client, school: Organization, baking: Framework, knead: Competency
) -> None:
    written(desk, "rubric", title="Bread", framework=baking.pk, criteria="knead: Kneading")
    asked = {"organization": school.pk, "kind": "project", "rubric": Rubric.objects.get().pk, "judges_needed": 2}
    assert "Saved" in written(desk, "assessment", title="A loaf", **asked)
    assessment = Assessment.objects.get()
    assert AssessmentRevision.objects.get().judges_needed == 2

    assert "It is open." in verb(desk, assessment, "open")
    desk.post(page("assessment_change", assessment.pk), {"title": "A loaf", **asked, "judges_needed": 1, "why": "One"})
    assert AssessmentRevision.objects.get().judges_needed == 1
    verb(desk, assessment, "retire")
    assessment.refresh_from_db()
    assert assessment.retired_at is not None


def test_evidence_is_read_and_voided(desk: Client, ada: Learner, knead: Competency, assessor: User) -> None:
    row = show(ada, knead, 3, by=assessor).evidence[0]
    assert ada.learner_number in desk.get(page("evidence_changelist")).content.decode()
    assert "Proficient" in desk.get(page("evidence_change", row.pk)).content.decode()

    assert "Mastery was decided again" in verb(desk, row, "void", reason="misconduct")

    assert EvidenceVoid.objects.get().reason == "misconduct"
    assert desk.get(page("evidence_change", row.pk)).content.decode().count("academic misconduct") == 1
    assert Evidence.objects.count() == 1


def test_only_registrars_void(ada: Learner, knead: Competency, assessor: User) -> None:
    row = show(ada, knead, 3, by=assessor).evidence[0]
    for role in (Role.ADVISOR, Role.INSPECTOR):
        reader = make_staff(role)
        AdvisorAssignment.objects.create(advisor=reader, learner=ada, starts_at=LONG_AGO)
        client = signed_in_client(reader)
        assert client.get(page("evidence_change", row.pk)).status_code == 200
        answer = client.post(reverse("admin:assessments_evidence_void", args=[row.pk]), {"reason": "mistake"})
        assert answer.status_code in {403, 404}
    assert not EvidenceVoid.objects.exists()
