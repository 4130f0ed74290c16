"""Which mastery policy decides a competency, and where that comes from."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from assessments.formats.policy_json import read_parent_policy, read_policy
from assessments.models import MasteryPolicyVersion, PolicyAssignment
from assessments.rules.defaults import default_policy
from assessments.rules.methods import PARENT_METHODS
from assessments.rules.policies import ParentPolicy, Policy
from competencies.models import Association, Competency, CompetencyRevision, Kind, ProficiencyScale
from config.base.compiled import compiled


class Origin(StrEnum):
    """Where a policy was chosen; the nearest to the learner wins: the last of these."""

    DEFAULT = "default"
    INSTITUTION = "institution"
    FRAMEWORK = "framework"
    COMPETENCY = "competency"
    PROGRAM_VERSION = "program_version"
    REQUIREMENT = "requirement"


@dataclass(frozen=True, slots=True)
class Resolved:
    """The policy that decides a competency. `version` is None where nobody has chosen one and none is stored yet."""

    policy: Policy | ParentPolicy
    version: MasteryPolicyVersion | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Nearer:
    """What programs have chosen for one competency; None is no choice of their own."""

    requirement: MasteryPolicyVersion | None = None
    program_version: MasteryPolicyVersion | None = None


NO_NEARER: Mapping[int, Nearer] = {}


def policy_of(version: MasteryPolicyVersion) -> Policy | ParentPolicy:
    """The policy that a version holds, as the rules take it."""
    return _read(json.dumps(version.definition, sort_keys=True), for_parents=version.for_parents)


def policy_in(definition: Mapping[str, Any]) -> Policy | ParentPolicy:
    """The policy of a definition that stands outside its row, as published content has it; its method says which."""
    return _read(json.dumps(definition, sort_keys=True), for_parents=definition["method"] in PARENT_METHODS)


@lru_cache(maxsize=1024)
def _read(definition: str, *, for_parents: bool) -> Policy | ParentPolicy:
    # Read once per process: the same text is the same policy, whatever row it lies in.
    value = json.loads(definition)
    return read_parent_policy(value) if for_parents else read_policy(value)


def default_policy_on(scale: ProficiencyScale) -> Policy:
    """What decides on `scale` where nobody has chosen a policy."""
    return default_policy(str(scale.public_id), list(scale.levels.order_by("rank").values_list("rank", "title")))


def resolved_policy(
    competency: Competency,
    *,
    requirement: MasteryPolicyVersion | None = None,
    program_version: MasteryPolicyVersion | None = None,
) -> Resolved | None:
    """The policy that decides `competency`, and where it was chosen; None where the competency has no scale yet.

    `requirement` and `program_version` are what a program has chosen; they count before everything else.
    """
    nearer = Nearer(requirement, program_version)
    return resolved_policies([competency.pk], nearer={competency.pk: nearer}).get(competency.pk)


def resolved_policies(
    competencies: Iterable[int],
    *,
    nearer: Mapping[int, Nearer] = NO_NEARER,
    meant: Iterable[CompetencyRevision] | None = None,
) -> dict[int, Resolved]:
    """`resolved_policy` of several competencies by id, in a handful of queries; those without a scale are left out.

    At each place a policy counts when it speaks of the competency's scale; a policy for parents before others, when the
    competency has children. `meant` are their current revisions with competencies at hand; what is not given is read.
    """
    wanted = set(competencies)
    scales: dict[int, int] = {}
    frameworks: dict[int, int] = {}
    for row in _meant(tuple(wanted)) if meant is None else meant:
        if row.scale_id is not None:
            scales[row.competency_id], frameworks[row.competency_id] = row.scale_id, row.competency.framework_id
    in_force = _in_force(tuple(set(scales.values())), tuple(set(frameworks.values())), tuple(scales))
    parents = _parents_among(wanted) if any(row.for_parents for row in in_force) else frozenset()
    chosen = _Chosen(in_force, parents)
    found: dict[int, Resolved] = {}
    for competency in wanted:
        own = nearer.get(competency, Nearer())
        for version, origin in ((own.requirement, Origin.REQUIREMENT), (own.program_version, Origin.PROGRAM_VERSION)):
            if version is not None and competency not in found:
                found[competency] = Resolved(policy_of(version), version, origin)
        if competency not in found and competency in scales:
            found[competency] = chosen.nearest(competency, frameworks[competency], scales[competency])
    return found


@compiled
def _meant(competencies: tuple[int, ...]) -> QuerySet[CompetencyRevision]:
    rows = CompetencyRevision.objects.current().filter(competency__in=competencies)
    return rows.select_related("competency").only("scale", "competency__framework")


@compiled
def _in_force(
    scales: tuple[int, ...], frameworks: tuple[int, ...], competencies: tuple[int, ...]
) -> QuerySet[PolicyAssignment]:
    institution = Q(framework=None, competency=None)
    places = institution | Q(framework__in=frameworks) | Q(competency__in=competencies)
    rows = PolicyAssignment.objects.filter(places, ended_at=None, scale__in=scales)
    return rows.select_related("policy_version")


def _parents_among(competencies: Iterable[int]) -> frozenset[int]:
    """Those that have children."""
    return frozenset(children_of(competencies))


def children_of(competencies: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The standing children of each competency that has some, by id, in order of their ids."""
    edges = (
        Association.objects.standing()
        .of_kind(Kind.CHILD_OF)
        .filter(destination__in=set(competencies), origin__retired_at=None, origin__isnull=False)
        .order_by("origin")
        .values_list("destination", "origin")
        .distinct()
    )
    below: dict[int, tuple[int, ...]] = {}
    for parent, child in edges:
        below[parent] = (*below.get(parent, ()), child)
    return below


@dataclass(frozen=True)
class _Chosen:
    """The assignments in force, asked place by place."""

    rows: list[PolicyAssignment]
    parents: frozenset[int]
    defaults: dict[int, Policy] = field(default_factory=dict)

    def nearest(self, competency: int, framework: int, scale: int) -> Resolved:
        places = (
            (Origin.COMPETENCY, None, competency),
            (Origin.FRAMEWORK, framework, None),
            (Origin.INSTITUTION, None, None),
        )
        kinds = (True, False) if competency in self.parents else (False,)
        for origin, framework_id, competency_id in places:
            at_place = {
                row.for_parents: row.policy_version
                for row in self.rows
                if (row.framework_id, row.competency_id, row.scale_id) == (framework_id, competency_id, scale)
            }
            for for_parents in kinds:
                if for_parents in at_place:
                    version = at_place[for_parents]
                    return Resolved(policy_of(version), version, origin)
        if scale not in self.defaults:
            self.defaults[scale] = default_policy_on(ProficiencyScale.objects.get(pk=scale))
        return Resolved(self.defaults[scale], None, Origin.DEFAULT)
