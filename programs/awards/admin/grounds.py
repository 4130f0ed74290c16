"""The grounds of an award as nested lists: the audit before it is granted, the decision afterwards."""

from datetime import datetime

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now

from core import clock
from programs.audit.labels import BASES
from programs.audit.queries.figures import figures_of_award, is_in_review
from programs.audit.rules.figures import BY_EXCEPTION, ProgramFigures, Way
from programs.awards.labels import exception_in_words
from programs.awards.queries.desk import attributions_without_facts
from programs.awards.queries.exceptions import exceptions_under
from programs.awards.queries.facts import facts_of
from programs.awards.rules import CompetencyFact
from programs.models import Award, AwardState, ProgressStatus
from programs.pathway.labels import way_in_words
from programs.pathway.pages.figures_view import figures_in_words
from programs.pathway.queries.pathway_nodes import PathwayNode
from programs.pathway.queries.pathways import Pathway, pathway_of


def audit_list(node: PathwayNode) -> SafeString:
    """Return an audit as nested lists: met or not, the level reached and needed, and what counts."""
    children = node.children
    if len(children) == 1 and children[0].title == node.title:  # a stacked program and the root of its tree
        children = children[0].children
    below = format_html_join("", "{}", ((audit_list(child),) for child in children))
    inside = format_html("<ul>{}</ul>", below) if children else ""
    return format_html("<li>{}{}</li>", " · ".join(_node_facts(node)), inside)


def figures_list(row: Award, *, at: datetime) -> SafeString:
    """Return the figures of an award as a list: the same as on its certificate and on transcripts.

    Where less is on record now, those figures follow, each list with its label.
    """
    awarded, pathway = _figure_lines(figures_of_award(row)), _pathway_with_less(row, at=at)
    review = _now("Something under this award has changed since; the office reviews it.") if is_in_review(row) else ""
    if pathway is None or pathway.today is None or row.awarded_on is None:
        return format_html("{}<p>{}</p>", awarded, review) if review else awarded
    return format_html(
        "<p>{}</p>{}<p>{}</p>{}<p>{}</p>",
        _now("As awarded on %(day)s") % {"day": formats.date_format(row.awarded_on)},
        awarded,
        _now("On record on %(day)s") % {"day": formats.date_format(pathway.audited_on)},
        _figure_lines(pathway.today),
        review or _now("Less is on record now than when the award was granted. The award stays in force."),
    )


def _pathway_with_less(row: Award, *, at: datetime) -> Pathway | None:
    """Return the pathway of the award's enrollment where its stored audit does not meet the program; most are met."""
    enrollment = row.enrollment
    if enrollment is None or row.state != AwardState.GRANTED:
        return None
    progress = getattr(enrollment, "progress", None)
    if progress is None or (progress.status == ProgressStatus.MET and progress.stale_since is None):
        return None
    pathway = pathway_of(enrollment, at=at)
    return pathway if pathway.award == row else None


def _figure_lines(figures: ProgramFigures) -> SafeString:
    lines = []
    for figure in figures_in_words(figures):
        number = _now("%(has)s of %(of)s") % {"has": figure.has, "of": figure.of} if figure.of else figure.has
        lines.append(" ".join(part for part in (number, figure.what, figure.note and f"({figure.note})") if part))
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))


def _competency_title(fact: CompetencyFact) -> str:
    return " ".join(part for part in (fact.code, fact.statement.rstrip(".")) if part)


def _competency_line(fact: CompetencyFact) -> str:
    return _now("%(what)s: %(way)s, %(reached)s reached, %(needed)s needed, on %(day)s, by %(basis)s") % {
        "what": _competency_title(fact),
        "way": way_in_words(Way(fact.way)),
        "reached": fact.reached_level or "–",  # noqa: RUF001 - a dash
        "needed": fact.required_level or "–",  # noqa: RUF001 - a dash
        "day": formats.date_format(fact.achieved_on) if fact.achieved_on else "–",  # noqa: RUF001 - a dash
        "basis": BASES[fact.basis](),
    }


def _node_facts(node: PathwayNode) -> list[str]:
    named = node.way is not None and (node.competency or node.way in {Way.WAIVED, Way.FORCED})
    met = way_in_words(node.way) if node.way is not None and named else _now("met")
    facts = [node.title, met if node.met else _now("not met yet")]
    if node.level_needed:
        # Where an exception met it, no level of its own is claimed as reached, as on certificates and transcripts.
        reached = "" if node.way in BY_EXCEPTION or node.shown_before else node.level_recognised or node.level_reached
        levels = {"reached": reached or "–", "needed": node.level_needed}  # noqa: RUF001 - a dash
        facts.append(_now("%(reached)s reached, %(needed)s needed") % levels)
    counting = [use.title for use in node.counts if use.title != node.title]
    if counting:
        facts.append(_now("counts: %(what)s") % {"what": ", ".join(counting)})
    return facts


def decision_list(row: Award) -> SafeString:
    """Return a decision as a list: each competency with the levels needed and reached, its day and its basis."""
    facts = facts_of(row)
    lines = [_competency_line(fact) for fact in facts.competencies]
    lines += [
        f"{_competency_title(fact)}: {way_in_words(Way(fact.way))}"  # nothing counts there
        for fact in facts.waived
    ]
    lines += [
        _now("The award of %(title)s of %(day)s") % {"title": lower.title, "day": formats.date_format(lower.awarded_on)}
        for lower in facts.stacked
    ]
    lines += [exception_in_words(placed.row, at=clock.now()) for placed in exceptions_under(row)]
    lines += [
        f"{other.get_kind_display()}, {formats.date_format(other.achieved_on) if other.achieved_on else ''}"
        for other in attributions_without_facts(row)
    ]
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
