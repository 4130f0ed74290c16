"""The actions on mastery policies, evidence, rubrics, assessments and submitted work."""

from assessments.actions.assessments import (
    AssessmentTerms,
    open_assessment,
    retire_assessment,
    revise_assessment,
    write_assessment,
)
from assessments.actions.erasing import ErasedContent, erase_content
from assessments.actions.evidence import EvidenceItem, RecordedEvidence, SourceReference, record_evidence, void_evidence
from assessments.actions.files import add_file
from assessments.actions.judging import judge_submission, return_submission, save_judgement_draft
from assessments.actions.policies import assign_policy, end_assignment, make_policy, make_policy_version, retire_policy
from assessments.actions.recomputing import (
    recompute_due,
    recompute_if_due,
    recompute_person,
    subscriptions_of,
    track,
    track_all,
)
from assessments.actions.rubrics import CriterionEntry, LevelEntry, retire_rubric, revise_rubric, write_rubric
from assessments.actions.submissions import (
    add_link,
    remove_artifact,
    save_words,
    start_submission,
    submit_work,
    withdraw_submission,
)

__all__ = [
    "AssessmentTerms",
    "CriterionEntry",
    "ErasedContent",
    "EvidenceItem",
    "LevelEntry",
    "RecordedEvidence",
    "SourceReference",
    "add_file",
    "add_link",
    "assign_policy",
    "end_assignment",
    "erase_content",
    "judge_submission",
    "make_policy",
    "make_policy_version",
    "open_assessment",
    "recompute_due",
    "recompute_if_due",
    "recompute_person",
    "record_evidence",
    "remove_artifact",
    "retire_assessment",
    "retire_policy",
    "retire_rubric",
    "return_submission",
    "revise_assessment",
    "revise_rubric",
    "save_judgement_draft",
    "save_words",
    "start_submission",
    "submit_work",
    "subscriptions_of",
    "track",
    "track_all",
    "void_evidence",
    "withdraw_submission",
    "write_assessment",
    "write_rubric",
]
