"""The page where anybody checks a credential or transcript: by code, address, file or text. No account, no script."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages.reauthentication import client_address
from core import clock
from core.access import access, anyone
from core.forms import CarefulForm
from core.rates import Rate, wait_of
from credentials.badges.formats.untrusted_json import MAX_BYTES, UnreadableError
from credentials.verification.actions import compare_name
from credentials.verification.formats.presented_files import MAX_FILE_BYTES, NotOpenedError
from credentials.verification.labels import (
    answer_text,
    name_match_text,
    name_refusal_text,
    transcript_kind,
    unreadable_words,
)
from credentials.verification.queries.our_documents import is_code, verification_of_code
from credentials.verification.queries.verifications import verification_of_file, verification_of_words
from credentials.verification.rules.typed_words import address_in
from credentials.verification.rules.verdicts import Verification

# Many readers may share one address of a campus. This is enough for them, and too little to guess codes.
RATE = Rate("verify", 120)
# For what may need a fetch and a proof; and for all clients together, so that nobody attacks others through us.
RATE_OF_DOCUMENTS = Rate("verify_document", 20)
RATE_OF_ALL_DOCUMENTS = Rate("verify_documents", 240)
# A name is compared three times a day and document; this is against trying many documents.
RATE_OF_NAMES = Rate("verify_name", 10)
MAX_CODE_LENGTH = 100


class VerifyForm(CarefulForm, forms.Form):
    """One of three inputs: a code or link, a file, or pasted text."""

    words = forms.CharField(label=_("Code or address"), required=False, max_length=2000, strip=True)
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    text = forms.CharField(label=_("Pasted text"), required=False, strip=False, max_length=MAX_BYTES * 2)

    def clean(self) -> dict[str, Any]:
        """Refuse a form without any input."""
        cleaned: dict[str, Any] = super().clean() or {}
        inputs = (cleaned.get("words"), cleaned.get("file"), (cleaned.get("text") or "").strip())
        if not self.errors and not any(inputs):
            raise forms.ValidationError(_("Enter a code or an address, choose a file, or paste the text of one."))
        return cleaned


class NameForm(CarefulForm, forms.Form):
    """The name that stands on a document."""

    name = forms.CharField(label=_("Name on the document"), max_length=300)


@access(anyone)
@csrf_exempt  # nothing is changed, and whoever asks stays unknown
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask what to check; on POST, answer. QR codes on documents open `?code=`, which is answered at once."""
    if request.method == "GET":
        code = request.GET.get("code", "")[:MAX_CODE_LENGTH]
        return _answer_to_code(request, code) if code else _page(request, VerifyForm())
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words = form.cleaned_data["words"]
    is_address = address_in(words) is not None
    seconds = _wait(request, costly=not words or is_address)
    if seconds:
        return _too_often(request, seconds)
    if words and not is_address and not is_code(words):
        form.add_error("words", _("These characters do not fit together: compare them with the document once more."))
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        answer = _verification_of(form)
    except (UnreadableError, NotOpenedError) as refusal:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(unreadable_words(refusal.why)))
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _answer(request, answer)


@access(anyone)
@never_cache
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The answer about a code, at an address of its own."""
    return _answer_to_code(request, code)


@access(anyone)
@csrf_exempt  # whoever asks stays unknown, so that nobody can be made to ask in their own name
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a typed name is the one that the document with this code prints; two answers, whatever the reason.

    The page stands at the address of the form: who reloads it, or opens it again, gets the page of the document.
    """
    if request.method != "POST":
        return redirect("verify:code", code)
    address, at = client_address(request) or "", clock.now()
    seconds = wait_of(RATE_OF_NAMES, address, at=at) or _wait(request, costly=False)
    if seconds:
        return _too_often(request, seconds)
    form = NameForm(request.POST)
    answer = verification_of_code(code, at=at)
    if not form.is_valid():
        return _answer(request, answer, form=form)
    return _answer(request, answer, matched=compare_name(code, typed=form.cleaned_data["name"]))


def _answer_to_code(request: HttpRequest, code: str) -> HttpResponse:
    seconds = _wait(request, costly=False)
    if seconds:
        return _too_often(request, seconds)
    return _answer(request, verification_of_code(code, at=clock.now()))


def _verification_of(form: VerifyForm) -> Verification:
    cleaned, at = form.cleaned_data, clock.now()
    if cleaned["words"]:
        return verification_of_words(cleaned["words"], at=at)
    uploaded = cleaned["file"]
    # One byte more than is read: enough to see that a file is too large.
    content = uploaded.read(MAX_FILE_BYTES + 1) if uploaded is not None else cleaned["text"].encode("utf-8", "replace")
    return verification_of_file(content, at=at)


def _answer(
    request: HttpRequest, answer: Verification, *, form: NameForm | None = None, matched: bool | None = None
) -> HttpResponse:
    """The page with the answer: 200 whatever the verdict is, because the question was answered.

    `matched` is the answer about a typed name, None where none was compared.
    """
    context = {
        **_shown(answer, matched=matched),
        "members": [_shown(member) for member in answer.members],
        "answer_code": answer.code,
        "names": name_match_text(matched) if matched is not None else None,
        "form": (form or NameForm()) if not matched and answer.offers_name_comparison else None,
    }
    return _without_traces(render(request, "credentials/verify/answer.html", context))


def _shown(answer: Verification, *, matched: bool | None = None) -> dict[str, Any]:
    """What the page shows of one answer: of the only record, or of one of several."""
    transcript = answer.transcript
    return {
        "answer": name_refusal_text(answer) if matched is False else answer_text(answer),
        "issuer": answer.issuer,
        "credential": answer.credential,
        "transcript": transcript,
        "transcript_kind": transcript_kind(transcript.kind) if transcript else "",
        "since": answer.since,
    }


def _page(request: HttpRequest, form: VerifyForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return _without_traces(render(request, "credentials/verify/verify.html", {"form": form}, status=status))


def _too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    answer = render(request, "429.html", {"seconds": seconds}, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(seconds)
    return answer


def _without_traces(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": with it browsers send the origin "null" with the page's own forms, which are refused then.
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _wait(request: HttpRequest, *, costly: bool) -> int:
    address, at = client_address(request) or "", clock.now()
    if not costly:
        return wait_of(RATE, address, at=at)
    return wait_of(RATE_OF_DOCUMENTS, address, at=at) or wait_of(RATE_OF_ALL_DOCUMENTS, "all", at=at)
