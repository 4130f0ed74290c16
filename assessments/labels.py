"""The words for the desk when an action of assessments is refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import ApprovalMissingError
from assessments import errors
from assessments.mastery.labels import complaint
from assessments.mastery.rules.faults import PolicyError
from core.text.faults import FaultyError
from core.text.strict_json import FormatError


def _faults_in_words(refusal: FaultyError) -> str:
    """Return everything that is wrong with a document, each with its remedy."""
    return " ".join(str(complaint(fault)) for fault in refusal.faults)


REFUSALS: Mapping[type[Exception], Any] = {
    ApprovalMissingError: _("This replaces a policy that has decided something: ask for an approval first."),
    FormatError: _faults_in_words,
    PolicyError: _faults_in_words,
    errors.AlreadyOpenError: _("It is open to learners already."),
    errors.AlreadyVoidedError: _("This evidence was voided before."),
    errors.NotTheNewestError: _("This was corrected since: void the newest correction instead."),
    errors.PolicyEndedError: _("This policy is retired and applies nowhere new."),
    errors.PolicyInForceError: _("This version applies there already."),
    errors.RetiredError: _("What is retired takes no changes."),
    errors.RubricRefusedError: _(
        "A rubric has at least one criterion; each has a title, a competency with a scale, and levels of that scale."
    ),
    errors.ScaleOfPolicyError: _("The policy names a scale that is not here, or levels that the scale has not."),
}
