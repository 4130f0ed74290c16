"""Why an action of programs may refuse."""


class CodeTakenError(Exception):
    """Another program has this code."""


class NotADraftError(Exception):
    """The version is published or retired: it never changes."""


class DraftExistsError(Exception):
    """The program has a draft already."""


class NotPublishedError(Exception):
    """The version is not in force."""


class WithoutPolicyError(Exception):
    """A competency in the tree has no proficiency scale, so no policy can decide it; `requirements` name where."""

    def __init__(self, requirements: tuple[str, ...]) -> None:
        self.requirements = requirements
        super().__init__(", ".join(requirements))


class RootStaysError(Exception):
    """The root of a tree is neither removed nor moved, and is a group."""


class ElsewhereError(Exception):
    """What is named belongs to another version, or lies below itself."""


class LeafError(Exception):
    """Only groups have parts."""


class ProgramInItselfError(Exception):
    """The program would contain itself."""


class QualifierError(Exception):
    """A qualifier has a form that is not understood; `member` names it."""

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
    """The event cannot follow what was recorded before it."""


class AlreadyCorrectedError(Exception):
    """Somebody has taken this event back before."""


class CohortElsewhereError(Exception):
    """The cohort belongs to another program version."""


class AnotherProgramError(Exception):
    """The version belongs to another program."""


class AlreadyReachedError(Exception):
    """The milestone stands recorded for this person."""


class QuantityError(Exception):
    """A milestone that is counted needs a quantity; one that is reached has none."""


class InTheFutureError(Exception):
    """What is recorded as done lies in the future."""


class AlreadyWithdrawnError(Exception):
    """Somebody has taken this back before."""


class NodeUnknownError(Exception):
    """The tree of this enrollment has no such requirement."""


class NothingCountsThereError(Exception):
    """At a group nothing counts by itself: only its parts can take a piece."""


class ExceptionIncompleteError(Exception):
    """The decision does not name what it needs."""


class RecognitionIncompleteError(Exception):
    """A recognition names a competency or credits, and a level only with a competency."""


class RowsRefusedError(Exception):
    """Rows of a list cannot be taken in; `faults` name line, column and code."""

    def __init__(self, faults: tuple[object, ...]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} faults")


class CohortTitleTakenError(Exception):
    """Another cohort of this version has this title."""


class EndsBeforeItStartsError(Exception):
    """The end lies before the start."""


class AchievementExistsError(Exception):
    """What this version awards is published already."""


class AlreadyAwardedError(Exception):
    """This person holds the award, or it waits to be granted."""


class RequirementsNotMetError(Exception):
    """What the award asks for is not met."""


class NotProposedError(Exception):
    """The award does not wait to be granted any more."""


class NotStandingError(Exception):
    """The award was never granted, has lapsed or was rescinded."""


class NotRenewableError(Exception):
    """Only an award whose time ends, or has ended, is renewed."""


class AwardedOnError(Exception):
    """The day of the award lies before the requirements were met, or in the future."""


class WordsMissingError(Exception):
    """A person who decides this says why."""


class AwardsNothingError(Exception):
    """No achievement is published for this program version."""


class AlreadySettledError(Exception):
    """Somebody has settled this before."""
