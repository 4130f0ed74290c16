"""Which programs of a learner are closest to completion, read from what is stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Learner
from programs.audit.queries.audits import refresh
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import percent
from programs.models import Enrollment, Progress
from programs.pathway.queries.enrollment_facts import EnrollmentFacts, enrollments_of


@dataclass(frozen=True, slots=True)
class UnmetProgram:
    """A program, or one stacked in it, that is not met yet, with what is left (hundredths) and how much is behind."""

    enrollment: Enrollment
    key: str
    title: str
    distance: int
    percent: int


def programs_closest_to_completion(learner: Learner, *, at: datetime) -> tuple[UnmetProgram, ...]:
    """The open programs of a person, and those stacked in them, that are not met yet: the nearest first."""
    return closest_to_completion_among(enrollments_of(learner), at=at)


def closest_to_completion_among(rows: Iterable[EnrollmentFacts], *, at: datetime) -> tuple[UnmetProgram, ...]:
    """`closest_of` of enrollments that were read already, with their progress.

    A row of progress that is stale or past its time is worked out for the reader.
    """
    nearest: dict[str, UnmetProgram] = {}
    for row in sorted(_progress_of_open(rows), key=lambda row: row.pk):
        if row.stale_since is not None or (row.holds_until is not None and row.holds_until <= at):
            refresh(row, at=at)
        for name, program in _unmet(row):
            if name not in nearest or program.distance < nearest[name].distance:
                nearest[name] = program
    return tuple(sorted(nearest.values(), key=lambda program: (program.distance, program.title, program.enrollment.pk)))


def _progress_of_open(rows: Iterable[EnrollmentFacts]) -> Iterator[Progress]:
    for row in rows:
        progress = getattr(row.enrollment, "progress", None)
        if row.enrollment.ended_on is None and progress is not None:
            yield progress


def _unmet(row: Progress) -> Iterator[tuple[str, UnmetProgram]]:
    """By the program's public id, so that one studied alone and stacked elsewhere is named once."""
    enrollment, tree = row.enrollment, tree_of(row.enrollment.version)
    results: Mapping[str, Mapping[str, Any]] = {entry["node"]: entry for entry in row.audit["today"]["nodes"]}
    inside = [node for node in tree.walk() if node.kind is Kind.PROGRAM]
    for node in (tree, *inside):
        distance = results[node.id]["distance"]
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
    """What a stacked program costs somebody who brings nothing, where every part is asked for."""
    if node.nominal or not node.children:
        return node.nominal or 100
    parts = sorted(_whole_of(child) for child in node.children)
    return sum(parts[: node.n] if node.kind is Kind.CHOOSE else parts)
