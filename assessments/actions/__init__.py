"""What can be done with policies, evidence and mastery, rubrics, assessments and work."""

from assessments.actions.evidence import EvidenceItem, Recorded, Source, record_evidence, void_evidence
from assessments.actions.policies import assign_policy, end_assignment, make_policy, make_policy_version, retire_policy
from assessments.actions.recomputing import recompute_due, recompute_if_due, recompute_person, track, track_all

__all__ = [
    "EvidenceItem",
    "Recorded",
    "Source",
    "assign_policy",
    "end_assignment",
    "make_policy",
    "make_policy_version",
    "recompute_due",
    "recompute_if_due",
    "recompute_person",
    "record_evidence",
    "retire_policy",
    "track",
    "track_all",
    "void_evidence",
]
