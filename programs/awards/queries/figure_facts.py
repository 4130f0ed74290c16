"""Figures of a program as facts for documents."""

from decimal import Decimal

from programs.audit.rules.figures import ProgramFigures, Way
from programs.awards.rules import CompetencyCounts, MilestoneFact
from programs.models import Milestone


def counts_of(figures: ProgramFigures) -> CompetencyCounts:
    """Return the numbers of competencies that are asked for and met, by how they were met."""
    return CompetencyCounts(
        asked=figures.asked_count,
        met=figures.met_count,
        **{way.value: figures.count(way) for way in Way},
    )


def milestone_facts(figures: ProgramFigures) -> tuple[MilestoneFact, ...]:
    """Return the milestones and quantities that are asked for, with their units; a query only where there are any."""
    names = {asked.milestone for asked in figures.milestones}
    rows = Milestone.objects.filter(public_id__in=names).values_list("public_id", "unit") if names else ()
    units = {str(name): unit for name, unit in rows}
    return tuple(
        MilestoneFact(
            requirement=asked.key,
            title=asked.title,
            unit=units.get(asked.milestone, ""),
            asked=_amount(asked.asked),
            reached=_amount(asked.reached),
            on=asked.on,
            way=asked.way.value if asked.way is not None else "",
        )
        for asked in figures.milestones
    )


def _amount(hundredths: int) -> Decimal:
    return Decimal(hundredths) / 100
