"""The table of a draft that says what mastered competencies bring to its credits groups."""

from decimal import Decimal

from django.db import transaction

from competencies.models import Competency
from programs.curriculum.actions.drafts import locked_draft
from programs.models import ProgramVersion, VersionCredit


@transaction.atomic
def set_version_credit(
    version: ProgramVersion, *, competency: Competency | None, worth: Decimal | None
) -> VersionCredit | None:
    """Set the credit that a competency brings to the credits groups of this draft; a worth of None removes it.

    Without a competency it is for all that nothing else names. Raises NotADraftError.
    """
    draft = locked_draft(version)
    VersionCredit.objects.filter(version=draft, competency=competency).delete()
    if worth is None:
        return None
    return VersionCredit.objects.create(version=draft, competency=competency, credits=worth)
