"""Things that exist, so that routes which show one have something to show."""

import uuid
from datetime import UTC, datetime
from typing import Any

from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    LearnerIdentifier,
    LearnerName,
    NameKind,
    OrganizationKind,
    PartnerClient,
    Role,
    RoleAssignment,
)
from config.base.canonical import digest
from tests.contracts.routes import routes
from tests.recipes import institution, learner, make_staff

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def rows_of_accounts() -> list[Any]:
    """One row for each page of the desk about people and places."""
    registrar = make_staff(Role.REGISTRAR)
    record = learner.make(user=None)
    partner = institution.make(name="Acme", kind=OrganizationKind.PARTNER)
    return [
        record,
        partner,
        registrar,
        RoleAssignment.objects.get(user=registrar),
        LearnerName.objects.create(
            learner=record, kind=NameKind.CHOSEN, text="Ada", sort_key="ada", search_words="ada"
        ),
        LearnerIdentifier.objects.create(learner=record, scheme="national", value="17", created_at=AT),
        Approval.objects.create(
            act=ApprovalAct.RETIRE,
            subject_kind=ApprovedKind.COMPETENCY,
            subject_id=uuid.UUID(int=1),
            digest=digest("plan"),
            role=Role.REGISTRAR,
            reason="replaced",
            asked_by=registrar,
            asked_at=AT,
        ),
        PartnerClient.objects.create(
            name="Acme HR",
            organization=partner,
            client_type=PartnerClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=PartnerClient.GRANT_CLIENT_CREDENTIALS,
        ),
    ]


def on_the_desk(rows: list[Any]) -> dict[str, dict[str, str]]:
    """For each route of the desk about a model of `rows`: the key of that row."""
    keys = {f"admin:{row._meta.app_label}_{row._meta.model_name}_": str(row.pk) for row in rows}
    return {
        route.name: {"object_id": key}
        for route in routes()
        for prefix, key in keys.items()
        if route.name.startswith(prefix)
    }
