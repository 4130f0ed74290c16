"""The words for the desk when an action of assessments is refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import OwnRecordError
from assessments import errors

REFUSALS: Mapping[type[Exception], Any] = {
    OwnRecordError: _("This is about your own record: somebody else has to decide it."),
    errors.AlreadyOpenError: _("It is open to learners already."),
    errors.AlreadyVoidedError: _("This evidence was voided before."),
    errors.NotRecommendedError: _("This is not recommended any more: somebody has decided, or the evidence changed."),
    errors.NotTheNewestError: _("This was corrected since: void the newest correction instead."),
    errors.PolicyEndedError: _("This policy is retired and applies nowhere new."),
    errors.PolicyInForceError: _("This version applies there already."),
    errors.RetiredError: _("What is retired takes no changes."),
    errors.RubricRefusedError: _(
        "A rubric has at least one criterion; each has a title, a competency with a scale, and levels of that scale."
    ),
    errors.ScaleOfPolicyError: _("The policy names a scale that is not here, or levels that the scale has not."),
}
