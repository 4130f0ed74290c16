"""Replays the decision about an award from ledgers and frozen rules, and names each difference (invariant 4)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from core.text.canonical import digest
from programs.audit.formats.audit_json import read_assignment, read_attainment, read_exception, read_facts
from programs.audit.queries.attainments import (
    award_as_attainment,
    exception_as_rule,
    milestone_as_attainment,
    recognition_as_attainment,
)
from programs.audit.queries.audits import CONTEXTS
from programs.audit.queries.enrollment_facts import has_conditions
from programs.audit.queries.trees import audited_tree_of
from programs.audit.rules.audit import BOUNDS, audit
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Method
from programs.audit.rules.known_facts import KNOWN_FACTS
from programs.audit.rules.result import AuditOutcome
from programs.awards.queries.decision_record import (
    FORMAT,
    achievement_as_json,
    act_as_json,
    attribution_columns,
    award_columns_as_json,
    exceptions_named,
    name_digest,
    sealed,
)
from programs.awards.queries.evidence import BY_KEYS
from programs.awards.queries.record_members import added_members
from programs.awards.queries.replay_mastery import changed_policies, evidence_differences, mastery_differences
from programs.models import Attribution, Award, MilestoneReached, ProgramVersion, Recognition
from programs.rules.attainments import Attainment, AttainmentKind, RequirementException

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
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        ValidationError,
    ):  # members that are not there, or are no such thing
        yield "its decision is not one that can be replayed"


def _replayed(award: Award, decision: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    if decision["format"] not in {BY_KEYS, FORMAT}:
        yield f"its decision has a format that is not known: {decision['format']}"
        return
    yield from added_members(decision)
    yield from _columns(award, decision)
    if decision["format"] != BY_KEYS:
        yield from _later_members(award, decision)
    changed = changed_policies(decision)
    for name in sorted(changed):
        yield f"policy version {name} is another"
    yield from evidence_differences(decision)
    yield from mastery_differences(decision, changed)
    yield from _pieces(decision)
    program, version = award.program_version, award.achievement_version
    if decision["achievement_version"] != {"id": str(version.public_id), "digest": digest(version.content)}:
        yield "the achievement version is another"
    if program is None or decision["program_version"] != _version_as_json(program, decision["format"]):
        yield "the program version is another"
    else:
        yield from _audit(program, decision, solver)
    yield from _attributions(award, decision)


def _version_as_json(program: ProgramVersion, form: str) -> dict[str, Any]:
    members = {"id": str(program.public_id), "digest": digest(program.content)}
    return members if form == BY_KEYS else {**members, "content": (program.content or {}).get("format")}


def _later_members(award: Award, decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in the members that the first format does not have."""
    if decision["achievement"] != achievement_as_json(award.achievement_version.content or {}):
        yield "what was awarded, or the organization that awarded it, is another"
    if decision["conferral"] is not None:
        yield "it was conferred in no batch"
    if sealed(decision) != decision["audit"]:
        yield "its audit is not what the digest of the audit says"
    used = {use["attainment"] for use in decision["uses"]}
    if used != {piece["id"] for piece in decision["attainments"]}:
        yield "what counted is not what was looked at"


def _columns(award: Award, decision: Mapping[str, Any]) -> Iterator[str]:
    for name, value in {"award": str(award.public_id), **award_columns_as_json(award)}.items():
        if decision[name] != value:
            yield f"{name} is not what was decided"
    if (
        award.name_as_awarded is not None
        and name_digest(bytes(award.name_salt or b""), award.name_as_awarded) != decision["name"]
    ):
        yield "the name as awarded is another"


