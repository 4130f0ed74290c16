"""A learner's own record: awards with their certificates and credentials, and transcripts."""

from typing import cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.pages.own_record import own_record
from accounts.permissions import is_learner
from core import clock
from core.access import access
from core.forms import CarefulForm
from core.ui.live import live_page, nothing_new
from credentials.errors import LettersWithoutFontError, NoLegalNameError, RetentionEndedError
from credentials.models import Credential, Transcript
from credentials.papers.actions import certificate_pdf
from credentials.papers.pages import json_file, no_font_words, pdf_file
from credentials.record.pages.record_view import shown_awards, shown_transcripts
from credentials.record.queries import credential_of
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.queries.stored_transcripts import transcript_json, transcript_of
from credentials.transcripts.rules import TranscriptKind


def follows_record(request: HttpRequest) -> bool:
    """Whether the user is a learner: learners see their own record only."""
    return is_learner(request.user)


class CopyForm(CarefulForm, forms.Form):
    """The language of the headings around the facts."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of headings and explanations; the facts stay as they were written."),
    )


@access(follows_record)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The awards with their certificates, and the transcripts. An open page updates itself."""
    learner, at = own_record(request), clock.now()
    awards, transcripts = shown_awards(learner, at=at), shown_transcripts(learner)
    live = live_page(request, [str(shown) for shown in (*awards, *transcripts)])
    if live.unchanged:
        return nothing_new()
    context = {"live": live, "awards": awards, "transcripts": transcripts}
    return render(request, "credentials/record/record.html", context)


@access(follows_record)
@require_safe
def certificate(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The certificate of one credential, as a PDF."""
    row = _own_credential(request, credential_id)
    try:
        content = certificate_pdf(row, at=clock.now())
    except LettersWithoutFontError as missing:
        return _without_font(request, missing)
    return pdf_file(content, f"certificate-{in_groups(row.code)}.pdf")


@access(follows_record)
@require_safe
def signed_record(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The signed credential, byte for byte."""
    row = _own_credential(request, credential_id)
    return json_file(bytes(row.content or b""), f"credential-{in_groups(row.code)}.json")


@access(follows_record)
@require_http_methods(["GET", "POST"])
def make_own_copy(request: HttpRequest) -> HttpResponse:
    """Explain what the learner's own copy is; on POST, make one of the record as it is now."""
    learner = own_record(request)
    form = CopyForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        by = cast("User", request.user)
        language = form.cleaned_data["language"]
        try:
            make_transcript(learner, kind=TranscriptKind.OWN, by=by, at=clock.now(), language=language)
        except NoLegalNameError:
            form.add_error(None, _("Your record holds no legal name, so no document can carry it. Ask the registrar."))
        else:
            messages.success(request, _("Your copy is made. It says what your record says today."))
            return redirect("record:record")
    return render(request, "credentials/record/copy.html", {"form": form})


@access(follows_record)
@require_safe
def transcript_document(request: HttpRequest, transcript_id: UUID) -> HttpResponse:
    """One transcript, as a PDF."""
    row = _own_transcript(request, transcript_id)
    try:
        content = transcript_pdf(row, at=clock.now())
    except LettersWithoutFontError as missing:
        return _without_font(request, missing)
    except RetentionEndedError:
        raise Http404 from None
    return pdf_file(content, f"transcript-{printed_serial(row.serial)}.pdf")


@access(follows_record)
@require_safe
def transcript_file(request: HttpRequest, transcript_id: UUID) -> HttpResponse:
    """The facts of one transcript, byte for byte as they were stored."""
    row = _own_transcript(request, transcript_id)
    try:
        transcript_json(row)
    except RetentionEndedError:
        raise Http404 from None
    return json_file(bytes(row.content or b""), f"transcript-{printed_serial(row.serial)}.json")


def _own_credential(request: HttpRequest, public_id: UUID) -> Credential:
    """A credential of the user; 404 for those of others, as for those that do not exist."""
    row = credential_of(own_record(request), public_id)
    if row is None:
        raise Http404
    return row


def _own_transcript(request: HttpRequest, public_id: UUID) -> Transcript:
    row = transcript_of(own_record(request), public_id)
    if row is None:
        raise Http404
    return row


def _without_font(request: HttpRequest, missing: LettersWithoutFontError) -> HttpResponse:
    messages.error(request, no_font_words(missing))
    return redirect("record:record")
