"""The decision record of an award, `cairn-award@2`: everything that anybody needs to replay the decision.

It holds public ids, numbers, dates and digests only, so it replays in a database that was restored under other keys.
Records `cairn-award@1` hold keys of their database; `programs.awards.queries.replay` reads both. The members are
described in docs/decisions/0024-award-records.md.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from assessments.mastery.formats.decision_json import decision_as_json
from assessments.mastery.rules.decisions import MasteryDecision
from assessments.models import Evidence, MasteryPolicyVersion
from core.text.canonical import Json, digest, digest_of_bytes
from programs.audit.formats.audit_json import read_attainment
from programs.audit.formats.audit_result_json import (
    assignment_as_json,
    attainment_as_json,
    exception_as_json,
    facts_as_json,
)
from programs.audit.queries.mastery_bases import BASES
from programs.audit.queries.trees import content_format_of
from programs.audit.rules.context import Method
from programs.audit.rules.qualifiers import from_hundredths
from programs.awards.queries.evidence import evidence_digest, evidence_ids_in, family_as_json, instant
from programs.awards.queries.grounds import Grounds, MasteryGround
from programs.models import Award
from programs.models import RequirementException as ExceptionRow
from programs.rules.attainments import AttainmentKind, Basis

FORMAT = "cairn-award@2"
SEALED = (
    "method",
    "engine",
    "program_version",
    "records",
    "requirements_met_on",
    "as_of",
    "known_at",
    "facts",
    "earned",
    "attainments",
    "exceptions",
    "assignment",
    "uses",
    "mastery",
    "evidence",
    "policies",
    "awards",
)
"""The members that together are the audit: `audit` is their digest, so that none of them can be changed alone."""


def decision_of(  # noqa: PLR0913 - the members of the record, by name
    grounds: Grounds,
    award: Award,
    *,
    records: Sequence[str],
    achievement: Mapping[str, Any],
    name_digest: str,
    awards: Iterable[Award],
) -> dict[str, Json]:
    """Return the decision record of an award that is being granted.

    `records` are the public ids of the person's records, `achievement` the frozen content of the achievement version,
    `awards` the person's awards in force.
    """
    moment, outcome = grounds.moment, grounds.outcome
    used_awards = {use.attainment for use in outcome.uses if use.attainment.startswith("award:")}
    ids = {row for ground in grounds.masteries for row in evidence_ids_in(ground.inputs)}
    rows = [grounds.ledger[row] for row in sorted(ids)]
    version = award.achievement_version
    members: dict[str, Json] = {
        "format": FORMAT,
        "method": grounds.method.value,
        "engine": outcome.engine,
        "award": str(award.public_id),
        "achievement_version": {"id": str(version.public_id), "digest": version.digest},
        "achievement": achievement_as_json(achievement),
        "program_version": {
            "id": str(grounds.version.public_id),
            "digest": grounds.version.digest,
            "content": content_format_of(grounds.version),
        },
        # A batch of conferral is named here; awards that a rule or a person granted alone have none.
        "conferral": None,
        "records": [*sorted(records)],
        **award_columns_as_json(award),
        "as_of": moment.as_of.isoformat(),
        "known_at": instant(moment.known_at),
        "name": name_digest,
        # The facts of the enrollment that conditions of the tree have read.
        "facts": facts_as_json(grounds.facts),
        "earned": grounds.earned,
        "attainments": [attainment_as_json(it) for it in sorted(grounds.attainments, key=lambda it: it.id)],
        "exceptions": _exceptions(grounds),
        "assignment": assignment_as_json(outcome.assignment),
        "uses": [dict(use._asdict()) for use in outcome.uses],
        "mastery": [_ground_as_json(ground, grounds) for ground in grounds.masteries],
        "evidence": [{"id": str(row.public_id), "digest": evidence_digest(row, form=FORMAT)} for row in rows],
        "policies": _policies(grounds.masteries),
        "awards": [
            {"id": str(row.public_id), "digest": row.decision_digest}
            for row in awards
            if f"award:{row.public_id}" in used_awards
        ],
    }
    return {**members, "audit": sealed(members)}


def sealed(decision: Mapping[str, Any]) -> str:
    """Return the digest of the members that together are the audit."""
    return digest({name: decision[name] for name in SEALED})


def achievement_as_json(content: Mapping[str, Any]) -> dict[str, Json]:
    """Return what was awarded and by which organization, from the frozen content of the achievement version."""
    known = content.get("achievement", {})
    return {
        "id": known.get("id"),
        "type": known.get("type"),
        "title": content.get("title"),
        "organization": known.get("organization"),
    }


def attribution_columns(decision: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns of Attribution rows of a decision: one row for each use, in the order of the tree."""
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in decision["attainments"]}
    bases = {ground["attainment"]: ground["basis"] for ground in decision["mastery"]}
    rows = []
    for position, use in enumerate(decision["uses"]):
        piece = pieces[use["attainment"]]
        subject = piece.competency if piece.kind is AttainmentKind.MASTERY else piece.id.partition(":")[2]
        rows.append(
            {
                "position": position,
                "requirement_key": use["node"],
                "kind": piece.kind.value,
                "subject_id": uuid.UUID(subject),
                "policy_id": uuid.UUID(piece.policy) if piece.policy else None,
                "credits": from_hundredths(use["credits"]),
                "level": piece.level,
                "achieved_on": piece.achieved_on,
                "basis": bases.get(piece.id, piece.basis.value),
                "exception": uuid.UUID(use["exception"]) if use["exception"] else None,
            }
        )
    return rows


