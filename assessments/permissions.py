"""Who may do what with policies, assessments, work and evidence: named predicates of a person."""

from accounts.models import Role
from accounts.permissions import Person, holds, holds_everywhere, is_registrar, may_read_learners
from assessments.models import Submission


def keeps_assessments(user: Person) -> bool:
    """Writes rubrics and assessments, opens and retires them: curriculum designers and registrars."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def reads_assessments(user: Person) -> bool:
    """Sees rubrics, assessments and policies on the desk."""
    return keeps_assessments(user) or holds(user, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def keeps_policies(user: Person) -> bool:
    """Writes mastery policies and says where they apply: who is not limited to a part of the institution."""
    return holds_everywhere(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def reads_evidence(user: Person) -> bool:
    """Sees the ledger of learners that are not themselves."""
    return may_read_learners(user)


def voids_evidence(user: Person) -> bool:
    """Lets evidence count no more."""
    return is_registrar(user)


def may_judge(user: Person, submission: Submission) -> bool:
    """Judges this work: an assessor where it is assessed, and not of their own work."""
    if submission.learner.user_id is not None and submission.learner.user_id == user.pk:
        return False
    return holds(user, Role.ASSESSOR, organization=submission.assessment_revision.assessment.organization)


def may_see_work(user: Person, submission: Submission) -> bool:
    """Reads this work: its learner, who may judge it, and who reads learners' records."""
    own = submission.learner.user_id is not None and submission.learner.user_id == user.pk
    return own or may_judge(user, submission) or may_read_learners(user)
