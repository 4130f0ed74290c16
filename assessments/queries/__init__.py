"""The reads of assessments that pages, actions and other apps use."""

from assessments.queries.policies import Nearer, Origin, ResolvedPolicy, policy_of, resolved_policies, resolved_policy
from assessments.queries.standings import (
    ExplainedDecision,
    MasteryToAudit,
    evidence_of,
    explained_by,
    explanation_of,
    explanations_of,
    mastery_named,
    mastery_of,
    mastery_to_audit,
    result_of,
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
    "ExplainedDecision",
    "MasteryToAudit",
    "Nearer",
    "Origin",
    "ResolvedPolicy",
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
    "result_of",
    "submissions_awaiting_judgement",
    "work_of",
    "work_to_go_on_with",
]
