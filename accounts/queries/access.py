"""Who may come in: roles in force, second factors, tokens of partners and of links, approvals."""

import hashlib
import uuid
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet
from oauth2_provider.models import AccessToken

from accounts.errors import ApprovalMissingError
from accounts.models import (
    Approval,
    ApprovalAct,
    ApprovedKind,
    PartnerClient,
    RoleAssignment,
    SharingGrant,
    User,
)

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def grant_of_token(token: str, *, at: datetime) -> SharingGrant | None:
    """The live grant to which the token of a link belongs."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return SharingGrant.objects.live(at).filter(link__token_digest=digest).first()


def approval_for(act: ApprovalAct, *, kind: ApprovedKind, subject_id: uuid.UUID, digest: str) -> Approval:
    """The latest approval of this act with this digest.

    Raises ApprovalMissingError if there is none, or if the subject has changed and has another digest now.
    """
    approval = Approval.objects.about(act, kind, subject_id).approved(digest).order_by("-decided_at").first()
    if approval is None:
        raise ApprovalMissingError
    return approval


def with_current_roles(users: QuerySet[User], *, at: datetime) -> QuerySet[User]:
    """The users, each with the list `roles_now` of assignments in force at the instant `at`; one more query for all."""
    assignments = RoleAssignment.objects.in_force(at).order_by("role", "pk")
    return users.prefetch_related(Prefetch("role_assignments", assignments, "roles_now"))


def assignments_in_period(
    assignments: QuerySet[RoleAssignment], period: str, *, at: datetime
) -> QuerySet[RoleAssignment]:
    """The assignments that are in force at `at` ("now"), have ended ("past") or have not begun ("future")."""
    match period:
        case "now":
            return assignments.filter(pk__in=RoleAssignment.objects.in_force(at).values("pk"))
        case "past":
            return assignments.filter(ends_at__lte=at)
        case "future":
            # An assignment that was cancelled before its start ends where it starts: it is past.
            return assignments.filter(Q(ends_at=None) | Q(ends_at__gt=at), starts_at__gt=at)
        case _:
            return assignments


def second_factors_of(user: User) -> QuerySet[Authenticator]:
    """The authenticators that count as a second factor; recovery codes alone do not."""
    factors: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS)
    return factors


def client_of_token(token: str, *, at: datetime) -> PartnerClient | None:
    """The client to which a bearer token with the scope `read` belongs, if neither has ended at the instant `at`."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    access_token = (
        AccessToken.objects.select_related("application__organization")
        .filter(token_checksum=digest, expires__gt=at, application__ended_at=None)
        .first()
    )
    return access_token.application if access_token is not None and access_token.allow_scopes(["read"]) else None
