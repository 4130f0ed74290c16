"""Pages of a learner: what a worker computes for one, how many queries it asks, and how that grows with the program."""

import gc
import math
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions.learners import create_learner
from accounts.models import Organization, Role, User
from assessments.evidence.actions import record_evidence
from assessments.mastery.queries import explained
from competencies.models import Competency, Framework, ProficiencyScale
from programs.curriculum.actions.authoring import Node, save_requirement
from programs.curriculum.actions.publishing import publish_version
from programs.enrollment.actions.enrolling import enroll
from programs.models import ProgramVersion, RequirementKind
from tests.assessments.places import MONDAY, TUESDAY, finding, new_competency, new_framework, new_scale
from tests.benchmarks.measure import Figure, milliseconds
from tests.programs.places import ask_for, draft_of, open_assessment, root_of
from tests.recipes import institution, make_staff, make_user, signed_in_client

COMPETENCIES = {"usual": (40, 80, 160, 320), "large": (40, 80, 160, 320, 640)}
GROUP = 8
PIECES = 2_000
RUNS = 15
WANTED = {"pathway": "≤ 25 ms, ≤ 12 queries", "home": "≤ 15 ms, ≤ 12 queries"}
BARE = "/livez"
GROWTH = "≤ n^1.0"


def figures(size: str) -> Iterator[Figure]:
    """One learner for each size of program, with the same number of pieces, half of them enough; beside a bare view."""
    school, registrar = institution.make(), make_staff(Role.REGISTRAR)
    framework, scale = new_framework(), new_scale()
    pages: dict[str, list[tuple[int, float]]] = {"pathway": [], "home": []}
    for count in COMPETENCIES[size]:
        client, places, nodes = _learner(school, framework, scale, count, registrar)
        for path in places.values():  # what a process works out once, before the first of its pages is measured
            _ask(client, path)
        for name, path in places.items():
            page, bare = _in_turn(client, path)
            pages[name].append((nodes, page))
            yield Figure(
                f"{name}, {nodes} nodes, {PIECES:,} pieces of evidence, CPU time of the worker",
                f"{milliseconds(page)}, {_queries(client, path)} queries",
                f"bare view {milliseconds(bare)}: {page / bare:.0f}x; by a worker that has kept no reasons "
                f"{milliseconds(_first_view(client, path))}; {len(client.get(path).content) / 1000:.0f} kB",
                WANTED[name] if count == COMPETENCIES[size][0] else "",
            )
    for name, taken in pages.items():
        first, last = taken[0][0], taken[-1][0]
        yield Figure(f"{name}, growth from {first} to {last} nodes", f"n^{_exponent(taken):.2f}", "", GROWTH)


def _learner(
    school: Organization, framework: Framework, scale: ProficiencyScale, count: int, registrar: User
) -> tuple[Client, dict[str, str], int]:
    """Somebody in a program of `count` competencies: signed in, where their pages are, and how many nodes it has."""
    several = [new_competency(framework, f"{count}-{number}", scale) for number in range(count)]
    open_assessment(school, *several)
    version = _program(school, several)
    learner = create_learner("Ada Lovelace", by=registrar, at=MONDAY)
    learner.user = make_user()
    learner.save()
    enrollment = enroll(learner, version=version, on=date(2026, 3, 2), by=registrar, at=MONDAY)
    # Every second competency is shown well enough; the others were begun, so that the page has reasons to say.
    items = [finding(several[number % count], 3 - number % 2) for number in range(PIECES)]
    record_evidence(learner, items=items, by=registrar, at=TUESDAY)
    places = {"pathway": f"/pathway/{enrollment.public_id}/", "home": "/"}
    return signed_in_client(learner.user), places, count + math.ceil(count / GROUP) + 1


def _program(school: Organization, competencies: Sequence[Competency]) -> ProgramVersion:
    """In force, its competencies in groups of eight, one after the other."""
    draft = draft_of(school, f"Program of {len(competencies)}")
    for first in range(0, len(competencies), GROUP):
        group = save_requirement(
            None, version=draft, parent=root_of(draft), node=Node(kind=RequirementKind.ALL, title=f"Part {first}")
        )
        for competency in competencies[first : first + GROUP]:
            ask_for(group, competency, worth=3)
    return publish_version(draft, by=None, at=MONDAY)


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def _ask(client: Client, path: str) -> None:
    """As a worker answers: `client.get` would also copy the context of each template that is rendered."""
    client.handler(client._base_environ(PATH_INFO=path, REQUEST_METHOD="GET"))  # type: ignore[attr-defined]


def _in_turn(client: Client, path: str) -> tuple[float, float]:
    """Median seconds of CPU of a page and of a bare view, in turn; without garbage collection, which hits either."""
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for place, asked in ((0, path), (1, BARE)) * (RUNS + 3):
            before = time.process_time()
            _ask(client, asked)
            taken[place].append(time.process_time() - before)
    finally:
        gc.enable()
    return statistics.median(taken[0][3:]), statistics.median(taken[1][3:])


def _first_view(client: Client, path: str) -> float:
    """Median seconds of CPU of a page whose worker has to make all explanations on it."""
    taken = []
    for _ in range(RUNS):
        explained._kept.clear()
        before = time.process_time()
        _ask(client, path)
        taken.append(time.process_time() - before)
    return statistics.median(taken)


def _exponent(taken: Sequence[tuple[int, float]]) -> float:
    """The slope of the line through the logarithms: 1 is as the nodes grow."""
    return statistics.linear_regression(
        [math.log(nodes) for nodes, _seconds in taken], [math.log(seconds) for _nodes, seconds in taken]
    ).slope
