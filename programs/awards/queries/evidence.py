"""The evidence of an award, written into its decision record and read back from the ledger.

Records `cairn-award@1` name rows by the keys of their database, records `cairn-award@2` by public ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assessments.mastery.queries.decisions import DecisionInputs, with_public_names
from assessments.mastery.queries.policies_in_force import ResolvedPolicy, default_policy_on, policy_of
from assessments.mastery.rules.observations import Observation
from assessments.models import Evidence, MasteryPolicyVersion
from competencies.models import Competency, ProficiencyScale
from core.text.canonical import Json, digest

FIRST_DEFAULT = "highest@1"
"""The method of default policies while records did not name it."""
BY_KEYS = "cairn-award@1"
"""The format of the records that name rows by the keys of their database."""
EVIDENCE_COLUMNS = {
    name: name
    for name in (
        "public_id",
        "learner_id",
        "competency_id",
        "competency_revision_id",
        "scale_id",
        "level_id",
        "score",
        "performed_on",
        "recorded_at",
        "assessor_id",
        "basis",
        "kind",
        "setting",
        "artifact_digests",
        "piece",
        "revision_number",
        "judgement_id",
    )
}
PUBLIC_COLUMNS = {
    "public_id": "public_id",
    "learner": "learner_name",
    "competency": "competency_name",
    "competency_revision": "revision_name",
    "scale": "scale_name",
    "level": "rank",
    "score": "score",
    "performed_on": "performed_on",
    "recorded_at": "recorded_at",
    "assessor": "assessor_name",
    "basis": "basis",
    "kind": "kind",
    "setting": "setting",
    "artifact_digests": "artifact_digests",
    "piece": "piece",
    "revision_number": "revision_number",
    "submission": "submission_name",
    "round": "round",
}
"""Members of a digested row, and the attributes that have them: an assessor's round of a submission is a judgement."""


def instant(moment: datetime) -> str:
    """Return an instant as text, in UTC, with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def evidence_rows(ids: Iterable[int]) -> list[Evidence]:
    """Return rows of the evidence ledger by id, in order, with the public ids of what they refer to."""
    return list(with_public_names(Evidence.objects.filter(pk__in=set(ids))).order_by("pk"))


def evidence_digest(row: Evidence, *, form: str) -> str:
    """Return the digest of all columns of a row of evidence, as records of the format `form` have it.

    The row is of `evidence_rows` or of the ledger as `with_public_names` annotates it.
    """
    columns: dict[str, Json] = {}
    for name, attribute in (EVIDENCE_COLUMNS if form == BY_KEYS else PUBLIC_COLUMNS).items():
        value = getattr(row, attribute)
        if isinstance(value, datetime):
            value = instant(value)
        plain = value is None or isinstance(value, int | list)
        columns[name] = value if plain else str(value)
    if row.score is not None:
        columns["score"] = format(row.score, ".4f")
    return digest(columns)


def evidence_ids_in(inputs: DecisionInputs) -> Iterable[int]:
    """Return the ids of the rows of evidence that a decision reads."""
    return (row.id for rows in inputs.observations.values() for row in rows)


def known_by(observations: Iterable[Observation], known_at: datetime) -> tuple[Observation, ...]:
    """Return the rows as they were known at an instant: without later rows and without later voids."""
    return tuple(
        replace(row, voided_at=None) if row.voided_at is not None and row.voided_at > known_at else row
        for row in observations
        if row.recorded_at <= known_at
    )


def family_as_json(inputs: DecisionInputs, competency: int, name: str) -> dict[str, Json]:
    """Return the children that a parent is decided from, and the policy of each child; empty for plain evidence.

    `competency` and its public id `name` are the parent. All are named by public ids, children in their order.
    """
    if not inputs.children:
        return {}
    names = {**inputs.names, competency: name}
    return {
        "children": {
            names[parent]: [names[child] for child in children] for parent, children in inputs.children.items()
        },
        "policies": {names[child]: _policy_as_json(resolved) for child, resolved in inputs.child_policies.items()},
    }


def _policy_as_json(resolved: ResolvedPolicy) -> dict[str, Json]:
    if resolved.version is not None:
        return {"version": str(resolved.version.public_id)}
    return {"default_on": _scale_of(resolved), "method": resolved.policy.method}


@dataclass(frozen=True)
class Family:
    """The children below a parent, by id, and what decides each, as a decision record has them."""

    children: Mapping[int, tuple[int, ...]]
    policies: Mapping[int, Mapping[str, str]]


def family_of(grounds: Mapping[str, Any], ids: Mapping[str, int]) -> Family:
    """Return the family of an entry of a decision record; `ids` are the keys by the names that the record uses."""
    family = grounds.get("family") or {"children": {}, "policies": {}}
    return Family(
        {ids[parent]: tuple(ids[str(child)] for child in children) for parent, children in family["children"].items()},
        {ids[child]: entry for child, entry in family["policies"].items()},
    )


def names_in_family(grounds: Mapping[str, Any]) -> set[str]:
    """Return the names of all competencies in the family of an entry of a decision record."""
    family = grounds.get("family") or {"children": {}}
    return {str(name) for parent, children in family["children"].items() for name in (parent, *children)}


def decision_inputs_from(family: Family, observations: Mapping[int, tuple[Observation, ...]]) -> DecisionInputs:
    """Return the inputs of one mastery decision, from its family in a decision record and rows of the ledger."""
    if not family.children:
        return DecisionInputs(observations)
    versions = MasteryPolicyVersion.objects.select_related("scale").filter(
        public_id__in=[entry["version"] for entry in family.policies.values() if "version" in entry]
    )
    stored = {str(row.public_id): row for row in versions}
    resolved = {}
    for child, entry in family.policies.items():
        version = stored.get(entry.get("version", ""))
        if version is not None:
            resolved[child] = ResolvedPolicy(policy_of(version), version, None)  # type: ignore[arg-type]  # nobody asks where
        elif "default_on" in entry:
            scale = ProficiencyScale.objects.get(public_id=entry["default_on"])
            # The method of default policies has a newer version since; the record has the one that decided.
            policy = replace(default_policy_on(scale), method=entry.get("method", FIRST_DEFAULT))
            resolved[child] = ResolvedPolicy(policy, None, None)  # type: ignore[arg-type]  # as above
    named = {child for children in family.children.values() for child in children}
    names = Competency.objects.filter(pk__in=named).values_list("pk", "public_id")
    return DecisionInputs(observations, family.children, resolved, {pk: str(name) for pk, name in names})


def _scale_of(resolved: ResolvedPolicy) -> str:
    scale = resolved.policy.scale
    return scale if isinstance(scale, str) else scale.id
