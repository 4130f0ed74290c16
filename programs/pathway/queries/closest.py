"""The programs of a learner that are closest to completion, from stored audits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Learner
from assessments.mastery.queries.standings import MasteryToAudit
from programs.audit.queries.attainments import awards_of
from programs.audit.queries.audits import refresh
from programs.audit.queries.enrollment_facts import applying_tree_of
from programs.audit.queries.figures import award_of_enrollment
from programs.audit.rules.context import Method
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import percent
from programs.models import Award, Enrollment, Progress
from programs.pathway.queries.enrollment_facts import EnrollmentFacts, enrollments_of


@dataclass(frozen=True, slots=True)
class UnmetProgram:
    """A program, or one stacked in it, that is not met yet: the work left (hundredths), and the percent done."""

    enrollment: Enrollment
    key: str
    title: str
    distance: int
    percent: int


def programs_closest_to_completion(learner: Learner, *, at: datetime) -> tuple[UnmetProgram, ...]:
    """Return a learner's open programs, and those stacked in them, that are not met yet; the closest first.

    A program that is awarded is not among them, also where less is on record now than when it was awarded.
    """
    return closest_to_completion_among(enrollments_of(learner), at=at)


def closest_to_completion_among(
    rows: Iterable[EnrollmentFacts],
    *,
    at: datetime,
    mastery: Sequence[MasteryToAudit] | None = None,
    awards: Sequence[Award] | None = None,
) -> tuple[UnmetProgram, ...]:
    """Return `programs_closest_to_completion` of enrollments that were read already, with their progress.

    Progress that is stale or due is audited in memory, with the learner's `mastery` and `awards` if these were read
    already.
    """
    nearest: dict[str, UnmetProgram] = {}
    opened = sorted(_progress_of_open(rows), key=lambda pair: pair[1].pk)
    if awards is None:
        awards = awards_of(opened[0][0].enrollment.learner) if opened else []
    for facts, row in opened:
        if award_of_enrollment(facts.enrollment, awards) is not None:
            continue
        if row.stale_since is not None or (row.holds_until is not None and row.holds_until <= at):
            attainments = None if mastery is None else facts.attainments(mastery, at=at)
            refresh(row, at=at, zone=facts.zone, attainments=attainments, exceptions=facts.exceptions, awards=awards)
        for name, program in _unmet(row):
            if name not in nearest or program.distance < nearest[name].distance:
                nearest[name] = program
    return tuple(sorted(nearest.values(), key=lambda program: (program.distance, program.title, program.enrollment.pk)))


def _progress_of_open(rows: Iterable[EnrollmentFacts]) -> Iterator[tuple[EnrollmentFacts, Progress]]:
    for row in rows:
        progress = getattr(row.enrollment, "progress", None)
        if row.enrollment.ended_on is None and progress is not None:
            yield row, progress


def _unmet(row: Progress) -> Iterator[tuple[str, UnmetProgram]]:
    """Yield unmet programs by public id, so that one that is both studied alone and stacked is listed once."""
    enrollment, tree = row.enrollment, applying_tree_of(row.enrollment, Method(row.method))
    results: Mapping[str, Mapping[str, Any]] = {entry["node"]: entry for entry in row.audit["today"]["nodes"]}
    inside = [node for node in tree.walk() if node.kind is Kind.PROGRAM]
    for node in (tree, *inside):
        # A condition may have chosen another part since the audit was stored: that part has no figures yet.
        distance = results[node.id]["distance"] if node.id in results else 0
        if not distance:
            continue
        if node is tree:
            yield (
                str(enrollment.version.program.public_id),
                UnmetProgram(enrollment, node.id, node.title, distance, row.percent),
            )
        else:
            behind = percent(distance, max(distance, _whole_of(node)))
            yield node.names[0], UnmetProgram(enrollment, node.id, node.title, distance, behind)


def _whole_of(node: Requirement) -> int:
    """Return the cost of a stacked program for somebody without attainments."""
    if node.nominal or not node.children:
        return node.nominal or 100
    parts = sorted(_whole_of(child) for child in node.children)
    return sum(parts[: node.n] if node.kind is Kind.CHOOSE else parts)
