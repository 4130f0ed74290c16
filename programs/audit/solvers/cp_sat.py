"""OR-Tools CP-SAT as the audit's exact solver. The slow import happens only when an audit is contested."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from programs.audit.rules.completion.assignment import tie_break
from programs.audit.rules.completion.kept_plan import filled
from programs.audit.rules.completion.plan_cost import Plan, recount
from programs.audit.rules.completion.problem import Option, Problem, Route, Rule
from programs.audit.rules.completion.solver_protocol import Answer, Place
from programs.audit.rules.requirements import Kind

if TYPE_CHECKING:
    from programs.audit.solvers.cp_sat_model import Model

PREFERRED, EXCEPTION, PLANNED, CHANGED = 10**9, 10**6, 10**3, 1
"""Weights of the tie break: *apply here* outweighs exceptions, these outweigh planned work, then previous uses."""
TIE_BREAK_RANGE = 1 << 30


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits in OR-Tools' deterministic time, not in seconds, so that every machine gives the same answer.

    The `quick` setting is tried first. Where it does not finish, the slower `steady` setting finishes more often; both
    were measured against other settings.
    """

    quick: float = 0.03
    steady: float = 1.0
    ties: float = 0.2
    seed: int = 0


class CpSat:
    """Proves the cheapest plan, then breaks ties by previous uses and by ids, so that the seed never decides."""

    def __init__(self, effort: Effort | None = None) -> None:
        self.effort = effort or Effort()

    @property
    def name(self) -> str:
        """The engine and the version of its library."""
        return f"cp_sat {version('ortools')}"

    def cheapest(
        self, problem: Problem, start: Plan, *, preferred: frozenset[Place], before: frozenset[Place]
    ) -> Answer:
        """Return the cheapest plan found and the proven bound; nodes that it does not complete stay as in `start`."""
        from programs.audit.solvers.cp_sat_model import Model

        model = Model(problem, priced=True)
        model.writer.minimize(model.cost)
        _hint(model, start)
        best = self._best(model)
        if best is None:
            return Answer(start, 0)
        values, bound = best
        weighted = _plan(model, start, values)
        least = recount(problem, weighted)[0].cost
        if least > bound:
            return Answer(filled(problem, weighted), bound)
        indifferent = not (preferred or problem.partial)
        if indifferent and before and before <= _uses(start) and recount(problem, start)[0].cost == least:
            return Answer(start, bound)  # the previous plan is as cheap, so nothing moves
        model.writer.at_most(model.cost, least)
        for weights in (_avoided(model, preferred, before), _tie_breaks(model)):
            if len({weight for _, weight in weights}) < 2:  # noqa: PLR2004 - nothing to tell apart
                continue
            model.writer.minimize(weights)
            model.writer.hint(list(enumerate(values)))
            settled = _run(model, self.effort.ties, linear=2, seed=self.effort.seed, rounds=1)
            if settled is None:
                break
            values = settled[0]
            model.writer.at_most(weights, sum([weight * values[literal] for literal, weight in weights]))
        return Answer(filled(problem, _plan(model, start, values)), bound)

    def blocked(self, problem: Problem) -> bool | None:
        """Return whether every plan needs new work; None when the limit was reached first."""
        from programs.audit.solvers.cp_sat_model import Model
        from programs.audit.solvers.cp_sat_proto import ALWAYS

        model = Model(problem, priced=False)
        for guard in model.guards.values():
            model.writer.implies(ALWAYS, guard)
        status = _decided(model, self.effort)
        return None if status is None else status == "INFEASIBLE"

    def core(self, problem: Problem) -> frozenset[Rule] | None:
        """Return the rules of one proof that every plan needs new work."""
        from ortools.sat.python import cp_model

        from programs.audit.solvers.cp_sat_model import Model

        model = Model(problem, priced=False)
        model.writer.assume(model.guards.values())
        solver = _solver(self.effort.steady, linear=0, seed=self.effort.seed)
        if solver.solve(model.writer.cp) != cp_model.INFEASIBLE:
            return None
        named = {guard: rule for rule, guard in model.guards.items()}
        return frozenset(named[index] for index in solver.sufficient_assumptions_for_infeasibility())

    def _best(self, model: "Model") -> tuple[list[int], int] | None:
        quick = _run(model, self.effort.quick, linear=0, seed=self.effort.seed)
        if quick is not None and quick[2]:
            return quick[:2]
        steady = _run(model, self.effort.steady, linear=2, seed=self.effort.seed)
        return steady[:2] if steady is not None else None if quick is None else quick[:2]


def _solver(limit: float, *, linear: int, seed: int, rounds: int = 3) -> Any:  # noqa: ANN401 - OR-Tools' own
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = limit
    solver.parameters.linearization_level = linear
    solver.parameters.cp_model_presolve = linear > 0
    solver.parameters.max_presolve_iterations = rounds
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    return solver


