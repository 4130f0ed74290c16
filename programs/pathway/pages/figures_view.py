"""The figures at the top of pages about an enrollment: those of `programs.audit.queries.figures`, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from programs.audit.rules.figures import EXCUSING, ProgramFigures, Way
from programs.models import Award
from programs.pathway.labels import counts_of, definition_of, ways_in_words
from programs.pathway.pages.pathway_view import amount
from programs.pathway.queries.pathways import Pathway


@dataclass(frozen=True)
class Figure:
    """A number at the top of the page: how many, of how many (empty where nothing is asked for), and of what.

    `note` tells what the number counts.
    """

    has: str
    of: str
    what: str
    note: str = ""


@dataclass(frozen=True)
class ShownFigures:
    """The figures of an enrollment: those of its award if one is in force, and beside them those on record now.

    `today` is None unless less is on record than the award asks for. `last_audit_on` is the day of what is on record
    once the enrollment has ended, else None. `in_review`: something under the award has changed, and nobody has
    settled it yet.
    """

    figures: list[Figure]
    award: Award | None
    today: list[Figure] | None
    last_audit_on: date | None
    in_review: bool


def figures_of_pathway(pathway: Pathway) -> ShownFigures:
    """Return the figures of a pathway in words, each labelled by what it is of."""
    return ShownFigures(
        figures_in_words(pathway.figures),
        pathway.award,
        None if pathway.today is None else figures_in_words(pathway.today),
        pathway.audited_on if pathway.enrollment.ended_on is not None else None,
        pathway.in_review,
    )


def figures_in_words(figures: ProgramFigures) -> list[Figure]:
    """Return the numbers of competencies met, programs completed, credits, milestones and quantities."""
    found = []
    if figures.asked_count:
        only_mastered = figures.met_count == figures.count(Way.MASTERED)
        what = _("competencies mastered") if only_mastered else _("competencies met")
        note = "" if only_mastered else ways_in_words(counts_of(figures))
        found.append(Figure(str(figures.met_count), str(figures.asked_count), what, note))
    if figures.programs:
        excused = {way: figures.excused_count(way) for way in EXCUSING.values()}
        done, of = str(figures.completed_count), str(len(figures.programs))
        found.append(Figure(done, of, _("programs inside completed"), ways_in_words(excused)))
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
