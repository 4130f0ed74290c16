"""The next steps of a learner: those of the cheapest completion, after their prerequisites."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from assessments.models import MasteryState
from competencies.models import Association, Kind
from core.database.compiled import compiled
from programs.audit.queries.audits import CONTEXTS
from programs.audit.queries.trees import named_in
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.context import Method
from programs.audit.rules.report_rows import Missing
from programs.audit.rules.requirements import ANYTHING
from programs.pathway.queries.pathway_nodes import PathwayNode
from programs.pathway.queries.pathways import Pathway

MAX_STEPS = 5
LEFT_OUT = frozenset({Reason.NOT_NEEDED, Reason.COUNTED, Reason.IN_ANOTHER_PART, Reason.SHARED_ENOUGH, Reason.CAPPED})
"""The reasons for which study that is good enough for a part does not count there."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do next; `cost` is the work (hundredths) of its requirement."""

    key: str
    title: str
    missing: Missing
    cost: int
    competency: str
    level_needed: str


def next_steps(pathway: Pathway) -> tuple[NextStep, ...]:
    """Return at most five steps of the cheapest completion, in the order of the tree; one query.

    A competency waits until those that precede it in the tree are mastered, or met in another way: its first
    prerequisite takes its place, also where the program does not need it. Waiting for an award is a step only when its
    program is otherwise complete.
    """
    waits_for = _preceded(pathway)
    nodes = {node.key: node for node in pathway.root.walk()}
    leaves = {node.competency: node for node in reversed(nodes.values()) if node.competency}
    steps: dict[str, NextStep] = {}
    for step in pathway.audit.today.steps:
        node = nodes[step.node]
        if step.missing is Missing.AWARD and node.distance > CONTEXTS[Method(pathway.audit.method)].awaiting:
            continue
        for first in _first_of(node.competency, waits_for):
            if first == node.competency:
                steps[node.key] = _next_step(node, step.missing, step.cost)
            else:
                steps.setdefault(leaves[first].key, _next_step(leaves[first], Missing.COMPETENCY, 0))
    return tuple(steps.values())[:MAX_STEPS]


def _preceded(pathway: Pathway) -> dict[str, list[str]]:
    """Return competencies of the tree with their prerequisites in it that are neither mastered nor met."""
    names = {name for name in named_in(pathway.tree) if name != ANYTHING}
    mastered = {str(row.competency_name) for row in pathway.mastery if row.state == MasteryState.MASTERED}
    met = {node.competency for node in pathway.root.walk() if node.competency and _asks_nothing(node)}
    edges = _preceding(tuple(map(UUID, names - mastered - met)), tuple(map(UUID, names)))
    waits_for: dict[str, list[str]] = {}
    for before, after in edges:
        waits_for.setdefault(str(after), []).append(str(before))
    return waits_for


def _asks_nothing(node: PathwayNode) -> bool:
    """Return whether a part is met in any way, or would be if what is on record were not left for another part."""
    return node.met or any(refusal.reason in LEFT_OUT for refusal in node.refused)


@compiled
def _preceding(origins: tuple[UUID, ...], destinations: tuple[UUID, ...]) -> QuerySet[Association, tuple[UUID, UUID]]:
    return (
        Association.objects.listed()
        .of_kind(Kind.PRECEDES)
        .filter(origin__public_id__in=origins, destination__public_id__in=destinations)
        .order_by("position", "pk")
        .values_list("origin__public_id", "destination__public_id")
    )


def _first_of(competency: str, waits_for: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the first prerequisites of a competency, or itself. The recursion ends: precedence has no cycle."""
    if competency not in waits_for:
        yield competency
    for before in waits_for.get(competency, ()):
        yield from _first_of(before, waits_for)


def _next_step(node: PathwayNode, missing: Missing, cost: int) -> NextStep:
    return NextStep(node.key, node.title, missing, cost, node.competency, node.level_needed)
