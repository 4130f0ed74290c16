"""What decisions can be about: credit to recognise, requirements and attainments to choose, and exceptions in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.labels import ApprovalSubject
from accounts.models import Approval, ApprovalAct, ApprovedKind, Learner, linked_learner_ids
from accounts.queries.legal_names import display_names_of
from accounts.queries.time_zones import learner_civil_date
from competencies.models import Competency, ProficiencyLevel
from competencies.models.items import CompetencyQuerySet
from competencies.queries.choices import by_framework, competencies_in_words
from core import clock
from core.text.canonical import digest
from programs.audit.queries.attainments import attainments_of
from programs.audit.queries.audits import shown_audit
from programs.audit.queries.enrollment_facts import facts_for
from programs.audit.queries.percents import percents_of
from programs.audit.queries.trees import audited_tree_of, named_in, tree_of
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.context import NEWEST
from programs.audit.rules.qualifiers import from_hundredths
from programs.audit.rules.requirements import ANYTHING, Requirement
from programs.awards.labels import requirement_in_words, title_in_words
from programs.awards.queries.exceptions import with_state
from programs.decisions.rules import approval_reason, credit_of_competency, most_credit, path_to
from programs.models import (
    Enrollment,
    ExceptionBatch,
    MilestoneReached,
    Recognition,
    RequirementException,
)
from programs.pathway.queries.pathways import Pathway, described_attainments, pathway_of
from programs.rules.attainments import Attainment, AttainmentKind, ExceptionKind

MAX_PREVIEWED = 50
MAX_NAMED = 10  # learners whom a request names


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


def _open_enrollments(records: Sequence[int] | QuerySet[Learner, int]) -> QuerySet[Enrollment]:
    rows = Enrollment.objects.open().filter(learner__in=records)
    return rows.select_related("version__program", "organization", "cohort").order_by("pk")


@dataclass(frozen=True, slots=True)
class UncountedRecognition:
    """That a recognition does not count in an open enrollment, and why.

    `requirement` is the title of the one that asks for it, empty where the reason holds for the whole program.
    """

    enrollment: Enrollment
    requirement: str
    reason: Reason


SILENT = frozenset({Reason.UNASKED, Reason.NOT_NEEDED})
"""Why a recognition may count toward nothing although nothing is wrong with it."""


def uncounted_recognition(row: Recognition, *, at: datetime) -> list[UncountedRecognition]:
    """Return where the person's open enrollments ask for a recognition and do not count it, and why.

    Nothing for a recognition that is withdrawn. One audit for each open enrollment.
    """
    if row.withdrawn_at is not None:
        return []
    name, found = f"{AttainmentKind.RECOGNITION.value}:{row.public_id}", []
    for enrollment in _open_enrollments(linked_learner_ids(row.learner_id)):
        titles = {node.id: title_in_words(node) for node in tree_of(enrollment.version).walk()}
        refusals = shown_audit(enrollment, at=at).audit.today.left_out
        reasons = {(it.node, it.reason): None for it in refusals if it.attainment == name and it.reason not in SILENT}
        found += [UncountedRecognition(enrollment, titles.get(node, ""), reason) for node, reason in reasons]
    return found


def exceptions_about(enrollment: Enrollment) -> list[RequirementException]:
    """Return all exceptions of an enrollment, the latest first, with their state, who decided and who approved."""
    rows = with_state(RequirementException.objects.filter(enrollment=enrollment))
    related = ("competency", "approval__decided_by", "decided_by", "batch", "body", "enrollment__version__program")
    return list(rows.select_related(*related).defer("enrollment__version__content").order_by("-pk"))


def learnt_or_asked(pathway: Pathway) -> CompetencyQuerySet:
    """Return the competencies that the learner has shown or that the program names, as `by_framework` does."""
    names = named_in(pathway.tree) - {ANYTHING}
    names |= {attainment.competency for attainment in pathway.attainments if attainment.competency}
    names |= {str(row.competency_name) for row in pathway.mastery}
    return by_framework(Competency.objects.filter(public_id__in=names))


def title_of_attainment(name: str) -> str:
    """Return the title of an attainment by its id, also of one that no longer counts; empty where there is none."""
    if not name:
        return ""
    kind, _colon, rest = name.partition(":")
    subject = rest.partition(":")[0]
    if kind == AttainmentKind.MASTERY:
        return competencies_in_words([subject]).get(subject, "")
    row: object
    if kind == AttainmentKind.RECOGNITION:
        recognition = Recognition.objects.filter(public_id=subject).select_related("competency").first()
        if recognition is not None and recognition.competency is not None:
            return _competency_title(recognition.competency)
        row = recognition
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
    about = Approval.objects.about(ApprovalAct.EXCEPT, ApprovedKind.EXCEPTION_BATCH, OuterRef("public_id"))
    requests = about.newest_first()
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
    """One exception of a batch: for whom, about which requirement, what counts, and what it would change.

    `level_asked` is the level that the requirement asks for, empty where it asks for none; `counts` names what counts,
    with its level. The percents are those of today and with all that waits for approval.
    """

    row: RequirementException
    name: str
    requirement: str
    level_asked: str
    counts: str
    percent_now: int
    percent_then: int


def previewed_batch(batch: ExceptionBatch, *, at: datetime) -> Iterator[BatchLine]:
    """Yield the first exceptions of a batch with their consequences, in the order of the learners.

    The number of queries is that of one, however many exceptions, while the stored audits of their enrollments are the
    answers of now. Where an exception names what a learner has, that learner's pathway is read as well.
    """
    related = ("learner", "enrollment__version__program__organization", "enrollment__organization")
    every = batch.exceptions.select_related(*related, "enrollment__cohort", "competency", "body")
    rows = list(with_state(every).order_by("learner", "pk")[:MAX_PREVIEWED])
    percents = percents_of([row.enrollment for row in rows], at=at)
    names = display_names_of([row.learner for row in rows], on=learner_civil_date(at))
    # What a requirement asks is the same for all who are in one version.
    pathways: dict[int, Pathway] = {}
    titles: dict[int | None, str] = {}
    for row in rows:
        if row.attainment or row.enrollment.version_id not in pathways:
            pathways[row.enrollment.version_id] = pathway_of(row.enrollment, at=at)
        pathway, done = pathways[row.enrollment.version_id], percents[row.enrollment_id]
        node = next((node for node in pathway.root.walk() if node.key == row.node), None)
        if row.attainment or row.competency_id not in titles:
            titles[row.competency_id] = _counts_in_words(row, pathway)
        yield BatchLine(
            row=row,
            name=f"{names[row.learner_id]} ({row.learner.learner_number})",
            requirement=requirement_in_words(row),
            level_asked=node.level_needed if node else "",
            counts=titles[row.competency_id],
            percent_now=done.today,
            percent_then=done.projected,
        )


def _counts_in_words(row: RequirementException, pathway: Pathway) -> str:
    """Return what an exception lets count, with its level and day where it still has them."""
    found = described_attainments(pathway).get(row.attainment) if row.attainment else None
    if found is None:
        return what_counts(row)
    facts = (found.level or _("without a level"), date_format(found.on, "DATE_FORMAT") if found.on else "")
    return f"{found.title.removesuffix('.')}: {', '.join(fact for fact in facts if fact)}"


def what_counts(row: RequirementException) -> str:
    """Return by name what an exception lets count; empty where it names nothing."""
    return _competency_title(row.competency) if row.competency else title_of_attainment(row.attainment)


def _competency_title(row: Competency) -> str:
    name = str(row.public_id)
    return competencies_in_words([name]).get(name, str(row))


def batch_digest(batch: ExceptionBatch) -> str:
    """Return the digest of what an approval of a batch approves: every exception, and the version that it is about."""
    rows = batch.exceptions.select_related("enrollment__version", "competency").order_by("public_id")
    return digest({"grants": str(batch.public_id), "exceptions": [_as_json(row) for row in rows]})


def _as_json(row: RequirementException) -> dict[str, str]:
    return {
        "id": str(row.public_id),
        "enrollment": str(row.enrollment.public_id),
        "version": row.enrollment.version.digest,
        # An enrollment that has ended keeps its last audit: an approval would carry nothing out.
        **({"ended_on": _day(row.enrollment.ended_on)} if row.enrollment.ended_on else {}),
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
    return about.newest_first().first()


def exceptions_to_decide_again(enrollment: Enrollment, *, at: datetime) -> list[RequirementException]:
    """Return the exceptions that would count in the version of an enrollment and need an approval there.

    They were decided about another version: what was approved, or decided by one registrar alone, was its requirement.
    """
    tree, today = applying_tree_for_decisions(enrollment), learner_civil_date(at)
    found = []
    for row in RequirementException.objects.standing().filter(enrollment=enrollment).order_by("pk"):
        # What lacks its approval does not count, and the request for it is void once the version is another one.
        if row.unapproved or (row.ends_on is not None and row.ends_on <= today) or not path_to(tree, row.node):
            continue
        attainment = attainment_named(enrollment, row.attainment, at=at) if row.attainment else None
        if approval_reason(ExceptionKind(row.kind), tree, row.node, attainment) is not None:
            found.append(row)
    return found


def batch_subject(_act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return what a request to approve exceptions says: decision, program, for whom, what counts, and what follows."""
    batch = ExceptionBatch.objects.filter(public_id=public_id).first()
    at = clock.now()
    # The requirement and what counts are the same for all: one batch is one decision.
    first = next(previewed_batch(batch, at=at), None) if batch else None
    if batch is None or first is None:
        return None
    every = list(batch.exceptions.select_related("learner").order_by("learner", "pk"))
    # Whom it is still about; all, where nobody is left.
    rows = [row for row in every if row.withdrawn_at is None] or every
    learners = list({row.learner_id: row.learner for row in rows}.values())
    names = display_names_of(learners[:MAX_NAMED], on=learner_civil_date(at))
    about = ", ".join(f"{names[it.pk]} ({it.learner_number})" for it in learners[:MAX_NAMED])
    if len(learners) > 1:
        number = ngettext("%(count)d learner", "%(count)d learners", len(learners)) % {"count": len(learners)}
        about = f"{number}: {about}{', …' if len(learners) > MAX_NAMED else ''}"
    return ApprovalSubject(
        title=f"{first.row.get_kind_display()}: {first.row.enrollment.version.program.title}",
        learner=about,
        consequence=_("From then on the exceptions count, and the programs of these learners are audited at once."),
        facts=tuple(_facts_of(first)),
        office_facts=tuple(_reason_of(first.row)),
        preview=percents_in_words(first) if len(rows) == 1 else "",
        done_by_approval=True,
    )


def _facts_of(line: BatchLine) -> Iterator[str]:
    words = {"title": line.requirement, "level": line.level_asked, "what": line.counts}
    if line.level_asked:
        yield _("Requirement: %(title)s, at level %(level)s.") % words
    else:
        yield _("Requirement: %(title)s.") % words
    if line.counts:
        yield _("What is to count: %(what)s.") % words


def _reason_of(row: RequirementException) -> Iterator[str]:
    """Yield why an exception was asked for, as its code says and in the words of the office, where they are kept."""
    if row.reason:
        yield _("Why: %(reason)s.") % {"reason": row.get_reason_display()}
    body = getattr(row, "body", None)
    if body is not None and body.content:
        yield _("In the words of the office: %(words)s") % {"words": body.content}


def percents_in_words(line: BatchLine) -> str:
    """Return how much of the program is behind a learner now, and with what waits for approval."""
    return _("%(now)s %% now, %(then)s %% with it") % {"now": line.percent_now, "then": line.percent_then}
