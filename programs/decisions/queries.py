"""What decisions can be about: credit to recognise, requirements and attainments to choose, and exceptions in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.labels import ApprovalSubject
from accounts.models import Approval, ApprovalAct, ApprovedKind
from accounts.queries import display_name_of, display_names_of, learner_civil_date
from competencies.models import Competency, ProficiencyLevel
from core import clock
from core.text.canonical import digest
from programs.audit.queries.attainments import attainments_of
from programs.audit.queries.audits import NEWEST
from programs.audit.queries.enrollment_facts import facts_for
from programs.audit.queries.percents import percents_of
from programs.audit.queries.trees import audited_tree_of, named_in
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.requirements import ANYTHING, Requirement
from programs.decisions.rules import approval_reason, credit_of_competency, most_credit, path_to
from programs.models import (
    Enrollment,
    ExceptionBatch,
    MilestoneReached,
    Recognition,
    RequirementException,
)
from programs.pathway.queries.pathways import Pathway
from programs.rules.attainments import Attainment, AttainmentKind, ExceptionKind

MAX_PREVIEWED = 50


def applying_tree_for_decisions(enrollment: Enrollment) -> Requirement:
    """Return the requirements that apply to an enrollment, with levels and scales as the newest method reads them."""
    tree = audited_tree_of(enrollment.version, NEWEST)
    return decided_tree_of(tree, facts_for(tree, enrollment), NEWEST).tree


def attainment_named(enrollment: Enrollment, name: str, *, at: datetime) -> Attainment | None:
    """Return an attainment that the learner of an enrollment has now; None for every other id."""
    found = attainments_of(enrollment.learner, at=at, method=NEWEST)
    return next((attainment for attainment in found if attainment.id == name), None)


def recognisable_credits(records: Sequence[int], competency: Competency | None) -> Decimal | None:
    """Return the most credit that a recognition may give, by the person's open programs; None where nothing says it.

    For a competency: what the requirements or credit tables of the programs give it, or the default of its framework.
    Without one: all that the largest of the programs asks for.
    """
    trees = [applying_tree_for_decisions(row) for row in _open_enrollments(records)]
    if competency is None:
        most = max((most_credit(tree) for tree in trees), default=0)
    else:
        most = max((credit_of_competency(tree, str(competency.public_id)) for tree in trees), default=0)
        if not most and competency.framework.default_credit:
            return competency.framework.default_credit
    return from_hundredths(most) if most else None


def _open_enrollments(records: Sequence[int]) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.open().filter(learner__in=records)
    return rows.select_related("version__program", "organization", "cohort").order_by("pk")


def levels_to_convert_to() -> QuerySet[ProficiencyLevel]:
    """Return the levels of the scales in use, by scale, lowest first."""
    rows = ProficiencyLevel.objects.filter(scale__retired_at=None).select_related("scale")
    return rows.order_by("scale__title", "scale", "rank")


def exceptions_about(enrollment: Enrollment) -> list[RequirementException]:
    """Return all exceptions of an enrollment, the latest first, with who decided and who approved."""
    rows = RequirementException.objects.filter(enrollment=enrollment)
    related = ("competency", "approval__decided_by", "decided_by", "batch", "body", "enrollment__version__program")
    return list(rows.select_related(*related).defer("enrollment__version__content").order_by("-pk"))


def learnt_or_asked(pathway: Pathway) -> QuerySet[Competency]:
    """Return the competencies that the learner has shown or that the program names, by code."""
    names = named_in(pathway.tree) - {ANYTHING}
    names |= {attainment.competency for attainment in pathway.attainments if attainment.competency}
    names |= {str(row.competency_name) for row in pathway.mastery}
    return Competency.objects.filter(public_id__in=names).select_related("framework").order_by("code", "pk")


def title_of_attainment(name: str) -> str:
    """Return the title of an attainment by its id, also of one that no longer counts; empty where there is none."""
    if not name:
        return ""
    kind, _colon, rest = name.partition(":")
    subject = rest.partition(":")[0]
    if kind == AttainmentKind.MASTERY:
        row: object = Competency.objects.filter(public_id=subject).first()
    elif kind == AttainmentKind.RECOGNITION:
        row = Recognition.objects.filter(public_id=subject).select_related("competency").first()
    else:
        row = MilestoneReached.objects.filter(public_id=subject).select_related("milestone").first()
    return "" if row is None else str(row)


def equal_levels_of(row: Recognition) -> list[ProficiencyLevel]:
    """Return the levels on other scales to which a registrar stated that a recognition is equal."""
    levels = ProficiencyLevel.objects.filter(scale__public_id__in=row.conversions).select_related("scale")
    ranks = row.conversions
    return [level for level in levels.order_by("scale__title") if ranks[str(level.scale.public_id)] == level.rank]


def with_request(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the batches, each with its newest request: `asked`, `outcome` and `decider`."""
    requests = Approval.objects.filter(
        act=ApprovalAct.EXCEPT, subject_kind=ApprovedKind.EXCEPTION_BATCH, subject_id=OuterRef("public_id")
    ).order_by("-asked_at", "-pk")
    waiting = RequirementException.objects.standing().filter(batch=OuterRef("pk"), approval=None)
    annotated: QuerySet[Any] = rows.annotate(
        asked=Subquery(requests.values("reason")[:1]),
        outcome=Subquery(requests.values("outcome")[:1]),
        decider=Subquery(requests.values("decided_by__display_name")[:1]),
        waits=Exists(waiting),
    )
    return annotated


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One exception of a batch: the learner's name, and the percent now and with all that waits for approval."""

    row: RequirementException
    name: str
    percent_now: int
    percent_then: int


