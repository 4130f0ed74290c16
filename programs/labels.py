"""Texts of refusals by actions of programs."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.errors import ApprovalMissingError, ApprovalOpenError, OwnRecordError
from programs import errors

REFUSALS: Mapping[type[Exception], str | Promise | Any] = {
    errors.AchievementExistsError: _("The achievement of this version is published already."),
    errors.AlreadyAwardedError: _("This person holds the award, or it waits to be granted."),
    errors.AlreadySettledError: _("Somebody has settled this before."),
    errors.AwardedOnError: _("The day lies before the requirements were met, or in the future."),
    errors.AwardsNothingError: _("Nothing is awarded for that program version."),
    errors.LowerAwardInReviewError: lambda refusal: (
        _now("It rests on an award that is listed for review: %(awards)s. Settle that review first.")
        % {"awards": ", ".join(refusal.titles)}
    ),
    errors.ExceptionsOfVersionError: lambda refusal: (
        _(
            "Exceptions of this enrollment need an approval in that version: %(kinds)s. Withdraw them, change the"
            " version, and grant them there again."
        )
        % {"kinds": ", ".join(refusal.kinds)}
    ),
    errors.NotProposedError: _("It does not wait to be granted any more."),
    errors.NotRenewableError: _("Only an award whose time ends, or has ended, is renewed."),
    errors.NotStandingError: _("It is not in force any more."),
    errors.RequirementsNotMetError: _("What it asks for is not met: look at the audit of the enrollment."),
    errors.WordsMissingError: _("Say why."),
    errors.AlreadyCorrectedError: _("Somebody has withdrawn this event before."),
    errors.AlreadyEnrolledError: _("This person is in the program already, perhaps under another record."),
    errors.AlreadyExceptedError: _(
        "The same exception is recorded for these days already. Where it was declined, open it and ask again."
    ),
    errors.AlreadyRecognisedError: _("The same study is recognized for this person already."),
    errors.AttainmentUnknownError: _("The learner has nothing like that: choose from the list of what they have."),
    errors.CreditsBeyondError: lambda refusal: (
        _now("At most %(most)s credits can be recognized for this.") % {"most": number_format(refusal.most)}
    ),
    errors.NothingPendingError: _("None of these waits for an approval."),
    errors.SourceCreditsMissingError: _(
        "Nothing says what this study is worth here: state the credits that it had at the source."
    ),
    errors.StillAuditedError: _(
        "Whether the requirements are met is being worked out at this moment: try again in a minute."
    ),
    errors.AlreadyReachedError: _("This milestone is recorded for this person already."),
    errors.AlreadyWithdrawnError: _("Somebody has withdrawn this before."),
    errors.AnotherProgramError: _("That version belongs to another program."),
    errors.ClosedToEntryError: _("The version takes nobody from that day on."),
    errors.PartnerAwardsError: _("A partner does not award: choose the institution or one of its branches."),
    errors.CodeTakenError: _("Another program has this code."),
    errors.CohortElsewhereError: _("That cohort belongs to another program version."),
    errors.CohortTitleTakenError: _("Another cohort of this version has this title."),
    errors.DraftExistsError: _("The program has a draft already: write in that one."),
    errors.ElsewhereError: _("That belongs to another version of the program."),
    errors.EndsBeforeItStartsError: _("The end lies before the start."),
    errors.ExceptionIncompleteError: _(
        "“Also allow” names a competency, “substitute” and “apply here” name what counts, the others neither; and the"
        " end lies after the start."
    ),
    errors.InTheFutureError: _("That day lies in the future."),
    errors.LeafError: _("Only groups have parts: move its parts into another group first."),
    errors.LevelOfAnotherScaleError: _("That level is not on the scale of this competency: choose one that is."),
    errors.NodeUnknownError: _("The program of this person has no such requirement."),
    errors.NotADraftError: _("This version is in force and never changes: make a new draft."),
    errors.NotPublishedError: _("This version is not in force."),
    errors.NothingCountsThereError: _("At a group nothing counts by itself: choose one of its parts."),
    errors.OutOfTurnEventError: _("That cannot follow what was recorded before, on that day."),
    errors.PolicyOfAnotherScaleError: _("That policy counts on another scale than the competency's."),
    errors.ProgramInItselfError: _("The program would contain itself: choose another one."),
    errors.QualifierError: _("One of the conditions is not understood: use whole days, and credits with two places."),
    errors.QuantityError: _("Say how much, where the milestone is counted; leave it out where it is not."),
    errors.RecognitionIncompleteError: _(
        "Name a competency, or credits; a level only with a competency; and an end after the beginning."
    ),
    errors.NoLevelUnexplainedError: _(
        "“Accepted without a level” needs a reason: say under “What was studied, and where” why it counts without one."
    ),
    errors.RootStaysError: _("The program itself stays where it is, and is a group."),
    errors.WithoutPolicyError: lambda refusal: (
        _now("%(names)s: no proficiency scale is chosen, so nobody can decide it. Revise the competency first.")
        % {"names": ", ".join(refusal.requirements)}
    ),
    ApprovalMissingError: _(
        "A version is in force, or people study this one: ask for approval first. What is changed afterwards needs a"
        " new approval."
    ),
    OwnRecordError: _("This is about your own record: somebody else has to decide it."),
    ApprovalOpenError: _("Exactly this is being asked already."),
    ValidationError: lambda refusal: " ".join(refusal.messages),
}
