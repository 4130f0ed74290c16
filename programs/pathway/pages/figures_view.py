"""The figures at the top of pages about an enrollment: those of `programs.audit.queries.figures`, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.audit.rules.figures import ProgramFigures, Way
from programs.pathway.labels import counts_of, definition_of, ways_in_words
from programs.pathway.pages.pathway_view import amount


@dataclass(frozen=True)
class Figure:
    """A number at the top of the page: how many, of how many (empty where nothing is asked for), and of what.

    `note` tells what the number counts.
    """

    has: str
    of: str
    what: str
    note: str = ""


def figures_in_words(figures: ProgramFigures) -> list[Figure]:
    """Return the numbers of competencies met, programs completed, credits, milestones and quantities."""
    found = []
    if figures.asked_count:
        only_mastered = figures.met_count == figures.count(Way.MASTERED)
        what = _("competencies mastered") if only_mastered else _("competencies met")
        note = "" if only_mastered else ways_in_words(counts_of(figures))
        found.append(Figure(str(figures.met_count), str(figures.asked_count), what, note))
    if figures.programs:
        done = sum(figures.programs)
        found.append(Figure(str(done), str(len(figures.programs)), _("programs inside completed")))
    if figures.asked_credits or figures.earned:
        asked = amount(figures.asked_credits) if figures.asked_credits else ""
        found.append(Figure(amount(figures.earned), asked, _("credits earned"), definition_of("earned")))
    if figures.awarded:
        found.append(Figure(amount(figures.awarded), "", _("credits awarded"), definition_of("awarded")))
    return [*found, *_milestone_figures(figures)]


def _milestone_figures(figures: ProgramFigures) -> Iterator[Figure]:
    """Yield the number of milestones, and a line for each quantity."""
    milestones = [asked for asked in figures.milestones if not asked.asked]
    if milestones:
        done = sum(asked.met for asked in milestones)
        yield Figure(str(done), str(len(milestones)), _("milestones reached"))
    for asked in figures.milestones:
        if asked.asked:
            yield Figure(amount(asked.reached), amount(asked.asked), asked.title)
