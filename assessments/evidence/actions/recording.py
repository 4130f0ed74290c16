"""Write evidence into the ledger. No other module writes rows of it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.actions.locked_learner import LockedLearner, locked_learner
from accounts.models import Learner, User
from assessments.errors import (
    AssessorUnlessExternalError,
    CompetencyWithoutScaleError,
    LevelOrScoreError,
    NothingToRecordError,
    NotTheNewestError,
    PerformedLaterError,
    PerformedTooEarlyError,
    RevisionOfAnotherCompetencyError,
    SourceDiffersError,
)
from assessments.evidence.actions.corrections import later_than
from assessments.evidence.actions.items import EvidenceItem, RecordedEvidence
from assessments.evidence.actions.sources import KnownSource, known_sources
from assessments.mastery.actions.policies import policies_deciding
from assessments.mastery.actions.recomputing import recompute
from assessments.mastery.announcements import MasteryChange
from assessments.models import Basis, Evidence, EvidenceBody, EvidenceSource
from competencies.actions import mark_scale_used, mark_used
from competencies.models import Competency, CompetencyRevision
from core.database.compiled import compiled
from core.database.ledger import new_salt
from core.database.storing import insert_linked, insert_rows
from core.text.dates import DateFault, DateKind, date_fault


@transaction.atomic
def record_evidence(
    learner: Learner, *, items: Iterable[EvidenceItem], by: User | None, at: datetime | None = None
) -> RecordedEvidence:
    """Write findings into the ledger and decide all mastery that rests on them, in one transaction.

    `at` replays an instant; None is the database's clock, read after the learner is locked. What a source has sent
    before is not written again. Raises NothingToRecordError, CompetencyWithoutScaleError, LevelOrScoreError,
    RevisionOfAnotherCompetencyError, AssessorUnlessExternalError, PerformedLaterError, PerformedTooEarlyError,
    NotTheNewestError, SystemUnknownError and SourceDiffersError; then nothing is written at all.
    """
    items = list(items)
    if not items:
        raise NothingToRecordError
    person = locked_learner(learner, at=at)
    current = _current_revisions({item.competency.pk: item.competency for item in items})
    sources = known_sources([item.source for item in items], person.at)
    drafts = [
        _Draft.of(item, person, by=by, current=current, source=source)
        for item, source in zip(items, sources, strict=True)
    ]
    known = _recorded_before(drafts)
    new_drafts = [draft for draft in drafts if draft.key not in known]
    for draft in drafts:
        # A source that now says something else must not change the ledger silently.
        if draft.key in known and not draft.repeats(known[draft.key], person):
            raise SourceDiffersError
    if not new_drafts:
        return RecordedEvidence(tuple(known[draft.key] for draft in drafts), ())
    _write(new_drafts, person)
    known |= {draft.key: draft.row for draft in new_drafts}
    rows = tuple(known[draft.key] for draft in drafts)
    changes = _recompute(person, new_drafts, current)
    return RecordedEvidence(rows, tuple(draft.row for draft in new_drafts), changes)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that is not written yet, with its source."""

    item: EvidenceItem
    row: Evidence
    source: KnownSource

    @classmethod
    def of(
        cls,
        item: EvidenceItem,
        person: LockedLearner,
        *,
        by: User | None,
        current: dict[int, CompetencyRevision],
        source: KnownSource,
    ) -> "_Draft":
        """Check the item and make its row. Raises as `record_evidence` does."""
        revision = item.revision or current.get(item.competency.pk)
        if revision is None or revision.scale_id is None:
            raise CompetencyWithoutScaleError
        if revision.competency_id != item.competency.pk:
            raise RevisionOfAnotherCompetencyError
        if (item.level is None) == (item.score is None):
            raise LevelOrScoreError
        # An external finding has no assessor here, every other one has. The constraint says the same.
        external = item.basis == Basis.EXTERNAL
        assessor = item.assessor if external else item.assessor or by
        if external == (assessor is not None):
            raise AssessorUnlessExternalError
        check_performed_on(item.performed_on, today=person.today)
        row = Evidence(
            learner=_record_of(item, person),
            competency=item.competency,
            competency_revision=revision,
            scale_id=revision.scale_id if item.level is None else item.level.scale_id,
            level=item.level,
            score=item.score,
            performed_on=item.performed_on,
            recorded_at=person.at,
            assessor=assessor,
            basis=item.basis,
            kind=item.kind,
            setting=item.setting,
            # Sorted: sources may list files in any order, and `repeats` compares the lists.
            artifact_digests=sorted(item.artifact_digests),
            piece=item.corrects.piece if item.corrects else uuid.uuid4(),
            revision_number=item.corrects.revision_number + 1 if item.corrects else 1,
            judgement=item.judgement,
        )
        return cls(item, row, source)

    @property
    def key(self) -> "_Key":
        """Return what identifies the row in the constraint `evidence_source_taken_in_once`."""
        row, source = self.row, self.source
        return source.system, source.kind, source.id_digest, row.competency_id, row.revision_number

    @property
    def recorded_as(self) -> int | None:
        """Return the id of the evidence that was recorded for the same source before."""
        return self.source.recorded.get((self.row.competency_id, self.row.revision_number))

    def repeats(self, known: Evidence, person: LockedLearner) -> bool:
        """Return whether `known` is the same finding about the same person."""
        return known.learner_id in person.records and all(
            getattr(known, name) == getattr(self.row, name) for name in SAME
        )


