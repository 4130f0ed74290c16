"""The one door into the ledger: evidence is recorded, corrected and voided here and nowhere else."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.actions.persons import Person, locked_person
from accounts.models import Learner, User
from assessments.actions.policies import policies_deciding
from assessments.actions.recomputing import recompute
from assessments.announcements import Change
from assessments.errors import (
    AlreadyVoidedError,
    AssessorUnlessExternalError,
    CompetencyWithoutScaleError,
    LevelOrScoreError,
    NothingToRecordError,
    NotTheNewestError,
    PerformedLaterError,
    RevisionOfAnotherCompetencyError,
    SourceDiffersError,
    SystemUnknownError,
)
from assessments.models import (
    AssessmentKind,
    Basis,
    Evidence,
    EvidenceBody,
    EvidenceSource,
    EvidenceVoid,
    Judgement,
    Setting,
    SourceKind,
    SourceSystem,
    VoidReason,
)
from assessments.models.sources import new_salt
from competencies.actions import mark_scale_used, mark_used
from competencies.models import Competency, CompetencyRevision, ProficiencyLevel
from config.base.compiled import compiled
from config.base.prepared import prepared_cursor
from config.base.storing import add, add_both

OURS = "cairn"


@dataclass(frozen=True, slots=True)
class Source:
    """What a piece of evidence is called where it comes from: taken in once, however often it is brought."""

    kind: SourceKind
    id: str
    system: str = OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One finding to be recorded. Exactly one of `level` and `score` (on the revision's scale) is given.

    `revision` is what the competency said when it was shown: the current one, unless given. `assessor` is who found it:
    the person who records, unless given; nobody where the basis is external. `corrects` is the row that this replaces.
    """

    competency: Competency
    performed_on: date
    kind: AssessmentKind
    source: Source
    level: ProficiencyLevel | None = None
    score: Decimal | None = None
    basis: Basis = Basis.ASSESSED
    setting: Setting = Setting.UNSTATED
    revision: CompetencyRevision | None = None
    assessor: User | None = None
    artifact_digests: Sequence[str] = ()
    judgement: Judgement | None = None
    corrects: Evidence | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The rows that stand for the items, in their order, which of them are new, and what mastery changed."""

    evidence: tuple[Evidence, ...]
    fresh: tuple[Evidence, ...]
    changes: tuple[Change, ...] = field(default=())


@transaction.atomic
def record_evidence(
    learner: Learner, *, items: Iterable[EvidenceItem], by: User | None, at: datetime | None = None
) -> Recorded:
    """Write findings into the ledger and decide all mastery that rests on them, in this one transaction.

    `at` replays an instant; otherwise it is the database's clock, read once the learner is locked. What a source has
    brought before is not written again. Raises NothingToRecordError, CompetencyWithoutScaleError, LevelOrScoreError,
    RevisionOfAnotherCompetencyError, AssessorUnlessExternalError, PerformedLaterError, NotTheNewestError,
    SystemUnknownError and SourceDiffersError; then nothing is written at all.
    """
    given = list(items)
    if not given:
        raise NothingToRecordError
    person = locked_person(learner, at=at)
    current = _current_revisions({item.competency.pk: item.competency for item in given})
    origins = _origins([item.source for item in given], person.at)
    drafts = [
        _Draft.of(item, person, by=by, current=current, origin=origin)
        for item, origin in zip(given, origins, strict=True)
    ]
    known = _taken_in(drafts)
    fresh = [draft for draft in drafts if draft.key not in known]
    for draft in drafts:
        if draft.key in known and not draft.repeats(known[draft.key], person):
            raise SourceDiffersError
    if not fresh:
        return Recorded(tuple(known[draft.key] for draft in drafts), ())
    _write(fresh, person)
    known |= {draft.key: draft.row for draft in fresh}
    rows = tuple(known[draft.key] for draft in drafts)
    changes = _count(person, {draft.row.competency_id for draft in fresh}, current)
    return Recorded(rows, tuple(draft.row for draft in fresh), changes)


@transaction.atomic
def void_evidence(
    evidence: Evidence, *, reason: VoidReason, by: User, at: datetime | None = None
) -> tuple[Change, ...]:
    """Let a row count no longer, from this instant on; what was decided before stays explained by it.

    Voiding a correction does not bring back what it corrected. Raises AlreadyVoidedError, and NotTheNewestError for a
    row that was corrected since.
    """
    person = locked_person(evidence.learner, at=at)
    if EvidenceVoid.objects.filter(evidence=evidence).exists():
        raise AlreadyVoidedError
    if _later_than(evidence).exists():
        raise NotTheNewestError
    voided_at = max(person.at, evidence.recorded_at)
    EvidenceVoid.objects.create(
        evidence=evidence, learner=person.record, reason=reason, voided_at=voided_at, voided_by=by
    )
    return recompute(person, touched={evidence.competency_id}, voided=(evidence.pk,))


@dataclass(frozen=True, slots=True)
class _Origin:
    """A source as the ledger knows it, and the ids of evidence that it brought before, by competency and correction."""

    system: int
    kind: str
    id_digest: str
    brought: dict[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that is still to be written, with where it comes from."""

    item: EvidenceItem
    row: Evidence
    origin: _Origin

    @classmethod
    def of(
        cls,
        item: EvidenceItem,
        person: Person,
        *,
        by: User | None,
        current: dict[int, CompetencyRevision],
        origin: _Origin,
    ) -> "_Draft":
        revision = item.revision or current.get(item.competency.pk)
        if revision is None or revision.scale_id is None:
            raise CompetencyWithoutScaleError
        if revision.competency_id != item.competency.pk:
            raise RevisionOfAnotherCompetencyError
        if (item.level is None) == (item.score is None):
            raise LevelOrScoreError
        external = item.basis == Basis.EXTERNAL
        assessor = item.assessor if external else item.assessor or by
        if external == (assessor is not None):
            raise AssessorUnlessExternalError
        if item.performed_on > person.today:
            raise PerformedLaterError
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
            artifact_digests=sorted(item.artifact_digests),
            piece=item.corrects.piece if item.corrects else uuid.uuid4(),
            revision_number=item.corrects.revision_number + 1 if item.corrects else 1,
            judgement=item.judgement,
        )
        return cls(item, row, origin)

    @property
    def key(self) -> "_Key":
        """What no source brings twice."""
        row, origin = self.row, self.origin
        return origin.system, origin.kind, origin.id_digest, row.competency_id, row.revision_number

    @property
    def known_as(self) -> int | None:
        """The evidence that its source brought before."""
        return self.origin.brought.get((self.row.competency_id, self.row.revision_number))

    def repeats(self, known: Evidence, person: Person) -> bool:
        """`known` says the same of the same person."""
        return known.learner_id in person.records and all(
            getattr(known, name) == getattr(self.row, name) for name in SAME
        )


