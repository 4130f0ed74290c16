"""The assessor's lists: what waits to be judged, and what they have judged."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import is_assessor
from accounts.queries import learners_zone
from assessments.models import Submission
from assessments.pages.judging_reading import judged_rows, judgements_by, waiting_rows, waiting_time
from assessments.queries.work import Place, awaiting, submissions_awaiting_judgement
from config.base import clock
from config.base.access import access

PAGE = 30


def judges_work(request: HttpRequest) -> bool:
    """Assessors; which work is theirs to judge is asked piece by piece."""
    return is_assessor(request.user)


@access(judges_work)
def queue(request: HttpRequest) -> HttpResponse:
    """The work that waits for this assessor, longest first, a page at a time."""
    user, after = cast("User", request.user), request.GET.get("after", "")
    found = submissions_awaiting_judgement(user, at=clock.now(), after=_place(after), limit=PAGE + 1)
    shown = found[:PAGE]
    context = {
        "rows": waiting_rows(shown, user, zone=learners_zone()),
        "more": "?" + urlencode({"after": shown[-1].public_id}) if len(found) > PAGE else "",
        "after": after,
    }
    return render(request, "assessments/judging/queue.html", context)


@access(judges_work)
def judged(request: HttpRequest) -> HttpResponse:
    """What this assessor has judged, the latest first, a page at a time."""
    before = request.GET.get("after", "")
    key = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(2**63)) else None
    found = judgements_by(cast("User", request.user), before=key, limit=PAGE + 1)
    shown, zone = found[:PAGE], learners_zone()
    context = {
        "rows": judged_rows(shown, zone=zone),
        "more": "?" + urlencode({"after": shown[-1].pk}) if len(found) > PAGE else "",
        "after": key is not None,
    }
    with timezone.override(zone):
        return render(request, "assessments/judging/judged.html", context)


def waiting_work(request: HttpRequest) -> tuple[int, str] | None:
    """How much waits for this assessor, and since when; None when nothing does."""
    user, at = cast("User", request.user), clock.now()
    oldest = submissions_awaiting_judgement(user, at=at, limit=1)
    if not oldest:
        return None
    note = _("The oldest waits for %(time)s.") % {"time": waiting_time(oldest[0].submitted_at, at)}
    return awaiting(user, at=at).count(), note


def _place(public_id: str) -> Place | None:
    """Where a page begins: after this piece of work, whoever may have judged it meanwhile."""
    try:
        row = Submission.objects.filter(public_id=UUID(public_id)).first()
    except ValueError:
        return None
    return (row.submitted_at, row.pk) if row and row.submitted_at else None
