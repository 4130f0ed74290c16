"""The assessor's two lists: work that waits to be judged, and work that they have judged."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import is_assessor
from accounts.queries.time_zones import learner_time_zone
from assessments.work.pages.judging_view import judged_rows, waiting_rows, waiting_time
from assessments.work.queries.work import (
    Place,
    awaiting,
    judgements_by,
    place_in_queue,
    submissions_awaiting_judgement,
)
from core import clock
from core.access import access

PAGE = 30


def judges_work(request: HttpRequest) -> bool:
    """Return whether this user is an assessor; each page checks the single submission again."""
    return is_assessor(request.user)


@access(judges_work)
def queue(request: HttpRequest) -> HttpResponse:
    """Show the work that waits for this assessor, the longest waiting first, a page at a time."""
    user, after = cast("User", request.user), request.GET.get("after", "")
    # One row more than a page shows: it tells whether there is a next page, without a count of all rows.
    rows = submissions_awaiting_judgement(user, at=clock.now(), after=_place(after), limit=PAGE + 1)
    shown = rows[:PAGE]
    context = {
        "rows": waiting_rows(shown, user, zone=learner_time_zone()),
        "more": "?" + urlencode({"after": shown[-1].public_id}) if len(rows) > PAGE else "",
        "after": after,
    }
    return render(request, "assessments/judging/queue.html", context)


@access(judges_work)
def judged(request: HttpRequest) -> HttpResponse:
    """Show what this assessor has judged, the latest first, a page at a time."""
    before = request.GET.get("after", "")
    # Only digits that fit into a bigint: anything else would be an error of the database.
    key = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(2**63)) else None
    judgements = judgements_by(cast("User", request.user), before=key, limit=PAGE + 1)
    shown, zone = judgements[:PAGE], learner_time_zone()
    context = {
        "rows": judged_rows(shown, zone=zone),
        "more": "?" + urlencode({"after": shown[-1].pk}) if len(judgements) > PAGE else "",
        "after": key is not None,
    }
    with timezone.override(zone):
        return render(request, "assessments/judging/judged.html", context)


def waiting_work(request: HttpRequest) -> tuple[int, str] | None:
    """Return how much work waits for this assessor, and since when in words; None when nothing waits."""
    user, at = cast("User", request.user), clock.now()
    oldest = submissions_awaiting_judgement(user, at=at, limit=1)
    if not oldest:
        return None
    note = _("The oldest waits for %(time)s.") % {"time": waiting_time(oldest[0].submitted_at, at)}
    return awaiting(user, at=at).count(), note


def _place(public_id: str) -> Place | None:
    """Return where a page begins: after this submission, even if somebody has judged it meanwhile."""
    try:
        return place_in_queue(UUID(public_id))
    except ValueError:
        return None
