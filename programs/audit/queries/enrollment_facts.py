"""The facts of an enrollment that the conditions of its tree compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from accounts.models import Organization
from programs.audit.queries.trees import tree_of
from programs.audit.rules import requirements as rules
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.context import Method
from programs.audit.rules.facts import NO_FACTS, Facts, FactValue
from programs.audit.rules.known_facts import FactName
from programs.models import Enrollment


def condition_facts_of(enrollment: Enrollment) -> Facts:
    """Return the facts of an enrollment (`known_facts.KNOWN_FACTS`). A fact that it does not have is left out.

    Reads cohort and place of study, unless the row was read with them.
    """
    pairs = [
        (FactName.ADMITTED_ON.value, enrollment.admitted_on.isoformat()),
        (FactName.PLACE_OF_STUDY.value, str(enrollment.organization.public_id)),
    ]
    if enrollment.cohort is not None:
        pairs.append((FactName.COHORT.value, enrollment.cohort.title))
        pairs.append((FactName.COHORT_STARTS_ON.value, enrollment.cohort.starts_on.isoformat()))
    return Facts.of(pairs)


def facts_for(tree: rules.Requirement, enrollment: Enrollment) -> Facts:
    """Return the facts of an enrollment where the tree has conditions, else none: most trees have none to read for."""
    return condition_facts_of(enrollment) if has_conditions(tree) else NO_FACTS


def applying_tree_of(enrollment: Enrollment, method: Method) -> rules.Requirement:
    """Return the tree of an enrollment without the parts that its conditions leave out: the nodes of its audit."""
    tree = tree_of(enrollment.version)
    return decided_tree_of(tree, facts_for(tree, enrollment), method).tree


@dataclass(frozen=True, slots=True)
class AppliedCondition:
    """A condition of an enrollment's tree as its facts decide it.

    `value` is the fact of the enrollment, None where it has none. `part` and `other` are the titles of the part that is
    asked for and of the other one; empty where there is none. `names` are words for values that are ids.
    """

    node: str
    condition: rules.Condition
    value: FactValue | None
    holds: bool
    part: str
    other: str
    names: Mapping[str, str]


def applied_conditions_of(enrollment: Enrollment, method: Method) -> tuple[AppliedCondition, ...]:
    """Return the conditions that decide what an enrollment asks for, in the order of the tree.

    A condition inside a part that is not asked for decides nothing and is left out. No query without conditions.
    """
    tree = tree_of(enrollment.version)
    facts = facts_for(tree, enrollment)
    nodes = {node.id: node for node in tree.walk()}
    found = []
    for decided in decided_tree_of(tree, facts, method).conditions:
        node = nodes[decided.node]
        if node.condition is not None:
            first, second = [*(child.title for child in node.children), "", ""][:2]
            part, other = (first, second) if decided.holds else (second, first)
            value = facts.get(decided.fact) if decided.known else None
            names = _names_of_places(node.condition, value)
            found.append(AppliedCondition(node.id, node.condition, value, decided.holds, part, other, names))
    return tuple(found)


def _names_of_places(condition: rules.Condition, value: FactValue | None) -> Mapping[str, str]:
    if condition.fact != FactName.PLACE_OF_STUDY:
        return {}
    rows = Organization.objects.filter(public_id__in=[name for name in (*condition.values, value) if name])
    return {str(row.public_id): row.name for row in rows}


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def has_conditions(tree: rules.Requirement) -> bool:
    """Return whether anything in the tree depends on facts of the enrollment."""
    # Cached by tree, which is immutable.
    return any(node.kind is rules.Kind.IF for node in tree.walk())
