"""The tables about learners in this app: purpose, retention, erasure and export of each."""

from core.privacy import Erasure, LearnerTable, Retention

FACTS_ONLY = "it holds ids, codes, numbers, dates and digests only, and decisions are replayed from it"


def _facts(model: str, purpose: str, *exported: str, append_only: bool = False, path: str = "learner") -> LearnerTable:
    """Return the entry of a table without free text: it is kept after an erasure."""
    return LearnerTable(
        model=f"assessments.{model}",
        path=path,
        purpose=purpose,
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=FACTS_ONLY,
        exported=exported,
        append_only=append_only,
    )


def _texts(model: str, purpose: str, path: str) -> LearnerTable:
    """Return the entry of a side table with free text: an erasure blanks it."""
    return LearnerTable(
        model=f"assessments.{model}",
        path=path,
        purpose=purpose,
        retention=Retention.RECORD,
        erasure=Erasure.BLANKED,
        blanks={"content": None},
        exported=("content", "erased_at"),
    )


LEARNER_TABLES = (
    _facts(
        "Submission",
        "Which work was handed in, when, and where it stands.",
        "public_id", "assessment_revision", "attempt", "round", "state", "performed_on", "submitted_at", "judged_at",
    ),
    _texts("SubmissionBody", "What the learner wrote.", "submission__learner"),
    _facts(
        "Artifact",
        "Which files and links belong to the work.",
        "public_id", "kind", "media_type", "size", "digest", "added_at",
        path="submission__learner",
    ),
    _texts("ArtifactBody", "What files are called and where they lie.", "artifact__submission__learner"),
    LearnerTable(
        model="assessments.JudgementDraft",
        path="submission__learner",
        purpose="What an assessor has put down so far.",
        retention=Retention.SHORT,
        erasure=Erasure.DELETED,
        withheld="it is the assessor's own draft; the judgement that comes of it is exported",
    ),
    _facts(
        "Judgement",
        "Who judged the work, and when.",
        "submission", "round", "outcome", "recorded_at", "revision_number", "reason",
        append_only=True,
    ),
    _facts(
        "JudgementLevel",
        "The level found on each criterion.",
        "criterion", "criterion_level",
        append_only=True,
        path="judgement__learner",
    ),
    _texts("JudgementBody", "What the assessor said to the learner.", "judgement__learner"),
    _facts(
        "Evidence",
        "What the learner showed of a competency; mastery is decided from it.",
        "public_id", "competency", "competency_revision", "level", "score", "performed_on", "recorded_at", "basis",
        "kind", "setting", "piece", "revision_number",
        append_only=True,
    ),
    _facts(
        "EvidenceSource",
        "Where evidence came from, so that nothing is taken in twice.",
        "system", "kind", "id_digest", "revision_number",
        append_only=True,
    ),
    _facts(
        "EvidenceVoid", "Which evidence no longer counts, and why.", "evidence", "reason", "voided_at", append_only=True
    ),
    _texts("EvidenceBody", "Words that came with evidence.", "evidence__learner"),
    _facts(
        "Mastery",
        "Where the learner stands on a competency under a policy.",
        "competency", "policy_version", "state", "level", "score", "mastered_on", "valid_until", "ended_on",
        "holds_until", "recommended_at",
    ),
)  # fmt: skip