def previewed_batch(batch: ExceptionBatch, *, at: datetime) -> Iterator[BatchLine]:
    """Yield the first exceptions of a batch with their consequences, in the order of the learners.

    Four queries, however many exceptions, while the stored audits of their enrollments are the answers of now.
    """
    related = ("learner", "enrollment__version__program__organization", "enrollment__organization")
    every = batch.exceptions.select_related(*related, "enrollment__cohort", "body").order_by("learner", "pk")
    rows = list(every[:MAX_PREVIEWED])
    percents = percents_of([row.enrollment for row in rows], at=at)
    names = display_names_of([row.learner for row in rows], on=learner_civil_date(at))
    for row in rows:
        done = percents[row.enrollment_id]
        yield BatchLine(row, names[row.learner_id], done.today, done.projected)


def batch_digest(batch: ExceptionBatch) -> str:
    """Return the digest of what an approval of a batch approves: every exception, and the version that it is about."""
    rows = batch.exceptions.select_related("enrollment__version", "competency").order_by("public_id")
    return digest({"grants": str(batch.public_id), "exceptions": [_as_json(row) for row in rows]})


def _as_json(row: RequirementException) -> dict[str, str]:
    return {
        "id": str(row.public_id),
        "enrollment": str(row.enrollment.public_id),
        "version": row.enrollment.version.digest,
        "kind": row.kind,
        "node": row.node,
        "attainment": row.attainment,
        "competency": str(row.competency.public_id) if row.competency else "",
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
        "reason": row.reason,
    }


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def request_of(batch: ExceptionBatch) -> Approval | None:
    """Return the newest request for approval of a batch, decided or not."""
    about = Approval.objects.about(ApprovalAct.EXCEPT, ApprovedKind.EXCEPTION_BATCH, batch.public_id)
    return about.order_by("-asked_at", "-pk").first()


def exceptions_to_decide_again(enrollment: Enrollment, *, at: datetime) -> list[RequirementException]:
    """Return the exceptions that would count in the version of an enrollment and need an approval there.

    They were decided about another version: what was approved, or decided by one registrar alone, was its requirement.
    """
    tree, today = applying_tree_for_decisions(enrollment), learner_civil_date(at)
    found = []
    for row in RequirementException.objects.standing().filter(enrollment=enrollment).order_by("pk"):
        # What waits for an approval does not count, and its request is void once the version is another one.
        if row.pending or (row.ends_on is not None and row.ends_on <= today) or not path_to(tree, row.node):
            continue
        attainment = attainment_named(enrollment, row.attainment, at=at) if row.attainment else None
        if approval_reason(ExceptionKind(row.kind), tree, row.node, attainment) is not None:
            found.append(row)
    return found


def batch_subject(_act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return what a request to approve exceptions says: the decision, the program, whom it is about, what follows."""
    batch = ExceptionBatch.objects.filter(public_id=public_id).first()
    rows = batch.exceptions.select_related("learner", "enrollment__program") if batch else ()
    first = next(iter(rows), None)
    if first is None:
        return None
    learners = {row.learner_id: row.learner for row in rows}
    if len(learners) == 1:
        name = display_name_of(first.learner, on=learner_civil_date(clock.now()))
        about = f"{name} ({first.learner.learner_number})"
    else:
        about = ngettext("%(count)d learner", "%(count)d learners", len(learners)) % {"count": len(learners)}
    return ApprovalSubject(
        title=f"{first.get_kind_display()}: {first.enrollment.program.title}",
        learner=about,
        consequence=_("From then on the exceptions count, and the programs of these learners are audited at once."),
    )
