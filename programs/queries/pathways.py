"""A learner's pathway: the tree with what is reached and what is needed, what counts for what, and what to do next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Learner
from assessments.models import Mastery
from assessments.queries import mastery_of
from competencies.models import Association, Kind, ProficiencyLevel
from config.base import clock
from programs.models import Award, Enrollment, Milestone, Progress, Recognition
from programs.queries.attainments import attainments_of, awards_of
from programs.queries.audits import CONTEXT, audit_of, kept_assignment, refresh, zone_of
from programs.queries.trees import named_in, tree_of
from programs.rules import requirements as rules
from programs.rules.attainments import Attainment, Basis
from programs.rules.audit_result import Audit, Outcome, percent
from programs.rules.audit_rows import Missing, Step
from programs.rules.completion.eligibility import Refusal

MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """Something achieved that counts at a node, in words, with its credits (hundredths), and since when if it says."""

    attainment: str
    title: str
    credits: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PathwayNode:
    """One node as pages show it. Levels are names on the competency's scale; amounts are hundredths.

    `level_reached` is what was shown, also where mastery does not hold. `refused` says what asks to count here and why
    it does not; `missing` what is left to do here in the cheapest completion. `mastery` is the row that decides here.
    """

    key: str
    kind: str
    title: str
    competency: str
    met: bool
    counted_on: bool
    distance: int
    nominal: int
    earned: int
    choose: int
    level_needed: str
    level_reached: str
    counts: tuple[Counted, ...]
    refused: tuple[Refusal, ...]
    missing: tuple[Step, ...]
    children: tuple["PathwayNode", ...]
    mastery: Mastery | None = None

    def walk(self) -> Iterator["PathwayNode"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that the learner brings: what it is called, the level it shows, since when, and on what it rests."""

    title: str
    level: str
    on: date | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Pathway:
    """A program as one learner walks it, on a day; `brought` is what the learner brings, by attainment."""

    enrollment: Enrollment
    root: PathwayNode
    audit: Audit
    on: date
    brought: Mapping[str, Brought]

    @property
    def stacked(self) -> tuple[PathwayNode, ...]:
        """The programs inside, in the order of the tree."""
        return tuple(node for node in self.root.walk() if node.kind == rules.Kind.PROGRAM)


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do next, and what it brings nearer (hundredths)."""

    key: str
    title: str
    missing: Missing
    cost: int
    competency: str
    level_needed: str


@dataclass(frozen=True, slots=True)
class Closest:
    """A program, or one stacked in it, that is not met yet, with what is left (hundredths) and how much is behind."""

    enrollment: Enrollment
    key: str
    title: str
    distance: int
    percent: int


def pathway_of(enrollment: Enrollment, *, at: datetime) -> Pathway:
    """The whole tree of an enrollment as of now; the number of queries does not grow with it."""
    return _Walk.of(enrollment, at).pathway()


def next_steps(enrollment: Enrollment, *, at: datetime) -> tuple[NextStep, ...]:
    """At most five steps of the cheapest completion, in the order of the tree.

    A competency that another one in the tree precedes waits until that one is mastered; what it waits for stands in
    its place, also where the program would do without it. An award is waited for once nothing else is left of its
    program.
    """
    walk = _Walk.of(enrollment, at)
    waits_for = _preceded(walk)
    nodes = {node.key: node for node in walk.pathway().root.walk()}
    leaves = {node.competency: node for node in reversed(nodes.values()) if node.competency}
    found: dict[str, NextStep] = {}
    for step in walk.audit.today.steps:
        node = nodes[step.node]
        if step.missing is Missing.AWARD and node.distance > CONTEXT.awaiting:
            continue
        for first in _first_of(node.competency, waits_for):
            if first == node.competency:
                found[node.key] = _next_step(node, step.missing, step.cost)
            else:
                found.setdefault(leaves[first].key, _next_step(leaves[first], Missing.COMPETENCY, 0))
    return tuple(found.values())[:MOST_STEPS]


def closest_of(learner: Learner, *, at: datetime) -> tuple[Closest, ...]:
    """The open programs of a person, and those stacked in them, that are not met yet: the nearest first.

    Read from what is stored; a row that is stale or past its time is worked out for the reader.
    """
    rows = (
        Progress.objects.of(learner)
        .filter(enrollment__ended_on=None)
        .select_related("enrollment__version__program__organization", "enrollment__learner")
        .order_by("pk")
    )
    found: dict[str, Closest] = {}
    for row in rows:
        if row.stale_since is not None or (row.holds_until is not None and row.holds_until <= at):
            refresh(row, at=at)
        for name, near in _unmet(row):
            if name not in found or near.distance < found[name].distance:
                found[name] = near
    return tuple(sorted(found.values(), key=lambda near: (near.distance, near.title, near.enrollment.pk)))


def _unmet(row: Progress) -> Iterator[tuple[str, Closest]]:
    """By the program's public id, so that one studied alone and stacked elsewhere is named once."""
    enrollment, tree = row.enrollment, tree_of(row.enrollment.version)
    results: Mapping[str, Mapping[str, Any]] = {entry["node"]: entry for entry in row.audit["today"]["nodes"]}
    inside = [node for node in tree.walk() if node.kind is rules.Kind.PROGRAM]
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


