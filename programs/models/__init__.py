"""The tables of programs: trees, enrollments, decisions, progress and awards."""

from programs.models.achievements import Achievement, AchievementType, AchievementVersion, Granting
from programs.models.award_concerns import AwardConcern, AwardConcernBody, ConcernKind, ConcernOutcome
from programs.models.awards import (
    MODEL_OF_ATTAINMENT,
    Attribution,
    Award,
    AwardBody,
    AwardKind,
    AwardState,
    EndReason,
    WordsAbout,
)
from programs.models.decisions import (
    Milestone,
    MilestoneReached,
    Recognition,
    RecognitionBasis,
    RecognitionBody,
)
from programs.models.enrollments import (
    Cohort,
    Enrollment,
    EnrollmentEvent,
    EnrollmentEventBody,
    EventReason,
)
from programs.models.exceptions import (
    ExceptionBatch,
    ExceptionReason,
    RequirementException,
    RequirementExceptionBody,
)
from programs.models.parts import OrganizationPart, OrganizationRole, ProgramStaff
from programs.models.programs import Program, ProgramVersion, VersionCredit, VersionPolicyAssignment, VersionState
from programs.models.progress import AuditMove, Progress, ProgressStatus
from programs.models.requirements import MetBy, Requirement, RequirementKind, Sharing

__all__ = [
    "MODEL_OF_ATTAINMENT",
    "Achievement",
    "AchievementType",
    "AchievementVersion",
    "Attribution",
    "AuditMove",
    "Award",
    "AwardBody",
    "AwardConcern",
    "AwardConcernBody",
    "AwardKind",
    "AwardState",
    "Cohort",
    "ConcernKind",
    "ConcernOutcome",
    "EndReason",
    "Enrollment",
    "EnrollmentEvent",
    "EnrollmentEventBody",
    "EventReason",
    "ExceptionBatch",
    "ExceptionReason",
    "Granting",
    "MetBy",
    "Milestone",
    "MilestoneReached",
    "OrganizationPart",
    "OrganizationRole",
    "Program",
    "ProgramStaff",
    "ProgramVersion",
    "Progress",
    "ProgressStatus",
    "Recognition",
    "RecognitionBasis",
    "RecognitionBody",
    "Requirement",
    "RequirementException",
    "RequirementExceptionBody",
    "RequirementKind",
    "Sharing",
    "VersionCredit",
    "VersionPolicyAssignment",
    "VersionState",
    "WordsAbout",
]
