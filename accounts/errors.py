"""The errors that actions of accounts raise, one class per reason that a caller can act on."""


class MailTokenSpentError(Exception):
    """The mailed link was used, has expired, or the account changed since it was mailed."""


class EmailTakenError(Exception):
    """Another account signs in with this address or has confirmed it."""


class LearnerNumberTakenError(Exception):
    """Another learner has this number."""


class AccountTakenError(Exception):
    """The account belongs to another learner's record."""


class DiedBeforeBirthError(Exception):
    """The date of death lies before the date of birth."""


class NoOpenNameError(Exception):
    """No name of this kind is in force."""


class NamesOverlapError(Exception):
    """Another name of this kind is in force on some of these days."""


class IdentifierTakenError(Exception):
    """Another learner has this identifier; the first argument is that learner's id, if it is known."""


class AlreadyEndedError(Exception):
    """The row has an end already."""


class EndsBeforeItStartsError(Exception):
    """The end lies before the start."""


class SameRecordError(Exception):
    """A record cannot be linked with itself."""


class AlreadyOnePersonError(Exception):
    """The two records are linked already, directly or through others."""


class RootExistsError(Exception):
    """The institution has a root organization; all others of the institution are its branches."""


class OrganizationRingError(Exception):
    """The organization would become its own ancestor."""


class AwardingOrganizationError(Exception):
    """The organization awards programs, so it stays part of the institution."""


class BranchKindError(Exception):
    """A branch must have the kind of its parent organization."""


class RoleHeldError(Exception):
    """The user already has this role at this organization in that period."""


class RoleElsewhereError(Exception):
    """A partner administrator needs a partner; every other role needs the institution or one of its branches."""


class LastRegistrarError(Exception):
    """Without this assignment nobody could assign roles any more."""


class OwnRecordError(Exception):
    """Nobody decides about their own record, nor about one that is linked with it."""


class ApprovalOpenError(Exception):
    """The same request for approval is open."""


class ApprovalDecidedError(Exception):
    """The approval has a decision already."""


class NotTheirsToDecideError(Exception):
    """The user does not hold the role that decides."""


class SecondPersonNeededError(Exception):
    """The user who asked cannot decide while another user holds the role."""


class TooEarlyAloneError(Exception):
    """The only holder of the role may decide their own request a day after asking."""


class ApprovalMissingError(Exception):
    """There is no approval, or the subject has changed since it was approved."""


class GrantNotLiveError(Exception):
    """The sharing grant is withdrawn, expired, used up, or belongs to another partner."""


class NotAnAdvisorError(Exception):
    """The account does not hold the role of an advisor."""


class AdvisesAlreadyError(Exception):
    """This advisor has this learner already."""


class NoPartnerError(Exception):
    """The organization is not a partner: only partners have API clients."""
