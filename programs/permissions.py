"""Who may do what with programs and enrollments: named predicates of a person; unknown means no."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from accounts.permissions import Actor, holds, may_change_learners, may_read_learners
from programs.models import Program, ProgramStaff


def reads_programs(user: Actor) -> bool:
    """Sees programs, versions and cohorts, drafts too: everybody on the desk but partners' people."""
    return holds(user, Role.REGISTRAR, Role.CURRICULUM_DESIGNER, Role.ASSESSOR, Role.ADVISOR, Role.INSPECTOR)


def writes_programs(user: Actor) -> bool:
    """Writes drafts: curriculum designers and registrars."""
    return holds(user, Role.CURRICULUM_DESIGNER, Role.REGISTRAR)


def publishes_programs(user: Actor) -> bool:
    """Puts versions in force and takes them out: registrars."""
    return holds(user, Role.REGISTRAR)


def reads_enrollments(user: Actor) -> bool:
    """Sees who studies what and how far they are."""
    return may_read_learners(user)


def keeps_enrollments(user: Actor) -> bool:
    """Enrolls, records events, milestones, recognised study and exceptions."""
    return may_change_learners(user)


def reads_awards(user: Actor) -> bool:
    """Sees what was awarded to whom, what waits, and what has to be looked at."""
    return reads_enrollments(user)


def grants_awards(user: Actor) -> bool:
    """Grants, declines, rescinds and renews awards, and settles what has to be looked at: registrars."""
    return keeps_enrollments(user)


def programs_for(user: Actor, *, at: datetime) -> QuerySet[Program]:
    """The programs that a person on the desk works in: those they are named for, or all when named for none."""
    if not isinstance(user, User):
        return Program.objects.none()
    named = ProgramStaff.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), user=user, starts_at__lte=at)
    every = Program.objects.all()
    return every.filter(staff__in=named) if named.exists() else every