def _whole_of(node: rules.Requirement) -> int:
    """What a stacked program costs somebody who brings nothing, where every part is asked for."""
    if node.nominal or not node.children:
        return node.nominal or 100
    parts = sorted(_whole_of(child) for child in node.children)
    return sum(parts[: node.n] if node.kind is rules.Kind.CHOOSE else parts)


@dataclass(frozen=True)
class _Walk:
    """Everything a pathway is made of, read at once."""

    enrollment: Enrollment
    tree: rules.Requirement
    audit: Audit
    on: date
    brought: Sequence[Attainment]
    mastery: Sequence[Mastery]
    titles: Mapping[str, str]
    levels: Mapping[tuple[str, int], str]

    @classmethod
    def of(cls, enrollment: Enrollment, at: datetime) -> "_Walk":
        row = Enrollment.objects.select_related("version__program__organization", "learner", "progress").get(
            pk=enrollment.pk
        )
        on = clock.civil_date(at, zone_of(row))
        brought = attainments_of(row.learner, at=at)
        kept = kept_assignment(getattr(row, "progress", None))
        awards = awards_of(row.learner)
        found = audit_of(row, on=on, at=at, attainments=brought, awards=awards, previous=kept)
        content: Mapping[str, Any] = row.version.content or {}
        mastery = mastery_of(row.learner, at=at)
        scales = {entry["scale"] for entry in content["competencies"].values() if entry["scale"]}
        levels = ProficiencyLevel.objects.filter(scale__public_id__in=scales)
        return cls(
            enrollment=row,
            tree=tree_of(row.version),
            audit=found,
            on=on,
            brought=brought,
            mastery=mastery,
            titles=_titles(row.learner, content, mastery, awards),
            levels={
                (str(scale), rank): title
                for scale, rank, title in levels.values_list("scale__public_id", "rank", "title")
            },
        )

    def pathway(self) -> Pathway:
        outcome = self.audit.today
        refused: dict[str, list[Refusal]] = {}
        for refusal in outcome.left_out:
            refused.setdefault(refusal.node, []).append(refusal)
        missing: dict[str, list[Step]] = {}
        for step in outcome.steps:
            missing.setdefault(step.node, []).append(step)
        root = self._node(self.tree, 0, outcome, refused, missing)
        brought = {
            row.id: Brought(
                self._title(row.id), self._level(row.competency, row.level or 0), row.achieved_on, row.basis
            )
            for row in self.brought
        }
        return Pathway(self.enrollment, root, self.audit, self.on, brought)

    def _node(
        self,
        node: rules.Requirement,
        least: int,
        outcome: Outcome,
        refused: Mapping[str, list[Refusal]],
        missing: Mapping[str, list[Step]],
    ) -> PathwayNode:
        result = outcome.node(node.id)
        least = max(least, node.level)
        competency = node.names[0] if node.kind is rules.Kind.COMPETENCY and node.names else ""
        return PathwayNode(
            key=node.id,
            kind=node.kind.value,
            title=node.title,
            competency=competency,
            met=result.met,
            counted_on=result.counted_on,
            distance=result.distance,
            nominal=node.nominal,
            earned=result.earned,
            choose=node.n,
            level_needed=self._needed(node, competency, least),
            level_reached=self._reached(node, competency),
            counts=tuple(self._counted(node, use.attainment, use.credits) for use in result.uses),
            refused=tuple(refused.get(node.id, ())),
            missing=tuple(missing.get(node.id, ())),
            children=tuple(self._node(child, least, outcome, refused, missing) for child in node.children),
            mastery=max(self._rows(node, competency), key=lambda row: row.level or 0, default=None),
        )

    def _counted(self, node: rules.Requirement, attainment: str, credit: int) -> Counted:
        """Mastery is called as the node is, which people know by that name, and says since when."""
        for row in self.mastery:
            if attainment == f"mastery:{row.competency.public_id}:{row.policy_version.public_id}":
                title = node.title if node.kind is rules.Kind.COMPETENCY else self._title(attainment)
                return Counted(attainment, title, credit, row.mastered_on)
        return Counted(attainment, self._title(attainment), credit)

    def _needed(self, node: rules.Requirement, competency: str, least: int) -> str:
        """The level that is asked for: of the node and those above it, or of the policy, whichever is higher."""
        if not competency:
            return ""
        policy: Mapping[str, Any] = self._content["policies"].get(node.policy, {})
        asked = policy.get("definition", {}).get("level", 0)
        return self._level(competency, max(least, asked))

    def _reached(self, node: rules.Requirement, competency: str) -> str:
        """What was shown under the policy that decides here, or under any where the node names none."""
        ranks = [row.level for row in self._rows(node, competency) if row.level is not None]
        return self._level(competency, max(ranks)) if ranks else ""

    def _rows(self, node: rules.Requirement, competency: str) -> list[Mastery]:
        return [
            row
            for row in self.mastery
            if str(row.competency.public_id) == competency
            and (not node.policy or str(row.policy_version.public_id) == node.policy)
        ]

    def _level(self, competency: str, rank: int) -> str:
        scale = self._content["competencies"].get(competency, {}).get("scale")
        return self.levels.get((scale, rank), "")

    def _title(self, attainment: str) -> str:
        return self.titles.get(attainment) or self.titles.get(attainment.rpartition(":")[0], attainment)

    @property
    def _content(self) -> Mapping[str, Any]:
        return self.enrollment.version.content or {}


