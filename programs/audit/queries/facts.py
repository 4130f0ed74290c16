"""Facts of an enrollment that conditions in a requirement tree can name."""

from collections.abc import Iterator
from functools import lru_cache

from programs.audit.rules.facts import NO_FACTS, Facts, FactValue
from programs.audit.rules.requirements import MAX_CACHED_TREES, Requirement
from programs.models import Enrollment


@lru_cache(maxsize=MAX_CACHED_TREES)
def facts_named_in(tree: Requirement) -> frozenset[str]:
    """Return the facts that conditions of the tree name."""
    return frozenset(node.condition.fact for node in tree.walk() if node.condition is not None)


def facts_of(enrollment: Enrollment, tree: Requirement) -> Facts:
    """Return the facts of an enrollment that conditions of the tree name; a fact that is not known is left out.

    `admitted_on` is a civil date (ISO 8601), `place_of_study` and `cohort` are public ids. Most trees have no
    conditions: nothing is read for them.
    """
    named = facts_named_in(tree)
    return Facts.of((name, value) for name, value in _known(enrollment) if name in named) if named else NO_FACTS


def _known(enrollment: Enrollment) -> Iterator[tuple[str, FactValue]]:
    yield "admitted_on", enrollment.admitted_on.isoformat()
    yield "place_of_study", str(enrollment.organization.public_id)
    if enrollment.cohort is not None:
        yield "cohort", str(enrollment.cohort.public_id)
