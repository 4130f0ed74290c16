"""Recording evidence: the whole transaction with its locks, ledger rows, mastery and announcement, beside bare SQL."""

import statistics
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.evidence.actions import EvidenceItem, SourceReference, record_evidence
from assessments.mastery.actions.policies import make_policy
from assessments.mastery.actions.recomputing import track, track_all
from assessments.mastery.queries.standings import mastery_of
from assessments.models import AssessmentKind, SourceKind
from competencies.models import Competency, ProficiencyLevel
from programs.enrollment.actions.enrolling import enroll
from programs.models import Award, Granting, ProgramVersion
from tests.assessments.places import new_competency, new_framework, new_scale, policy_json, put_below
from tests.benchmarks.measure import Figure, median_seconds, medians_in_turn, milliseconds, seconds_each
from tests.programs.places import awarding, draft_of, open_assessment, published
from tests.recipes import institution, make_staff

SIZES = {"usual": (1_000, 10_000), "large": (1_000, 10_000, 100_000)}
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = date(2026, 2, 1)
PIECES_EACH = 5
ROWS = 100  # competencies on a learner's home
RUNS = 60
WARM = 5
IN_USE = (1, 20, 200)  # program versions
BLOCK = 20  # runs with one number of versions before the next takes its turn

# The least that such a transaction writes, with nothing asked, decided or audited; progress comes last.
WHOLE = (
    "SELECT id FROM accounts_learner WHERE id = %(learner)s FOR NO KEY UPDATE",
    """
    INSERT INTO assessments_evidence (learner_id, public_id, competency_id, competency_revision_id, scale_id, level_id,
        performed_on, recorded_at, assessor_id, basis, kind, setting, artifact_digests, piece, revision_number)
    SELECT %(learner)s, gen_random_uuid(), competency_id, competency_revision_id, scale_id, level_id, performed_on,
        recorded_at, assessor_id, basis, kind, setting, artifact_digests, gen_random_uuid(), 1
    FROM assessments_evidence WHERE id = %(sample)s
    """,
    """
    INSERT INTO assessments_evidencesource
        (evidence_id, learner_id, system_id, kind, id_digest, competency_id, revision_number)
    SELECT currval('assessments_evidence_id_seq'), %(learner)s, system_id, kind,
        'c1:' || encode(sha256(gen_random_uuid()::text::bytea), 'hex'), competency_id, revision_number
    FROM assessments_evidencesource WHERE evidence_id = %(sample)s
    """,
    "UPDATE assessments_mastery SET decided_at = now(), digest = digest WHERE learner_id = %(learner)s",
    "UPDATE programs_progress SET audited_at = now(), audit = audit, percent = percent WHERE learner_id = %(learner)s",
)
# What a grant writes further; each copy is of a further cycle, because one alone may stand in each.
GRANT = (
    """
    INSERT INTO programs_attribution (learner_id, award_id, position, requirement_key, kind, subject_id, policy_id,
        credits, level, achieved_on, basis, exception)
    SELECT learner_id, award_id, (SELECT max(position) + 1 FROM programs_attribution WHERE award_id = %(award)s),
        requirement_key, kind, gen_random_uuid(), policy_id, credits, level, achieved_on, basis, exception
    FROM programs_attribution WHERE award_id = %(award)s ORDER BY id LIMIT 1
    """,
    """
    INSERT INTO programs_award (learner_id, public_id, achievement_id, achievement_version_id, program_version_id,
        enrollment_id, cycle, kind, state, requirements_met_on, met_at, awarded_on, name_as_awarded, name_salt, credits,
        credit_unit, decision, decision_digest, proposed_at, decided_at, end_reason)
    SELECT learner_id, gen_random_uuid(), achievement_id, achievement_version_id, program_version_id, enrollment_id,
        (SELECT max(cycle) + 1 FROM programs_award WHERE learner_id = %(learner)s), kind, state, requirements_met_on,
        met_at, awarded_on, name_as_awarded, name_salt, credits, credit_unit, decision, decision_digest, proposed_at,
        decided_at, end_reason
    FROM programs_award WHERE id = %(award)s
    """,
    """
    INSERT INTO jobs_job (public_id, name, lane, mode, args, merges, state, attempts, max_attempts, run_at, lease,
        last_error, request_id, created_at)
    SELECT gen_random_uuid(), name, lane, mode, args, merges, state, attempts, max_attempts, run_at, lease, last_error,
        request_id, created_at
    FROM jobs_job ORDER BY id DESC LIMIT 1
    """,
)
# Evidence of a whole school, through the same table and its indexes.
FILL = """
    INSERT INTO assessments_evidence (learner_id, public_id, competency_id, competency_revision_id, scale_id, level_id,
        performed_on, recorded_at, assessor_id, basis, kind, setting, artifact_digests, piece, revision_number)
    SELECT learner.id, gen_random_uuid(), sample.competency_id, sample.competency_revision_id, sample.scale_id,
        sample.level_id, sample.performed_on, sample.recorded_at, sample.assessor_id, sample.basis, sample.kind,
        sample.setting, sample.artifact_digests, gen_random_uuid(), 1
    FROM accounts_learner learner, generate_series(1, %s), assessments_evidence sample
    WHERE sample.id = %s AND learner.id > %s
"""
PEOPLE = """
    INSERT INTO accounts_learner (public_id, learner_number, created_at, names_comparable, privacy_hold)
    SELECT gen_random_uuid(), 'bench ' || number, now(), true, false FROM generate_series(%s, %s) AS number
"""


