"""A registrar searches for somebody with two records: what was typed for either finds all that is the person's."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions.identifiers import add_identifier
from accounts.actions.learners import connect_account, create_learner
from accounts.models import Learner, Role
from portal.actions.linking import link_persons
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award
from tests.assessments.places import new_competency, new_framework, new_scale, show
from tests.credentials.sharing_places import new_transcript
from tests.programs.places import ladder_of
from tests.recipes import institution, make_staff, make_user, signed_in_client

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LISTS = (
    "accounts_learner",
    "programs_enrollment",
    "programs_award",
    "assessments_evidence",
    "credentials_transcript",
)


@pytest.fixture
def desk() -> Client:
    """A desk with a person of two records: each list has a row of one of them, and rows of somebody else."""
    school = institution.make()
    registrar, assessor = make_staff(Role.REGISTRAR), make_staff(Role.ASSESSOR)
    scale, framework = new_scale(), new_framework()
    four = [new_competency(framework, code, scale) for code in ("knead", "bake", "shape", "sell")]
    micro = ladder_of(school, *four).micro
    first = create_learner("محمد علي", learner_number="L-2041", by=registrar, at=AT)
    second = create_learner("Mohamed Aly", learner_number="L-3077", by=registrar, at=AT)
    stranger = create_learner("Grace Hopper", learner_number="L-4000", by=registrar, at=AT)
    connect_account(second, user=make_user(email="m.aly@lakeside.example"), by=registrar, reason="asked")
    add_identifier(second, scheme="national", value="FR 29-31", by=registrar, at=AT)
    for learner in (first, stranger):
        enroll(learner, version=micro, on=date(2026, 3, 2), by=registrar, at=AT)
        for competency in four[:2]:
            show(learner, competency, 3, by=assessor, at=AT)
        new_transcript(learner)
    link_persons(first, other=second, reason="One person", by=registrar, at=AT)
    assert Award.objects.count() == 2
    return signed_in_client(registrar)


@pytest.mark.parametrize(
    "typed",
    [
        "L-2041",
        "L-3077",
        "l\u20133077",  # an en dash, as word processors write it
        " L-3077\u00a0",
        "\u200eL-3077\u200f",
        "M.Aly@Lakeside.example",
        "FR 29-31",
        "FR\u00a029\u201331",
        "mohamed aly",
        "moha\u200bmed",
        "محمد على",  # alef maksura for yeh
        "مُحَمَّد",
        "محـمد",
    ],
)
def test_any_spelling_for_either_record_finds_the_person_in_every_list(desk: Client, typed: str) -> None:
    found = {}
    for name in LISTS:
        address = reverse(f"admin:{name}_changelist")
        desk.post(reverse(f"admin:{name}_search"), {"q": typed})
        found[name] = {_record_of(row) for row in desk.get(address).context["cl"].result_list}

    assert found == {name: {"L-2041", "L-3077"} if name == "accounts_learner" else {"L-2041"} for name in LISTS}


def _record_of(row: Any) -> str:
    return str(row.learner_number if isinstance(row, Learner) else row.learner.learner_number)
