"""Rubrics and assessments, submitted work and judgements, the evidence ledger, policies and mastery."""

from assessments.models.evidence import (
    Basis,
    Evidence,
    EvidenceBody,
    EvidenceVoid,
    Setting,
    VoidReason,
)
from assessments.models.judgements import (
    CorrectionReason,
    Judgement,
    JudgementBody,
    JudgementDraft,
    JudgementLevel,
    JudgementOutcome,
)
from assessments.models.mastery import Mastery
from assessments.models.policies import MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from assessments.models.rubrics import (
    Assessment,
    AssessmentKind,
    AssessmentRevision,
    Criterion,
    CriterionLevel,
    Rubric,
    RubricRevision,
)
from assessments.models.sources import EvidenceSource, SourceKind, SourceSystem
from assessments.models.submissions import (
    Artifact,
    ArtifactBody,
    ArtifactKind,
    Submission,
    SubmissionBody,
    SubmissionState,
)
from assessments.rules.mastery_states import MasteryState

__all__ = [
    "Artifact",
    "ArtifactBody",
    "ArtifactKind",
    "Assessment",
    "AssessmentKind",
    "AssessmentRevision",
    "Basis",
    "CorrectionReason",
    "Criterion",
    "CriterionLevel",
    "Evidence",
    "EvidenceBody",
    "EvidenceSource",
    "EvidenceVoid",
    "Judgement",
    "JudgementBody",
    "JudgementDraft",
    "JudgementLevel",
    "JudgementOutcome",
    "Mastery",
    "MasteryPolicy",
    "MasteryPolicyVersion",
    "MasteryState",
    "PolicyAssignment",
    "Rubric",
    "RubricRevision",
    "Setting",
    "SourceKind",
    "SourceSystem",
    "Submission",
    "SubmissionBody",
    "SubmissionState",
    "VoidReason",
]