@dataclass(frozen=True)
class Place:
    """What is measured about: every learner has a handful of pieces, and each run takes a learner of few."""

    assessor: User
    knead: Competency
    level: ProficiencyLevel


def figures(size: str) -> Iterator[Figure]:
    """One piece at growing numbers of learners; each further tracked row and parent level; the home of one learner."""
    place = _place()
    sample = _record(place, _learner("first"))
    held, least = 0, None
    for learners in SIZES[size]:
        _fill(held + 1, learners, sample)
        held = learners
        taken, bare = _recording_each(place, _newest(RUNS + WARM), sample)
        least = least or taken
        yield Figure(
            f"record_evidence, one piece more to six, one tracked row, {learners:,} learners",
            milliseconds(taken),
            f"bare SQL of what it writes {milliseconds(bare)}: {taken / bare:.1f}x; {taken / least:.2f}x the first",
            "≤ 5 ms median, ≤ 4.2x; ≤ 1.5x",
        )
    yield from _enrolled(place, sample)
    yield from _granted(place, sample)
    yield from _versions_in_use(place, sample)
    yield from _further(place)


def _enrolled(place: Place, sample: int) -> Iterator[Figure]:
    """What an enrollment adds: nothing while mastery stays, an audit that bounds decide when it moves."""
    school = Organization.objects.ours().get(parent=None)
    other = new_competency(place.knead.framework, "never shown", place.level.scale)
    open_assessment(school, place.knead, other)
    versions = [published(school, title, place.knead, other) for title in ("Bread", "Cake", "Pie")]
    people = _studying(versions[:1], "one")
    moved = None
    (written,) = _studying(versions[:1], "bare", count=1)
    _record(place, written)
    for work in ("mastery moves, its audit as well", "mastery stays"):
        turn = iter(people)
        with CaptureQueriesContext(connection) as asked:
            _record(place, next(turn))
        taken, bare = medians_in_turn(
            lambda: _record(place, next(turn)),  # noqa: B023 - at once
            lambda: _bare(written, sample, WHOLE),
            times=RUNS,
            warm=WARM - 1,
        )
        moved = moved or taken
        yield Figure(
            f"record_evidence, one tracked row, one uncontested enrollment: {work}",
            milliseconds(taken),
            f"{len(asked)} statements; bare SQL of what it writes {milliseconds(bare)}: {taken / bare:.1f}x",
            "≤ 5 ms median, ≤ 4.2x",
        )
    turn = iter(_studying(versions, "three"))
    three = median_seconds(lambda: _record(place, next(turn)), times=RUNS, warm=WARM)
    yield Figure("each further enrollment, its audit as well", milliseconds((three - (moved or three)) / 2))


def _granted(place: Place, sample: int) -> Iterator[Figure]:
    """The piece that brings an award by rule: audit, grounds, decision record and attributions in its transaction."""
    school = Organization.objects.ours().get(parent=None)
    version = awarding(draft_of(school, "Crust", place.knead), Granting.AUTOMATIC)
    people = iter(_studying([version], "granted", count=RUNS + WARM + 2))
    (written,) = _studying([version], "granted, bare", count=1)
    _record(place, next(people))  # the first grant of a process also reads the policy
    with CaptureQueriesContext(connection) as asked:
        _record(place, next(people))
    _record(place, written)
    award = Award.objects.get(learner=written)
    taken, bare = medians_in_turn(
        lambda: _record(place, next(people)),
        lambda: _bare(written, sample, (*WHOLE, *GRANT), award=award.pk),
        times=RUNS,
        warm=WARM,
    )
    yield Figure(
        "record_evidence, the piece that brings an award",
        milliseconds(taken),
        f"{len(asked)} statements; bare SQL of what it writes {milliseconds(bare)}: {taken / bare:.1f}x",
        "one audit, ≤ 20 statements",
    )


