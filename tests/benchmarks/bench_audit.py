"""The audit of one learner: bounds alone, bounds and solver, beside a solver for everybody and a solver as it comes."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
from ortools.sat.python import cp_model

from programs.audit.rules.audit import audit, status_by_bounds
from programs.audit.rules.completion.lower_bound import lower_bounds_of
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.completion.problem import Problem
from programs.audit.rules.completion.solver_protocol import Solver
from programs.audit.rules.context import Context, Method
from programs.audit.rules.requirements import Requirement
from programs.audit.rules.result import AuditOutcome
from programs.audit.solvers.bulk_bounds import NEVER, Columns, lower_bounds
from programs.audit.solvers.cp_sat import CpSat
from programs.audit.solvers.cp_sat_model import Model
from programs.rules.attainments import Attainment
from tests.benchmarks.audit_learners import ATTAINMENTS, COMPETENCIES, CONTESTED, ORDINARY, contested, ordinary
from tests.benchmarks.measure import Figure, milliseconds

COUNT = {"usual": (100, 30), "large": (500, 200)}
ON = date(2026, 11, 22)
CONTEXT = Context(Method.ONE)
DEFAULTS_LIMIT = 1.0
MILLION = 1_000_000
CHUNK = 20_000
Learner = tuple[Requirement, list[Attainment]]
T = TypeVar("T")
R = TypeVar("R")


def figures(size: str) -> Iterator[Figure]:
    """Medians over learners of two generators, the share proven, and ratios to the plain ways on the same learners."""
    easy_count, hard_count = COUNT[size]
    tree = ordinary(0)[0]
    easy = [(tree, ordinary(seed)[1]) for seed in range(easy_count)]
    hard = list(_contested(hard_count))
    yield from _uncontested(easy)
    yield from _later_methods(easy)
    yield from _status(easy, hard)
    yield from _solved(hard)
    yield from _million(easy)


def _contested(count: int) -> Iterator[Learner]:
    found = seed = 0
    while found < count:
        learner = contested(seed)
        seed += 1
        if _audited(learner).contested:
            found += 1
            yield learner


def _uncontested(learners: Sequence[Learner]) -> Iterator[Figure]:
    solver = CpSat()
    ours, outcomes = _timed(learners, _audited)
    plain, _ = _timed(learners, lambda learner: _solver_for_everybody(learner, solver))
    open_count = sum(outcome.contested for outcome in outcomes)
    yield Figure(
        f"audit, CPU time, 60 nodes by 120 attainments, uncontested ({ORDINARY}); "
        f"{len(learners)} learners, {open_count} contested",
        f"{milliseconds(statistics.median(ours))}, p90 {milliseconds(_p90(ours))}",
        f"the solver for everybody {milliseconds(statistics.median(plain))}, {_ratio(plain, ours)}",
        "≤ 1 ms",
    )


def _later_methods(learners: Sequence[Learner]) -> Iterator[Figure]:
    """What the later methods cost on the same learners, beside the first."""
    first, *later = Method
    taken = {method: _timed(learners, _by_method(method))[0] for method in Method}
    for method in later:
        yield Figure(
            f"the same learners by `{method}`",
            milliseconds(statistics.median(taken[method])),
            f"`{first}` {milliseconds(statistics.median(taken[first]))}, {_ratio(taken[method], taken[first])}",
        )


def _by_method(method: Method) -> Callable[[Learner], AuditOutcome]:
    return lambda learner: audit(learner[0], learner[1], [], context=Context(method), on=ON).today


def _status(easy: Sequence[Learner], hard: Sequence[Learner]) -> Iterator[Figure]:
    for name, learners in (("uncontested", easy), ("contested", hard)):
        taken, answers = _timed(learners, _by_bounds)
        decided = sum(answer is not None for answer in answers)
        yield Figure(
            f"audit status by bounds alone, {name}, 60 by 120",
            f"{milliseconds(statistics.median(taken))}, p90 {milliseconds(_p90(taken))}",
            f"decided for {decided} of {len(learners)}",
            "≤ 2 ms",
        )


def _solved(learners: Sequence[Learner]) -> Iterator[Figure]:
    solver = CpSat()
    ours, outcomes = _timed(learners, lambda learner: _audited(learner, solver))
    plain, proven_plainly = _timed(learners, _with_defaults)
    proven = sum(outcome.proven for outcome in outcomes)
    yield Figure(
        f"audit, 60 by 120, contested ({CONTESTED}); {len(learners)} learners",
        f"{milliseconds(statistics.median(ours))}, p90 {milliseconds(_p90(ours))}, proven {proven} of {len(learners)}",
        f"the proof alone, by CP-SAT as it comes: {milliseconds(statistics.median(plain))}, "
        f"proven {sum(proven_plainly)} of {len(learners)}, {_ratio(plain, ours)}",
        "median ≤ 20 ms",
    )


def _million(learners: Sequence[Learner]) -> Iterator[Figure]:
    tree, people = learners[0][0], MILLION // 10
    begun = time.process_time()
    for seed in range(0, people, CHUNK):
        lower_bounds(tree, _crowd(CHUNK, seed), context=CONTEXT, on=ON)
    taken = time.process_time() - begun
    problems = [_problem(learner) for learner in learners]
    bound, _ = _timed(problems, lower_bounds_of)
    both, _ = _timed(learners, lambda learner: lower_bounds_of(_problem(learner)))
    minutes = statistics.median(both) * MILLION / 60
    yield Figure(
        f"lower bounds of {people:,} learners at once, their columns made as well, CPU time",
        f"{taken:.1f} s (10^6, extrapolated: {taken * MILLION / people:.0f} s)",
        f"one after another {milliseconds(statistics.median(both))} each, extrapolated: {minutes:.0f} min; "
        f"of which the bound alone {milliseconds(statistics.median(bound))}",
        "10^6 in a minute",
    )


def _crowd(people: int, seed: int) -> Columns:
    """So many learners with 120 attainments each, as the ordinary generator makes them."""
    random = np.random.default_rng(seed)
    size = people * ATTAINMENTS
    return Columns(
        people=people,
        names=[f"c{number}" for number in range(COMPETENCIES)],
        person=np.repeat(np.arange(people), ATTAINMENTS),
        name=random.integers(0, COMPETENCIES, size),
        credits=np.full(size, 300),
        level=random.integers(0, 4, size),
        achieved=np.zeros(size, np.int64),
        until=np.full(size, NEVER),
    )


def _audited(learner: Learner, solver: Solver | None = None) -> AuditOutcome:
    tree, attainments = learner
    return audit(tree, attainments, [], context=CONTEXT, on=ON, solver=solver).today


def _by_bounds(learner: Learner) -> bool | None:
    tree, attainments = learner
    return status_by_bounds(tree, attainments, [], context=CONTEXT, on=ON)


def _problem(learner: Learner) -> Problem:
    tree, attainments = learner
    ordered = sorted(attainments, key=lambda attainment: attainment.id)
    return numbered_problem(
        numbered_tree_of(tree, Method.ONE), ordered, [], planned=frozenset(), context=CONTEXT, on=ON
    ).problem


def _solver_for_everybody(learner: Learner, solver: CpSat) -> bool | None:
    return solver.blocked(_problem(learner))


def _with_defaults(learner: Learner) -> bool:
    """The same model with OR-Tools' own settings; whether it proved the cheapest completion."""
    model = Model(_problem(learner), priced=True)
    model.writer.minimize(model.cost)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = DEFAULTS_LIMIT
    return bool(solver.solve(model.writer.cp) == cp_model.OPTIMAL)


def _timed(items: Sequence[T], work: Callable[[T], R]) -> tuple[list[float], list[R]]:
    """CPU seconds and result of each, after one that does not count: nothing here waits for anything."""
    work(items[0])
    taken, results = [], []
    for item in items:
        before = time.process_time()
        results.append(work(item))
        taken.append(time.process_time() - before)
    return taken, results


def _p90(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) * 9 // 10]


def _ratio(plain: Sequence[float], ours: Sequence[float]) -> str:
    """How many times longer the plain way takes, learner by learner: the median."""
    return f"{statistics.median(slow / quick for slow, quick in zip(plain, ours, strict=True)):.1f}x"
