"""Exceptions for single enrollments. One that can sign what was not shown waits for a second registrar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.actions.approvals import ask_approval
from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.actions.locking import lock_learners
from accounts.models import Approval, ApprovalAct, ApprovedKind, Role, User
from competencies.models import Competency
from core.database.ledger import new_salt
from programs.audit.queries.audits import shown_audit
from programs.audit.rules.completion.applied_exceptions import TAKING, takes_pieces
from programs.awards.actions.progress import reaudit_person
from programs.decisions.labels import request_in_words
from programs.decisions.queries import applying_tree_for_decisions, attainment_named, batch_digest
from programs.decisions.rules import approval_reason, path_to
from programs.errors import (
    AlreadyExceptedError,
    AttainmentUnknownError,
    ExceptionIncompleteError,
    NodeUnknownError,
    NothingCountsThereError,
    WordsMissingError,
)
from programs.models import (
    Enrollment,
    ExceptionBatch,
    ExceptionReason,
    RequirementException,
    RequirementExceptionBody,
)
from programs.rules.attainments import Attainment, ExceptionKind

NAMES_WHAT_COUNTS = frozenset({ExceptionKind.SUBSTITUTE, ExceptionKind.APPLY_HERE})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exception to be granted. `node` is a requirement's key, `attainment` an id as in `attainments_of`.

    `words` say why; only the office reads them. `reason` is the same as a code.
    """

    kind: ExceptionKind
    node: str
    words: str
    reason: ExceptionReason = ExceptionReason.OTHER
    attainment: str = ""
    competency: Competency | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@transaction.atomic
def grant_exception(
    enrollment: Enrollment,
    *,
    kind: ExceptionKind,
    node: str,
    by: User,
    words: str,
    reason: ExceptionReason = ExceptionReason.OTHER,
    attainment: str = "",
    competency: Competency | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    at: datetime | None = None,
) -> RequirementException:
    """Grant an exception for one enrollment about one node of its tree, or ask a second registrar where that is needed.

    *Force complete*, *waive* where credit depends on the node, and a substitute below the level asked for need an
    approval. Until it is given the exception counts in the projection only.

    Raises OwnRecordError, NodeUnknownError, NothingCountsThereError, ExceptionIncompleteError, AttainmentUnknownError,
    AlreadyExceptedError, and WordsMissingError where a second registrar has to read why.
    """
    wanted = Wanted(kind, node, words, reason, attainment, competency, starts_on, ends_on)
    return grant_exceptions([enrollment], wanted, by=by, at=at)[0]


@transaction.atomic
def grant_exceptions(
    enrollments: Sequence[Enrollment], wanted: Wanted, *, by: User, at: datetime | None = None
) -> tuple[RequirementException, ...]:
    """Grant the same exception for several enrollments; those that need an approval wait for one that covers them all.

    Raises as `grant_exception`; then nothing is granted to anybody.
    """
    # All locks are taken in order of id before any write, so that two batches cannot wait for each other.
    lock_learners(row.learner_id for row in enrollments)
    written: list[RequirementException] = []
    waiting: list[RequirementException] = []
    batch: ExceptionBatch | None = None
    people: dict[int, LockedLearner] = {}
    for enrollment in enrollments:
        person = locked_learner(enrollment.learner, at=at)
        person.require_another(by)
        row = Enrollment.objects.select_related("version__program", "organization", "cohort", "learner").get(
            pk=enrollment.pk
        )
        exception, needs_approval = _checked(row, wanted, person, by)
        if needs_approval:
            if not wanted.words.strip():
                raise WordsMissingError
            batch = batch or ExceptionBatch.objects.create(asked_at=person.at, asked_by=by)
            exception.batch = batch
            waiting.append(exception)
        exception.save()
        if wanted.words.strip():
            RequirementExceptionBody.objects.create(exception=exception, content=wanted.words.strip(), salt=new_salt())
        written.append(exception)
        people[person.carrier.pk] = person
    if batch is not None:
        ask_for_approval(batch, waiting, by=by, at=waiting[0].decided_at)
    for person in people.values():
        reaudit_person(person)
    return tuple(written)


class _DryRunError(Exception):
    """Rolls a preview back."""


