"""The facts of an enrollment that the conditions of its tree compare."""

from functools import lru_cache

from programs.audit.queries.trees import tree_of
from programs.audit.rules import requirements as rules
from programs.audit.rules.conditions import decided_tree_of
from programs.audit.rules.facts import NO_FACTS, Facts
from programs.audit.rules.known_facts import FactName
from programs.models import Enrollment


def facts_of_enrollment(enrollment: Enrollment) -> Facts:
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
    return facts_of_enrollment(enrollment) if has_conditions(tree) else NO_FACTS


def applying_tree_of(enrollment: Enrollment) -> rules.Requirement:
    """Return the tree of an enrollment without the parts that its conditions leave out: the nodes of its audit."""
    tree = tree_of(enrollment.version)
    return decided_tree_of(tree, facts_for(tree, enrollment)).tree


@lru_cache(maxsize=rules.MAX_CACHED_TREES)
def has_conditions(tree: rules.Requirement) -> bool:
    """Return whether anything in the tree depends on facts of the enrollment."""
    # Cached by tree, which is immutable.
    return any(node.kind is rules.Kind.IF for node in tree.walk())
