"""The kind of each date field of programs: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    "ProgramVersion.closed_to_entry_on": DateKind.VALIDITY,
    "ProgramVersion.teach_out_until": DateKind.VALIDITY,
    "MilestoneReached.reached_on": DateKind.WORK,
    "Recognition.achieved_on": DateKind.WORK,
    "Recognition.valid_until": DateKind.VALIDITY,
    "RequirementException.starts_on": DateKind.GENERAL,
    "RequirementException.ends_on": DateKind.VALIDITY,
    "Cohort.starts_on": DateKind.GENERAL,
    "Cohort.ends_on": DateKind.VALIDITY,
    "Enrollment.admitted_on": DateKind.DERIVED,
    "Enrollment.ended_on": DateKind.DERIVED,
    "EnrollmentEvent.effective_on": DateKind.GENERAL,
    "Award.requirements_met_on": DateKind.DERIVED,
    "Award.met_at": DateKind.DERIVED,
    "Award.awarded_on": DateKind.WORK,
    "Award.valid_until": DateKind.DERIVED,
    "Award.holds_until": DateKind.DERIVED,
    "Attribution.achieved_on": DateKind.DERIVED,
    "ProgramStaff.starts_at": DateKind.GENERAL,
    "ProgramStaff.ends_at": DateKind.VALIDITY,
    "Progress.met_on": DateKind.DERIVED,
    "Progress.holds_until": DateKind.DERIVED,
    **recorded("Program", "made_at"),
    **recorded("ProgramVersion", "made_at", "published_at", "retired_at"),
    **recorded("Milestone", "made_at"),
    **recorded("MilestoneReached", "recorded_at", "withdrawn_at"),
    **recorded("Recognition", "recorded_at", "withdrawn_at"),
    **recorded("RecognitionBody", "erased_at"),
    **recorded("RequirementException", "decided_at", "withdrawn_at"),
    **recorded("RequirementExceptionBody", "erased_at"),
    **recorded("Achievement", "made_at"),
    **recorded("AchievementVersion", "made_at", "published_at", "retired_at"),
    **recorded("Enrollment", "enrolled_at"),
    **recorded("EnrollmentEvent", "recorded_at"),
    **recorded("EnrollmentEventBody", "erased_at"),
    **recorded("Award", "proposed_at", "decided_at", "ended_at"),
    **recorded("AwardBody", "erased_at"),
    **recorded("AwardConcern", "raised_at", "settled_at"),
    **recorded("AwardConcernBody", "erased_at"),
    **recorded("Progress", "stale_since", "audited_at"),
}