def _versions_in_use(place: Place, sample: int) -> Iterator[Figure]:
    """An audit at each piece, with 1, 20 and 200 program versions that others study.

    All are enrolled before the first is measured, then blocks of each are taken in turn: the tables are equally full,
    and a slow minute hits all. Within a block nothing else runs that could push a version out of the caches.
    """
    school = Organization.objects.ours().get(parent=None)
    parts = [new_competency(place.knead.framework, f"part {number}", place.level.scale) for number in range(40)]
    open_assessment(school, *parts)
    most = IN_USE[-1]
    versions = [published(school, f"Version {number}", place.knead, *parts) for number in range(most)]
    (written,) = _studying(versions[:1], "bare, 41 nodes", count=1)
    _record(place, written)
    turns = {
        count: iter([_studying([versions[number % count]], f"{count} in use", count=1)[0] for number in range(most)])
        for count in IN_USE
    }
    taken: dict[int, list[float]] = {count: [] for count in IN_USE}
    bare: list[float] = []
    for _ in range(most // BLOCK):
        for count, turn in turns.items():
            taken[count] += seconds_each(lambda: _record(place, next(turn)), times=BLOCK, warm=0)  # noqa: B023 - at once
        bare += seconds_each(lambda: _bare(written, sample, WHOLE), times=BLOCK, warm=0)
    medians = [statistics.median(seconds[BLOCK:]) for seconds in taken.values()]  # the first block is to warm up
    yield Figure(
        f"record_evidence with {', '.join(map(str, IN_USE))} program versions of 41 nodes in use",
        " · ".join(map(milliseconds, medians)),
        " · ".join(f"{median / medians[0]:.2f}x" for median in medians)
        + f"; bare SQL of what it writes {milliseconds(statistics.median(bare[BLOCK:]))}",
        "≤ 1.3x",
    )


def _studying(versions: list[ProgramVersion], name: str, count: int = RUNS + WARM) -> list[Learner]:
    people = [_learner(f"enrolled in {name} {number}") for number in range(count)]
    for learner in people:
        for version in versions:
            enroll(learner, version=version, on=LONG_AGO.date(), by=None, at=NOW)
    return people


def _further(place: Place) -> Iterator[Figure]:
    alone = _recording(place, _learner("alone"))
    scale = place.level.scale
    asked = [make_policy(f"P{place}", definition=policy_json(scale, 4), by=None, at=LONG_AGO) for place in range(10)]
    watched = _learner("watched")
    track_all(watched, subscriptions=[(place.knead.pk, version) for version in asked], at=LONG_AGO)
    yield Figure("each further tracked row", milliseconds((_recording(place, watched) - alone) / len(asked)))
    definition = {"method": "all@1", "scale": str(scale.public_id)}
    parents = make_policy("All", definition=definition, by=None, at=LONG_AGO)
    climbing, top = _learner("climbing"), place.knead
    for number in range(3):
        above = new_competency(place.knead.framework, f"above {number}", scale)
        put_below(above, top)
        track(climbing, competency=above, policy_version=parents, at=LONG_AGO)
        top = above
    yield Figure("each parent level above, tracked", milliseconds((_recording(place, climbing) - alone) / 3))
    many = [new_competency(place.knead.framework, f"home {number}", scale) for number in range(ROWS)]
    track_all(watched, subscriptions=[(row.pk, asked[0]) for row in many], at=LONG_AGO)
    home = median_seconds(lambda: mastery_of(watched, at=NOW), times=RUNS)
    yield Figure(f"where a learner stands, {ROWS} competencies", milliseconds(home), "1 query")


def _place() -> Place:
    institution.make()
    scale = new_scale()
    return Place(make_staff(Role.ASSESSOR), new_competency(new_framework(), "knead", scale), scale.levels.get(rank=3))


def _learner(name: str) -> Learner:
    return create_learner(f"Bench {name}", by=None, at=LONG_AGO)


def _recording(place: Place, learner: Learner) -> float:
    return median_seconds(lambda: _record(place, learner), times=RUNS, warm=5)


def _recording_each(place: Place, people: list[Learner], sample: int) -> tuple[float, float]:
    """One piece for each, after one that makes the row of mastery; and the bare SQL of it."""
    for learner in people:
        _record(place, learner)
    turn = iter(people)
    written = people[0]
    return medians_in_turn(
        lambda: _record(place, next(turn)), lambda: _bare(written, sample, WHOLE[:-1]), times=RUNS, warm=WARM
    )


def _newest(count: int) -> list[Learner]:
    """Of those with a handful of pieces."""
    return list(Learner.objects.filter(learner_number__startswith="bench ").order_by("-pk")[:count])


def _record(place: Place, learner: Learner) -> int:
    item = EvidenceItem(
        competency=place.knead,
        level=place.level,
        performed_on=DAY,
        kind=AssessmentKind.OBSERVATION,
        source=SourceReference(SourceKind.RECORD, str(uuid.uuid4())),
    )
    return record_evidence(learner, items=[item], by=place.assessor, at=NOW).evidence[0].pk


def _bare(learner: Learner, sample: int, statements: tuple[str, ...], *, award: int = 0) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"learner": learner.pk, "sample": sample, "award": award})


def _fill(first: int, last: int, sample: int) -> None:
    """More learners, each with some pieces."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM accounts_learner")
        before = cursor.fetchone()[0]
        cursor.execute(PEOPLE, [first, last])
        cursor.execute(FILL, [PIECES_EACH, sample, before])
        cursor.execute("ANALYZE")
