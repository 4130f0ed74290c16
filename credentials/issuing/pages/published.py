"""What stands under the addresses in signed documents: credentials, achievements, status lists, keys. Open to all.

Machines get bytes that are stored, under a lasting ETag, with CORS; readers of HTML get a page that says no more.
"""

import hashlib
import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from competencies.formats.markup import html_of
from competencies.pages.language import language_attributes
from core import clock
from core.access import access, anyone
from credentials.badges.formats.achievement import achievement_document
from credentials.issuing.formats import did_web
from credentials.issuing.formats.published_page import facts_of_document
from credentials.issuing.pages.published_labels import standing_words
from credentials.issuing.queries.credentials import standing_of
from credentials.issuing.queries.issuers import did_document_of, facts_of_issuer, issuer_for
from credentials.models import Credential, Issuer, StatusList
from programs.models import AchievementVersion

CREDENTIAL = "application/vc"
JSON_LD = "application/ld+json"
# Beyond 30 s nobody may keep a list: what ended is seen within a minute (invariant 11).
FOR_SECONDS = "public, max-age=30"
ASK_FIRST = "public, no-cache"
HTML = "text/html"


@access(anyone)
@require_safe
def credential(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """A signed credential, whatever became of it; what never was signed is not there, and 410 after its retention."""
    row = get_object_or_404(
        Credential.objects.published().whole().select_related("award__achievement__organization"),
        public_id=credential_id,
    )
    if row.content is None:
        return render(request, "credentials/published/gone.html", status=HTTPStatus.GONE)
    if not wants_page(request):
        return machine(request, bytes(row.content), CREDENTIAL, caching=ASK_FIRST)
    facts = facts_of_document(row.document or {})
    stands = standing_of(row, at=clock.now())
    context = {
        "facts": facts,
        "description": _prose(facts.description),
        "criteria": _prose(facts.criteria),
        "language_attributes": language_attributes(facts.language),
        "stands": standing_words(stands),
        "url": row.url,
    }
    return _page(render(request, "credentials/published/credential.html", context))


@access(anyone)
@require_safe
def achievement(request: HttpRequest, achievement_id: UUID, number: int) -> HttpResponse:
    """One version of an achievement, once it is in force or was."""
    version = get_object_or_404(
        AchievementVersion.objects.frozen().select_related("achievement__organization__parent"),
        achievement__public_id=achievement_id,
        number=number,
    )
    issuer = issuer_for(version.achievement.organization)
    if issuer is None:
        raise Http404
    url = f"{issuer.origin}/achievements/{achievement_id}/v/{number}"
    document = achievement_document(version.content or {}, number=number, issuer=facts_of_issuer(issuer), url=url)
    if not wants_page(request):
        return machine(request, _dumped(document), JSON_LD, caching=ASK_FIRST)
    context = {
        "document": document,
        "description": _prose(document["description"]),
        "criteria": _prose(document["criteria"]["narrative"]),
        "issuer": issuer,
        "language_attributes": language_attributes(document.get("inLanguage", "")),
        "url": url,
    }
    return _page(render(request, "credentials/published/achievement.html", context))


@access(anyone)
@require_safe
def status(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """A status list as it was last signed: stored bytes, no key is touched."""
    row = get_object_or_404(StatusList.objects.exclude(content=None).only("content"), public_id=list_id)
    return machine(request, bytes(row.content or b""), CREDENTIAL, caching=FOR_SECONDS)


@access(anyone)
@require_safe
def did_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The keys of an issuer that verify today."""
    issuer = get_object_or_404(Issuer.objects.exclude(origin=""), slug=slug)
    return machine(request, _dumped(did_document_of(issuer)), did_web.MEDIA_TYPE, caching=FOR_SECONDS)


def machine(request: HttpRequest, content: bytes, media_type: str, *, caching: str) -> HttpResponse:
    """`content` for programs anywhere: CORS, the digest as ETag, 304 for those who hold it."""
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    held = get_conditional_response(request, etag=etag)
    answer = HttpResponse(content, content_type=media_type) if held is None else HttpResponse(status=held.status_code)
    answer["ETag"] = etag
    answer["Cache-Control"] = caching
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag"
    answer["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(answer, ["Accept"])
    return answer


def wants_page(request: HttpRequest) -> bool:
    """Whether HTML was asked for, as browsers do; whoever names nothing is a program."""
    return HTML in request.headers.get("Accept", "") and request.get_preferred_type([HTML, CREDENTIAL]) == HTML


def _page(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["Accept"])
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _prose(text: str) -> SafeString:
    """Markdown, as Open Badges 3.0 has criteria, in safe HTML."""
    return mark_safe(html_of(text))  # noqa: S308  # cleaned by nh3


def _dumped(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
