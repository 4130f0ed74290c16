"""A learner's own record: what was awarded, the papers about it, and transcripts."""

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
from core.ui.live import live_page, nothing_new
from credentials.errors import LettersWithoutFontError, NoLegalNameError, RetentionEndedError
from credentials.models import Credential, Transcript
from credentials.papers.actions import certificate_pdf
from credentials.papers.pages import json_file, no_font_words, pdf_file
from credentials.record.pages.record_view import shown_awards, shown_transcripts
from credentials.rules.codes import in_groups, printed_serial
from credentials.transcripts.actions.printing import transcript_pdf
from credentials.transcripts.actions.transcripts import make_transcript
from credentials.transcripts.queries import transcript_json
from credentials.transcripts.rules import TranscriptKind


def follows_record(request: HttpRequest) -> bool:
    """Learners; they see their own record, and nobody else's."""
    return is_learner(request.user)


class CopyForm(forms.Form):
    """In which language the words around the facts stand."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of headings and explanations; the facts stay as they were written."),
    )


@access(follows_record)
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What was awarded, with its papers; and the transcripts. An open page shows what comes by itself."""
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
    paper = _own_credential(request, credential_id)
    try:
        content = certificate_pdf(paper, at=clock.now())
    except LettersWithoutFontError as missing:
        return _without_font(request, missing)
    return pdf_file(content, f"certificate-{in_groups(paper.code)}.pdf")


@access(follows_record)
@require_safe
def signed_record(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """The signed credential, byte for byte."""
    paper = _own_credential(request, credential_id)
    return json_file(bytes(paper.content or b""), f"credential-{in_groups(paper.code)}.json")


@access(follows_record)
@require_http_methods(["GET", "POST"])
def make_copy(request: HttpRequest) -> HttpResponse:
    """Say what an own copy is; on POST, make one of the record as it is now."""
    learner = own_record(request)
    form = CopyForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        by = cast("User", request.user)
        language = form.cleaned_data["language"]
        try:
            make_transcript(learner, kind=TranscriptKind.OWN, by=by, at=clock.now(), language=language)
        except NoLegalNameError:
            form.add_error(None, _("Your record holds no legal name, so no paper can carry it. Ask the registrar."))
        else:
            messages.success(request, _("Your copy is made. It says what your record says today."))
            return redirect("record:record")
    return render(request, "credentials/record/copy.html", {"form": form})


@access(follows_record)
@require_safe
def transcript_paper(request: HttpRequest, transcript_id: UUID) -> HttpResponse:
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
    """A paper of the person who asks; 404 for those of others, as for those that do not exist."""
    papers = Credential.objects.of(own_record(request)).published().whole().select_related("learner")
    found = papers.filter(public_id=public_id, content__isnull=False).first()
    if found is None:
        raise Http404
    return found


def _own_transcript(request: HttpRequest, public_id: UUID) -> Transcript:
    rows = Transcript.objects.of(own_record(request)).select_related("serial_row", "learner")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _without_font(request: HttpRequest, missing: LettersWithoutFontError) -> HttpResponse:
    messages.error(request, no_font_words(missing))
    return redirect("record:record")
