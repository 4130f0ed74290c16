"""Find the mastery policy that decides a competency, and the place where it was chosen."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from assessments.mastery.formats.policy_json import read_parent_policy, read_policy
from assessments.mastery.rules.defaults import default_policy
from assessments.mastery.rules.policies import ParentPolicy, Policy
from assessments.models import MasteryPolicy, MasteryPolicyVersion, PolicyAssignment
from competencies.models import (
    Association,
    Competency,
    CompetencyRevision,
    Framework,
    Kind,
    ProficiencyScale,
)
from competencies.queries.choices import originals_in
from core.database.compiled import compiled


class PolicyOrigin(StrEnum):
    """The places where a policy can be chosen. Of several choices the last of this list wins."""

    DEFAULT = "default"
    INSTITUTION = "institution"
    FRAMEWORK = "framework"
    COMPETENCY = "competency"
    PROGRAM_VERSION = "program_version"
    REQUIREMENT = "requirement"


@dataclass(frozen=True, slots=True)
class ResolvedPolicy:
    """The policy that decides a competency. `version` is None for a default policy that is not stored yet."""

    policy: Policy | ParentPolicy
    version: MasteryPolicyVersion | None
    origin: PolicyOrigin


@dataclass(frozen=True, slots=True)
class ProgramPolicies:
    """The policies that a program has chosen for one competency; None where it has chosen none."""

    requirement: MasteryPolicyVersion | None = None
    program_version: MasteryPolicyVersion | None = None


NO_PROGRAM_POLICIES: Mapping[int, ProgramPolicies] = {}


def policy_of(version: MasteryPolicyVersion) -> Policy | ParentPolicy:
    """Return the policy of a stored version as the rules take it."""
    return _read(json.dumps(version.definition, sort_keys=True), for_parents=version.for_parents)


def policy_in(definition: Mapping[str, Any]) -> Policy | ParentPolicy:
    """Return the policy of a definition outside its row, as in published content; those for parents have no level."""
    return _read(json.dumps(definition, sort_keys=True), for_parents="level" not in definition)


@lru_cache(maxsize=1024)
def _read(definition: str, *, for_parents: bool) -> Policy | ParentPolicy:
    # The cache cannot become invalid: its key is the whole text. It is bounded, because every version has its own text.
    value = json.loads(definition)
    return read_parent_policy(value) if for_parents else read_policy(value)


def default_policy_on(scale: ProficiencyScale) -> Policy:
    """Return the policy that decides on `scale` where nobody has chosen one."""
    return default_policy(str(scale.public_id), list(scale.levels.order_by("rank").values_list("rank", "title")))


def resolved_policy(
    competency: Competency,
    *,
    requirement: MasteryPolicyVersion | None = None,
    program_version: MasteryPolicyVersion | None = None,
) -> ResolvedPolicy | None:
    """Return the policy that decides `competency`, and where it was chosen; None if the competency has no scale yet.

    `requirement` and `program_version` are the choices of a program; they win over all other places.
    """
    chosen = ProgramPolicies(requirement, program_version)
    return resolved_policies([competency.pk], program_policies={competency.pk: chosen}).get(competency.pk)


def resolved_policies(
    competencies: Iterable[int],
    *,
    program_policies: Mapping[int, ProgramPolicies] = NO_PROGRAM_POLICIES,
    revisions: Iterable[CompetencyRevision] | None = None,
) -> dict[int, ResolvedPolicy]:
    """Return `resolved_policy` of several competencies by id, in a handful of queries.

    Competencies without a scale are left out.

    At each place only policies on the competency's scale count. A competency with children is decided by the place's
    policy for parents, if there is one. `revisions` are the current revisions with their competencies; None reads them.
    """
    wanted = set(competencies)
    scales: dict[int, int] = {}
    frameworks: dict[int, int] = {}
    for row in _current_revisions(tuple(wanted)) if revisions is None else revisions:
        if row.scale_id is not None:
            scales[row.competency_id], frameworks[row.competency_id] = row.scale_id, row.competency.framework_id
    in_force = _in_force(tuple(set(scales.values())), tuple(set(frameworks.values())), tuple(scales))
    # Most institutions have no policy for parents: the query for children is saved then.
    parents = _parents_among(wanted) if any(row.for_parents for row in in_force) else frozenset()
    assignments = _AssignmentsInForce(in_force, parents)
    resolved: dict[int, ResolvedPolicy] = {}
    for competency in wanted:
        own = program_policies.get(competency, ProgramPolicies())
        # The choice for a requirement wins over the choice for its whole program version.
        for version, origin in (
            (own.requirement, PolicyOrigin.REQUIREMENT),
            (own.program_version, PolicyOrigin.PROGRAM_VERSION),
        ):
            if version is not None and competency not in resolved:
                resolved[competency] = ResolvedPolicy(policy_of(version), version, origin)
        if competency not in resolved and competency in scales:
            resolved[competency] = assignments.nearest(competency, frameworks[competency], scales[competency])
    return resolved


@compiled
def _current_revisions(competencies: tuple[int, ...]) -> QuerySet[CompetencyRevision]:
    rows = CompetencyRevision.objects.current().filter(competency__in=competencies)
    return rows.select_related("competency").only("scale", "competency__framework")


@compiled
def _in_force(
    scales: tuple[int, ...], frameworks: tuple[int, ...], competencies: tuple[int, ...]
) -> QuerySet[PolicyAssignment]:
    # One query for all places; which of them is the narrowest is decided in memory.
    institution = Q(framework=None, competency=None)
    places = institution | Q(framework__in=frameworks) | Q(competency__in=competencies)
    rows = PolicyAssignment.objects.filter(places, ended_at=None, scale__in=scales)
    return rows.select_related("policy_version")


def _parents_among(competencies: Iterable[int]) -> frozenset[int]:
    """Return those of the competencies that have children."""
    return frozenset(children_of(competencies))


def children_of(competencies: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Return the ids of the children of each competency that has some; retired children and edges are left out."""
    edges = (
        Association.objects.listed()
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
class _AssignmentsInForce:
    """The assignments in force, searched from the narrowest place to the widest."""

    rows: list[PolicyAssignment]
    parents: frozenset[int]
    defaults: dict[int, Policy] = field(default_factory=dict)

    def nearest(self, competency: int, framework: int, scale: int) -> ResolvedPolicy:
        """Return the policy of the narrowest place that has one; else the default on the scale."""
        places = (
            (PolicyOrigin.COMPETENCY, None, competency),
            (PolicyOrigin.FRAMEWORK, framework, None),
            (PolicyOrigin.INSTITUTION, None, None),
        )
        # A policy for parents decides only where there are children to decide from.
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
                    return ResolvedPolicy(policy_of(version), version, origin)
        # Once for each scale, however many competencies use it.
        if scale not in self.defaults:
            self.defaults[scale] = default_policy_on(ProficiencyScale.objects.get(pk=scale))
        return ResolvedPolicy(self.defaults[scale], None, PolicyOrigin.DEFAULT)


def newest_version_of(policy: MasteryPolicy) -> MasteryPolicyVersion:
    """Return the version of the policy with the highest number."""
    return policy.versions.order_by("-number")[0]


def competencies_with_code(code: str, *, framework: Framework | None, limit: int) -> list[Competency]:
    """Return at most `limit` competencies with this code, without retired ones and translations; None is anywhere."""
    rows = originals_in(Competency.objects.listed().filter(code=code))
    return list((rows if framework is None else rows.filter(framework=framework))[:limit])