def _run(
    model: "Model", limit: float, *, linear: int, seed: int, rounds: int = 3
) -> tuple[list[int], int, bool] | None:
    """Return values by literal, the proven bound, and whether the plan is proven cheapest; None without any plan."""
    solver = _solver(limit, linear=linear, seed=seed, rounds=rounds)
    status = solver.status_name(solver.solve(model.writer.cp))
    if status not in {"OPTIMAL", "FEASIBLE"}:
        return None
    bound = round(solver.objective_value) if status == "OPTIMAL" else max(0, round(solver.best_objective_bound))
    return list(solver.response_proto.solution), bound, status == "OPTIMAL"


def _decided(model: "Model", effort: Effort) -> str | None:
    for limit, linear in ((effort.quick, 0), (effort.steady, 2)):
        solver = _solver(limit, linear=linear, seed=effort.seed)
        status = str(solver.status_name(solver.solve(model.writer.cp)))
        if status in {"OPTIMAL", "FEASIBLE", "INFEASIBLE"}:
            return status
    return None


def _hint(model: "Model", start: Plan) -> None:
    model.writer.hint(
        [
            (literal, model.problem.options[node][number] in start.used[node])
            for (node, number), literal in model.uses.items()
            if model.shape.single[node]
        ]
    )


def _uses(plan: Plan) -> frozenset[Place]:
    return frozenset((node, option.piece) for node, used in enumerate(plan.used) for option in used)


def _avoided(model: "Model", preferred: frozenset[Place], before: frozenset[Place]) -> list[tuple[int, int]]:
    weighted = []
    for (node, number), literal in model.uses.items():
        option = model.problem.options[node][number]
        weight = EXCEPTION * bool(option.exception) + PLANNED * option.planned
        weight -= PREFERRED * ((node, option.piece) in preferred)
        weighted.append((literal, weight + CHANGED * ((node, option.piece) not in before)))
    for (node, number), literal in model.routes.items():
        route = model.problem.routes[node][number]
        weighted.append((literal, CHANGED + EXCEPTION * bool(route.exception) + PLANNED * route.planned))
    return weighted


def _tie_breaks(model: "Model") -> list[tuple[int, int]]:
    names = [node.id for node in model.shape.nodes]
    weighted = [
        (literal, tie_break(model.problem.options[node][number].attainment, names[node]) % TIE_BREAK_RANGE)
        for (node, number), literal in model.uses.items()
    ]
    weighted += [
        (literal, tie_break(f"/{kind}{number}", names[node]) % TIE_BREAK_RANGE)
        for kind, literals in (("new", model.new_uses), ("way", model.mode_uses))
        for (node, number), literal in literals.items()
    ]
    weighted += [(literal, tie_break(names[node]) % TIE_BREAK_RANGE) for node, literal in enumerate(model.selected)]
    return weighted


def _plan(model: "Model", start: Plan, value: Sequence[int]) -> Plan:
    """Return the solution as a plan; nodes that it does not complete stay as in `start`."""
    used, chosen, route = list(start.used), list(start.chosen), list(start.route)
    problem = model.problem
    for node, wanted in enumerate(model.shape.nodes):
        if not value[model.selected[node]]:
            continue
        taken = [number for number in range(len(problem.routes[node])) if value[model.routes[node, number]]]
        route[node] = _route(model, node, taken[0], value) if taken else None
        options = enumerate(problem.options[node])
        used[node] = tuple(option for number, option in options if value[model.uses[node, number]])
        used[node] += _new_uses(model, node, value)
        if wanted.kind in {Kind.CHOOSE, Kind.CREDITS}:
            chosen[node] = tuple(child for child in model.shape.children[node] if value[model.selected[child]])
    return Plan(tuple(used), tuple(chosen), tuple(route))


def _new_uses(model: "Model", node: int, value: Sequence[int]) -> tuple[Option, ...]:
    """Return the new pieces that serve a leaf, and the way in which a milestone's credit counts."""
    problem = model.problem
    new = [
        option
        for number, option in enumerate(problem.renewed.get(node, ()))
        if (node, number) in model.new_uses and value[model.new_uses[node, number]]
    ]
    ways = [
        mode.option
        for number, mode in enumerate(problem.modes.get(node, ()))
        if (node, number) in model.mode_uses and value[model.mode_uses[node, number]]
    ]
    return (*new, *ways)


def _route(model: "Model", node: int, number: int, value: Sequence[int]) -> Route:
    route = model.problem.routes[node][number]
    return route._replace(brings=tuple(it for it in route.brings if value[model.brings[node, number, it.piece]]))
