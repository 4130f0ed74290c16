"""Whether what counts in an audit decides it alone, so that the audit of the rest need not be made again."""

from programs.audit.rules.audit import BOUNDS, cheapest_draft
from programs.audit.rules.completion.eligible_pieces import pieces_of
from programs.audit.rules.completion.kept_plan import settled
from programs.audit.rules.completion.numbering import Bound
from programs.audit.rules.completion.upper_bound import Wishes
from programs.audit.rules.result import Outcome

NOBODY_PLANS: frozenset[str] = frozenset()


def decided_by_what_counts(outcome: Outcome) -> bool:
    """Whether an audit of the attainments that count, with this assignment as `previous`, is this outcome again.

    That is so for a met outcome of bounds alone, when all that may count somewhere does count, and when the plan stays
    as it is once it is kept: then both audits decide the same numbered problem. False where that is not certain.
    """
    if not outcome.met or outcome.contested or outcome.engine != BOUNDS:
        return False
    counting = {use.attainment for use in outcome.uses}
    return _offered(outcome.report.bound) <= counting and _numbered_alike(outcome, counting) and _stays(outcome)


def _offered(bound: Bound) -> set[str]:
    """Every attainment that may count somewhere."""
    problem = bound.problem
    found = {option.attainment for options in problem.options for option in options}
    found.update(attainment for standing in bound.standing.values() for attainment, _exception in standing)
    for routes in problem.routes:
        for route in routes:
            found.add(route.attainment)
            found.update(piece.attainment for piece in route.brings)
    return found - {""}  # a node that an exception lets pass is met by no attainment


def _numbered_alike(outcome: Outcome, counting: set[str]) -> bool:
    """Whether pieces keep their order and their bases without the attainments that do not count.

    Several attainments may be one piece: it is numbered by the first of them and has the best of their bases.
    """
    every, bases = pieces_of(outcome.report.attainments, NOBODY_PLANS)
    kept = [known for known in every if known.attainment.id in counting]
    _alone, bases_alone = pieces_of([known.attainment for known in kept], NOBODY_PLANS)
    order = list(dict.fromkeys(known.piece for known in kept))
    return order == sorted(order) and tuple(bases[piece] for piece in order) == bases_alone


def _stays(outcome: Outcome) -> bool:
    """Whether the plan is found again, at once, when it is the one of before."""
    report = outcome.report
    problem = report.bound.problem
    wishes = Wishes(outcome.assignment, frozenset(report.bound.easing.preferred))
    draft = cheapest_draft(problem, wishes, enough=0)
    return draft.cost == 0 and settled(problem, wishes, draft).plan == report.plan
