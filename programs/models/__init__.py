"""Programs and their trees, who studies them, what was decided for single people, and how far they are."""

from programs.models.decisions import (
    Milestone,
    MilestoneReached,
    Recognition,
    RecognitionBasis,
    RecognitionBody,
    RequirementException,
    RequirementExceptionBody,
)
from programs.models.enrollments import (
    Cohort,
    Enrollment,
    EnrollmentEvent,
    EnrollmentEventBody,
    EventReason,
)
from programs.models.parts import OrganizationPart, OrganizationRole, ProgramStaff
from programs.models.programs import Program, ProgramVersion, VersionPolicyAssignment, VersionState
from programs.models.progress import Progress, ProgressStatus
from programs.models.requirements import Requirement, RequirementKind

__all__ = [
    "Cohort",
    "Enrollment",
    "EnrollmentEvent",
    "EnrollmentEventBody",
    "EventReason",
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
    "VersionPolicyAssignment",
    "VersionState",
]
