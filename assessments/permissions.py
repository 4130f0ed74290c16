"""Who may do what with policies, assessments, work and evidence: named predicates of a user."""

from accounts.models import Role
from accounts.permissions import Actor, holds, holds_everywhere, is_own_record, is_registrar, may_read_learners
from assessments.models import Judgement, Submission


def keeps_assessments(user: Actor) -> bool:
    """Return whether the user writes, opens and retires rubrics and assessments: designers and registrars."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def reads_assessments(user: Actor) -> bool:
    """Return whether the user sees rubrics, assessments and policies on the desk."""
    return keeps_assessments(user) or holds(user, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def keeps_policies(user: Actor) -> bool:
    """Return whether the user writes and assigns mastery policies: only with a role in the whole institution."""
    return holds_everywhere(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def reads_evidence(user: Actor) -> bool:
    """Return whether the user sees the evidence of all learners."""
    return may_read_learners(user)


def voids_evidence(user: Actor) -> bool:
    """Return whether the user may void evidence."""
    return is_registrar(user)


def reviews_recommendations(user: Actor) -> bool:
    """Return whether the user decides what rules recommend: registrars of the whole institution."""
    return holds_everywhere(user, Role.REGISTRAR)


def assesses(user: Actor, submission: Submission) -> bool:
    """Return whether the user is an assessor of the organization of this work; it may be their own work."""
    return holds(user, Role.ASSESSOR, organization=submission.assessment_revision.assessment.organization)


def may_judge(user: Actor, submission: Submission) -> bool:
    """Return whether the user may judge this work: assessors of its organization, but never the learner."""
    return assesses(user, submission) and not is_own_record(user, submission.learner)


def may_correct(user: Actor, judgement: Judgement) -> bool:
    """Return whether the user may correct this judgement: who made it, as long as they may judge there."""
    return judgement.assessor_id == user.pk and may_judge(user, judgement.submission)


def may_see_work(user: Actor, submission: Submission) -> bool:
    """Return whether the user may read this work: its learner, its assessors, and who reads learners' records."""
    return is_own_record(user, submission.learner) or may_judge(user, submission) or may_read_learners(user)
