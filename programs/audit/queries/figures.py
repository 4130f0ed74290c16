"""The figures of enrollments and awards: one query for all pages, documents and answers."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from core.database.compiled import compiled
from programs.audit.formats.audit_json import read_attainment, read_exception, read_facts
from programs.audit.queries.attainments import with_awards, with_counted
from programs.audit.queries.enrollment_facts import applying_tree_of
from programs.audit.queries.trees import tree_of
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.decided_nodes import DecidedNodes
from programs.audit.rules.figures import Counting, NodeFacts, ProgramFigures, figures_of, with_award
from programs.audit.rules.qualifiers import hundredths
from programs.audit.rules.report_rows import Use
from programs.audit.rules.result import AuditOutcome
from programs.models import Award, AwardConcern, ConcernKind, Enrollment
from programs.rules.attainments import Attainment, RequirementException


def award_of_enrollment(enrollment: Enrollment, awards: Iterable[Award]) -> Award | None:
    """Return the award in force of an enrollment's program, of several the latest one; None where there is none.

    `awards` are the learner's in force, with their program versions. An award of the same program that was granted for
    another enrollment is not this one's.
    """
    found = [
        award
        for award in awards
        if award.program_version is not None
        and award.program_version.program_id == enrollment.program_id
        and award.enrollment_id in {enrollment.pk, None}
    ]
    return max(found, key=lambda award: (award.awarded_on or date.min, award.pk), default=None)


def figures_of_enrollment(  # noqa: PLR0913 - what an audit was given, by name
    enrollment: Enrollment,
    outcome: AuditOutcome,
    *,
    method: Method,
    attainments: Iterable[Attainment],
    exceptions: Sequence[RequirementException],
    awards: Sequence[Award],
    on: date,
) -> ProgramFigures:
    """Return the figures of an enrollment: those of its award if one is in force, else `figures_of_audit`."""
    award = award_of_enrollment(enrollment, awards)
    if award is not None:
        return figures_of_award(award, awards)
    return figures_of_audit(
        enrollment, outcome, method=method, attainments=attainments, exceptions=exceptions, awards=awards, on=on
    )


def figures_of_audit(  # noqa: PLR0913 - what an audit was given, by name
    enrollment: Enrollment,
    outcome: AuditOutcome,
    *,
    method: Method,
    attainments: Iterable[Attainment],
    exceptions: Sequence[RequirementException],
    awards: Sequence[Award],
    on: date,
) -> ProgramFigures:
    """Return the figures that are on record now, whatever was awarded.

    `outcome` is the audit of now, of the `attainments` (without awards), `exceptions` and `awards` in force.
    """
    tree, program = applying_tree_of(enrollment, method), str(enrollment.program.public_id)
    # With awards, and with pieces that have lapsed since: they count through the award that used them.
    there = with_awards(tree, tuple(attainments), awards)
    pieces = {it.id: it for it in with_counted(there, outcome.uses, method=method)}
    nodes = {
        node.node: NodeFacts(node.counted_on, node.met, node.attempted, node.earned, node.uses)
        for node in outcome.nodes
    }
    lower = _figures_of_awards(awards, outcome.uses)
    return figures_of(Counting(program, tree, method, nodes, pieces, exceptions, on, lower))


def is_in_review(award: Award) -> bool:
    """Return whether something under an award has changed since it was granted, and nobody has settled it yet."""
    return bool(_open_reviews(award.pk))


@compiled
def _open_reviews(award: int) -> QuerySet[AwardConcern]:
    # That a person holds an award twice changes nothing under either of them.
    rows = AwardConcern.objects.open().filter(award=award).exclude(kind=ConcernKind.TWO_STANDING)
    return rows.only("pk")[:1]


def figures_of_award(award: Award, awards: Iterable[Award] = ()) -> ProgramFigures:
    """Return the figures of a granted award, from its decision alone: they never change.

    `awards` are awards that were read already; lower awards that are not among them are read.
    """
    decision, version = award.decision or {}, award.program_version
    figures, program = ProgramFigures(), ""
    if version is not None and "uses" in decision:
        program = str(version.program.public_id)
        uses = [Use(**use) for use in decision["uses"]]
        tree = decided_tree_of(tree_of(version), read_facts(decision.get("facts", {})), Method(decision["method"])).tree
        pieces = _pieces_of(decision)
        exceptions = [_exception_in(entry) for entry in decision["exceptions"]]
        nodes = DecidedNodes(uses, frozenset(decision["assignment"]["chosen"]), pieces, exceptions).nodes_of(tree)
        method, lower = Method(decision["method"]), _figures_of_awards(awards, uses)
        counting = Counting(program, tree, method, nodes, pieces, exceptions, award.requirements_met_on, lower)
        figures = figures_of(counting)
    return with_award(figures, program=program, credit=hundredths(award.credits))


def _figures_of_awards(awards: Iterable[Award], uses: Iterable[Use]) -> dict[str, ProgramFigures]:
    """Return the figures of the awards that count, by the id of their attainment."""
    ids = [use.attainment.partition(":")[2] for use in uses if use.attainment.startswith("award:")]
    known = {str(award.public_id): award for award in awards}
    missing = [uuid.UUID(name) for name in ids if name not in known]
    if missing:
        known |= {str(award.public_id): award for award in _awards_named(tuple(missing))}
    return {f"award:{name}": figures_of_award(known[name], known.values()) for name in ids if name in known}


@compiled
def _awards_named(ids: tuple[uuid.UUID, ...]) -> QuerySet[Award]:
    # Whatever their state: an award that has ended since still explains the one that was built on it.
    rows = Award.objects.filter(public_id__in=ids)
    return rows.select_related("program_version__program").defer("program_version__content")


def _pieces_of(decision: Mapping[str, Any]) -> dict[str, Attainment]:
    return {piece.id: piece for piece in (read_attainment(entry)[0] for entry in decision["attainments"])}


def _exception_in(entry: Mapping[str, Any]) -> RequirementException:
    return read_exception({name: value for name, value in entry.items() if name != "act"})
