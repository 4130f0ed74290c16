"""What a request for approval about an award says to whoever decides it."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.labels import ApprovalSubject
from accounts.models import ApprovalAct
from accounts.queries.legal_names import display_name_of
from accounts.queries.time_zones import learner_civil_date
from core import clock
from programs.models import Award


def award_subject(act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return the award, its learner by name and number, and what rescinding it means."""
    award = Award.objects.select_related("learner", "achievement_version").filter(public_id=public_id).first()
    if award is None:
        return None
    name = display_name_of(award.learner, on=learner_civil_date(clock.now()))
    rescinds = _(
        "The award ends for good, and its credentials are revoked. Awards that depend on it stay, and are listed for"
        " review. No rule grants it again."
    )
    return ApprovalSubject(
        title=award.achievement_version.title,
        learner=f"{name} ({award.learner.learner_number})",
        consequence=rescinds if act == ApprovalAct.RESCIND else "",
    )
