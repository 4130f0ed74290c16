"""Real input, none of ours: results of the Open University's learners, from the files to signed credentials.

The files are not part of this repository: they are looked for in ../shared. Day numbers count from the stated dates.
WORKERS=2 shares the learners among so many processes; PAPERS=1000 makes papers for so many learners only: all of them
take more than an hour. EXPORT=folder leaves there all that was signed, for `make verify-external EXPORT=folder`.
"""

import csv
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from django.core.management import call_command
from django.db import connection, connections
from django.db.models import Count

from accounts.actions.learners import create_learner
from accounts.models import Learner, Organization, Role, User
from assessments.errors import LevelOrScoreError
from assessments.evidence.actions import EvidenceItem, SourceReference, record_evidence
from assessments.mastery.actions.policies import assign_policy, make_policy
from assessments.models import AssessmentKind, Evidence, Mastery, SourceKind
from competencies.actions import create_scale
from competencies.actions.import_package import import_package
from competencies.actions.revising import revise_competency
from competencies.models import Competency, Framework, ProficiencyScale
from core import clock
from core.jobs import Lane
from core.jobs.models import Job
from core.jobs.worker import drain
from core.text.canonical import Json
from credentials.issuing.actions.issuers import save_issuer
from credentials.issuing.actions.keys import make_first_key
from credentials.models import Credential, CredentialState
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.rules import TranscriptKind
from portal.queries.integrity import checked_apps, problems_of
from programs.curriculum.actions.achievements import Terms, set_achievement
from programs.curriculum.actions.authoring import Node, make_program, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import AchievementType, Award, Enrollment, Granting, ProgramVersion, Progress, RequirementKind
from programs.models.awards import AwardQuerySet
from tests.benchmarks.measure import Figure
from tests.programs.places import ask_for, open_assessment, root_of
from tests.recipes import institution, make_staff

SHARED = Path(__file__).parents[3] / "shared"
RESULTS = SHARED / "data" / "oulad-sample"
FRAMEWORK = SHARED / "standards" / "case" / "frameworks" / "smarter-balanced-hs-math-c1-th.json"
LEARNERS = {"usual": 100, "large": None}
FIRST_DAYS = {"2013J": date(2013, 10, 1), "2014J": date(2014, 10, 1)}
BEFORE = datetime(2012, 9, 3, 9, tzinfo=UTC)
MARKS = (("Pass", "40.00"), ("Merit", "70.00"), ("Distinction", "85.00"))
OURS = "OU "  # what the numbers of these learners begin with
WORKERS = int(os.environ.get("WORKERS") or 1)
ASKED = 4  # the first pieces of work of a course, in order of their dates, show one competency each

Answer = TypeVar("Answer")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Result:
    """One row of the results: whose, of what, when, and how many marks; None where the file has no mark."""

    person: str
    name: str
    place: int
    day: date
    score: Decimal | None


@dataclass(frozen=True)
class Place:
    """What the results are recorded about."""

    school: Organization
    assessor: User
    competencies: list[Competency]
    program: ProgramVersion


def figures(size: str) -> Iterator[Figure]:
    """From the files to transcripts: how many rows, how long, how much room, for each learner and in all."""
    if not RESULTS.exists():
        yield Figure("real results", "not measured: ../shared/data/oulad-sample is not beside this checkout")
        return
    results, started = read_results(LEARNERS[size])
    _let_vacuum_in()
    place = _place()
    room = _room()
    people: list[Learner] = []
    yield from _taken_in(place, results, started, people)
    yield from _issued(people, people[: int(os.environ.get("PAPERS") or len(people))])
    yield from _counted(len(people), room)
    if os.environ.get("EXPORT"):
        yield from _exported(os.environ["EXPORT"])