@dataclass(frozen=True, slots=True)
class PreviewedException:
    """What an exception would do to one enrollment: the percent and the distance (hundredths) now and with it.

    `waits`: it would count only once a second registrar has approved it.
    """

    enrollment: Enrollment
    percent_now: int
    percent_then: int
    distance_now: int
    distance_then: int
    waits: bool


def previewed_exceptions(
    enrollments: Sequence[Enrollment], wanted: Wanted, *, by: User, at: datetime
) -> tuple[PreviewedException, ...]:
    """Return what `grant_exceptions` would do: it does the same and rolls it back. Raises as it does."""
    found: list[PreviewedException] = []
    try:
        with transaction.atomic():
            before = [shown_audit(row, at=at).audit for row in enrollments]
            granted = grant_exceptions(enrollments, wanted, by=by, at=at)
            for row, old, exception in zip(enrollments, before, granted, strict=True):
                new = shown_audit(Enrollment.objects.get(pk=row.pk), at=at).audit
                found.append(
                    PreviewedException(
                        row,
                        old.percent,
                        new.projected_percent,
                        old.today.distance,
                        new.projected.distance,
                        exception.unapproved,
                    )
                )
            raise _DryRunError  # noqa: TRY301 - leaving is the point
    except _DryRunError:
        return tuple(found)


def _checked(row: Enrollment, wanted: Wanted, person: LockedLearner, by: User) -> tuple[RequirementException, bool]:
    """Return the exception, not saved, and whether it needs an approval. Raises as `grant_exception`."""
    tree = applying_tree_for_decisions(row)
    path = path_to(tree, wanted.node)
    if not path:
        raise NodeUnknownError
    if wanted.kind in TAKING and not takes_pieces(path[-1]):
        raise NothingCountsThereError
    attainment = _attainment(row, wanted, person)
    if wanted.starts_on is not None and wanted.ends_on is not None and wanted.ends_on <= wanted.starts_on:
        raise ExceptionIncompleteError
    same = RequirementException.objects.standing().filter(
        enrollment=row,
        kind=wanted.kind.value,
        node=wanted.node,
        attainment=wanted.attainment,
        competency=wanted.competency,
    )
    if any(_overlap(other, wanted) for other in same):
        raise AlreadyExceptedError
    exception = RequirementException(
        learner=row.learner,
        enrollment=row,
        kind=wanted.kind.value,
        node=wanted.node,
        attainment=wanted.attainment,
        competency=wanted.competency,
        starts_on=wanted.starts_on,
        ends_on=wanted.ends_on,
        reason=wanted.reason,
        decided_at=person.at,
        decided_by=by,
    )
    return exception, approval_reason(wanted.kind, tree, wanted.node, attainment) is not None


def _attainment(row: Enrollment, wanted: Wanted, person: LockedLearner) -> Attainment | None:
    """Return what is to count, which the learner must have; None for kinds that name none."""
    wants_attainment, wants_competency = wanted.kind in NAMES_WHAT_COUNTS, wanted.kind is ExceptionKind.ALSO_ALLOW
    if bool(wanted.attainment) != wants_attainment or (wanted.competency is not None) != wants_competency:
        raise ExceptionIncompleteError
    if not wants_attainment:
        return None
    attainment = attainment_named(row, wanted.attainment, at=person.at)
    if attainment is None:
        raise AttainmentUnknownError
    return attainment


def _overlap(other: RequirementException, wanted: Wanted) -> bool:
    """Return whether two exceptions about the same are in force on a day together."""
    ends_before = other.ends_on is not None and wanted.starts_on is not None and other.ends_on <= wanted.starts_on
    starts_after = wanted.ends_on is not None and other.starts_on is not None and wanted.ends_on <= other.starts_on
    return not (ends_before or starts_after)


def ask_for_approval(
    batch: ExceptionBatch, rows: Sequence[RequirementException], *, by: User, at: datetime
) -> Approval:
    """Ask a second registrar to approve a batch.

    The request says what is to be decided, and not why: a request is kept for good, the words can be erased. Raises
    ApprovalOpenError.
    """
    return ask_approval(
        ApprovalAct.EXCEPT,
        kind=ApprovedKind.EXCEPTION_BATCH,
        subject_id=batch.public_id,
        digest=batch_digest(batch),
        role=Role.REGISTRAR,
        reason=request_in_words(rows),
        by=by,
        at=at,
    )
