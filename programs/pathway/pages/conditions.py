"""Which part each condition of a pathway asks for, and why, for its learner and for the desk."""

from programs.audit.labels import applied_condition_in_words
from programs.audit.queries.enrollment_facts import applied_conditions_of
from programs.pathway.queries.pathways import Pathway


def conditions_of(pathway: Pathway) -> tuple[str, ...]:
    """Return a sentence for each condition that decides what the enrollment asks for, in the order of the tree."""
    return tuple(
        applied_condition_in_words(
            row.condition, value=row.value, holds=row.holds, part=row.part, other=row.other, names=row.names
        )
        for row in applied_conditions_of(pathway.enrollment, pathway.facts.method)
    )