_Key = tuple[int, str, str, int, int]
# What a source may not change under the same name. When and by whom it is brought again does not matter.
SAME = ("level_id", "score", "performed_on", "basis", "kind", "setting", "artifact_digests")


def _record_of(item: EvidenceItem, person: Person) -> Learner:
    """A correction belongs to the record of what it corrects, which is a record of this person."""
    corrected = item.corrects
    if corrected is None:
        return person.record
    if corrected.learner_id not in person.records or corrected.competency_id != item.competency.pk:
        raise NotTheNewestError
    return corrected.learner


def _current_revisions(competencies: Mapping[int, Competency]) -> dict[int, CompetencyRevision]:
    """What these competencies say now, each with the competency that is at hand."""
    found = {row.competency_id: row for row in _saying_now(tuple(competencies))}
    for pk, row in found.items():
        row.competency = competencies[pk]
    return found


@compiled
def _saying_now(competencies: tuple[int, ...]) -> QuerySet[CompetencyRevision]:
    return CompetencyRevision.objects.current().filter(competency__in=competencies).select_related("scale")


# Which of these sources are known, and what they brought. The digest is made where the salt is: see EvidenceSource.
ORIGINS = """
    SELECT asked.place - 1, origin.system, origin.digest, known.competency_id, known.revision_number, known.evidence_id
    FROM unnest(%s::text[], %s::text[], %s::bytea[]) WITH ORDINALITY AS asked (code, kind, id, place)
    CROSS JOIN LATERAL (
        SELECT id AS system, 'c1:' || encode(sha256(salt || asked.id), 'hex') AS digest
        FROM assessments_sourcesystem WHERE code = asked.code
    ) origin
    LEFT JOIN assessments_evidencesource known
        ON known.system_id = origin.system AND known.kind = asked.kind AND known.id_digest = origin.digest
"""


