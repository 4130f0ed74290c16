"""Whether the attainments that count decide an audit alone, so that it need not be made a second time for a record."""

from programs.audit.rules.audit import BOUNDS
from programs.audit.rules.completion.eligible_pieces import pieces_of
from programs.audit.rules.completion.kept_plan import cheapest_draft, keeping_previous
from programs.audit.rules.completion.needed import with_others_as_drafted
from programs.audit.rules.completion.numbering import NumberedProblem
from programs.audit.rules.completion.picking import Preferences
from programs.audit.rules.result import AuditOutcome

NOTHING_PLANNED: frozenset[str] = frozenset()


def decided_by_what_counts(outcome: AuditOutcome) -> bool:
    """Return whether an audit of the counting attainments alone, with this assignment as `previous`, has this outcome.

    It does when the outcome is met by bounds alone, every eligible attainment counts, and the plan stays the same when
    it is the previous one: then both audits decide the same numbered problem. False where that is not certain.
    """
    if not outcome.met or outcome.contested or outcome.engine != BOUNDS:
        return False
    problem = outcome.report.numbered.problem
    if problem.study or problem.modes:
        return False  # fewer attainments could number variants and ways of milestones differently
    counting = {use.attainment for use in outcome.uses}
    return _offered(outcome.report.numbered) <= counting and _numbered_alike(outcome, counting) and _stays(outcome)


def _offered(numbered: NumberedProblem) -> set[str]:
    """Return the ids of all attainments that may count somewhere."""
    problem = numbered.problem
    names = {option.attainment for options in problem.options for option in options}
    names.update(attainment for uses in numbered.met_by.values() for attainment, _exception in uses)
    for routes in problem.routes:
        for route in routes:
            names.add(route.attainment)
            names.update(piece.attainment for piece in route.brings)
    return names - {""}  # a node that an exception lets pass is met by no attainment


def _numbered_alike(outcome: AuditOutcome, counting: set[str]) -> bool:
    """Return whether pieces keep their order and bases without the attainments that do not count.

    Several attainments may be one piece. The first of them gives its number, the best of them its basis.
    """
    method = outcome.report.numbered.problem.shape.method
    every, bases, _ = pieces_of(outcome.report.attainments, NOTHING_PLANNED, method)
    kept = [item for item in every if item.attainment.id in counting]
    _alone, bases_alone, _ = pieces_of([item.attainment for item in kept], NOTHING_PLANNED, method)
    order = list(dict.fromkeys(item.piece for item in kept))
    return order == sorted(order) and tuple(bases[piece] for piece in order) == bases_alone


def _stays(outcome: AuditOutcome) -> bool:
    """Return whether the audit finds the same plan, as its first draft, when the plan is the previous one."""
    report = outcome.report
    problem = report.numbered.problem
    preferences = Preferences(outcome.assignment, frozenset(report.numbered.applied_exceptions.preferred))
    draft = cheapest_draft(problem, preferences, enough=0)
    if draft.cost:
        return False
    kept = keeping_previous(problem, preferences, draft)
    if problem.shape.method.counts_only_needed:
        kept = with_others_as_drafted(problem, kept, preferences)
    return kept.plan == report.plan
