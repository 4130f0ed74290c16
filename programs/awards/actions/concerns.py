"""Awards to review: the reasons to review an award, and how a person settled the review.

Nothing here ends an award. Only a person rescinds one.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.actions.locking import lock_learners
from accounts.models import Learner, User
from assessments.mastery.announcements import MasteryChange
from assessments.models import Evidence
from assessments.rules.mastery_states import MasteryState
from competencies.models import Competency
from core.database.ledger import new_salt
from programs.awards.queries.replay import rests_on
from programs.errors import AlreadySettledError, WordsMissingError
from programs.models import Attribution, Award, AwardConcern, AwardConcernBody, ConcernKind, ConcernOutcome, Enrollment
from programs.rules.attainments import AttainmentKind

SHOWN_NO_LONGER = frozenset({MasteryState.NONE, MasteryState.BELOW})


@transaction.atomic
def settle_concern(concern: AwardConcern, *, by: User, words: str, at: datetime | None = None) -> AwardConcern:
    """Settle a review: the award stays, for a reason. Raises WordsMissingError, AlreadySettledError."""
    if not words.strip():
        raise WordsMissingError
    person = locked_learner(concern.learner, at=at)
    locked = AwardConcern.objects.get(pk=concern.pk)
    if locked.settled_at is not None:
        raise AlreadySettledError
    _settle(locked, ConcernOutcome.STAYS, by=by, at=person.at)
    AwardConcernBody.objects.create(concern=locked, content=words.strip(), salt=new_salt())
    return locked


def settle_for_ended_award(award: Award, *, by: User | None, at: datetime) -> None:
    """Settle the open reviews of an award that ended, and those of its duplicate, which is the only one left now."""
    for concern in AwardConcern.objects.open().filter(award=award):
        outcome = ConcernOutcome.GONE if by is None else ConcernOutcome.RESCINDED
        _settle(concern, outcome, by=by, at=at)
    doubles = AwardConcern.objects.open().filter(kind=ConcernKind.TWO_STANDING, subject_id=award.public_id)
    for concern in doubles.filter(award__achievement=award.achievement_id):
        _settle(concern, ConcernOutcome.GONE, by=by, at=at)


def raise_for_awards_above(award: Award, *, at: datetime) -> list[AwardConcern]:
    """List the valid awards that depend on an ended award for review."""
    above = Attribution.objects.filter(
        learner__in=Learner.objects.of(award.learner), kind=AttainmentKind.AWARD, subject_id=award.public_id
    )
    rows = Award.objects.standing().filter(pk__in=above.values("award")).order_by("pk")
    return _raise_for(rows, ConcernKind.LOWER_ENDED, award.public_id, at)


def raise_for_evidence(
    person: LockedLearner, changes: Iterable[MasteryChange], voided: Collection[int]
) -> list[AwardConcern]:
    """List awards for review whose evidence was voided, or whose mastery a correction has ended.

    Mastery that has only lapsed is no reason: it was valid when the award was granted.
    """
    concerns = []
    if voided:
        gone = {str(row.public_id): row for row in Evidence.objects.filter(pk__in=voided)}
        for award in Award.objects.standing().filter(learner__in=person.records).order_by("pk"):
            under = {entry["id"] for entry in (award.decision or {}).get("evidence", ())}
            for name in sorted(under & gone.keys()):
                concerns += _raise_for([award], ConcernKind.EVIDENCE_VOIDED, uuid.UUID(name), person.at)
        return concerns
    lost = {
        (change.competency_id, change.policy_version_id)
        for change in changes
        if change.old is not None and change.old.state is MasteryState.MASTERED and change.new.state in SHOWN_NO_LONGER
    }
    if lost:
        names = Competency.objects.filter(pk__in={competency for competency, _ in lost})
        for name in names.order_by("pk").values_list("public_id", flat=True):
            rests = Attribution.objects.filter(learner__in=person.records, kind=AttainmentKind.MASTERY, subject_id=name)
            rows = Award.objects.standing().filter(pk__in=rests.values("award")).order_by("pk")
            concerns += _raise_for(rows, ConcernKind.EVIDENCE_CORRECTED, name, person.at)
    return concerns


def raise_for_new_method(awards: Iterable[Award], enrollment: Enrollment, *, at: datetime) -> list[AwardConcern]:
    """List awards for review that the newer method, to which their enrollment was moved, would not give."""
    return _raise_for(awards, ConcernKind.NEW_METHOD, enrollment.public_id, at)


def raise_for_decision(person: LockedLearner, subject_id: uuid.UUID, *, kind: ConcernKind) -> list[AwardConcern]:
    """List the valid awards that rest on a recognition, a milestone or an exception that no longer counts.

    An award rests on it where what else counted then does not meet the requirements alone.
    """
    rows = Award.objects.standing().filter(learner__in=person.records).select_related("program_version")
    resting = [award for award in rows.order_by("pk") if rests_on(award, str(subject_id))]
    return _raise_for(resting, kind, subject_id, person.at)


@transaction.atomic
def raise_for_duplicates(learner: Learner, *, at: datetime) -> list[AwardConcern]:
    """After records were linked or parted, list duplicate awards of one person, and drop those of two people."""
    # All linked records are locked, so that no award is granted to one of them meanwhile.
    records = [row.pk for row in lock_learners([learner.pk])]
    kept: dict[tuple[int, int], Award] = {}
    concerns = []
    for award in Award.objects.standing().filter(learner__in=records).order_by("pk"):
        first = kept.setdefault((award.achievement_id, award.cycle), award)
        if first is not award:
            concerns += _raise_for([award], ConcernKind.TWO_STANDING, first.public_id, at)
    theirs = Award.objects.filter(learner__in=records).values("public_id")
    strangers = AwardConcern.objects.open().filter(learner__in=records, kind=ConcernKind.TWO_STANDING)
    for concern in strangers.exclude(subject_id__in=theirs):
        _settle(concern, ConcernOutcome.GONE, by=None, at=at)
    return concerns


def _raise_for(awards: Iterable[Award], kind: ConcernKind, subject_id: uuid.UUID, at: datetime) -> list[AwardConcern]:
    """List each award once for each cause: an open review is not written twice."""
    concerns = []
    for award in awards:
        # Under the learner's lock; the partial unique constraint on open reviews is the last guard.
        concern, made = AwardConcern.objects.get_or_create(
            award=award,
            kind=kind,
            subject_id=subject_id,
            settled_at=None,
            defaults={"learner_id": award.learner_id, "raised_at": at},
        )
        concerns += [concern] if made else []
    return concerns


def _settle(concern: AwardConcern, outcome: ConcernOutcome, *, by: User | None, at: datetime) -> None:
    concern.settled_at, concern.settled_by, concern.outcome = at, by, outcome
    concern.save(update_fields=["settled_at", "settled_by", "outcome"])
