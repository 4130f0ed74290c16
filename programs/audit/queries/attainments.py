"""What a learner brings, in the one shape that the audit reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Learner
from assessments.mastery.queries.standings import MasteryToAudit, mastery_to_audit
from assessments.models import MasteryState
from core.database.compiled import compiled
from programs.audit.formats.audit_json import read_attainment
from programs.audit.queries.trees import INSIDE, programs_in, tree_of
from programs.audit.rules.qualifiers import hundredths
from programs.audit.rules.requirements import Kind, Requirement
from programs.models import Award, Enrollment, MilestoneReached, ProgramVersion, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.models.enrollments import EnrollmentQuerySet
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException

DAY = timedelta(days=1)


def attainments_of(learner: Learner, *, at: datetime) -> tuple[Attainment, ...]:
    """All that this person has achieved but awards: mastery that holds, milestones and quantities, recognised study.

    Ids are `mastery:<competency>:<policy version>`, `milestone:<uuid>` and `recognition:<uuid>`. Mastery of one
    competency by several policies is one piece.
    """
    return (*mastered_among(mastery_to_audit(learner, at=at)), *milestones_and_recognitions(learner))


def milestones_and_recognitions(learner: Learner) -> tuple[Attainment, ...]:
    """What a registrar recorded of this person and has not taken back."""
    return (*_reached(learner), *_recognised(learner))


def awards_of(learner: Learner) -> list[Award]:
    """The standing awards of this person, oldest first, with what `with_awards` reads of them."""
    return _standing_awards(learner.pk)


@compiled
def _standing_awards(learner: int) -> QuerySet[Award]:
    rows = Award.objects.of(Learner(pk=learner)).standing().select_related("program_version__program")
    return rows.defer("program_version__content").order_by("pk")


def with_awards(tree: Requirement, brought: Sequence[Attainment], awards: Iterable[Award]) -> tuple[Attainment, ...]:
    """`brought`, the standing awards that program nodes of the tree name, and the pieces that those spent.

    A piece that counts by itself no longer (mastery that has lapsed since) still counts where its award does.
    """
    named = programs_in(tree)
    found = {attainment.id: attainment for attainment in brought}
    for award in awards:
        version = award.program_version
        if version is not None and str(version.program.public_id) in named:
            for spent in spent_by(award):
                found.setdefault(spent.id, replace(spent, valid_until=spent.achieved_on or award.requirements_met_on))
            own = awarded(award)
            found[own.id] = own
    return tuple(found.values())


def awarded(award: Award) -> Attainment:
    """A granted award of a program as an attainment, `award:<uuid>`."""
    spent = tuple(piece.id for piece in spent_by(award))
    return Attainment(
        id=f"award:{award.public_id}",
        kind=AttainmentKind.AWARD,
        ref=str(award.program_version.program.public_id) if award.program_version else "",
        credits=hundredths(award.credits),
        achieved_on=award.awarded_on,
        valid_until=award.valid_until,
        spent=spent,
    )


def spent_by(award: Award) -> tuple[Attainment, ...]:
    """The pieces whose credits an award stands for, as they were when it was granted."""
    decision = award.decision or {}
    pieces = {piece["id"]: piece for piece in decision.get("attainments", ())}
    # An award below it stands for pieces of its own, which are among these; with its credits they would count twice.
    through = {use["attainment"] for use in decision.get("uses", ()) if use["credits"] or not _is_award(use)}
    return tuple(read_attainment(pieces[name])[0] for name in sorted(through) if name in pieces)


def _is_award(use: dict[str, object]) -> bool:
    return str(use["attainment"]).startswith("award:")


def with_what_was_recorded(rows: EnrollmentQuerySet, records: tuple[int, ...]) -> EnrollmentQuerySet:
    """Enrollments of a person with `has_decisions` of their own, and whether the person `has_recorded` anything else.

    Most have neither: then there is nothing to ask `exceptions_of` and `milestones_and_recognitions` for.
    """
    reached = MilestoneReached.objects.standing().filter(learner__in=records)
    recognised = Recognition.objects.standing().filter(learner__in=records)
    return rows.annotate(
        has_decisions=Exists(ExceptionRow.objects.standing().filter(enrollment=OuterRef("pk"))),
        has_recorded=Exists(reached) | Exists(recognised),
    )


def exceptions_of(enrollment: Enrollment) -> tuple[RequirementException, ...]:
    """The decisions about this enrollment that stand; the audit asks itself on which days."""
    return tuple(decided(row) for row in _decisions_about(enrollment.pk))


@compiled
def _decisions_about(enrollment: int) -> QuerySet[ExceptionRow]:
    rows = ExceptionRow.objects.standing().filter(enrollment=enrollment)
    return rows.select_related("competency").order_by("pk")


def decided(row: ExceptionRow) -> RequirementException:
    """A decision about one requirement as the audit takes it."""
    return RequirementException(
        id=str(row.public_id),
        kind=ExceptionKind(row.kind),
        node=row.node,
        attainment=row.attainment,
        competency=str(row.competency.public_id) if row.competency else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def exceptions_inside(enrollment: Enrollment, version: ProgramVersion) -> tuple[RequirementException, ...]:
    """The standing decisions of an enrollment about nodes of `version`, by the keys of its own tree.

    That is the enrollment's version, or one stacked in it, where only decisions about nodes inside it speak.
    """
    decisions = exceptions_of(enrollment)
    if version.pk == enrollment.version_id:
        return decisions
    program = str(version.program.public_id)
    around = [
        f"{node.id}{INSIDE}"
        for node in tree_of(enrollment.version).walk()
        if node.kind is Kind.PROGRAM and program in node.names
    ]
    return tuple(
        replace(decision, node=decision.node.removeprefix(inside))
        for inside in around
        for decision in decisions
        if decision.node.startswith(inside)
    )


def mastered_among(rows: Iterable[MasteryToAudit]) -> Iterator[Attainment]:
    """The mastery that holds, as attainments."""
    for row in rows:
        if row.state != MasteryState.MASTERED:
            continue
        yield mastered(
            str(row.competency_name),
            str(row.policy_name),
            level=row.level,
            mastered_on=row.mastered_on,
            valid_until=row.valid_until,
        )


def mastered(
    competency: str, policy: str, *, level: int | None, mastered_on: date | None, valid_until: date | None
) -> Attainment:
    """Mastery that holds as an attainment; `valid_until` is its last day, as decisions say it."""
    return Attainment(
        id=f"mastery:{competency}:{policy}",
        kind=AttainmentKind.MASTERY,
        competency=competency,
        policy=policy,
        piece=f"mastery:{competency}",
        level=level,
        achieved_on=mastered_on,
        # Mastery says its last day, the audit the first day without it.
        valid_until=None if valid_until is None else valid_until + DAY,
    )


def _reached(learner: Learner) -> Iterable[Attainment]:
    return [reached(row) for row in _milestones_of(learner.pk)]


@compiled
def _milestones_of(learner: int) -> QuerySet[MilestoneReached]:
    rows = MilestoneReached.objects.of(Learner(pk=learner)).standing()
    return rows.select_related("milestone").order_by("pk")


def reached(row: MilestoneReached) -> Attainment:
    """A milestone reached, or so much of it, as an attainment."""
    return Attainment(
        id=f"milestone:{row.public_id}",
        kind=AttainmentKind.MILESTONE if row.quantity is None else AttainmentKind.QUANTITY,
        ref=str(row.milestone.public_id),
        quantity=hundredths(row.quantity),
        achieved_on=row.reached_on,
    )


def _recognised(learner: Learner) -> Iterable[Attainment]:
    return [recognised(row) for row in _recognitions_of(learner.pk)]


@compiled
def _recognitions_of(learner: int) -> QuerySet[Recognition]:
    rows = Recognition.objects.of(Learner(pk=learner)).standing()
    return rows.select_related("competency", "level", "organization").order_by("pk")


def recognised(row: Recognition) -> Attainment:
    """Recognised study as an attainment."""
    return Attainment(
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
