"""Who may do what with policies, assessments, work and evidence: rights over rows, and predicates of a user.

The scope of evidence and mastery is said in `programs.permissions`: which competencies somebody may look at depends on
the programs that ask for them.
"""

from django.db.models import Q

from accounts.models import Role
from accounts.permissions import READERS, Actor, holds, holds_everywhere, is_own_record
from accounts.permissions.right import (
    Right,
    Scope,
    both,
    in_organization,
    of_advised_learner,
    only_everywhere,
    set_scopes,
    whole_institution,
)
from accounts.rules.reach import Limit
from assessments.models import (
    Assessment,
    AssessmentRevision,
    Judgement,
    MasteryPolicy,
    PolicyAssignment,
    Rubric,
    Submission,
)

keeps_assessments = Right(
    "keeps_assessments",
    "Writes, opens and retires rubrics and assessments.",
    Role.CURRICULUM_DESIGNER,
    Role.REGISTRAR,
    acts=True,
)
reads_assessments = Right(
    "reads_assessments",
    "Sees rubrics, assessments and policies on the desk.",
    Role.CURRICULUM_DESIGNER,
    Role.REGISTRAR,
    Role.ASSESSOR,
    Role.ADVISOR,
    Role.INSPECTOR,
)
reads_submissions = Right("reads_submissions", "Sees submitted work of other people.", *READERS)
reads_evidence = Right("reads_evidence", "Sees the evidence of learners.", *READERS)
voids_evidence = Right("voids_evidence", "Voids evidence.", Role.REGISTRAR, acts=True)


def _used_here_alone(limit: Limit) -> Q:
    """Rubrics that no assessment of an organization outside the limit uses."""
    if limit.organizations is None:
        return Q()
    outside = AssessmentRevision.objects.exclude(assessment__organization__in=limit.organizations)
    return ~Q(pk__in=outside.values("rubric_revision__rubric"))


SHARED = Scope(whole_institution, only_everywhere)
set_scopes(
    {
        Assessment: Scope(in_organization("organization"), in_organization("organization")),
        Rubric: Scope(whole_institution, _used_here_alone),
        MasteryPolicy: SHARED,
        PolicyAssignment: SHARED,
        Submission: Scope(
            both(in_organization("assessment_revision__assessment__organization"), of_advised_learner("learner")),
            in_organization("assessment_revision__assessment__organization"),
        ),
    }
)


def keeps_policies(user: Actor) -> bool:
    """Return whether the user writes and assigns mastery policies: only with a role in the whole institution."""
    return holds_everywhere(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


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
    """Return whether the user may read this work: its learner, its assessors, and who reads work of its place."""
    return is_own_record(user, submission.learner) or may_judge(user, submission) or reads_submissions(user, submission)
