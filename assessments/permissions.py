"""Who may do what with policies, assessments, work and evidence: named predicates of a user."""

from accounts.models import Role
from accounts.permissions import Actor, holds, holds_everywhere, is_registrar, may_read_learners
from assessments.models import Submission


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


def may_judge(user: Actor, submission: Submission) -> bool:
    """Return whether the user may judge this work: assessors of its organization, but never the learner."""
    if submission.learner.user_id is not None and submission.learner.user_id == user.pk:
        return False
    return holds(user, Role.ASSESSOR, organization=submission.assessment_revision.assessment.organization)


def may_see_work(user: Actor, submission: Submission) -> bool:
    """Return whether the user may read this work: its learner, its assessors, and who reads learners' records."""
    own = submission.learner.user_id is not None and submission.learner.user_id == user.pk
    return own or may_judge(user, submission) or may_read_learners(user)