def _pieces(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield differences in milestones, recognitions, exceptions and lower awards."""
    method = Method(decision["method"])
    current = {piece.id: piece for piece in _pieces_now(decision, method)}
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
    yield from _exceptions(decision, method)


def _exceptions(decision: Mapping[str, Any], method: Method) -> Iterator[str]:
    """Yield differences in exceptions, and in the acts behind them where the record has these."""
    entries = {entry["id"]: entry for entry in decision["exceptions"]}
    rows = {str(row.public_id): row for row in exceptions_named(entries)} if entries else {}
    for name, entry in entries.items():
        row, decided = rows.get(name), _exception_in(entry)
        if row is None or not _is_about(exception_as_rule(row, method=method), decided):
            yield f"exception {name} is not what was looked at"
        elif "act" in entry and act_as_json(row) != entry["act"]:
            yield f"the act behind exception {name} is another"


def _exception_in(entry: Mapping[str, Any]) -> RequirementException:
    return read_exception({name: value for name, value in entry.items() if name != "act"})


def _is_about(current: RequirementException, decided: RequirementException) -> bool:
    # A stacked program calls its nodes by shorter keys than the tree around it.
    return current.node.endswith(decided.node) and replace(current, node=decided.node) == decided


def _pieces_now(decision: Mapping[str, Any], method: Method) -> Iterator[Attainment]:
    named: dict[str, list[str]] = {}
    for entry in decision["attainments"]:
        kind, _, name = entry["id"].partition(":")
        named.setdefault(kind, []).append(name)
    for milestone in MilestoneReached.objects.filter(public_id__in=named.get("milestone", ())).select_related(
        "milestone"
    ):
        yield milestone_as_attainment(milestone, method=method)
    for recognition in Recognition.objects.filter(public_id__in=named.get("recognition", ())).select_related(
        "competency", "level__scale", "organization"
    ):
        yield recognition_as_attainment(recognition, method=method)
    for award in (
        Award.objects.awarded().filter(public_id__in=named.get("award", ())).select_related("program_version__program")
    ):
        yield award_as_attainment(award)


def _lasting(current: Attainment, then: Attainment) -> Attainment:
    """Return a piece with the end in the decision, if it counted through an award alone: that end is its first day."""
    return replace(current, valid_until=then.valid_until) if then.valid_until == then.achieved_on else current


def outcome_of_record(
    version: ProgramVersion, decision: Mapping[str, Any], *, without: str = "", solver: Solver | None = None
) -> AuditOutcome:
    """Return the outcome of the audit of a decision record, by its method, on its day, with what counted in it.

    `without` is the public id of a recognition, a milestone record or an exception that is left out.
    """
    method = Method(decision["method"])
    pieces = [it for it in decision["attainments"] if not without or it["id"].partition(":")[2] != without]
    return audit(
        audited_tree_of(version, method),
        [read_attainment(piece)[0] for piece in pieces],
        [_exception_in(entry) for entry in decision["exceptions"] if entry["id"] != without],
        context=CONTEXTS[method],
        on=date.fromisoformat(decision["requirements_met_on"]),
        facts=read_facts(decision.get("facts", {})),
        previous=read_assignment(decision["assignment"]),
        solver=None if decision["engine"] == BOUNDS else solver,
    ).today


def _audit(version: ProgramVersion, decision: Mapping[str, Any], solver: Solver) -> Iterator[str]:
    """Audit the frozen tree with the counting attainments again; yield differences in uses and credits."""
    tree = audited_tree_of(version, Method(decision["method"]))
    if set(decision.get("facts", {})) - (set(KNOWN_FACTS) if has_conditions(tree) else set()):
        yield "it names facts that its conditions do not read"
    outcome = outcome_of_record(version, decision, solver=solver)
    if not outcome.met:
        yield "its requirements are not met by what counted"
    elif [dict(use._asdict()) for use in outcome.uses] != decision["uses"]:
        yield "what counted counts elsewhere"
    elif outcome.nodes[0].earned != decision["earned"]:
        yield "the credits earned are others"


def rests_on(award: Award, subject_id: str) -> bool:
    """Return whether a granted award needs a recognition, a milestone or an exception with this public id.

    The frozen tree is audited with everything that counted then but this. Without a solver a plan may be missed; the
    award then is said to rest on it, and a person looks.
    """
    decision: Mapping[str, Any] = award.decision or {}
    named = {piece["id"].partition(":")[2] for piece in decision.get("attainments", ())}
    named |= {entry["id"] for entry in decision.get("exceptions", ())}
    if award.program_version is None or subject_id not in named:
        return False
    return not outcome_of_record(award.program_version, decision, without=subject_id).met


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
