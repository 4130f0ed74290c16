"""The tables of programs in the register of learner tables."""

from core.privacy import Erasure, LearnerTable, Retention

FACTS_ONLY = "it holds ids, codes, numbers, dates and digests only, and audits are replayed from it"


def _facts(model: str, purpose: str, *exported: str, append_only: bool = False) -> LearnerTable:
    return LearnerTable(
        model=f"programs.{model}",
        purpose=purpose,
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because=FACTS_ONLY,
        exported=exported,
        append_only=append_only,
    )


def _words(model: str, purpose: str, path: str) -> LearnerTable:
    return LearnerTable(
        model=f"programs.{model}",
        path=path,
        purpose=purpose,
        retention=Retention.RECORD,
        erasure=Erasure.BLANKED,
        blanks={"content": None},
        exported=("content", "erased_at"),
    )


LEARNER_TABLES = (
    _facts(
        "Enrollment",
        "Which programs the learner studies or has studied.",
        "public_id", "program", "version", "organization", "cohort", "admitted_on", "ended_on",
    ),
    _facts(
        "EnrollmentEvent",
        "What happened to an enrollment, from which day, and the reason as a code.",
        "enrollment", "kind", "effective_on", "reason", "recorded_at", "to_version",
        append_only=True,
    ),
    _words("EnrollmentEventBody", "What was said about such an event.", "event__learner"),
    _facts(
        "MilestoneReached",
        "Which milestones the learner has reached.",
        "public_id", "milestone", "reached_on", "quantity", "basis", "recorded_at", "withdrawn_at",
    ),
    _facts(
        "Recognition",
        "Which study elsewhere counts here.",
        "public_id", "basis", "organization", "competency", "level", "conversions", "without_level", "credits",
        "source_credits", "achieved_on", "valid_until", "recorded_at", "withdrawn_at",
    ),
    _words("RecognitionBody", "What was studied elsewhere, and where.", "recognition__learner"),
    _facts(
        "RequirementException",
        "What was decided for this learner about single requirements.",
        "public_id", "kind", "node", "attainment", "competency", "starts_on", "ends_on", "reason", "decided_at",
        "withdrawn_at",
    ),
    _words("RequirementExceptionBody", "Why an exception was made.", "exception__learner"),
    _facts(
        "Progress",
        "How far the learner is in a program; worked out from the rows above and from mastery.",
        "enrollment", "method", "status", "percent", "distance", "met_on", "audit", "audited_at", "holds_until",
    ),
    _facts(
        "AuditMove",
        "How the figures of an enrollment changed when it was moved to a newer method of audit.",
        "enrollment", "old_method", "new_method", "moved_at", "status_before", "status_after", "percent_before",
        "percent_after", "distance_before", "distance_after", "credits_before", "credits_after", "changed",
        "awards_in_question",
        append_only=True,
    ),
    LearnerTable(
        model="programs.Award",
        purpose="What was awarded to the learner, when, in which name, and on what it rests.",
        retention=Retention.LEGAL_DUTY,
        erasure=Erasure.KEPT,
        kept_because="the law asks for proof of what was awarded to whom; the name goes when its retention ends",
        exported=(
            "public_id", "achievement", "achievement_version", "cycle", "kind", "state", "requirements_met_on",
            "awarded_on", "valid_until", "name_as_awarded", "credits", "credit_unit", "decision", "decision_digest",
            "proposed_at", "decided_at", "ended_at", "end_reason",
        ),
    ),
    LearnerTable(
        model="programs.AwardBody",
        path="award__learner",
        purpose="What was said when an award was proposed, decided or ended.",
        retention=Retention.RECORD,
        erasure=Erasure.BLANKED,
        blanks={"content": None},
        exported=("about", "content", "erased_at"),
    ),
    _facts(
        "Attribution",
        "What counted for which requirement when an award was granted.",
        "award", "requirement_key", "kind", "subject_id", "policy_id", "credits", "level", "achieved_on", "basis",
        append_only=True,
    ),
    _facts(
        "AwardConcern",
        "Which awards of the learner somebody had to look at again, and how that ended.",
        "award", "kind", "subject_id", "raised_at", "settled_at", "outcome",
    ),
    _words("AwardConcernBody", "What was said when such a question was settled.", "concern__learner"),
)  # fmt: skip
