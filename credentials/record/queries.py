"""Reads for a learner's own record: awards with their newest credential, and one credential of the learner."""

from uuid import UUID

from accounts.models import Learner
from credentials.models import Credential, CredentialQuerySet
from programs.models import Award


def awards_of(learner: Learner) -> list[Award]:
    """Everything that was awarded to a learner, whatever its state by now, the newest first."""
    rows = Award.objects.of(learner).awarded().select_related("achievement__organization", "achievement_version")
    return list(rows.order_by("-awarded_on", "-pk"))


def newest_credentials_of(learner: Learner) -> dict[int, Credential]:
    """The newest credential of each award of a learner, by the award's id; none after its retention."""
    rows = _readable_credentials_of(learner).select_related("award__achievement__organization")
    # Later rows win, so that credentials in an earlier name are left out.
    return {row.award.pk: row for row in rows.order_by("issued_at", "pk")}


def credential_of(learner: Learner, public_id: UUID) -> Credential | None:
    """The signed credential of this learner with this id; None for one of somebody else, and after its retention."""
    return _readable_credentials_of(learner).select_related("learner").filter(public_id=public_id).first()


def _readable_credentials_of(learner: Learner) -> CredentialQuerySet:
    return Credential.objects.of(learner).published().whole().filter(content__isnull=False)
