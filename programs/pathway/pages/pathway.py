"""The pages of a learner's programs, and of one program as a pathway."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_bidi

from accounts.pages.own_record import own_record
from accounts.permissions import is_learner
from core import clock
from core.access import access
from core.ui.live import live_page, nothing_new
from programs.audit.queries.attainments import awards_of
from programs.audit.queries.figures import award_of_enrollment
from programs.models import Enrollment
from programs.pathway.pages.conditions import conditions_of
from programs.pathway.pages.figures_view import figures_of_pathway
from programs.pathway.pages.outline import OPEN, Outline
from programs.pathway.pages.pathway_view import (
    closest_in,
    closest_steps,
    entries_of,
    reasons_of,
    status_in_words,
    steps_of,
)
from programs.pathway.pages.trail import stops_of, trail_across, trail_down
from programs.pathway.queries.closest import closest_to_completion_among
from programs.pathway.queries.enrollment_facts import enrollment_of, enrollments_of, own_enrollment_and_news
from programs.pathway.queries.next_steps import next_steps
from programs.pathway.queries.pathways import pathway_with
from programs.rules.enrollment import EventKind, possible_from


def follows_pathway(request: HttpRequest) -> bool:
    """Learners; they see their own programs, and nobody else's."""
    return is_learner(request.user)


@access(follows_pathway)
def pathways(request: HttpRequest) -> HttpResponse:
    """The programs of this learner; one alone opens by itself."""
    learner, at = own_record(request), clock.now()
    rows = enrollments_of(learner)
    if len(rows) == 1:
        return redirect("pathway:pathway", rows[0].enrollment.public_id)
    awards = awards_of(learner)
    unmet = closest_to_completion_among(rows, at=at, awards=awards)
    near = {walked.enrollment.pk: walked for walked in reversed(unmet)}
    shown = [
        (
            row.enrollment,
            status_in_words(row.status(clock.civil_date(at, rows[0].zone))),
            near.get(row.enrollment.pk),
            award_of_enrollment(row.enrollment, awards),
        )
        for row in rows
    ]
    return render(request, "programs/pathway/pathways.html", {"rows": shown})


@access(follows_pathway)
def pathway(request: HttpRequest, enrollment_id: UUID) -> HttpResponse:
    """One program of this learner, as a picture and as a list with the same content."""
    at = clock.now()
    own = own_enrollment_and_news(own_record(request), enrollment_id, at=at)
    if own is None:
        raise Http404
    facts, news = own
    live = live_page(request, news)
    if live.unchanged:
        return nothing_new()
    walked = pathway_with(facts, at=at)
    status = facts.status(walked.on)
    possible = possible_from(status.state)
    stops, outline = stops_of(walked), Outline.of(walked.root, request.GET.getlist(OPEN))
    explained = {*(node.key for node in outline.shown(walked.root)), *closest_steps(walked)}
    reasons = reasons_of(walked, at=at, only=explained)
    context = {
        # What asks for news keeps the groups open that are.
        "live": replace(live, path=f"{live.path}{outline.query()}"),
        "enrollment": walked.enrollment,
        "standing": status,
        "standing_words": status_in_words(status),
        "can_pause": EventKind.PAUSE in possible,
        "can_resume": EventKind.RESUME in possible,
        "figures": figures_of_pathway(walked),
        "award": walked.award,
        # An awarded program asks for nothing more, also where less is on record now.
        "closest": None if walked.award else closest_in(walked, reasons),
        "steps": [] if walked.award else steps_of(next_steps(walked)),
        "root": entries_of(walked, reasons, outline),
        "conditions": conditions_of(walked),
        "across": trail_across(stops, mirrored=get_language_bidi()),
        "down": trail_down(stops, mirrored=get_language_bidi()),
        "met": walked.root.met,
    }
    return render(request, "programs/pathway/pathway.html", context)


def own_enrollment(request: HttpRequest, public_id: UUID) -> Enrollment:
    """Return an own enrollment. Raises Http404 for those of others, as for those that do not exist."""
    row = enrollment_of(own_record(request), public_id)
    if row is None:
        raise Http404
    return row