_Key = tuple[int, str, str, int, int]
# What a source may not change under the same id. When and by whom it is sent again does not matter.
SAME = ("level_id", "score", "performed_on", "basis", "kind", "setting", "artifact_digests")


def check_performed_on(day: date, *, today: date) -> None:
    """Raise PerformedLaterError or PerformedTooEarlyError for a day on which no work was done."""
    fault = date_fault(day, DateKind.WORK, today=today)
    if fault is DateFault.IN_THE_FUTURE:
        raise PerformedLaterError
    if fault is not None:
        raise PerformedTooEarlyError


def _record_of(item: EvidenceItem, person: LockedLearner) -> Learner:
    """Return the record of the row. A correction belongs to the same record as the row that it corrects."""
    corrected = item.corrects
    if corrected is None:
        return person.record
    if corrected.learner_id not in person.records or corrected.competency_id != item.competency.pk:
        raise NotTheNewestError
    return corrected.learner


def _current_revisions(competencies: Mapping[int, Competency]) -> dict[int, CompetencyRevision]:
    """Return the current revision of each competency, with the loaded competency set on it."""
    revisions = {row.competency_id: row for row in _current_revision_rows(tuple(competencies))}
    for pk, row in revisions.items():
        row.competency = competencies[pk]  # the caller's object: nothing has to read it again
    return revisions


@compiled
def _current_revision_rows(competencies: tuple[int, ...]) -> QuerySet[CompetencyRevision]:
    return CompetencyRevision.objects.current().filter(competency__in=competencies).select_related("scale")


def _recorded_before(drafts: Sequence[_Draft]) -> dict[_Key, Evidence]:
    """Return the evidence that was recorded for these sources before, by the key of the draft."""
    known = {draft.key: draft.recorded_as for draft in drafts if draft.recorded_as is not None}
    rows = Evidence.objects.in_bulk(known.values()) if known else {}
    return {key: rows[pk] for key, pk in known.items()}


def _write(drafts: Sequence[_Draft], person: LockedLearner) -> None:
    """Write rows, sources and texts, and freeze what they use. Raises NotTheNewestError and SourceDiffersError."""
    for draft in drafts:
        corrected = draft.item.corrects
        # Asked under the lock of the person, so no correction can slip in between.
        if corrected is not None and later_than(corrected).exists():
            raise NotTheNewestError
    _mark_used(drafts, person.at)
    with _simultaneous_source_refused():
        if len(drafts) == 1:  # most judgements: one statement for both tables
            insert_linked(drafts[0].row, _source_of(drafts[0]), link="evidence")
        else:
            insert_rows([draft.row for draft in drafts])
            insert_rows([_source_of(draft) for draft in drafts])
    # Texts go into side rows that can be erased; the ledger itself only grows.
    texts = [(draft.row, draft.item.words) for draft in drafts if draft.item.words]
    insert_rows([EvidenceBody(evidence=row, content=text, salt=new_salt()) for row, text in texts])


def _source_of(draft: _Draft) -> EvidenceSource:
    return EvidenceSource(
        evidence=draft.row,
        learner=draft.row.learner,
        system_id=draft.source.system,
        kind=draft.source.kind,
        id_digest=draft.source.id_digest,
        competency=draft.row.competency,
        revision_number=draft.row.revision_number,
    )


@contextmanager
def _simultaneous_source_refused() -> Iterator[None]:
    """Turn the violated constraint into SourceDiffersError: two calls recorded one source for two people at once.

    No savepoint is needed, because the whole transaction is rolled back.
    """
    try:
        yield
    except IntegrityError as violation:
        # Before the insert nothing could be locked: the two people have different locks, and the row is not there.
        constraint = getattr(getattr(violation.__cause__, "diag", None), "constraint_name", None)
        if constraint != "evidence_source_taken_in_once":
            raise
        raise SourceDiffersError from violation


def _mark_used(drafts: Sequence[_Draft], at: datetime) -> None:
    """Freeze the revisions and scales that the rows point at.

    What is frozen stays frozen, so a look at the loaded rows is enough to skip the statements.
    """
    revisions = [draft.row.competency_revision for draft in drafts]
    if any(row.used_at is None or row.scale is None or row.scale.used_at is None for row in revisions):
        mark_used(revisions, at=at)
    for draft in drafts:
        level = draft.item.level
        if level is not None and level.scale_id != draft.row.competency_revision.scale_id:
            mark_scale_used(level.scale, at=at)


def _recompute(
    person: LockedLearner, drafts: Sequence[_Draft], current: dict[int, CompetencyRevision]
) -> tuple[MasteryChange, ...]:
    """Decide the mastery that rests on the written rows; the first evidence adds the row of its policy."""
    touched = {draft.row.competency_id for draft in drafts}
    revisions = [current[competency] for competency in touched if competency in current]
    return recompute(
        person,
        touched=touched,
        tracking=policies_deciding(touched, at=person.at, revisions=revisions).items(),
        corrected=any(draft.item.corrects is not None for draft in drafts),
    )
