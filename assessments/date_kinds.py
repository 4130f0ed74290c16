"""The kind of each date field of assessments: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    "Submission.performed_on": DateKind.WORK,
    "Evidence.performed_on": DateKind.WORK,
    "Mastery.mastered_on": DateKind.DERIVED,
    "Mastery.valid_until": DateKind.DERIVED,
    "Mastery.ended_on": DateKind.DERIVED,
    "Mastery.holds_until": DateKind.DERIVED,
    **recorded("Rubric", "made_at", "retired_at"),
    **recorded("RubricRevision", "made_at", "used_at", "superseded_at"),
    **recorded("Assessment", "made_at", "opened_at", "retired_at"),
    **recorded("AssessmentRevision", "made_at", "used_at", "superseded_at"),
    **recorded("Submission", "started_at", "submitted_at", "returned_at", "judged_at"),
    **recorded("SubmissionBody", "erased_at"),
    **recorded("Artifact", "added_at"),
    **recorded("ArtifactBody", "erased_at"),
    **recorded("JudgementDraft", "saved_at"),
    **recorded("Judgement", "recorded_at"),
    **recorded("JudgementBody", "erased_at"),
    **recorded("Evidence", "recorded_at"),
    **recorded("EvidenceVoid", "voided_at"),
    **recorded("EvidenceBody", "erased_at"),
    **recorded("MasteryPolicy", "made_at", "retired_at"),
    **recorded("MasteryPolicyVersion", "made_at", "used_at"),
    **recorded("PolicyAssignment", "assigned_at", "ended_at"),
    **recorded("Mastery", "decided_at", "recommended_at"),
    **recorded("SourceSystem", "made_at"),
}
