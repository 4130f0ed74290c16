"""Words for figures, shared by pages and documents: how a competency was met, and what each figure of credit counts."""

from collections.abc import Callable, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from programs.audit.rules.figures import ProgramFigures, Way

WAY_LABELS: Mapping[Way, Callable[[], str]] = {
    Way.MASTERED: lambda: _("Mastered"),
    Way.RECOGNISED: lambda: _("Recognised"),
    Way.SUBSTITUTED: lambda: _("Met by a substitute"),
    Way.WAIVED: lambda: _("Waived"),
    Way.FORCED: lambda: _("Completed by exception"),
}
CREDIT_DEFINITIONS: Mapping[str, Callable[[], str]] = {
    "attempted": lambda: _("Attempted: the credit of all study that was put forward, whether it counts or not."),
    "earned": lambda: _("Earned: the credit that counts toward the program, each piece of study once."),
    "awarded": lambda: _("Awarded: the credit that awards in force state, once where awards build on one another."),
}
"""The one definition of each figure of credit. It stands beside the figure wherever that is printed."""


def way_in_words(way: Way) -> str:
    """Return how a requirement was met."""
    return WAY_LABELS[way]()


def ways_in_words(counts: Mapping[Way, int]) -> str:
    """Return the numbers of competencies by how they were met, without those that are 0."""
    return " · ".join(
        _("%(label)s: %(number)s") % {"label": way_in_words(way), "number": number_format(counts[way])}
        for way in Way
        if counts.get(way)
    )


def counts_of(figures: ProgramFigures) -> dict[Way, int]:
    """Return the numbers of competencies by how they were met, without those that are 0."""
    return {way: figures.count(way) for way in Way if figures.count(way)}


def definition_of(figure: str) -> str:
    """Return what a figure of credit counts: attempted, earned or awarded."""
    return CREDIT_DEFINITIONS[figure]()