def _let_vacuum_in() -> None:
    """As in an installation: databases for tests keep it away (docs/decisions/0018)."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'ALTER TABLE "{table}" RESET (autovacuum_enabled)')


def read_results(most: int | None) -> tuple[list[Result], dict[str, date]]:
    """The results in the order of their days, and the first day of each learner; of the first `most` learners."""
    first = {row["id_student"]: FIRST_DAYS[row["code_presentation"]] for row in reversed(_rows("studentInfo.csv"))}
    every = list(reversed(first))
    people = set(every[:: max(1, len(every) // most)][:most] if most else every)
    works = sorted(_rows("assessments.csv"), key=lambda row: (float(row["date"] or "inf"), row["id_assessment"]))
    seen: dict[tuple[str, str], int] = {}
    asked: dict[str, tuple[int, date]] = {}
    for work in works:
        course = work["code_module"], work["code_presentation"]
        seen[course] = seen.get(course, 0) + 1
        asked[work["id_assessment"]] = min(seen[course], ASKED) - 1, FIRST_DAYS[work["code_presentation"]]
    found = []
    for row in _rows("studentAssessment.csv"):
        if row["id_student"] in people:
            number, day = asked[row["id_assessment"]]
            score = Decimal(row["score"]) if row["score"] else None
            handed_in = day + timedelta(days=int(row["date_submitted"]))
            name = f"{row['id_assessment']} of {row['id_student']}"
            found.append(Result(row["id_student"], name, number, handed_in, score))
    found.sort(key=lambda result: (result.day, result.name))
    return found, {person: day for person, day in first.items() if person in people}


def _rows(name: str) -> list[dict[str, str]]:
    with (RESULTS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _place() -> Place:
    """The framework, and a program of two stacked micro-credentials on four of its competencies."""
    school = Organization.objects.ours().filter(parent=None).first() or institution.make()
    known = set(Framework.objects.values_list("pk", flat=True))
    import_package(FRAMEWORK.read_bytes(), at=BEFORE, publish=True)
    framework = Framework.objects.exclude(pk__in=known).get()
    scale = create_scale("Marks", description="Of a hundred.", levels=[(name, "") for name, _ in MARKS], at=BEFORE)
    leaves = framework.competencies.filter(retired_at=None).exclude(arriving__kind="isChildOf")
    competencies = list(leaves.order_by("position", "pk")[:ASKED])
    for competency in competencies:
        meant = competency.revisions.get(superseded_at=None)
        revise_competency(
            competency,
            statement=meant.statement,
            criteria=meant.criteria,
            scale=scale,
            reason="Judged in marks",
            at=BEFORE,
        )
    policy = make_policy("Marks", definition=_policy(scale), by=None, at=BEFORE)
    assign_policy(policy, framework=framework, at=BEFORE)
    open_assessment(school, *competencies)
    issuer = save_issuer(None, organization=school, slug="results", name=school.name, by=None, at=BEFORE)
    make_first_key(issuer, by=None, at=BEFORE)
    first = _published(school, "First steps", competencies[:2])
    second = _published(school, "Further steps", competencies[2:], choose=1)
    whole = make_program("OU", title="The whole", organization=school, by=None, at=BEFORE).versions.get()
    for inner in (first, second):
        node = Node(kind=RequirementKind.PROGRAM, nested_version=inner)
        save_requirement(None, version=whole, parent=root_of(whole), node=node)
    terms = Terms(
        achievement_type=AchievementType.CERTIFICATE,
        granting=Granting.AUTOMATIC,
        title="The whole",
        description="Both steps.",
    )
    set_achievement(whole, terms=terms, by=None, at=BEFORE)
    return Place(school, make_staff(Role.ASSESSOR), competencies, publish_version(whole, by=None, at=BEFORE))


def _policy(scale: ProficiencyScale) -> dict[str, Json]:
    rungs = zip(scale.levels.order_by("rank"), MARKS, strict=True)
    levels: list[Json] = [{"rank": row.rank, "reached_at": mark, "name": row.title} for row, (_, mark) in rungs]
    return {"method": "highest@2", "scale": {"id": str(scale.public_id), "levels": levels}, "level": 1}


def _published(school: Organization, title: str, asked: list[Competency], choose: int = 0) -> ProgramVersion:
    version = make_program(f"OU {title}", title=title, organization=school, by=None, at=BEFORE).versions.get()
    above = root_of(version)
    if choose:
        node = Node(kind=RequirementKind.CHOOSE, title="One of these", choose_count=choose)
        above = save_requirement(None, version=version, parent=above, node=node)
    for competency in asked:
        ask_for(above, competency, rank=1, worth=5)
    return publish_version(version, by=None, at=BEFORE)


def _taken_in(place: Place, results: list[Result], started: dict[str, date], people: list[Learner]) -> Iterator[Figure]:
    begun = time.perf_counter()
    shares = _shares(list(started.items()))
    done = _side_by_side(_enrolled_all, [(place, share) for share in shares])
    people += [learner for learners, _cpu in done for learner in learners]
    yield _pace("learners made and enrolled", len(people), begun, done)
    known = {learner.learner_number.removeprefix(OURS): learner for learner in people}
    begun = time.perf_counter()
    asked = [[result for result in results if result.person in people_of] for people_of in map(dict, shares)]
    recorded = _side_by_side(_recorded_all, [(place, known, share) for share in asked])
    yield _pace("results through record_evidence, with mastery, progress and awards", len(results), begun, recorded)
    yield Figure("of these without a mark, refused as evidence", f"{sum(without for without, _cpu in recorded):,}")


def _enrolled_all(place: Place, share: list[tuple[str, date]]) -> list[Learner]:
    return [_enrolled(place, person, day) for person, day in share]


def _recorded_all(place: Place, known: dict[str, Learner], share: list[Result]) -> int:
    """How many had no mark."""
    return sum(not _recorded(place, known[result.person], result) for result in share)


def _enrolled(place: Place, person: str, day: date) -> Learner:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=30)
    learner = create_learner(f"Learner {person}", learner_number=f"{OURS}{person}", by=None, at=at)
    enroll(learner, version=place.program, on=at.date(), by=None, at=at)
    return learner


def _recorded(place: Place, learner: Learner, result: Result) -> bool:
    """Judged at noon a week after it was handed in; False where there is no mark to record."""
    item = EvidenceItem(
        competency=place.competencies[result.place],
        score=result.score,
        performed_on=result.day,
        kind=AssessmentKind.TEST,
        source=SourceReference(SourceKind.IMPORT, result.name),
    )
    at = datetime(result.day.year, result.day.month, result.day.day, 12, tzinfo=UTC) + timedelta(days=7)
    try:
        record_evidence(learner, items=[item], by=place.assessor, at=at)
    except LevelOrScoreError:
        return False
    return True


def _issued(people: list[Learner], with_papers: list[Learner]) -> Iterator[Figure]:
    mine = Award.objects.filter(learner__learner_number__startswith=OURS)
    yield _awards("at once", mine)
    if len(with_papers) < len(people):
        _set_aside(set(mine.filter(learner__in=with_papers).values_list("pk", flat=True)))
    begun = time.perf_counter()
    done = _side_by_side(_drained, [()] * WORKERS)
    signed = Credential.objects.filter(learner__learner_number__startswith=OURS, state=CredentialState.SIGNED).count()
    yield _pace("credentials signed, by the jobs that awards promise", signed, begun, done)
    yield _awards("when what bounds left open is settled too", mine)
    begun = time.perf_counter()
    done = _side_by_side(_transcribed, [(share,) for share in _shares(with_papers)])
    yield _pace("transcripts", len(with_papers), begun, done)


def _awards(when: str, rows: AwardQuerySet) -> Figure:
    counted = Counter(rows.values_list("achievement_version__title", "state"))
    told = ", ".join(f"{title} {state} {count:,}" for (title, state), count in sorted(counted.items()))
    return Figure(f"real results: awards, {when}", told)


def _drained() -> None:
    for lane in Lane:
        drain(lane)


def _transcribed(share: list[Learner]) -> None:
    for learner in share:
        make_transcript(learner, kind=TranscriptKind.OFFICIAL, by=None, at=clock.now())


def _set_aside(wanted: set[int]) -> None:
    """Forget the promised papers of other awards."""
    promised = Job.objects.waiting().filter(name="credentials.issue").values_list("pk", "args")
    others = [pk for pk, (award,) in promised if award not in wanted]
    Job.objects.filter(pk__in=others).delete()


def _counted(people: int, room: int) -> Iterator[Figure]:
    mine = {"learner__learner_number__startswith": OURS}
    states = Mastery.objects.filter(**mine).values_list("state").annotate(rows=Count("pk")).order_by("state")
    told = ", ".join(f"{state} {count:,}" for state, count in states)
    yield Figure("evidence, and mastery by state", f"{Evidence.objects.filter(**mine).count():,}; {told}")
    progress = Progress.objects.filter(**mine)
    met, stale = progress.filter(status="met").count(), progress.exclude(stale_since=None).count()
    yield Figure(
        "enrollments, programs met", f"{Enrollment.objects.filter(**mine).count():,}, {met:,}; {stale} open to a solver"
    )
    begun = time.perf_counter()
    done = _side_by_side(_wrong, [(app,) for app in checked_apps()])
    wrong = [sentence for sentences, _cpu in done for sentence in sentences]
    yield _pace(f"check_integrity: {len(wrong)} differences {' '.join(wrong[:3])}", people, begun, done)
    grown = _room() - room
    yield Figure(
        "room taken: in the database, and by each process at its most",
        f"{grown / people / 1024:.1f} kB per learner",
        f"{grown / 2**20:.0f} MB in all; {_memory() / 1024:.0f} MB",
    )


def _wrong(app: str) -> list[str]:
    return [found.sentence for found in problems_of(app)]


def _exported(folder: str) -> Iterator[Figure]:
    begun = time.perf_counter()
    done = _side_by_side(call_command, [("export_credentials", folder)])
    yield _pace("files exported for other verifiers", sum(1 for _ in Path(folder).iterdir()), begun, done)


def _room() -> int:
    """Bytes of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _side_by_side(work: Callable[..., Answer], shares: Sequence[tuple[object, ...]]) -> list[tuple[Answer, float]]:
    """What `work` answers for each share, done by WORKERS processes, and the seconds of computing that it took."""
    connections.close_all()  # a connection is of one process
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("fork")) as processes:
        return list(processes.map(_timed, [work] * len(shares), shares))


def _timed(work: Callable[..., Answer], share: tuple[object, ...]) -> tuple[Answer, float]:
    begun = time.process_time()
    return work(*share), time.process_time() - begun


def _shares(every: list[Row]) -> list[list[Row]]:
    return [every[number::WORKERS] for number in range(WORKERS)]


def _pace(work: str, count: int, begun: float, done: Sequence[tuple[object, float]]) -> Figure:
    wall, cpu = time.perf_counter() - begun, sum(seconds for _answer, seconds in done)
    return Figure(
        f"real results: {work}",
        f"{count:,} in {wall:.1f} s, {1000 * wall / max(1, count):.1f} ms each",
        f"CPU without the database's {1000 * cpu / max(1, count):.1f} ms each; processes: {WORKERS}",
    )


def _memory() -> int:
    """The most that a process of ours has held, in kB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
