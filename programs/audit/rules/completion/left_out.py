"""Why attainments do not count, as from `audit@3` on: each one counts, or has a reason that fits its study."""

from collections.abc import Iterator, Sequence

from programs.audit.rules.completion.assignment import counted_on
from programs.audit.rules.completion.eligibility import Reason, Refusal
from programs.audit.rules.completion.eligible_pieces import piece_of
from programs.audit.rules.completion.numbering import NumberedProblem
from programs.audit.rules.completion.plan_cost import Plan, Tally, over_cap
from programs.audit.rules.completion.problem import Option, Problem
from programs.audit.rules.completion.sharing import Placements
from programs.audit.rules.report_rows import Use
from programs.rules.attainments import Attainment


def left_out_of(
    numbered: NumberedProblem,
    plan: Plan,
    tallies: Sequence[Tally],
    attainments: Sequence[Attainment],
    uses: Sequence[Use],
) -> tuple[Refusal, ...]:
    """Return the attainments that do not count, with node and reason; the node is empty where it is about no node.

    Several attainments can be one piece of study. A reason of one of them is left away at a node that accepts another:
    what is told there is about the study. A study that counts is never told as not needed.
    """
    problem, counting = numbered.problem, {use.attainment for use in uses}
    study_of = {item.id: piece_of(item) for item in attainments}
    through = {name for item in attainments if item.id in counting for name in item.spent}
    at_node = {(study_of[use.attainment], use.node) for use in uses}
    for node, wanted in enumerate(problem.shape.nodes):
        at_node |= {(study_of[option.attainment], wanted.id) for option in problem.options[node]}
    refusals = [
        it
        for it in numbered.refusals
        if (study_of[it.attainment], it.node) not in at_node and (it.node or it.attainment not in counting | through)
    ]
    kept_out = tuple(_kept_out(problem, plan, tallies))
    barred = {study_of[it.attainment]: it.reason for it in kept_out}
    counted = {study_of[name] for name in counting | through if name in study_of}
    offered = {study_of[option.attainment] for options in problem.options for option in options}
    told = {it.attainment for it in (*refusals, *kept_out)}
    idle: list[Refusal] = []
    for item in attainments:
        study, reason = study_of[item.id], Reason.NOT_NEEDED
        if item.id in counting | through:
            continue
        if study in counted or study in barred:
            # What a rule says of the study is said of each of its records.
            reason = barred.get(study, Reason.COUNTED)
        if item.id not in told or (study in offered and reason is Reason.NOT_NEEDED):
            idle.append(Refusal(item.id, "", reason))
    return (*refusals, *kept_out, *idle)


def _kept_out(problem: Problem, plan: Plan, tallies: Sequence[Tally]) -> Iterator[Refusal]:
    """Yield the pieces that a rule keeps from a leaf where something is missing, at the leaf or above it."""
    placements = Placements.of(problem, plan) if problem.rules.crossing else None
    for leaf in counted_on(plan):
        path = problem.shape.counting_path(leaf) if problem.options[leaf] else []
        if plan.route[leaf] is not None or not any(tallies[node].short for node in path):
            continue
        used = {problem.study_of(option.piece) for option in plan.used[leaf]}
        for option in problem.options[leaf]:
            if problem.study_of(option.piece) not in used:
                reason = _barring(problem, placements, leaf, option) or _capping(problem, tallies, path, option)
                if reason is not None:
                    yield Refusal(option.attainment, problem.shape.nodes[leaf].id, reason)


def _barring(problem: Problem, placements: Placements | None, leaf: int, option: Option) -> Reason | None:
    if placements is None or placements.allows(leaf, option):
        return None
    others = placements.places_of(problem.study_of(option.piece))
    apart = any(problem.rules.apart(leaf, other) for other in others)
    return Reason.IN_ANOTHER_PART if apart else Reason.SHARED_ENOUGH


def _capping(problem: Problem, tallies: Sequence[Tally], path: Sequence[int], option: Option) -> Reason | None:
    for node in path:
        values = {**tallies[node].values, option.piece: max(option.value, tallies[node].values.get(option.piece, 0))}
        if over_cap(problem, node, values) is not None:
            return Reason.CAPPED
    return None
