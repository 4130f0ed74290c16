"""What the tests of the assessor's pages send and read."""

from collections.abc import Mapping
from typing import Any

from django.test import Client

from accounts.models import Organization, Role
from assessments.models import Submission
from tests.recipes import LONG_AGO, assignment, institution, make_user, signed_in_client

QUEUE = "/judging/"


def page_of(submission: Submission, act: str = "") -> str:
    return f"{QUEUE}{submission.public_id}/{f'{act}/' if act else ''}"


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def put_down(submission: Submission, *ranks: int | None, **fields: str) -> dict[str, str]:
    """What the form sends: a level for each criterion, or none, and comments."""
    criteria = submission.assessment_revision.rubric_revision.criteria.order_by("sequence")
    levels = {
        f"level-{row.sequence}": str(row.levels.get(level__rank=rank).pk)
        for row, rank in zip(criteria, ranks, strict=True)
        if rank
    }
    return {"round": str(submission.round), **levels, **fields}


def sent(client: Client, submission: Submission, act: str, form: Mapping[str, str], **headers: str) -> Any:
    return client.post(page_of(submission, act), form, headers=headers)


def branch_of(school: Organization, name: str) -> Organization:
    branch: Organization = institution.make(name=name, parent=school)
    return branch


def assessor_at(place: Organization) -> Client:
    user = make_user()
    assignment.make(user=user, role=Role.ASSESSOR, organization=place, starts_at=LONG_AGO)
    return signed_in_client(user)


def words(response: Any) -> str:
    return str(response.content.decode())
