"""The reasons for which actions of programs refuse."""

from collections.abc import Sequence
from decimal import Decimal


class PartnerAwardsError(Exception):
    """A partner organization cannot award."""


class CodeTakenError(Exception):
    """Another program has this code."""


class NamedAlreadyError(Exception):
    """The person is named for the program already."""


class NotADraftError(Exception):
    """The version is published or retired: it never changes."""


class DraftExistsError(Exception):
    """The program has a draft already."""


class ExceptionsOfVersionError(Exception):
    """Exceptions of an enrollment need an approval in the version to which it would move; `kinds` are their kinds."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds = tuple(kinds)
        super().__init__(", ".join(self.kinds))


class LowerAwardInReviewError(Exception):
    """The award rests, at some depth, on awards that are listed for review; `titles` are theirs."""

    def __init__(self, titles: tuple[str, ...]) -> None:
        self.titles = titles
        super().__init__(", ".join(titles))


class NotPublishedError(Exception):
    """The version is not in force."""


class WithoutPolicyError(Exception):
    """A competency in the tree has no proficiency scale, so no policy can decide it; `requirements` are the leaves."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        self.requirements = requirements
        super().__init__(", ".join(requirements))


class RootStaysError(Exception):
    """The root of a tree is neither removed nor moved, and is a group."""


class ElsewhereError(Exception):
    """The requirement belongs to another version, or would be below itself."""


class LeafError(Exception):
    """Only groups have parts."""


class ProgramInItselfError(Exception):
    """The program would contain itself."""


class QualifierError(Exception):
    """A qualifier has a wrong form; `member` is its name."""

    def __init__(self, member: str) -> None:
        self.member = member
        super().__init__(member)


class LevelOfAnotherScaleError(Exception):
    """The level is not on the scale of the competency."""


class PolicyOfAnotherScaleError(Exception):
    """The policy counts on another scale than the competency's."""


class ClosedToEntryError(Exception):
    """Nobody can be admitted to this version on that day."""


class AlreadyEnrolledError(Exception):
    """This person is in the program already."""


class OutOfTurnEventError(Exception):
    """The event is not possible after the earlier ones."""


class AlreadyCorrectedError(Exception):
    """The event was corrected before."""


class CohortElsewhereError(Exception):
    """The cohort belongs to another program version."""


class AnotherProgramError(Exception):
    """The version belongs to another program."""


class AlreadyReachedError(Exception):
    """The milestone is recorded for this person already."""


class QuantityError(Exception):
    """A milestone that is counted needs a quantity; one that is reached has none."""


class InTheFutureError(Exception):
    """The day of something that was done is in the future."""


class AlreadyWithdrawnError(Exception):
    """The decision was withdrawn before."""


class NodeUnknownError(Exception):
    """The tree of this enrollment has no such requirement."""


class NothingCountsThereError(Exception):
    """No attainment counts at a group itself, only at its parts."""


class ExceptionIncompleteError(Exception):
    """The exception lacks a value that its kind needs, or has one too many."""


class RecognitionIncompleteError(Exception):
    """A recognition names a competency or credits, and a level only with a competency."""


class NoLevelUnexplainedError(Exception):
    """A recognition that is accepted without a level needs a reason in words."""


class RowsRefusedError(Exception):
    """Rows of a list are wrong; `faults` have line, column and code."""

    def __init__(self, faults: tuple[object, ...]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} faults")


class CohortTitleTakenError(Exception):
    """Another cohort of this version has this title."""


class EndsBeforeItStartsError(Exception):
    """The end is before the start."""


class AchievementExistsError(Exception):
    """The achievement of this version is published already."""


class AlreadyAwardedError(Exception):
    """This person holds the award, or it waits to be granted."""


class RequirementsNotMetError(Exception):
    """The requirements of the award are not met."""


class NotProposedError(Exception):
    """The award is no longer a proposal."""


class NotStandingError(Exception):
    """The award was never granted, has lapsed or was rescinded."""


class NotRenewableError(Exception):
    """Only an award that has an end, or has lapsed, is renewed."""


class AwardedOnError(Exception):
    """The day of the award is before the requirements were met, or in the future."""


class WordsMissingError(Exception):
    """The decision needs a reason in words."""


class AwardsNothingError(Exception):
    """No achievement is published for this program version."""


class AlreadySettledError(Exception):
    """The review was settled before."""


class SourceCreditsMissingError(Exception):
    """Nothing says what the study is worth here: its credits at the source have to be stated."""


class CreditsBeyondError(Exception):
    """More credits than the study can give; `most` is what it can give."""

    def __init__(self, most: Decimal) -> None:
        self.most = most
        super().__init__(str(most))


class AlreadyRecognisedError(Exception):
    """The same study is recognised for this person already."""


class AttainmentUnknownError(Exception):
    """The learner has nothing of this name that could count."""


class AlreadyExceptedError(Exception):
    """The same exception stands for these days already."""


class NothingPendingError(Exception):
    """No exception of these waits for an approval."""


class StillAuditedError(Exception):
    """Whether the requirements are met is still being worked out by a job."""