def name_digest(salt: bytes, name: str) -> str:
    """Return the digest that replaces the name as awarded when its retention ends."""
    return digest_of_bytes(bytes(salt) + name.encode())


def award_columns_as_json(award: Award) -> dict[str, Json]:
    """Return the award's own columns as its decision record has them."""
    return {
        "cycle": award.cycle,
        "kind": str(award.kind),
        "requirements_met_on": award.requirements_met_on.isoformat(),
        "awarded_on": None if award.awarded_on is None else award.awarded_on.isoformat(),
        "valid_until": None if award.valid_until is None else award.valid_until.isoformat(),
        "credits": None if award.credits is None else format(award.credits, ".2f"),
        "credit_unit": award.credit_unit,
    }


def act_as_json(row: ExceptionRow) -> dict[str, Json]:
    """Return the act that granted an exception: when, and by which approval of a second registrar, if any."""
    approval = row.approval
    return {
        "id": str(row.public_id),
        "decided_at": instant(row.decided_at),
        "approval": None if approval is None else {"id": str(approval.public_id), "digest": approval.digest},
    }


def _exceptions(grounds: Grounds) -> list[Json]:
    """Return the exceptions in force, each with the act behind it."""
    if not grounds.exceptions:
        return []
    names = [decision.id for decision in grounds.exceptions]
    rows = {str(row.public_id): row for row in exceptions_named(names)}
    return [
        {**exception_as_json(decision), "act": act_as_json(rows[decision.id])}
        for decision in sorted(grounds.exceptions, key=lambda it: it.id)
    ]


def exceptions_named(names: Iterable[str]) -> QuerySet[ExceptionRow]:
    """Return exceptions by public id, with competency and approval."""
    return ExceptionRow.objects.filter(public_id__in=list(names)).select_related("competency", "approval")


def _ground_as_json(ground: MasteryGround, grounds: Grounds) -> dict[str, Json]:
    observations = [row for rows in ground.inputs.observations.values() for row in rows]
    basis = BASES[ground.basis.basis] if grounds.method is not Method.ONE else _best_basis(ground, grounds.ledger)
    members: dict[str, Json] = {
        "attainment": ground.attainment,
        "competency": ground.name,
        "policy": str(ground.policy.public_id),
        "basis": basis.value,
        # In the order of the keys that the rows have now: a replay numbers them by it, whatever keys they have then.
        "evidence": [row.public_id for row in sorted(observations, key=lambda row: row.id)],
        "decision": digest(decision_as_json(ground.decision, observations)),
    }
    family = family_as_json(ground.inputs, ground.competency, ground.name)
    return {**members, "family": family} if family else members


def _best_basis(ground: MasteryGround, ledger: Mapping[int, Evidence]) -> Basis:
    """Return the best basis of the rows that counted: audits by the first method do not read it, documents print it."""
    used = set(evidence_ids_in(ground.inputs))
    if isinstance(ground.decision, MasteryDecision):
        used = set(ground.decision.used)
    bases = [BASES[row.basis] for pk in used if (row := ledger.get(pk)) is not None]  # type: ignore[index]  # a known word
    return min(bases, key=list(Basis).index, default=Basis.ASSESSED_HERE)


def _policies(grounds_of_mastery: Sequence[MasteryGround]) -> list[Json]:
    named: dict[str, MasteryPolicyVersion] = {}
    for ground in grounds_of_mastery:
        named[str(ground.policy.public_id)] = ground.policy
        for resolved in ground.inputs.child_policies.values():
            if resolved.version is not None:
                named[str(resolved.version.public_id)] = resolved.version
    return [
        {"id": name, "digest": policy.digest, "method": policy.definition["method"]}
        for name, policy in sorted(named.items())
    ]
