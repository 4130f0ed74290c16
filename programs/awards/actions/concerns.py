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
from programs.awards.queries.ground_owners import others_behind
from programs.awards.queries.replay import rests_on
from programs.errors import AlreadySettledError, WordsMissingError
from programs.models import (
    Attribution,
    Award,
    AwardConcern,
    AwardConcernBody,
    AwardState,
    ConcernKind,
    ConcernOutcome,
    Enrollment,
)
from programs.models.awards import OPEN
from programs.rules.attainments import AttainmentKind

SHOWN_NO_LONGER = frozenset({MasteryState.NONE, MasteryState.BELOW})


@transaction.atomic
def settle_concern(concern: AwardConcern, *, by: User, words: str, at: datetime | None = None) -> AwardConcern:
    """Settle a review: the award stays, for a reason. Raises OwnRecordError, WordsMissingError, AlreadySettledError."""
    if not words.strip():
        raise WordsMissingError
    person = locked_learner(concern.learner, at=at)
    person.require_another(by)
    locked = AwardConcern.objects.get(pk=concern.pk)
    if locked.settled_at is not None:
        raise AlreadySettledError
    _settle(locked, ConcernOutcome.STAYS, by=by, at=person.at)
    AwardConcernBody.objects.create(concern=locked, content=words.strip(), salt=new_salt())
    return locked


def settle_for_ended_award(award: Award, *, by: User | None, at: datetime) -> None:
    """Settle the open reviews of an award that ended, and those of its duplicate, which is the only one left now.

    A proposal that was declined ended too; nothing was rescinded then.
    """
    rescinded = by is not None and award.state == AwardState.RESCINDED
    for concern in AwardConcern.objects.open().filter(award=award):
        outcome = ConcernOutcome.RESCINDED if rescinded else ConcernOutcome.GONE
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
    person: LockedLearner, changes: Iterable[MasteryChange], voided: Collection[int], *, corrected: bool = False
) -> list[AwardConcern]:
    """List awards for review whose evidence was voided, or whose mastery a correction has ended or lowered.

    Mastery that has only lapsed is no reason: it was valid when the award was granted. A level that falls with time
    is none either; one that falls by a correction (`corrected`) is, because a requirement may ask for more than
    mastery.
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
        if _is_lost(change) or (corrected and _is_lower(change))
    }
    if lost:
        # Parting records takes mastery away too, and has listed these awards by its own cause, at this instant.
        others = AwardConcern.objects.filter(kind=ConcernKind.OTHERS_GROUNDS, learner__in=person.records)
        listed = others.filter(settled_at=None, raised_at=person.at)
        if not corrected:
            # So does parting once more: a person has let the award stay without what is the other's.
            listed |= others.filter(outcome=ConcernOutcome.STAYS)
        names = Competency.objects.filter(pk__in={competency for competency, _ in lost})
        for name in names.order_by("pk").values_list("public_id", flat=True):
            rests = Attribution.objects.filter(learner__in=person.records, kind=AttainmentKind.MASTERY, subject_id=name)
            rows = Award.objects.standing().filter(pk__in=rests.values("award")).exclude(pk__in=listed.values("award"))
            concerns += _raise_for(rows.order_by("pk"), ConcernKind.EVIDENCE_CORRECTED, name, person.at)
    return concerns


def _is_lost(change: MasteryChange) -> bool:
    old, new = change.old, change.new
    return old is not None and old.state is MasteryState.MASTERED and new.state in SHOWN_NO_LONGER


def _is_lower(change: MasteryChange) -> bool:
    old, new = change.old, change.new
    return old is not None and old.level is not None and (new.level is None or new.level < old.level)


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
def review_after_linking(learner: Learner, *, at: datetime) -> list[AwardConcern]:
    """After records were linked or parted, list the person's awards that must be reviewed, and drop what is settled so.

    Listed are duplicates of one achievement, also among proposals, and awards in force that rest on the record of
    somebody who is another person now. Reviews for which linking or parting has taken the cause away are dropped.
    """
    # All linked records are locked, so that no award is granted to one of them meanwhile.
    records = [row.pk for row in lock_learners([learner.pk])]
    standing = Award.objects.standing().filter(learner__in=records).order_by("pk")
    concerns = [*_raise_for_duplicates(records, at), *raise_for_others_grounds(standing, at=at)]
    theirs = Award.objects.filter(learner__in=records).values("public_id")
    strangers = AwardConcern.objects.open().filter(learner__in=records, kind=ConcernKind.TWO_STANDING)
    own = Learner.objects.filter(pk__in=records).values("public_id")
    theirs_again = AwardConcern.objects.open().filter(learner__in=records, kind=ConcernKind.OTHERS_GROUNDS)
    for concern in (*strangers.exclude(subject_id__in=theirs), *theirs_again.filter(subject_id__in=own)):
        _settle(concern, ConcernOutcome.GONE, by=None, at=at)
    return concerns


def _raise_for_duplicates(records: Collection[int], at: datetime) -> list[AwardConcern]:
    kept: dict[tuple[int, int], Award] = {}
    concerns = []
    rows = Award.objects.filter(learner__in=records, state__in=OPEN).order_by("pk")
    # What was granted comes first: of a granted and a proposed award the proposal is the one to be declined.
    for award in sorted(rows, key=lambda row: (not row.stands, row.pk)):
        first = kept.setdefault((award.achievement_id, award.cycle), award)
        if first is not award:
            concerns += _raise_unless_it_stays(award, ConcernKind.TWO_STANDING, first.public_id, at)
    return concerns


def raise_for_others_grounds(awards: Iterable[Award], *, at: datetime) -> list[AwardConcern]:
    """List those of these awards for review that rest on the record of another person."""
    return [
        concern
        for found in others_behind(awards)
        for other in found.others
        for concern in _raise_unless_it_stays(found.award, ConcernKind.OTHERS_GROUNDS, other, at)
    ]


def _raise_unless_it_stays(award: Award, kind: ConcernKind, subject_id: uuid.UUID, at: datetime) -> list[AwardConcern]:
    """List an award for review, unless a person let it stay in spite of this cause: another link asks nothing new."""
    stays = AwardConcern.objects.filter(award=award, kind=kind, subject_id=subject_id, outcome=ConcernOutcome.STAYS)
    return [] if stays.exists() else _raise_for([award], kind, subject_id, at)


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
