"""Everything the audit can say has words."""

from programs.audit.labels import BASES, REASONS, RULES, STEPS, rule_in_words, step_in_words
from programs.audit.rules.completion.eligibility import Reason
from programs.audit.rules.completion.numbered_tree import numbered_tree_of
from programs.audit.rules.completion.numbering import numbered_problem
from programs.audit.rules.completion.problem import Rule
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.report_rows import Missing
from programs.audit.rules.requirements import Kind
from programs.rules.attainments import Basis
from tests.programs.audit_trees import TODAY
from tests.programs.audit_trees_2 import case_2_of


def test_every_step_reason_and_basis_has_words() -> None:
    assert set(STEPS) == set(Missing)
    assert set(REASONS) == set(Reason)
    assert set(BASES) == set(Basis)


def test_every_kind_of_rule_has_words() -> None:
    kinds = {rule.kind for seed in range(120) for rule in rules_of(seed)}

    assert kinds == set(RULES)


def rules_of(seed: int) -> list[Rule]:
    case = case_2_of(seed)
    shape = numbered_tree_of(decided_tree_of(case.tree, case.facts, Method.THREE).tree, Method.THREE)
    bound = numbered_problem(shape, (), (), planned=frozenset(), context=case.context, on=TODAY)
    return list(bound.problem.rules.places)


def test_words_name_the_requirement() -> None:
    assert step_in_words(Missing.CREDITS, title="Electives", amount="2.00") == "Earn more credits in Electives (2.00)"
    assert rule_in_words(Rule("max_source", "r", Basis.TRANSFER), title="The program") == (
        "The program takes only so many credits by transfer"
    )
    assert rule_in_words(Rule("need", "x"), title=Kind.QUANTITY) == "quantity is asked for"