def _origins(sources: Sequence[Source], at: datetime) -> list[_Origin]:
    """The sources as the ledger knows them, in their order; one question."""
    with prepared_cursor(Evidence.objects.db) as cursor:
        asked = [source.system for source in sources], [str(source.kind) for source in sources]
        cursor.execute(ORIGINS, [*asked, [source.id.encode() for source in sources]])
        rows = cursor.fetchall()
    found: dict[int, _Origin] = {}
    for place, system, digest, competency, revision, evidence in rows:
        origin = found.setdefault(place, _Origin(system, str(sources[place].kind), digest))
        if evidence is not None:
            origin.brought[competency, revision] = evidence
    unknown = {source.system for place, source in enumerate(sources) if place not in found}
    if unknown - {OURS}:
        raise SystemUnknownError
    if unknown:  # stored at first need
        SourceSystem.objects.get_or_create(code=OURS, defaults={"title": "Cairn", "made_at": at})
        return _origins(sources, at)
    return [found[place] for place in range(len(sources))]


def _taken_in(drafts: Sequence[_Draft]) -> dict[_Key, Evidence]:
    """What these sources brought before."""
    known = {draft.key: draft.known_as for draft in drafts if draft.known_as is not None}
    rows = Evidence.objects.in_bulk(known.values()) if known else {}
    return {key: rows[pk] for key, pk in known.items()}


def _write(drafts: Sequence[_Draft], person: Person) -> None:
    for draft in drafts:
        corrected = draft.item.corrects
        if corrected is not None and _later_than(corrected).exists():
            raise NotTheNewestError
    _mark_used(drafts, person.at)
    with _brought_at_once():
        if len(drafts) == 1:  # what most judgements are
            add_both(drafts[0].row, _source_of(drafts[0]), link="evidence")
        else:
            add([draft.row for draft in drafts])
            add([_source_of(draft) for draft in drafts])
    words = [(draft.row, draft.item.words) for draft in drafts if draft.item.words]
    add([EvidenceBody(evidence=row, content=said, salt=new_salt()) for row, said in words])


def _source_of(draft: _Draft) -> EvidenceSource:
    return EvidenceSource(
        evidence=draft.row,
        learner=draft.row.learner,
        system_id=draft.origin.system,
        kind=draft.origin.kind,
        id_digest=draft.origin.id_digest,
        competency=draft.row.competency,
        revision_number=draft.row.revision_number,
    )


@contextmanager
def _brought_at_once() -> Iterator[None]:
    """The same source for somebody else, at the same moment: the constraint judges. No savepoint: all is undone."""
    try:
        yield
    except IntegrityError as refused:
        constraint = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", None)
        if constraint != "evidence_source_taken_in_once":
            raise
        raise SourceDiffersError from refused


def _mark_used(drafts: Sequence[_Draft], at: datetime) -> None:
    """Freeze what the rows point at; what is frozen already is frozen for good, so looking at it is enough."""
    revisions = [draft.row.competency_revision for draft in drafts]
    if any(row.used_at is None or row.scale is None or row.scale.used_at is None for row in revisions):
        mark_used(revisions, at=at)
    for draft in drafts:
        level = draft.item.level
        if level is not None and level.scale_id != draft.row.competency_revision.scale_id:
            mark_scale_used(level.scale, at=at)


def _count(person: Person, touched: set[int], current: dict[int, CompetencyRevision]) -> tuple[Change, ...]:
    """Decide what rests on the touched competencies; the default row comes with the first evidence."""
    meant = [current[competency] for competency in touched if competency in current]
    return recompute(person, touched=touched, tracking=policies_deciding(touched, at=person.at, meant=meant).items())


def _later_than(evidence: Evidence) -> QuerySet[Evidence]:
    """The corrections of a row."""
    return Evidence.objects.filter(
        learner=evidence.learner_id, piece=evidence.piece, revision_number__gt=evidence.revision_number
    )
