"""Which programs of a learner are closest to completion, read from what is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Learner
from assessments.mastery.queries.standings import MasteryToAudit
from programs.audit.queries.audits import refresh
from programs.audit.queries.trees import tree_of
from programs.audit.rules.requirements import Kind, Requirement
from programs.audit.rules.result import percent
from programs.models import Award, Enrollment, Progress
from programs.pathway.queries.enrollment_facts import EnrollmentFacts, enrollments_of


@dataclass(frozen=True, slots=True)
class Closest:
    """A program, or one stacked in it, that is not met yet, with what is left (hundredths) and how much is behind."""

    enrollment: Enrollment
    key: str
    title: str
    distance: int
    percent: int


def closest_of(learner: Learner, *, at: datetime) -> tuple[Closest, ...]:
    """The open programs of a person, and those stacked in them, that are not met yet: the nearest first."""
    return closest_among(enrollments_of(learner), at=at)


def closest_among(
    rows: Iterable[EnrollmentFacts],
    *,
    at: datetime,
    mastery: Sequence[MasteryToAudit] | None = None,
    awards: Sequence[Award] | None = None,
) -> tuple[Closest, ...]:
    """`closest_of` of enrollments that were read already, with their progress.

    A row of progress that is stale or past its time is worked out for the reader, from the person's `mastery` and
    `awards` where these were read already.
    """
    found: dict[str, Closest] = {}
    for facts, row in sorted(_progress_of_open(rows), key=lambda pair: pair[1].pk):
        if row.stale_since is not None or (row.holds_until is not None and row.holds_until <= at):
            attainments = None if mastery is None else facts.attainments(mastery)
            refresh(row, at=at, zone=facts.zone, attainments=attainments, exceptions=facts.exceptions, awards=awards)
        for name, near in _unmet(row):
            if name not in found or near.distance < found[name].distance:
                found[name] = near
    return tuple(sorted(found.values(), key=lambda near: (near.distance, near.title, near.enrollment.pk)))


def _progress_of_open(rows: Iterable[EnrollmentFacts]) -> Iterator[tuple[EnrollmentFacts, Progress]]:
    for row in rows:
        progress = getattr(row.enrollment, "progress", None)
        if row.enrollment.ended_on is None and progress is not None:
            yield row, progress


def _unmet(row: Progress) -> Iterator[tuple[str, Closest]]:
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
                Closest(enrollment, node.id, node.title, distance, row.percent),
            )
        else:
            behind = percent(distance, max(distance, _whole_of(node)))
            yield node.names[0], Closest(enrollment, node.id, node.title, distance, behind)


def _whole_of(node: Requirement) -> int:
    """What a stacked program costs somebody who brings nothing, where every part is asked for."""
    if node.nominal or not node.children:
        return node.nominal or 100
    parts = sorted(_whole_of(child) for child in node.children)
    return sum(parts[: node.n] if node.kind is Kind.CHOOSE else parts)
