"""What a learner brings, in the one shape that the audit reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import Learner
from assessments.models import MasteryState
from assessments.queries import mastery_of
from programs.models import Enrollment, MilestoneReached, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException
from programs.rules.qualifiers import hundredths

DAY = timedelta(days=1)


def attainments_of(learner: Learner, *, at: datetime) -> tuple[Attainment, ...]:
    """All that this person has achieved: mastery that holds, milestones and quantities, recognised study.

    Ids are `mastery:<competency>:<policy version>`, `milestone:<uuid>` and `recognition:<uuid>`. Mastery of one
    competency by several policies is one piece.
    """
    return (*_mastered(learner, at), *_reached(learner), *_recognised(learner))


def exceptions_of(enrollment: Enrollment) -> tuple[RequirementException, ...]:
    """The decisions about this enrollment that stand; the audit asks itself on which days."""
    rows = ExceptionRow.objects.standing().filter(enrollment=enrollment).select_related("competency").order_by("pk")
    return tuple(
        RequirementException(
            id=str(row.public_id),
            kind=ExceptionKind(row.kind),
            node=row.node,
            attainment=row.attainment,
            competency=str(row.competency.public_id) if row.competency else "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows
    )


def _mastered(learner: Learner, at: datetime) -> Iterable[Attainment]:
    for row in mastery_of(learner, at=at):
        if row.state != MasteryState.MASTERED:
            continue
        competency, policy = str(row.competency.public_id), str(row.policy_version.public_id)
        yield Attainment(
            id=f"mastery:{competency}:{policy}",
            kind=AttainmentKind.MASTERY,
            competency=competency,
            policy=policy,
            piece=f"mastery:{competency}",
            level=row.level,
            achieved_on=row.mastered_on,
            # Mastery says its last day, the audit the first day without it.
            valid_until=None if row.valid_until is None else row.valid_until + DAY,
        )


def _reached(learner: Learner) -> Iterable[Attainment]:
    for row in MilestoneReached.objects.of(learner).standing().select_related("milestone").order_by("pk"):
        yield Attainment(
            id=f"milestone:{row.public_id}",
            kind=AttainmentKind.MILESTONE if row.quantity is None else AttainmentKind.QUANTITY,
            ref=str(row.milestone.public_id),
            quantity=hundredths(row.quantity),
            achieved_on=row.reached_on,
        )


def _recognised(learner: Learner) -> Iterable[Attainment]:
    rows = Recognition.objects.of(learner).standing().select_related("competency", "level", "organization")
    for row in rows.order_by("pk"):
        yield Attainment(
            id=f"recognition:{row.public_id}",
            kind=AttainmentKind.RECOGNITION,
            competency=str(row.competency.public_id) if row.competency else "",
            credits=None if row.credits is None else hundredths(row.credits),
            level=row.level.rank if row.level else None,
            achieved_on=row.achieved_on,
            valid_until=row.valid_until,
            basis=Basis(row.basis),
            organization=str(row.organization.public_id) if row.organization else "",
        )
