"""A learner's own sharing: what is shared with whom, each read of it, sharing a transcript, and withdrawing."""

from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.learners import allow_name_comparison
from accounts.actions.sharing_grants import withdraw_sharing_grant
from accounts.errors import AlreadyEndedError
from accounts.labels import obstacle_texts
from accounts.models import Learner, SharingGrant, SharingPurpose, User
from accounts.pages.own_record import own_record
from accounts.permissions import is_learner
from accounts.queries.name_comparison import comparison_obstacles_of
from accounts.queries.time_zones import learner_civil_date, learner_time_zone
from accounts.rules.name_comparison import ComparisonObstacle
from core import clock
from core.access import access
from core.text import canonical
from credentials.errors import NotTheirTranscriptError
from credentials.sharing.actions import Terms, share_transcript
from credentials.sharing.forms import SharingForm
from credentials.sharing.labels import words_of_consent
from credentials.sharing.queries import (
    grant_of,
    grants_of,
    name_comparisons_of,
    only_shareable_transcript,
    reads_of,
    shareable_transcripts,
)

# A partner may read often: the page shows the newest reads.
SHOWN_READS = 200
SHOWN_COMPARISONS = 50


def shares(request: HttpRequest) -> bool:
    """Whether the user is a learner: learners see their own sharing only."""
    return is_learner(request.user)


@access(shares)
@never_cache
def sharing(request: HttpRequest) -> HttpResponse:
    """Everything that is or was shared, newest first."""
    learner, at, zone = own_record(request), clock.now(), learner_time_zone()
    rows = [(grant, grant.state_at(at), last_day_of(grant, zone)) for grant in grants_of(learner)]
    obstacles = comparison_obstacles_of(learner, at=at)
    context = {
        "rows": rows,
        "can_share": shareable_transcripts(learner).exists(),
        "comparable": ComparisonObstacle.REFUSED not in obstacles,
        "obstacles": obstacle_texts(obstacles),
        "comparisons": name_comparisons_of(learner)[:SHOWN_COMPARISONS],
    }
    return render(request, "credentials/sharing/sharing.html", context)


@access(shares)
@require_POST
def name_comparison(request: HttpRequest) -> HttpResponse:
    """Let others compare the name on one's documents, or no longer."""
    allowed = request.POST.get("allowed") == "yes"
    allow_name_comparison(own_record(request), allowed=allowed, by=cast("User", request.user))
    messages.success(
        request,
        _now("Others can compare the name on your documents.")
        if allowed
        else _now("From now on nobody can compare the name on your documents."),
    )
    return redirect("sharing:sharing")


@access(shares)
@never_cache
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """Ask what to share; then show the consent in words; then, once the learner agrees to these words, share it."""
    learner, on = own_record(request), learner_civil_date(clock.now())
    sent = request.POST if request.method == "POST" else None
    initial = (
        {"transcript": request.GET.get("transcript") or only_shareable_transcript(learner) or ""}
        if sent is None
        else None
    )
    form = SharingForm(sent, transcripts=shareable_transcripts(learner), on=on, initial=initial)
    if sent is None or not form.is_valid():
        return render(request, "credentials/sharing/share.html", {"form": form})
    cleaned = form.cleaned_data
    sentences = words_of_consent(
        cleaned["transcript"],
        organization=cleaned["organization"],
        purpose=SharingPurpose(cleaned["purpose"]),
        until=cleaned["until"],
        use_limit=cleaned["use_limit"],
        and_successors=cleaned["and_successors"],
    )
    words = "\n".join(sentences)
    # The form carries the digest of the words that were shown: what is agreed to is exactly what was read.
    digest = canonical.digest(words)
    if request.POST.get("agreed") != digest:  # not shown yet, or the form changed since
        hidden = [(name, form[name].data or "") for name in form.fields]
        context = {"form": form, "sentences": sentences, "digest": digest, "hidden": hidden}
        return render(request, "credentials/sharing/agree.html", context)
    return _shared(request, learner, cleaned, words)


@access(shares)
@never_cache
def grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One grant with each read under it."""
    row, at = _own_grant(request, grant_id), clock.now()
    context = {
        "grant": row,
        "state": row.state_at(at),
        "last_day": last_day_of(row, learner_time_zone()),
        "reads": reads_of(row)[:SHOWN_READS],
    }
    return render(request, "credentials/sharing/grant.html", context)


@access(shares)
@require_POST
def withdraw(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Withdraw a grant; the next request under it is refused."""
    row = _own_grant(request, grant_id)
    try:
        withdraw_sharing_grant(row, at=clock.now())
        messages.success(request, _now("Withdrawn. From now on nothing can be read there."))
    except AlreadyEndedError:
        messages.info(request, _now("That was withdrawn before."))
    return redirect("sharing:grant", row.public_id)


def last_day_of(grant: SharingGrant, zone: ZoneInfo) -> date:
    """The last day on which the grant opens something: the day that the learner chose."""
    return clock.civil_date(grant.expires_at - timedelta(microseconds=1), zone)


def _shared(request: HttpRequest, learner: Learner, cleaned: dict[str, Any], words: str) -> HttpResponse:
    at = clock.now()
    terms = Terms(
        purpose=SharingPurpose(cleaned["purpose"]),
        words=words,
        expires_at=_end_of(cleaned["until"]),
        use_limit=cleaned["use_limit"],
        and_successors=cleaned["and_successors"],
    )
    try:
        new_grant, token = share_transcript(
            learner, transcript=cleaned["transcript"], terms=terms, at=at, organization=cleaned["organization"]
        )
    except NotTheirTranscriptError:
        messages.warning(request, _now("This transcript was replaced meanwhile: choose the newer one."))
        return redirect("sharing:share")
    if not token:
        messages.success(request, _now("Shared. You see here each time that it is read."))
        return redirect("sharing:grant", new_grant.public_id)
    link = settings.PUBLIC_URL + reverse("shared:landing", args=[token])
    return render(request, "credentials/sharing/link.html", {"grant": new_grant, "link": link})


def _end_of(day: date) -> datetime:
    return clock.day_begins(day + timedelta(days=1), learner_time_zone())


def _own_grant(request: HttpRequest, grant_id: UUID) -> SharingGrant:
    """A grant of the user; 404 for those of others, as for those that do not exist."""
    row = grant_of(own_record(request), grant_id)
    if row is None:
        raise Http404
    return row
