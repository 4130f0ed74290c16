"""Why an action of accounts may refuse."""


class MailTokenSpentError(Exception):
    """The mailed link was used, ran out, or the account changed since."""


class EmailTakenError(Exception):
    """Another account signs in with this address, or has confirmed it."""


class LearnerNumberTakenError(Exception):
    """Another learner has this number."""


class AccountTakenError(Exception):
    """The account belongs to another learner's record."""


class DiedBeforeBirthError(Exception):
    """The date of death lies before the date of birth."""


class NoOpenNameError(Exception):
    """There is no name of this kind in force that could end."""


class NamesOverlapError(Exception):
    """Another name of this kind is in force on some of these days."""


class IdentifierTakenError(Exception):
    """This identifier already names a learner."""


class AlreadyEndedError(Exception):
    """Somebody has ended it before."""


class EndsBeforeItStartsError(Exception):
    """The end lies before the start."""


class SameRecordError(Exception):
    """A record cannot be linked with itself."""


class AlreadyOnePersonError(Exception):
    """The two records are linked already, directly or through others."""


class RootExistsError(Exception):
    """There is a root organization; others of ours are its branches."""


class OrganizationRingError(Exception):
    """The organization would stand above itself."""


class BranchKindError(Exception):
    """A branch of a partner is a partner, a branch of ours is ours."""


class RoleHeldError(Exception):
    """The person holds this role there in that time."""


class RoleElsewhereError(Exception):
    """Partner administrators serve at a partner, everybody else at the institution or its branches."""


class LastRegistrarError(Exception):
    """Without this assignment nobody could hand out rights any more."""


class ApprovalOpenError(Exception):
    """The same is being asked for already."""


class ApprovalDecidedError(Exception):
    """Somebody has decided it before."""


class NotTheirsToDecideError(Exception):
    """The person does not hold the role that decides."""


class SecondPersonNeededError(Exception):
    """Who asked cannot decide while others hold the role."""


class TooEarlyAloneError(Exception):
    """Who is the only one to hold the role may decide a day after asking."""


class ApprovalMissingError(Exception):
    """Nobody has approved this, or it has changed since."""


class GrantNotLiveError(Exception):
    """The sharing grant is withdrawn, expired, used up, or does not cover this person or partner."""


class NoPartnerError(Exception):
    """The organization is ours: only partners have programs that pull."""
