"""The page where anybody checks a credential or transcript: by code, link, file or text. No account, no script."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.pages.reauthentication import client_address
from core import clock
from core.access import access, anyone
from core.rates import Rate, wait_of
from credentials.badges.formats.untrusted_json import MOST_BYTES, UnreadableError
from credentials.verification.labels import said, transcript_kind, unreadable_words
from credentials.verification.queries import (
    is_code,
    verification_of_code,
    verification_of_document,
    verification_of_words,
)
from credentials.verification.rules.verdicts import Verification

# A campus behind one address is many readers: plenty for people, little for who tries codes one by one.
RATE = Rate("verify", 120)
# What may cost a fetch and a proof; and all callers together, so that nobody makes a cannon of us.
RATE_OF_DOCUMENTS = Rate("verify_document", 20)
RATE_OF_ALL_DOCUMENTS = Rate("verify_documents", 240)
LONGEST_CODE = 100


class VerifyForm(forms.Form):
    """One of three: a code or link, a file, pasted text."""

    words = forms.CharField(label=_("Code or link"), required=False, max_length=2000, strip=True)
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)
    text = forms.CharField(label=_("Pasted text"), required=False, strip=False, max_length=MOST_BYTES * 2)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not any((given.get("words"), given.get("file"), (given.get("text") or "").strip())):
            raise forms.ValidationError(_("Enter a code or link, choose a file, or paste the text of one."))
        return given


@access(anyone)
@csrf_exempt  # nothing is changed, and whoever asks stays unknown
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for what is to be checked; on POST, answer. `?code=` is where pictures on papers lead: answered at once."""
    if request.method == "GET":
        code = request.GET.get("code", "")[:LONGEST_CODE]
        return _answer_to_code(request, code) if code else _page(request, VerifyForm())
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    words = form.cleaned_data["words"]
    seconds = _wait(request, costly=not words or "://" in words)
    if seconds:
        return _too_often(request, seconds)
    if words and "://" not in words and not is_code(words):
        form.add_error("words", _("These characters do not fit together: compare them with the paper once more."))
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        found = _found(form)
    except UnreadableError as refusal:
        form.add_error("file" if form.cleaned_data["file"] else "text", str(unreadable_words(refusal.why)))
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _answer(request, found)


@access(anyone)
@never_cache
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The answer about a code, at an address of its own."""
    return _answer_to_code(request, code)


def _answer_to_code(request: HttpRequest, code: str) -> HttpResponse:
    seconds = _wait(request, costly=False)
    if seconds:
        return _too_often(request, seconds)
    return _answer(request, verification_of_code(code, at=clock.now()))


def _found(form: VerifyForm) -> Verification:
    given, at = form.cleaned_data, clock.now()
    if given["words"]:
        return verification_of_words(given["words"], at=at)
    uploaded = given["file"]
    content = uploaded.read(MOST_BYTES + 1) if uploaded is not None else given["text"].encode("utf-8", "replace")
    return verification_of_document(content, at=at)


def _answer(request: HttpRequest, found: Verification) -> HttpResponse:
    """200 whatever the answer is: the question was answered."""
    paper = found.transcript
    shown = {
        "said": said(found),
        "told": found.told,
        "transcript": paper,
        "transcript_kind": transcript_kind(paper.kind) if paper else "",
    }
    return _without_traces(render(request, "credentials/verify/answer.html", shown))


def _page(request: HttpRequest, form: VerifyForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return _without_traces(render(request, "credentials/verify/verify.html", {"form": form}, status=status))


def _too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    answer = render(request, "429.html", {"seconds": seconds}, status=HTTPStatus.TOO_MANY_REQUESTS)
    answer["Retry-After"] = str(seconds)
    return answer


def _without_traces(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _wait(request: HttpRequest, *, costly: bool) -> int:
    who, at = client_address(request) or "", clock.now()
    if not costly:
        return wait_of(RATE, who, at=at)
    return wait_of(RATE_OF_DOCUMENTS, who, at=at) or wait_of(RATE_OF_ALL_DOCUMENTS, "all", at=at)
