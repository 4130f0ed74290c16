"""The evidence of an award, written into its decision record and read back from the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assessments.mastery.queries.decisions import DecisionInputs
from assessments.mastery.queries.policies_in_force import ResolvedPolicy, default_policy_on, policy_of
from assessments.mastery.rules.observations import Observation
from assessments.models import Evidence, MasteryPolicyVersion
from competencies.models import Competency, ProficiencyScale
from core.text.canonical import Json, digest

EVIDENCE_COLUMNS = (
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


def instant(moment: datetime) -> str:
    """Return an instant as text, in UTC, with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def evidence_rows(ids: Iterable[int]) -> list[Evidence]:
    """Return rows of the evidence ledger by id, in order."""
    return list(Evidence.objects.filter(pk__in=set(ids)).order_by("pk"))


def evidence_digest(row: Evidence) -> str:
    """Return the digest of all columns of a row of evidence."""
    columns: dict[str, Json] = {}
    for name in EVIDENCE_COLUMNS:
        value = getattr(row, name)
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


def family_as_json(inputs: DecisionInputs) -> dict[str, Json]:
    """Return the children that a parent is decided from, and the policy of each child; empty for plain evidence."""
    if not inputs.children:
        return {}
    return {
        "children": {str(parent): [*children] for parent, children in inputs.children.items()},
        "policies": {
            str(child): (
                {"version": str(resolved.version.public_id)}
                if resolved.version is not None
                else {"default_on": _scale_of(resolved)}
            )
            for child, resolved in inputs.child_policies.items()
        },
    }


def decision_inputs_from(
    grounds: Mapping[str, Any], observations: Mapping[int, tuple[Observation, ...]]
) -> DecisionInputs:
    """Return the inputs of one mastery decision, from its entry in a decision record and rows of the ledger."""
    family = grounds.get("family") or {}
    if not family:
        return DecisionInputs(observations)
    versions = MasteryPolicyVersion.objects.select_related("scale").filter(
        public_id__in=[entry["version"] for entry in family["policies"].values() if "version" in entry]
    )
    stored = {str(row.public_id): row for row in versions}
    resolved = {}
    for child, entry in family["policies"].items():
        version = stored.get(entry.get("version", ""))
        if version is not None:
            resolved[int(child)] = ResolvedPolicy(policy_of(version), version, None)  # type: ignore[arg-type]  # nobody asks where
        elif "default_on" in entry:
            scale = ProficiencyScale.objects.get(public_id=entry["default_on"])
            resolved[int(child)] = ResolvedPolicy(default_policy_on(scale), None, None)  # type: ignore[arg-type]  # as above
    below = {int(parent): tuple(children) for parent, children in family["children"].items()}
    named = {child for children in below.values() for child in children}
    names = Competency.objects.filter(pk__in=named).values_list("pk", "public_id")
    return DecisionInputs(observations, below, resolved, {pk: str(name) for pk, name in names})


def _scale_of(resolved: ResolvedPolicy) -> str:
    scale = resolved.policy.scale
    return scale if isinstance(scale, str) else scale.id
