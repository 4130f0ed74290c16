"""Why an action of assessments may refuse."""


class NothingToRecordError(Exception):
    """No evidence was given."""


class CompetencyWithoutScaleError(Exception):
    """The competency has no proficiency scale yet, so nothing can be found on it."""


class RevisionOfAnotherCompetencyError(Exception):
    """The revision that was shown belongs to another competency."""


class LevelOrScoreError(Exception):
    """A finding has either a level or a score."""


class AssessorUnlessExternalError(Exception):
    """Somebody stands behind a finding, except where it was made elsewhere."""


class PerformedLaterError(Exception):
    """The work is dated after the day on which it is recorded."""


class NotTheNewestError(Exception):
    """What is corrected or voided was corrected already, or belongs to another person or competency."""


class SourceDiffersError(Exception):
    """The source was taken in before with other facts, or for another person: a change is a correction."""


class SystemUnknownError(Exception):
    """No source system goes by that code."""


class AlreadyVoidedError(Exception):
    """This evidence was voided before."""


class ScaleOfPolicyError(Exception):
    """A policy names a scale that is not here, or levels that the scale has not."""


class PolicyInForceError(Exception):
    """This very policy version applies there already."""


class PolicyEndedError(Exception):
    """The policy is retired, or its assignment has ended before."""


class NothingToReviseError(Exception):
    """What was given is what it says already."""


class RubricRefusedError(Exception):
    """The rubric has no criterion, or a criterion without scale or level, or with a level of another scale."""


class RetiredError(Exception):
    """It is retired and takes nothing new."""


class NotOpenError(Exception):
    """The assessment has not been opened to learners, or is closed again."""


class AlreadyOpenError(Exception):
    """The assessment is open already."""


class WorkUnderWayError(Exception):
    """The learner has work of this assessment that is not judged or withdrawn yet."""


class NoAttemptLeftError(Exception):
    """The learner has used all attempts that the assessment allows."""


class NotWritableError(Exception):
    """The work was handed in: it changes only when it is returned for revision."""


class NothingHandedInError(Exception):
    """There is neither text nor file nor link in the work."""


class TooManyArtifactsError(Exception):
    """The work has as many files and links as one piece of work can have."""


class LinkRefusedError(Exception):
    """The address is no https or http address of the web."""


class NotWaitingError(Exception):
    """The work does not wait for a judgement."""


class HandedInAgainError(Exception):
    """What is put down is about an earlier round of the work: it was returned and handed in again meanwhile."""


class NotYourWorkToJudgeError(Exception):
    """The person may not judge here, or it is their own work."""


class AlreadyJudgedError(Exception):
    """This assessor has judged this round of the work already."""


class EntriesRefusedError(Exception):
    """A judgement names one level of the rubric for each criterion, and no other."""
