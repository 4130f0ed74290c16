"""Who may do what with programs, enrollments and awards: rights over rows; unknown means no.

A program belongs to the organization that awards it, an enrollment to the place of study, an award to the organization
that awarded it. An enrollment is also seen by its program's organization, and an award by the place of study.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Organization, Role, User
from accounts.permissions import READERS, Actor, holds_everywhere
from accounts.permissions.right import (
    NO_ROWS,
    Narrow,
    Right,
    Scope,
    about_the_whole_learner,
    both,
    in_organization,
    limits_of,
    of_advised_learner,
    set_learner_tie,
    set_program_terms,
    set_scopes,
    whole_institution,
)
from accounts.rules.reach import Limit, ProgramTerm
from assessments.models import Evidence, Mastery
from programs.models import (
    Achievement,
    AchievementVersion,
    AuditMove,
    Award,
    AwardConcern,
    Cohort,
    Enrollment,
    ExceptionBatch,
    Milestone,
    MilestoneReached,
    OrganizationRole,
    Program,
    ProgramStaff,
    ProgramVersion,
    Recognition,
    Requirement,
    RequirementException,
)

reads_programs = Right(
    "reads_programs",
    "Sees programs, versions and cohorts, drafts too: everybody on the desk but partners' people.",
    Role.REGISTRAR,
    Role.CURRICULUM_DESIGNER,
    Role.ASSESSOR,
    Role.ADVISOR,
    Role.INSPECTOR,
)
writes_programs = Right("writes_programs", "Writes drafts.", Role.CURRICULUM_DESIGNER, Role.REGISTRAR, acts=True)
publishes_programs = Right(
    "publishes_programs", "Puts versions in force and takes them out.", Role.REGISTRAR, acts=True
)
reads_enrollments = Right("reads_enrollments", "Sees who studies what and how far they are.", *READERS)
keeps_enrollments = Right(
    "keeps_enrollments",
    "Enrolls, records events, milestones, recognised study and exceptions.",
    Role.REGISTRAR,
    acts=True,
)
# A branch enrolls into what the institution awards: it needs to see the version, and acts on its own place alone.
enrolls = Right("enrolls", "Enrolls into versions that a place of study within reach offers.", Role.REGISTRAR)
reads_awards = Right("reads_awards", "Sees what was awarded to whom, what waits, and what to look at.", *READERS)
grants_awards = Right(
    "grants_awards",
    "Grants, declines, rescinds and renews awards, and settles what has to be looked at.",
    Role.REGISTRAR,
    acts=True,
)


def limits_staff_to_programs(user: Actor) -> bool:
    """Limits the roles of people to programs, and lifts such limits: as who assigns roles."""
    return holds_everywhere(user, Role.REGISTRAR)


def sees_program_staff(user: Actor) -> bool:
    """Sees who is limited to which programs: registrars and inspectors of the whole institution."""
    return holds_everywhere(user, Role.REGISTRAR, Role.INSPECTOR)


def places_to_enroll_at(user: Actor, program: Program) -> QuerySet[Organization]:
    """Return the places of study at which `user` may enroll learners in `program`, by name."""
    limits = [
        limit for limit in limits_of(user, Role.REGISTRAR) if limit.programs is None or program.pk in limit.programs
    ]
    places = Organization.objects.ours().order_by("name", "pk")
    if any(limit.organizations is None for limit in limits):
        return places
    return places.filter(reduce(or_, [in_organization("pk")(limit) for limit in limits], NO_ROWS))


def _named_programs(path: str) -> Narrow:
    def narrow(limit: Limit) -> Q:
        return Q() if limit.programs is None else Q(**{f"{path}__in": limit.programs})

    return narrow


def _offered(organization: str, program: str) -> Narrow:
    """Rows of programs that an organization awards, takes part in, or that an organization above it awards.

    A branch teaches what the institution awards: it reads those programs, and does not write them.
    """

    def narrow(limit: Limit) -> Q:
        if limit.organizations is None:
            return Q()
        part = OrganizationRole.objects.filter(organization__in=limit.organizations).values("version__program")
        awarded = Q(**{f"{organization}__in": limit.organizations | limit.organizations_above})
        return awarded | Q(**{f"{program}__in": part})

    return narrow


def _program_scope(program: str, organization: str) -> Scope:
    """The scope of rows that belong to a program; the paths lead to it and to its organization."""
    named = _named_programs(program)
    return Scope(both(_offered(organization, program), named), both(in_organization(organization), named))


def _places(prefix: str = "") -> Narrow:
    """Rows of enrollments with a place of study, or a program, within the limit."""

    def narrow(limit: Limit) -> Q:
        study, awarding = in_organization(f"{prefix}organization"), in_organization(f"{prefix}program__organization")
        named = _named_programs(f"{prefix}program")(limit)
        return named if limit.organizations is None else (study(limit) | awarding(limit)) & named

    return narrow


def _enrollment_scope(prefix: str, learner: str) -> Scope:
    """The scope of enrollments, and of rows that have one; both paths lead from the row."""
    advised, named = of_advised_learner(learner), _named_programs(f"{prefix}program")
    return Scope(both(_places(prefix), advised), both(in_organization(f"{prefix}organization"), named, advised))


def award_scope(prefix: str, learner: str) -> Scope:
    """The scope of awards, and of rows that are about one; both paths lead from the row."""
    awarding = in_organization(f"{prefix}achievement_version__organization")
    study = in_organization(f"{prefix}enrollment__organization")
    named = _named_programs(f"{prefix}program_version__program")
    advised = of_advised_learner(learner)

    def places(limit: Limit) -> Q:
        return Q() if limit.organizations is None else awarding(limit) | study(limit)

    return Scope(both(places, named, advised), both(awarding, named, advised))


def _whole_batch(narrow: Narrow) -> Narrow:
    """Batches of which every exception lies within the limit: one request decides all of them, and shows all people."""

    def narrowed(limit: Limit) -> Q:
        if limit.anywhere and limit.advisor is None:
            return Q()
        inside = RequirementException.objects.filter(narrow(limit)).values("pk")
        outside = RequirementException.objects.filter(batch__isnull=False).exclude(pk__in=inside)
        return ~Q(pk__in=outside.values("batch"))

    return narrowed


def _asked_for(limit: Limit) -> Q:
    """Evidence and mastery of a competency that an enrollment of the same person, within the limit, asks for."""
    advised = of_advised_learner("learner")(limit)
    if limit.anywhere:
        return advised
    enrollments = Enrollment.objects.filter(_places()(limit), version__requirements__competency=OuterRef("competency"))
    of_person = enrollments.alias(person=Coalesce("learner__same_as", "learner")).filter(
        person=Coalesce(OuterRef("learner__same_as"), OuterRef("learner"))
    )
    return Q(Exists(of_person)) & advised


def _asked_for_here_alone(limit: Limit) -> Q:
    """Milestones that no program outside the limit asks for: a new title would change the others."""
    if limit.anywhere:
        return Q()
    writable = both(in_organization("organization"), _named_programs("pk"))(limit)
    outside = Requirement.objects.exclude(version__program__in=Program.objects.filter(writable))
    return ~Q(pk__in=outside.filter(milestone__isnull=False).values("milestone"))


class EnrollmentTie:
    """An enrollment ties its learner to the place of study and to the organization of the program, for good."""

    def within(self, limit: Limit) -> QuerySet[Enrollment, Any]:
        """The ids of records with an enrollment within the limit."""
        return Enrollment.objects.filter(_places()(limit)).values("learner")

    def outside(self, limit: Limit) -> QuerySet[Enrollment, Any]:
        """The ids of records with an enrollment outside the limit."""
        return Enrollment.objects.exclude(_places()(limit)).values("learner")


def program_terms_of(user: User) -> Sequence[ProgramTerm]:
    """The programs to which the account is or was limited."""
    rows = ProgramStaff.objects.filter(user=user)
    return [ProgramTerm(*row) for row in rows.values_list("program_id", "starts_at", "ends_at", "lifted_at")]


set_learner_tie(EnrollmentTie())
set_program_terms(program_terms_of)
EXCEPTION_SCOPE = _enrollment_scope("enrollment__", "learner")
# Recognitions and milestone records count in all programs of a person: they are about the whole learner.
WHOLE_LEARNER = Scope(about_the_whole_learner("learner"), about_the_whole_learner("learner"))
set_scopes(
    {
        Program: _program_scope("pk", "organization"),
        ProgramVersion: _program_scope("program", "program__organization"),
        Cohort: _program_scope("version__program", "version__program__organization"),
        Achievement: _program_scope("program", "organization"),
        AchievementVersion: _program_scope("achievement__program", "organization"),
        Milestone: Scope(whole_institution, _asked_for_here_alone),
        Enrollment: _enrollment_scope("", "learner"),
        RequirementException: EXCEPTION_SCOPE,
        ExceptionBatch: Scope(_whole_batch(EXCEPTION_SCOPE.seen), _whole_batch(EXCEPTION_SCOPE.acted_on)),
        AuditMove: _enrollment_scope("enrollment__", "learner"),
        Award: award_scope("", "learner"),
        AwardConcern: award_scope("award__", "learner"),
        Recognition: WHOLE_LEARNER,
        MilestoneReached: WHOLE_LEARNER,
        # Their own app does not know who asks for them. Voiding evidence changes all programs of the learner.
        Evidence: Scope(_asked_for, about_the_whole_learner("learner")),
        Mastery: Scope(_asked_for, about_the_whole_learner("learner")),
    }
)
