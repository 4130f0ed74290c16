"""A learner's attainments and exceptions, read from rows into the values that the audit takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Learner, linked_learner_ids
from assessments.mastery.queries.bases import MasteryBasis
from assessments.mastery.queries.standings import MasteryToAudit, mastery_to_audit
from assessments.models import Basis as EvidenceBasis
from assessments.models import Evidence, MasteryState
from core.database.compiled import compiled
from programs.audit.formats.audit_json import read_attainment
from programs.audit.queries.mastery_bases import mastery_bases, scale_of_policy, with_basis
from programs.audit.queries.trees import INSIDE, programs_in, tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.qualifiers import hundredths
from programs.audit.rules.report_rows import Use
from programs.audit.rules.requirements import Kind, Requirement
from programs.models import Award, Enrollment, MilestoneReached, ProgramVersion, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.models.enrollments import EnrollmentQuerySet
from programs.rules.attainments import Attainment, AttainmentKind, Basis, ExceptionKind, RequirementException

DAY = timedelta(days=1)


def attainments_of(learner: Learner, *, at: datetime, method: Method) -> tuple[Attainment, ...]:
    """Return a learner's attainments without awards: current mastery, milestones, quantities and recognitions.

    Ids are `mastery:<competency>:<policy version>`, `milestone:<uuid>` and `recognition:<uuid>`. Mastery of one
    competency by several policies is one piece. `audit@1` reads mastery as assessed here and levels without a scale, as
    it always did.
    """
    mastery = mastery_to_audit(learner, at=at)
    bases = {} if method is Method.ONE else mastery_bases(linked_learner_ids(learner.pk), mastery, at=at)
    return (
        *attainments_of_mastery(mastery, method=method, bases=bases),
        *milestones_and_recognitions(learner, method=method),
    )


def milestones_and_recognitions(learner: Learner, *, method: Method) -> tuple[Attainment, ...]:
    """Return the milestones, quantities and recognitions of a learner that are not withdrawn."""
    return (
        *(milestone_as_attainment(row, method=method) for row in _milestones_of(learner.pk)),
        *(recognition_as_attainment(row, method=method) for row in _recognitions_of(learner.pk)),
    )


def awards_of(learner: Learner) -> list[Award]:
    """Return the valid awards of a learner, oldest first, with all rows that `with_awards` reads."""
    return _standing_awards(learner.pk)


@compiled
def _standing_awards(learner: int) -> QuerySet[Award]:
    rows = Award.objects.of(Learner(pk=learner)).standing().select_related("program_version__program")
    return rows.defer("program_version__content").order_by("pk")


def with_awards(
    tree: Requirement, attainments: Sequence[Attainment], awards: Iterable[Award]
) -> tuple[Attainment, ...]:
    """Add to `attainments` the awards that program nodes of the tree name, and the pieces that these awards spent.

    A piece that no longer counts by itself (mastery that has lapsed since) still counts where its award counts.
    """
    named = programs_in(tree)
    by_id = {attainment.id: attainment for attainment in attainments}
    for award in awards:
        version = award.program_version
        if version is not None and str(version.program.public_id) in named:
            for spent in spent_by(award):
                by_id.setdefault(spent.id, replace(spent, valid_until=spent.achieved_on or award.requirements_met_on))
            own = award_as_attainment(award)
            by_id[own.id] = own
    return tuple(by_id.values())


def award_as_attainment(award: Award) -> Attainment:
    """Return a granted award of a program as an attainment, `award:<uuid>`."""
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
    """Return the pieces that an award used, as they were when it was granted."""
    decision = award.decision or {}
    pieces = {piece["id"]: piece for piece in decision.get("attainments", ())}
    # The pieces of a lower award are in this list themselves; with the lower award's credits they would count twice.
    through = {use["attainment"] for use in decision.get("uses", ()) if use["credits"] or not _is_award(use)}
    return tuple(read_attainment(pieces[name])[0] for name in sorted(through) if name in pieces)


def with_counted(attainments: Sequence[Attainment], uses: Iterable[Use], *, method: Method) -> tuple[Attainment, ...]:
    """Add what counts in a stored audit and is no attainment any more, for pages that show that audit.

    Of mastery that is gone, only the competency is known; withdrawn decisions and ended awards are read.
    """
    known = {it.id for it in attainments}
    missing = list(dict.fromkeys(use.attainment for use in uses if use.attainment not in known))
    if not missing:
        return tuple(attainments)
    named: dict[str, list[str]] = {}
    for name in missing:
        kind, _colon, rest = name.partition(":")
        named.setdefault(kind, []).append(rest)
    recognitions = Recognition.objects.filter(public_id__in=named.get(AttainmentKind.RECOGNITION, ()))
    milestones = MilestoneReached.objects.filter(public_id__in=named.get(AttainmentKind.MILESTONE, ()))
    awards = Award.objects.awarded().filter(public_id__in=named.get(AttainmentKind.AWARD, ()))
    return (
        *attainments,
        *(_mastery_that_was(name) for name in named.get(AttainmentKind.MASTERY, ())),
        *(
            recognition_as_attainment(row, method=method)
            for row in recognitions.select_related("competency", "level__scale", "organization").order_by("pk")
        ),
        *(milestone_as_attainment(row, method=method) for row in milestones.select_related("milestone").order_by("pk")),
        *(award_as_attainment(row) for row in awards.select_related("program_version__program").order_by("pk")),
    )


def _mastery_that_was(name: str) -> Attainment:
    competency, _colon, policy = name.partition(":")
    return Attainment(f"mastery:{name}", competency=competency, policy=policy, piece=f"mastery:{competency}")


def _is_award(use: dict[str, object]) -> bool:
    return str(use["attainment"]).startswith("award:")


def with_recorded_flags(rows: EnrollmentQuerySet, records: tuple[int, ...]) -> EnrollmentQuerySet:
    """Add flags to enrollments: what has to be read besides mastery.

    `has_decisions`: exceptions of a row; `has_recorded`: milestones or recognitions of the learner; `has_others`:
    evidence that was not assessed here. Most learners have none: the caller then saves the queries for them.
    """
    milestones = MilestoneReached.objects.standing().filter(learner__in=records)
    recognitions = Recognition.objects.standing().filter(learner__in=records)
    return rows.annotate(
        has_decisions=Exists(ExceptionRow.objects.audited().filter(enrollment=OuterRef("pk"))),
        has_recorded=Exists(milestones) | Exists(recognitions),
        has_others=Exists(Evidence.objects.filter(learner__in=records).exclude(basis=EvidenceBasis.ASSESSED)),
    )


def exceptions_of(enrollment: Enrollment, *, method: Method) -> tuple[RequirementException, ...]:
    """Return the exceptions of an enrollment that count or wait for approval; the audit itself compares their days."""
    return tuple(exception_as_rule(row, method=method) for row in _decisions_about(enrollment.pk))


@compiled
def _decisions_about(enrollment: int) -> QuerySet[ExceptionRow]:
    rows = ExceptionRow.objects.audited().filter(enrollment=enrollment)
    return rows.select_related("competency").order_by("pk")


def exception_as_rule(row: ExceptionRow, *, method: Method) -> RequirementException:
    """Return a row of `audited` as the audit takes it; `audit@1` does not know of approvals."""
    return RequirementException(
        id=str(row.public_id),
        kind=ExceptionKind(row.kind),
        node=row.node,
        attainment=row.attainment,
        competency=str(row.competency.public_id) if row.competency else "",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        # What is pending counts in the projection only, and there as if it were approved.
        approved=method is not Method.ONE and (row.approval_id is not None or row.unapproved),
        pending=row.unapproved,
    )


def exceptions_inside(
    enrollment: Enrollment, version: ProgramVersion, *, method: Method
) -> tuple[RequirementException, ...]:
    """Return the valid exceptions of an enrollment about nodes of `version`, by the keys of that version's tree.

    `version` is the enrollment's own version or one stacked in it. For a stacked one, only exceptions about its nodes
    are returned.
    """
    decisions = exceptions_of(enrollment, method=method)
    if version.pk == enrollment.version_id:
        return decisions
    program = str(version.program.public_id)
    prefixes = [
        f"{node.id}{INSIDE}"
        for node in tree_of(enrollment.version).walk()
        if node.kind is Kind.PROGRAM and program in node.names
    ]
    return tuple(
        replace(decision, node=decision.node.removeprefix(prefix))
        for prefix in prefixes
        for decision in decisions
        if decision.node.startswith(prefix)
    )


NO_BASES: Mapping[str, MasteryBasis] = {}


def attainments_of_mastery(
    rows: Iterable[MasteryToAudit], *, method: Method, bases: Mapping[str, MasteryBasis] = NO_BASES
) -> Iterator[Attainment]:
    """Yield current mastery as attainments. `bases` are those of `mastery_bases`; others are assessed here."""
    for row in rows:
        if row.state != MasteryState.MASTERED:
            continue
        attainment = mastery_as_attainment(
            str(row.competency_name),
            str(row.policy_name),
            level=row.level,
            mastered_on=row.mastered_on,
            valid_until=row.valid_until,
            method=method,
        )
        yield with_basis(attainment, bases[attainment.id]) if attainment.id in bases else attainment


def mastery_as_attainment(  # noqa: PLR0913 - the columns of mastery, by name
    competency: str,
    policy: str,
    *,
    level: int | None,
    mastered_on: date | None,
    valid_until: date | None,
    method: Method,
) -> Attainment:
    """Return current mastery as an attainment; `valid_until` is its last day, as mastery decisions have it."""
    return Attainment(
        id=f"mastery:{competency}:{policy}",
        kind=AttainmentKind.MASTERY,
        competency=competency,
        policy=policy,
        piece=f"mastery:{competency}",
        level=level,
        achieved_on=mastered_on,
        # Mastery has its last valid day, the audit the first day without it.
        valid_until=None if valid_until is None else valid_until + DAY,
        scale="" if method is Method.ONE else scale_of_policy(policy),
    )


@compiled
def _milestones_of(learner: int) -> QuerySet[MilestoneReached]:
    rows = MilestoneReached.objects.of(Learner(pk=learner)).standing()
    return rows.select_related("milestone").order_by("pk")


def milestone_as_attainment(row: MilestoneReached, *, method: Method) -> Attainment:
    """Return a milestone record as an attainment: a milestone, or a quantity if it has an amount.

    `audit@1` reads all of them as reached here.
    """
    return Attainment(
        id=f"milestone:{row.public_id}",
        kind=AttainmentKind.MILESTONE if row.quantity is None else AttainmentKind.QUANTITY,
        ref=str(row.milestone.public_id),
        quantity=hundredths(row.quantity),
        achieved_on=row.reached_on,
        basis=Basis.ASSESSED_HERE if method is Method.ONE else Basis(row.basis),
    )


@compiled
def _recognitions_of(learner: int) -> QuerySet[Recognition]:
    rows = Recognition.objects.of(Learner(pk=learner)).standing()
    return rows.select_related("competency", "level__scale", "organization").order_by("pk")


def recognition_as_attainment(row: Recognition, *, method: Method) -> Attainment:
    """Return a recognition as an attainment; `audit@1` reads its level without the scale."""
    attainment = Attainment(
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
    if method is Method.ONE:
        return attainment
    return replace(
        attainment,
        scale=str(row.level.scale.public_id) if row.level else "",
        conversions=tuple(sorted((str(scale), int(rank)) for scale, rank in row.conversions.items())),
        without_level=row.without_level,
    )
