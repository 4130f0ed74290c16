"""Replays the decision about an award from ledgers and frozen rules, and names each difference (invariant 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from accounts.models import Learner
from assessments.mastery.formats.decision_json import as_json
from assessments.mastery.queries.decisions import decision_by, observations_of
from assessments.mastery.rules.observations import Observation
from assessments.models import Evidence, MasteryPolicyVersion
from core.text.canonical import digest
from programs.audit.formats.audit_json import read_assignment, read_attainment, read_exception
from programs.audit.queries.attainments import (
    award_as_attainment,
    exception_as_rule,
    milestone_as_attainment,
    recognition_as_attainment,
)
from programs.audit.queries.audits import CONTEXT
from programs.audit.queries.trees import tree_of
from programs.audit.rules.audit import BOUNDS, audit
from programs.audit.rules.completion.solver_protocol import Solver
from programs.awards.queries.evidence import decision_inputs_from, evidence_digest, known_by
from programs.awards.queries.grounds import attribution_columns, columns_told, decided_attainment, name_digest
from programs.models import Attribution, Award, MilestoneReached, ProgramVersion, Recognition
from programs.models import RequirementException as ExceptionRow
from programs.rules.attainments import Attainment, AttainmentKind

ATTRIBUTED = (
    "requirement_key",
    "kind",
    "subject_id",
    "policy_id",
    "credits",
    "level",
    "achieved_on",
    "basis",
    "exception",
)


def differences_of(award: Award, *, solver: Solver) -> Iterator[str]:
    """What of a granted award its decision does not explain, a phrase each; nothing when all is well.

    `solver` is asked where the decision was made with one.
    """
    said: Mapping[str, Any] = award.decision or {}
    if digest(said) != award.decision_digest:
        yield "its decision is not what its digest says"
    try:
        yield from _replayed(award, said, solver)
    except (LookupError, TypeError, ValueError):  # members that are not there, or are no such thing
        yield "its decision is not one that can be replayed"


def _replayed(award: Award, said: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    yield from _columns(award, said)
    changed = _changed_policies(said)
    for name in sorted(changed):
        yield f"policy version {name} is another"
    yield from _evidence(said)
    yield from _masteries(said, changed)
    yield from _pieces(said)
    program, version = award.program_version, award.achievement_version
    if said["achievement_version"] != {"id": str(version.public_id), "digest": digest(version.content)}:
        yield "the achievement version is another"
    if program is None or said["program_version"] != {"id": str(program.public_id), "digest": digest(program.content)}:
        yield "the program version is another"
    else:
        yield from _audit(program, said, solver)
    yield from _attributions(award, said)


def _columns(award: Award, said: Mapping[str, Any]) -> Iterator[str]:
    for name, value in {"award": str(award.public_id), **columns_told(award)}.items():
        if said[name] != value:
            yield f"{name} is not what was decided"
    if (
        award.name_as_awarded is not None
        and name_digest(bytes(award.name_salt or b""), award.name_as_awarded) != said["name"]
    ):
        yield "the name as awarded is another"


def _changed_policies(said: Mapping[str, Any]) -> set[str]:
    """The policy versions that say something else than they did, or are gone."""
    digests = {entry["id"]: entry["digest"] for entry in said["policies"]}
    rows = MasteryPolicyVersion.objects.filter(public_id__in=digests)
    now = {str(row.public_id): digest(row.definition) for row in rows}
    return {name for name, told in digests.items() if now.get(name) != told}


def _evidence(said: Mapping[str, Any]) -> Iterator[str]:
    """The rows of evidence are those that were looked at."""
    digests = {entry["id"]: entry["digest"] for entry in said["evidence"]}
    for row in Evidence.objects.filter(public_id__in=digests).order_by("pk"):
        if digests.pop(str(row.public_id)) != evidence_digest(row):
            yield f"evidence {row.public_id} is not what was looked at"
    for name in digests:
        yield f"evidence {name} is gone"


def _masteries(said: Mapping[str, Any], changed: set[str]) -> Iterator[str]:
    """What was mastered is decided from the same rows by the same policies again, as it was known then."""
    records = list(Learner.objects.filter(public_id__in=said["records"]).values_list("pk", flat=True))
    evidence = Evidence.objects.filter(public_id__in=[entry["id"] for entry in said["evidence"]])
    seen = observations_of(records, set(evidence.values_list("competency", flat=True)))
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in said["attainments"]}
    wanted = {rest["policy"] for rest in said["mastery"]} - changed
    rows = MasteryPolicyVersion.objects.select_related("scale").filter(public_id__in=wanted)
    policies = {str(row.public_id): row for row in rows}
    for rest in said["mastery"]:
        policy = policies.get(rest["policy"])
        if policy is None or changed & _of_family(rest):
            continue  # named already: a changed policy decides nothing
        if not _decides(rest, pieces[rest["attainment"]], policy, seen, said):
            yield f"{rest['attainment']} is decided otherwise"


def _of_family(rest: Mapping[str, Any]) -> set[str]:
    policies = (rest.get("family") or {}).get("policies", {})
    return {entry["version"] for entry in policies.values() if "version" in entry}


def _decides(
    rest: Mapping[str, Any],
    piece: Attainment,
    policy: MasteryPolicyVersion,
    seen: Mapping[int, tuple[Observation, ...]],
    said: Mapping[str, Any],
) -> bool:
    known_at = datetime.fromisoformat(said["known_at"])
    own = set(rest["evidence"])
    known = {
        competency: known_by((row for row in rows if row.id in own), known_at) for competency, rows in seen.items()
    }
    decision = decision_by(
        decision_inputs_from(rest, known),
        rest["competency"],
        policy,
        as_of=date.fromisoformat(said["as_of"]),
        known_at=known_at,
    )
    return digest(as_json(decision)) == rest["decision"] and decided_attainment(piece, decision) == piece


def _pieces(said: Mapping[str, Any]) -> Iterator[str]:
    """Milestones, recognised study, exceptions and lower awards are what was looked at."""
    now = {piece.id: piece for piece in _pieces_now(said)}
    for told in said["attainments"]:
        piece = read_attainment(told)[0]
        if piece.kind is AttainmentKind.MASTERY:
            continue
        if piece.id not in now:
            yield f"{piece.id} is gone"
        elif _lasting(now[piece.id], piece) != piece:
            yield f"{piece.id} is not what was looked at"
    digests = {entry["id"]: entry["digest"] for entry in said["awards"]}
    for row in Award.objects.awarded().filter(public_id__in=digests):
        if digests.pop(str(row.public_id)) != row.decision_digest:
            yield f"award {row.public_id} below it is another"
    for name in digests:
        yield f"award {name} below it is gone"
    told_decisions = {entry["id"]: read_exception(entry) for entry in said["exceptions"]}
    rows = {
        str(row.public_id): exception_as_rule(row) for row in ExceptionRow.objects.filter(public_id__in=told_decisions)
    }
    for name, told_decision in told_decisions.items():
        row_now = rows.get(name)
        # A stacked program calls its nodes by shorter keys than the tree around it.
        if (
            row_now is None
            or not row_now.node.endswith(told_decision.node)
            or replace(row_now, node=told_decision.node) != told_decision
        ):
            yield f"exception {name} is not what was looked at"


def _pieces_now(said: Mapping[str, Any]) -> Iterator[Attainment]:
    named: dict[str, list[str]] = {}
    for told in said["attainments"]:
        kind, _, name = told["id"].partition(":")
        named.setdefault(kind, []).append(name)
    for milestone in MilestoneReached.objects.filter(public_id__in=named.get("milestone", ())).select_related(
        "milestone"
    ):
        yield milestone_as_attainment(milestone)
    for recognition in Recognition.objects.filter(public_id__in=named.get("recognition", ())).select_related(
        "competency", "level", "organization"
    ):
        yield recognition_as_attainment(recognition)
    for award in (
        Award.objects.awarded().filter(public_id__in=named.get("award", ())).select_related("program_version__program")
    ):
        yield award_as_attainment(award)


def _lasting(now: Attainment, then: Attainment) -> Attainment:
    """A piece that counted through an award alone was told with the day on which it ends by itself."""
    return replace(now, valid_until=then.valid_until) if then.valid_until == then.achieved_on else now


def _audit(version: ProgramVersion, said: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    """All that counted meets the frozen tree again, at the same places."""
    found = audit(
        tree_of(version),
        [read_attainment(piece)[0] for piece in said["attainments"]],
        [read_exception(decision) for decision in said["exceptions"]],
        context=CONTEXT,
        on=date.fromisoformat(said["requirements_met_on"]),
        previous=read_assignment(said["assignment"]),
        solver=None if said["engine"] == BOUNDS else solver,
    ).today
    if not found.met:
        yield "its requirements are not met by what counted"
    elif [dict(use._asdict()) for use in found.uses] != said["uses"]:
        yield "what counted counts elsewhere"
    elif found.nodes[0].earned != said["earned"]:
        yield "the credits earned are others"


def _attributions(award: Award, said: Mapping[str, Any]) -> Iterator[str]:
    rows = {row.position: row for row in Attribution.objects.filter(award=award)}
    for columns in attribution_columns(said):
        row = rows.pop(columns["position"], None)
        if row is None:
            yield f"attribution {columns['position']} is gone"
            continue
        wrong = [name for name in ATTRIBUTED if getattr(row, name) != columns[name]]
        if wrong or row.learner_id != award.learner_id:
            yield f"attribution {row.position} is not what was decided: {', '.join(wrong) or 'learner'}"
    for position in sorted(rows):
        yield f"attribution {position} was never decided"
