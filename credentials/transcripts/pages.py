"""The pages behind a sharing link.

A GET of the link shows nothing about the learner, so that programs which preview links read nothing and use up
nothing. The transcript comes with the POST of its button, and is recorded as a disclosure.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.models import DisclosedAct, SharingGrant
from accounts.pages.reauthentication import client_address
from accounts.queries.access import grant_of_token
from core import clock
from core.access import access, anyone
from core.rates import Rate, wait_of
from credentials.errors import LettersWithoutFontError, NotSharedError
from credentials.papers.queries import check_url
from credentials.sharing.actions import read_by_link
from credentials.sharing.queries import item_of_link
from credentials.transcripts.queries.stored_transcripts import stored_facts

# Enough for a person, too little to guess tokens.
RATE = Rate("shared", 60)


@access(anyone)
@never_cache
@require_safe
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Show the purpose and the end of the sharing, but not who the learner is."""
    if _too_often(request):
        return _busy(request)
    found = grant_of_token(token, at=clock.now())
    if found is None:
        return _closed(request)
    return _without_traces(render(request, "credentials/shared/landing.html", {"grant": found, "token": token}))


@access(anyone)
@csrf_exempt  # the link is the right, and whoever holds it stays unknown
@never_cache
@require_POST
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The transcript as a page, after the disclosure is recorded."""
    if _too_often(request):
        return _busy(request)
    try:
        item = read_by_link(token, act=DisclosedAct.READ, at=clock.now())
    except NotSharedError:
        return _closed(request)
    # Here, because the module loads what PDFs need, and most requests see the landing page alone.
    from credentials.transcripts.formats.transcript_pdf import transcript_parts

    facts = stored_facts(item.transcript)
    context = {
        "parts": transcript_parts(facts, check_url()),
        "grant": item.grant,
        "token": token,
        "spent": _spent(item.grant),
    }
    return _without_traces(render(request, "credentials/shared/transcript.html", context))


@access(anyone)
@csrf_exempt  # as show
@never_cache
@require_POST
def transcript_file(request: HttpRequest, token: str) -> HttpResponse:
    """The transcript as a PDF, after the disclosure is recorded."""
    if _too_often(request):
        return _busy(request)
    grant = grant_of_token(token, at=clock.now())
    item = item_of_link(grant) if grant is not None else None
    if item is None:
        return _closed(request)
    from credentials.transcripts.actions.printing import transcript_pdf

    try:
        # Made before the disclosure is recorded: the recording locks the grant, and a PDF takes its time.
        content = transcript_pdf(item.transcript, at=clock.now())
        read_by_link(token, act=DisclosedAct.DOWNLOAD, at=clock.now())
    except LettersWithoutFontError:
        return _without_traces(
            render(request, "credentials/shared/landing.html", {"grant": grant, "token": token, "undrawn": True})
        )
    except NotSharedError:
        return _closed(request)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="transcript-{item.transcript.serial}.pdf"'
    return _without_traces(answer)


def _spent(grant: SharingGrant) -> bool:
    """Whether this was the last use of the link; `grant` was read before this use was counted."""
    return grant.use_limit is not None and grant.use_count + 1 >= grant.use_limit


def _closed(request: HttpRequest) -> HttpResponse:
    """The one answer for a link that never existed, was withdrawn, has ended or is used up."""
    return _without_traces(render(request, "credentials/shared/closed.html", status=HTTPStatus.NOT_FOUND))


def _busy(request: HttpRequest) -> HttpResponse:
    return _without_traces(render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS))


def _too_often(request: HttpRequest) -> int:
    return wait_of(RATE, client_address(request) or "", at=clock.now())


def _without_traces(answer: HttpResponse) -> HttpResponse:
    # The address is the right to read: it must reach neither a search engine nor, as a referrer, another site.
    answer["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it browsers send the origin "null" with the page's own forms, which are refused then.
    answer["Referrer-Policy"] = "same-origin"
    return answer
