"""The sources of evidence as the ledger stores them: which are known, and what they brought so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assessments.errors import SystemUnknownError
from assessments.evidence.actions.items import OURS, SourceReference
from assessments.models import Evidence, SourceSystem
from core.database.prepared import prepared_cursor


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as the ledger stores it, and the ids of its evidence so far, by competency and correction number."""

    system: int
    kind: str
    id_digest: str
    recorded: dict[tuple[int, int], int] = field(default_factory=dict)


# Which of these sources are known, and their evidence so far. The database makes the digest, because the salt is there:
# one statement instead of two. See EvidenceSource.
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


def known_sources(sources: Sequence[SourceReference], at: datetime) -> list[KnownSource]:
    """Return the sources as the ledger stores them, in their order; one query."""
    with prepared_cursor(Evidence.objects.db) as cursor:
        codes, kinds = [source.system for source in sources], [str(source.kind) for source in sources]
        cursor.execute(ORIGINS, [codes, kinds, [source.id.encode() for source in sources]])
        rows = cursor.fetchall()
    found: dict[int, KnownSource] = {}
    for place, system, digest, competency, revision, evidence in rows:
        source = found.setdefault(place, KnownSource(system, str(sources[place].kind), digest))
        if evidence is not None:
            source.recorded[competency, revision] = evidence
    unknown = {source.system for place, source in enumerate(sources) if place not in found}
    if unknown - {OURS}:
        raise SystemUnknownError
    if unknown:  # our own system is stored when it is needed first
        SourceSystem.objects.get_or_create(code=OURS, defaults={"title": "Cairn", "made_at": at})
        return known_sources(sources, at)
    return [found[place] for place in range(len(sources))]


def newest_of_sources(sources: Sequence[SourceReference], *, at: datetime) -> list[Evidence | None]:
    """Return the newest evidence that was recorded for each source, in their order; None where there is none."""
    if not sources:
        return []
    known = known_sources(sources, at)
    newest = [max(source.recorded, key=lambda key: key[1], default=None) for source in known]
    ids = [None if key is None else source.recorded[key] for source, key in zip(known, newest, strict=True)]
    rows = Evidence.objects.select_related("competency", "competency_revision__scale", "learner", "assessor").in_bulk(
        [pk for pk in ids if pk is not None]
    )
    return [None if pk is None else rows[pk] for pk in ids]
