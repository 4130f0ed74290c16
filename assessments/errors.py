"""The reasons for which an action of assessments refuses: one exception each."""


class NothingToRecordError(Exception):
    """There is no evidence to record."""


class CompetencyWithoutScaleError(Exception):
    """The competency has no proficiency scale yet, so it has no levels to find."""


class RevisionOfAnotherCompetencyError(Exception):
    """The revision that was shown belongs to another competency."""


class LevelOrScoreError(Exception):
    """A finding has both a level and a score, or neither."""


class AssessorUnlessExternalError(Exception):
    """A finding made here names no assessor, or an external finding names one."""


class PerformedLaterError(Exception):
    """The work is dated after the day on which it is recorded."""


class PerformedTooEarlyError(Exception):
    """The work is dated in a year that nobody can mean, such as 26 or 1899."""


class NotTheNewestError(Exception):
    """The row to correct or void was corrected already, or belongs to another person or competency."""


class SourceDiffersError(Exception):
    """The source was recorded before with other facts or for another person. A change needs a correction."""


class SystemUnknownError(Exception):
    """No source system has this code."""


class AlreadyVoidedError(Exception):
    """This evidence was voided before."""


class ScaleOfPolicyError(Exception):
    """A policy names a scale that does not exist, or levels that the scale does not have."""


class PolicyInForceError(Exception):
    """This policy version applies there already."""


class PolicyEndedError(Exception):
    """The policy is retired, or its assignment has ended before."""


class RubricRefusedError(Exception):
    """The rubric has no criterion, or a criterion without scale or level, or with a level of another scale."""


class RetiredError(Exception):
    """The rubric or assessment is retired."""


class NotOpenError(Exception):
    """The assessment has not been opened to learners, or is closed again."""


class AlreadyOpenError(Exception):
    """The assessment is open already."""


class WorkUnderWayError(Exception):
    """The learner has work for this assessment that is neither judged nor withdrawn."""


class NoAttemptLeftError(Exception):
    """The learner has used all attempts that the assessment allows."""


class NotWritableError(Exception):
    """The state of the work does not allow the change: submitted work changes only after it is returned."""


class NothingHandedInError(Exception):
    """The work has no text, no file and no link."""


class TooManyArtifactsError(Exception):
    """The work has the largest allowed number of files and links."""


class LinkRefusedError(Exception):
    """The address is not an https or http URL."""


class NotRecommendedError(Exception):
    """The competency is not recommended for review, or not any more."""


class NotWaitingError(Exception):
    """The work does not wait for a judgement."""


class HandedInAgainError(Exception):
    """The assessor has read an earlier round of the work: it was returned and submitted again since."""


class NotYourWorkToJudgeError(Exception):
    """The person may not judge here, or it is their own work."""


class AlreadyJudgedError(Exception):
    """This assessor has judged this round of the work already."""


class EntriesRefusedError(Exception):
    """A judgement lacks a level for a criterion, or names one that does not belong to it."""


class NotCorrectableError(Exception):
    """The judgement does not count any more: the work was withdrawn, or a later round has begun."""


class NothingCorrectedError(Exception):
    """A correction has the same levels and comments as the judgement."""


class ReasonNeededError(Exception):
    """An award rests on the evidence that the correction changes, and no reason was given."""
