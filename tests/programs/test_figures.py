"""The figures of a program: what is asked for, how it is met, and credit that counts once; the same before and after.

Inputs are the random programs and learners of the audit's own tests.
"""

from dataclasses import replace

import pytest

from programs.audit.formats.audit_result_json import audit_as_json
from programs.audit.formats.stored_audit_json import audited_on, read_audit
from programs.audit.rules.audit import audit
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.decided_nodes import DecidedNodes
from programs.audit.rules.facts import NO_FACTS
from programs.audit.rules.figures import EXCUSING, Counting, NodeFacts, ProgramFigures, Way, figures_of, with_award
from programs.audit.rules.requirements import Kind
from programs.audit.rules.result import AuditOutcome
from programs.rules.attainments import ExceptionKind, RequirementException
from tests.conftest import LONG
from tests.programs.audit_trees import TODAY, Case, case_of
from tests.programs.audit_trees_2 import Case2, case_2_of

CASES = 5_000 if LONG else 150
BOTH = [case_of, case_2_of]


def counting_in(case: Case) -> tuple[Counting, AuditOutcome]:
    """A random case, audited, with what counts in it."""
    exceptions, facts = (case.exceptions, case.facts) if isinstance(case, Case2) else ((), NO_FACTS)
    tree = decided_tree_of(case.tree, facts, case.context.method).tree
    found = audit(case.tree, case.attainments, exceptions, context=case.context, on=TODAY, facts=facts).today
    nodes = {it.node: NodeFacts(it.counted_on, it.met, it.attempted, it.earned, it.uses) for it in found.nodes}
    pieces = {it.id: it for it in case.attainments}
    return Counting("p", tree, case.context.method, nodes, pieces, exceptions, TODAY, {}), found


@pytest.mark.parametrize("drawn", BOTH)
def test_credit_of_single_things_is_the_credit_of_the_whole(drawn: type) -> None:
    wrong = {}
    for seed in range(CASES):
        counting, outcome = counting_in(drawn(seed))
        figures = figures_of(counting)
        assert len({it.thing for it in figures.credit}) == len(figures.credit), seed
        if figures.earned != outcome.nodes[0].earned or figures.attempted < figures.earned:
            wrong[seed] = figures.earned, outcome.nodes[0].earned

    assert wrong == {}


@pytest.mark.parametrize("drawn", BOTH)
def test_a_program_that_is_met_lacks_nothing_in_any_figure(drawn: type) -> None:
    short = []
    for seed in range(CASES):
        counting, outcome = counting_in(drawn(seed))
        figures = figures_of(counting)
        if outcome.met and (figures.met_count < figures.asked_count or figures.earned < figures.asked_credits):
            short.append(seed)

    assert short == []


@pytest.mark.parametrize("drawn", BOTH)
def test_each_competency_is_met_in_the_way_that_it_was(drawn: type) -> None:
    for seed in range(CASES):
        counting, _outcome = counting_in(drawn(seed))
        excusing = {ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE}
        excused = {
            below.id
            for decision in counting.exceptions
            if decision.kind in excusing
            for top in counting.tree.walk()
            if top.id == decision.node
            for below in top.walk()
        }
        for asked in figures_of(counting).competencies:
            uses = counting.nodes[asked.key].uses
            assert (asked.way is not None) == counting.nodes[asked.key].met, seed
            assert asked.way not in {Way.WAIVED, Way.FORCED} or (not uses and asked.key in excused), seed
            assert asked.way is not Way.MASTERED or not any(use.exception for use in uses), seed


@pytest.mark.parametrize("drawn", BOTH)
def test_a_decision_says_the_same_as_its_audit(drawn: type) -> None:
    looked_at = 0
    for seed in range(CASES * 3):
        counting, outcome = counting_in(drawn(seed))
        if not outcome.met or any(node.kind is Kind.PROGRAM for node in counting.tree.walk()):
            continue
        looked_at += 1
        nodes = DecidedNodes(
            outcome.uses, outcome.assignment.chosen, counting.attainments, tuple(counting.exceptions)
        ).nodes_of(counting.tree)
        decided = Counting("p", counting.tree, counting.method, nodes, counting.attainments, counting.exceptions,
                           TODAY, {})  # fmt: skip

        assert said(figures_of(decided)) == said(figures_of(counting)), seed
    assert looked_at > CASES / 50


def said(figures: ProgramFigures) -> tuple[object, ...]:
    """All but what was attempted, which a decision does not keep."""
    credit = sorted((it.thing, it.earned) for it in figures.credit if it.earned)
    return figures.competencies, figures.milestones, credit, figures.asked_credits


@pytest.mark.parametrize("kind", [ExceptionKind.WAIVE, ExceptionKind.FORCE_COMPLETE])
def test_programs_that_an_exception_excuses_are_not_completed(kind: ExceptionKind) -> None:
    looked_at = 0
    for seed in range(CASES):
        counting, _outcome = counting_in(case_2_of(seed))
        excepted = RequirementException("e", kind, counting.tree.id)
        nodes = {name: NodeFacts(counted_on=True, met=True, attempted=0, earned=0, uses=()) for name in counting.nodes}
        figures = figures_of(replace(counting, nodes=nodes, exceptions=(excepted,)))
        looked_at += bool(figures.programs)

        assert figures.completed_count == 0, seed
        assert figures.excused_count(EXCUSING[kind]) == len(figures.programs), seed
    assert looked_at > CASES / 50


def test_an_award_of_less_than_its_pieces_awards_no_more_than_it_says() -> None:
    counting, _outcome = counting_in(next(case for case in map(case_of, range(99)) if earned(case) > 200))
    figures = figures_of(counting)

    less = with_award(figures, program="p", credit=150)
    more = with_award(figures, program="p", credit=figures.earned + 100)

    assert (less.earned, less.awarded) == (figures.earned, 150)
    assert (more.earned, more.awarded) == (figures.earned + 100, figures.earned + 100)


def earned(case: Case) -> int:
    return figures_of(counting_in(case)[0]).earned


@pytest.mark.parametrize("drawn", BOTH)
def test_a_stored_audit_is_read_back_as_it_was(drawn: type) -> None:
    for seed in range(CASES):
        case = drawn(seed)
        exceptions, facts = (case.exceptions, case.facts) if isinstance(case, Case2) else ((), NO_FACTS)
        audited = audit(case.tree, case.attainments, exceptions, context=case.context, on=TODAY, facts=facts)
        stored = audit_as_json(audited, on=TODAY)

        again = audit_as_json(read_audit(stored), on=audited_on(stored))

        assert again == stored, seed
