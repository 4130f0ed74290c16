"""The messages of the desk for errors that actions of accounts raise."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import errors
from accounts.models import User

REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    errors.AccountTakenError: _("This account is another learner's: link the two records instead."),
    errors.AdvisesAlreadyError: _("This person advises this learner already."),
    errors.AlreadyEndedError: _("Somebody has ended this before."),
    errors.AlreadyOnePersonError: _("These two records are one person already, perhaps through a third record."),
    errors.ApprovalDecidedError: _("Somebody has decided this before."),
    errors.AwardingOrganizationError: _("It awards programs, and a partner does not award: it stays one of ours."),
    errors.BranchKindError: _("A branch of ours is ours, a branch of a partner is a partner: choose another kind."),
    errors.DiedBeforeBirthError: _("The date of death lies before the date of birth."),
    errors.EmailTakenError: _("There is an account with this e-mail: look it up in the list of accounts."),
    errors.EndsBeforeItStartsError: _("The end must lie after the start."),
    errors.IdentifierTakenError: _("This identifier names another learner: search for it in the list of learners."),
    errors.LastRegistrarError: _(
        "Nobody else could hand out rights then. Make another person a registrar everywhere first, without an end."
    ),
    errors.LearnerNumberTakenError: _("Another learner has this number."),
    errors.NamesOverlapError: _("Another name of this kind is in force on some of these days: end it first."),
    errors.NoOpenNameError: _("No name of this kind is in force."),
    errors.NoPartnerError: _("Only a partner has API clients: choose one."),
    errors.NotAnAdvisorError: _("This person is no advisor: give them that role first."),
    errors.NotTheirsToDecideError: _("This is decided by people who hold the role named here."),
    errors.OrganizationRingError: _("It cannot be a branch of itself, nor of one of its own branches."),
    errors.OwnRecordError: _("This is about your own record: somebody else has to decide it."),
    errors.RoleElsewhereError: _(
        "Partner administrators serve at a partner, everybody else at the institution or one of its branches."
    ),
    errors.RoleHeldError: _("This person holds the role there already in that time."),
    errors.RootExistsError: _("There is a root organization: choose what this one is a branch of."),
    errors.SameRecordError: _("That is the number of this same record."),
    errors.SecondPersonNeededError: _("You asked for this yourself: somebody else who holds the role has to decide."),
    errors.TooEarlyAloneError: _("You alone hold the role, so you can decide this one day after you asked."),
    ValidationError: lambda refusal: " ".join(refusal.messages),
}


def signed_in_user(request: HttpRequest) -> User:
    """The signed-in user. Raises TypeError for an anonymous one, which the access rules of the desk exclude."""
    if not isinstance(request.user, User):
        raise TypeError(request.user)
    return request.user