def _titles(
    learner: Learner, content: Mapping[str, Any], mastery: Sequence[Mastery], awards: Sequence[Award]
) -> dict[str, str]:
    """What attainments are called: by their id, mastery by its id without the policy."""
    named = {
        **{f"mastery:{row.competency.public_id}": str(row.competency) for row in mastery},
        **{f"mastery:{name}": entry["code"] or entry["statement"] for name, entry in content["competencies"].items()},
    }
    reached = Milestone.objects.filter(reached__learner__in=Learner.objects.of(learner)).values_list(
        "reached__public_id", "title"
    )
    recognised = Recognition.objects.of(learner).select_related("competency")
    return {
        **named,
        **{f"milestone:{name}": title for name, title in reached},
        **{f"recognition:{row.public_id}": str(row) for row in recognised},
        **{f"award:{row.public_id}": row.program_version.program.title for row in awards if row.program_version},
    }


def _preceded(walk: _Walk) -> dict[str, list[str]]:
    """The competencies of the tree that wait, with those in it, not mastered yet, which they wait for."""
    names = {name for name in named_in(walk.tree) if name != rules.ANYTHING}
    mastered = {str(row.competency.public_id) for row in walk.mastery if row.state == "mastered"}
    edges = (
        Association.objects.standing()
        .of_kind(Kind.PRECEDES)
        .filter(origin__public_id__in=names - mastered, destination__public_id__in=names)
        .order_by("position", "pk")
        .values_list("origin__public_id", "destination__public_id")
    )
    waits_for: dict[str, list[str]] = {}
    for before, after in edges:
        waits_for.setdefault(str(after), []).append(str(before))
    return waits_for


def _first_of(competency: str, waits_for: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Where to begin on the way to a competency: itself, or the first of what precedes it. Precedence has no ring."""
    if competency not in waits_for:
        yield competency
    for before in waits_for.get(competency, ()):
        yield from _first_of(before, waits_for)


def _next_step(node: PathwayNode, missing: Missing, cost: int) -> NextStep:
    return NextStep(node.key, node.title, missing, cost, node.competency, node.level_needed)
