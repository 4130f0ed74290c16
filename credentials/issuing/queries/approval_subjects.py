"""What a request for approval about a credential or a signing key says to whoever decides it."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.labels import ApprovalSubject
from accounts.models import ApprovalAct
from accounts.queries.legal_names import display_name_of
from accounts.queries.time_zones import learner_civil_date
from core import clock
from credentials.models import Credential, IssuerKey


def credential_subject(act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return the credential, its holder by name and number, and what revoking it means."""
    rows = Credential.objects.select_related("learner", "award__achievement_version", "code_row")
    credential = rows.defer("content", "award__decision").filter(public_id=public_id).first()
    if credential is None:
        return None
    name = display_name_of(credential.learner, on=learner_civil_date(clock.now()))
    revokes = _("The credential is revoked for good, and everybody who checks it is told so. The award stays.")
    return ApprovalSubject(
        title=credential.heading,
        learner=f"{name} ({credential.learner.learner_number})",
        consequence=revokes if act == ApprovalAct.REVOKE else "",
    )


def key_subject(act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return the issuer of the key, and what rotating it means."""
    key = IssuerKey.objects.select_related("issuer").filter(public_id=public_id).first()
    if key is None:
        return None
    rotates = _("A new key signs from then on. What the old one signed stays valid; it can sign nothing more.")
    return ApprovalSubject(title=str(key.issuer), consequence=rotates if act == ApprovalAct.ROTATE_KEY else "")
