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
from programs.audit.queries.audits import context_of
from programs.audit.queries.trees import tree_of
from programs.audit.rules.audit import BOUNDS, audit
from programs.audit.rules.completion.solver_protocol import Solver
from programs.awards.queries.evidence import decision_inputs_from, evidence_digest, known_by
from programs.awards.queries.grounds import attribution_columns, award_columns_as_json, decided_attainment, name_digest
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
    """Yield a phrase for each difference between a granted award and its replayed decision; nothing if there is none.

    `solver` is used where the decision was made with one.
    """
    decision: Mapping[str, Any] = award.decision or {}
    # Compared first: a changed record could otherwise be replayed consistently with itself.
    if digest(decision) != award.decision_digest:
        yield "its decision is not what its digest says"
    try:
        yield from _replayed(award, decision, solver)
    except (LookupError, TypeError, ValueError):  # members that are not there, or are no such thing
        yield "its decision is not one that can be replayed"


def _replayed(award: Award, decision: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    yield from _columns(award, decision)
    changed = _changed_policies(decision)
    for name in sorted(changed):
        yield f"policy version {name} is another"
    yield from _evidence(decision)
    yield from _masteries(decision, changed)
    yield from _pieces(decision)
    program, version = award.program_version, award.achievement_version
    if decision["achievement_version"] != {"id": str(version.public_id), "digest": digest(version.content)}:
        yield "the achievement version is another"
    if program is None or decision["program_version"] != {
        "id": str(program.public_id),
        "digest": digest(program.content),
    }:
        yield "the program version is another"
    else:
        yield from _audit(program, decision, solver)
    yield from _attributions(award, decision)


def _columns(award: Award, decision: Mapping[str, Any]) -> Iterator[str]:
    for name, value in {"award": str(award.public_id), **award_columns_as_json(award)}.items():
        if decision[name] != value:
            yield f"{name} is not what was decided"
    if (
        award.name_as_awarded is not None
        and name_digest(bytes(award.name_salt or b""), award.name_as_awarded) != decision["name"]
    ):
        yield "the name as awarded is another"


def _changed_policies(decision: Mapping[str, Any]) -> set[str]:
    """Return the policy versions that differ from the decision's, or are gone."""
    digests = {entry["id"]: entry["digest"] for entry in decision["policies"]}
    rows = MasteryPolicyVersion.objects.filter(public_id__in=digests)
    current = {str(row.public_id): digest(row.definition) for row in rows}
    return {name for name, entry in digests.items() if current.get(name) != entry}


def _evidence(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in the rows of evidence."""
    digests = {entry["id"]: entry["digest"] for entry in decision["evidence"]}
    for row in Evidence.objects.filter(public_id__in=digests).order_by("pk"):
        if digests.pop(str(row.public_id)) != evidence_digest(row):
            yield f"evidence {row.public_id} is not what was looked at"
    for name in digests:
        yield f"evidence {name} is gone"


def _masteries(decision: Mapping[str, Any], changed: set[str]) -> Iterator[str]:
    """Decide each mastery again, by the same rows and policies, as they were known then; yield differences."""
    records = list(Learner.objects.filter(public_id__in=decision["records"]).values_list("pk", flat=True))
    evidence = Evidence.objects.filter(public_id__in=[entry["id"] for entry in decision["evidence"]])
    seen = observations_of(records, set(evidence.values_list("competency", flat=True)))
    pieces = {piece["id"]: read_attainment(piece)[0] for piece in decision["attainments"]}
    wanted = {mastery["policy"] for mastery in decision["mastery"]} - changed
    rows = MasteryPolicyVersion.objects.select_related("scale").filter(public_id__in=wanted)
    policies = {str(row.public_id): row for row in rows}
    for mastery in decision["mastery"]:
        policy = policies.get(mastery["policy"])
        if policy is None or changed & _of_family(mastery):
            continue  # `_changed_policies` has named it; a changed policy can replay nothing
        if not _decides(mastery, pieces[mastery["attainment"]], policy, seen, decision):
            yield f"{mastery['attainment']} is decided otherwise"


def _of_family(mastery: Mapping[str, Any]) -> set[str]:
    policies = (mastery.get("family") or {}).get("policies", {})
    return {entry["version"] for entry in policies.values() if "version" in entry}


def _decides(
    mastery: Mapping[str, Any],
    piece: Attainment,
    policy: MasteryPolicyVersion,
    seen: Mapping[int, tuple[Observation, ...]],
    decision: Mapping[str, Any],
) -> bool:
    known_at = datetime.fromisoformat(decision["known_at"])
    own = set(mastery["evidence"])
    known = {
        competency: known_by((row for row in rows if row.id in own), known_at) for competency, rows in seen.items()
    }
    decided = decision_by(
        decision_inputs_from(mastery, known),
        mastery["competency"],
        policy,
        as_of=date.fromisoformat(decision["as_of"]),
        known_at=known_at,
    )
    return digest(as_json(decided)) == mastery["decision"] and decided_attainment(piece, decided) == piece


def _pieces(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in milestones, recognitions, exceptions and lower awards."""
    current = {piece.id: piece for piece in _pieces_now(decision)}
    for entry in decision["attainments"]:
        piece = read_attainment(entry)[0]
        if piece.kind is AttainmentKind.MASTERY:
            continue
        if piece.id not in current:
            yield f"{piece.id} is gone"
        elif _lasting(current[piece.id], piece) != piece:
            yield f"{piece.id} is not what was looked at"
    digests = {entry["id"]: entry["digest"] for entry in decision["awards"]}
    for row in Award.objects.awarded().filter(public_id__in=digests):
        if digests.pop(str(row.public_id)) != row.decision_digest:
            yield f"award {row.public_id} below it is another"
    for name in digests:
        yield f"award {name} below it is gone"
    decided_exceptions = {entry["id"]: read_exception(entry) for entry in decision["exceptions"]}
    rows = {
        str(row.public_id): exception_as_rule(row)
        for row in ExceptionRow.objects.filter(public_id__in=decided_exceptions)
    }
    for name, decided_exception in decided_exceptions.items():
        row_now = rows.get(name)
        # A stacked program calls its nodes by shorter keys than the tree around it.
        if (
            row_now is None
            or not row_now.node.endswith(decided_exception.node)
            or replace(row_now, node=decided_exception.node) != decided_exception
        ):
            yield f"exception {name} is not what was looked at"


def _pieces_now(decision: Mapping[str, Any]) -> Iterator[Attainment]:
    named: dict[str, list[str]] = {}
    for entry in decision["attainments"]:
        kind, _, name = entry["id"].partition(":")
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


def _lasting(current: Attainment, then: Attainment) -> Attainment:
    """Return a piece with the end in the decision, if it counted through an award alone: that end is its first day."""
    return replace(current, valid_until=then.valid_until) if then.valid_until == then.achieved_on else current


def _audit(version: ProgramVersion, decision: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    """Audit the frozen tree with the counting attainments again; yield differences in uses and credits."""
    tree = tree_of(version)
    outcome = audit(
        tree,
        [read_attainment(piece)[0] for piece in decision["attainments"]],
        [read_exception(entry) for entry in decision["exceptions"]],
        context=context_of(tree),
        on=date.fromisoformat(decision["requirements_met_on"]),
        previous=read_assignment(decision["assignment"]),
        solver=None if decision["engine"] == BOUNDS else solver,
    ).today
    if not outcome.met:
        yield "its requirements are not met by what counted"
    elif [dict(use._asdict()) for use in outcome.uses] != decision["uses"]:
        yield "what counted counts elsewhere"
    elif outcome.nodes[0].earned != decision["earned"]:
        yield "the credits earned are others"


def _attributions(award: Award, decision: Mapping[str, Any]) -> Iterator[str]:
    rows = {row.position: row for row in Attribution.objects.filter(award=award)}
    for columns in attribution_columns(decision):
        row = rows.pop(columns["position"], None)
        if row is None:
            yield f"attribution {columns['position']} is gone"
            continue
        wrong = [name for name in ATTRIBUTED if getattr(row, name) != columns[name]]
        if wrong or row.learner_id != award.learner_id:
            yield f"attribution {row.position} is not what was decided: {', '.join(wrong) or 'learner'}"
    for position in sorted(rows):
        yield f"attribution {position} was never decided"
