"""What pages, the programs above and the actions read."""

from assessments.queries.policies import Nearer, Origin, Resolved, policy_of, resolved_policies, resolved_policy
from assessments.queries.standings import (
    Explained,
    MasteryToAudit,
    evidence_of,
    explained_by,
    explanation_of,
    explanations_of,
    mastery_named,
    mastery_of,
    mastery_to_audit,
    standing_of,
)
from assessments.queries.work import (
    assessments_open,
    assessments_showing,
    awaiting,
    submissions_awaiting_judgement,
    work_of,
    work_to_go_on_with,
)

__all__ = [
    "Explained",
    "MasteryToAudit",
    "Nearer",
    "Origin",
    "Resolved",
    "assessments_open",
    "assessments_showing",
    "awaiting",
    "evidence_of",
    "explained_by",
    "explanation_of",
    "explanations_of",
    "mastery_named",
    "mastery_of",
    "mastery_to_audit",
    "policy_of",
    "resolved_policies",
    "resolved_policy",
    "standing_of",
    "submissions_awaiting_judgement",
    "work_of",
    "work_to_go_on_with",
]
