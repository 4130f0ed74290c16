"""The addresses that signed documents name: credentials, achievements, status lists, keys. Open to everybody.

Programs get the stored bytes, with a lasting ETag and CORS. Browsers get a page that shows no more than the bytes.
"""

import hashlib
import json
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from competencies.formats.markup import html_of
from competencies.pages.language import language_attributes
from core import clock
from core.access import access, anyone
from credentials.badges.formats import pictures
from credentials.errors import LintError, NoIssuerError
from credentials.issuing.actions.definitions import (
    publish_definition,
    published_achievement_image,
    published_issuer_image,
)
from credentials.issuing.formats import did_web
from credentials.issuing.formats.published_page import described_parts, facts_of_document
from credentials.issuing.pages.published_labels import reached_text, status_text
from credentials.issuing.queries.credentials import status_of
from credentials.issuing.queries.issuers import did_document_of
from credentials.issuing.queries.published_documents import (
    achievement_version_at,
    credential_at,
    issuer_at,
    status_list_at,
)

CREDENTIAL = "application/vc"
JSON_LD = "application/ld+json"
# A reader may keep a list for 30 s at most, so that a revocation is visible within a minute (invariant 11).
FOR_SECONDS = "public, max-age=30"
# A stored copy may be served after the server has confirmed it: a credential ends with 410 after its retention.
ASK_FIRST = "public, no-cache"
# Pictures never change: signed documents name their addresses.
FOR_GOOD = "public, max-age=31536000, immutable"
UNPUBLISHABLE = (NoIssuerError, LintError)
HTML = "text/html"
Row = TypeVar("Row", bound=Model)


@access(anyone)
@require_safe
def credential(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    """A signed credential, whatever its status; 404 for one that was never signed, 410 after its retention."""
    row = _found(credential_at(credential_id))
    # Erased after its retention: 410, so that readers can tell it from an address that never existed.
    if row.content is None:
        return render(request, "credentials/published/gone.html", status=HTTPStatus.GONE)
    if not wants_page(request):
        return machine(request, bytes(row.content), CREDENTIAL, caching=ASK_FIRST)
    facts = facts_of_document(row.document or {})
    context = {
        "facts": facts,
        "results": [(line, reached_text(line)) for line in facts.results],
        "description": _prose(facts.description),
        "criteria": _prose(facts.criteria),
        "language_attributes": language_attributes(facts.language),
        "status": status_text(status_of(row, at=clock.now())),
        "url": row.url,
    }
    return _page(render(request, "credentials/published/credential.html", context))


@access(anyone)
@require_safe
def achievement(request: HttpRequest, achievement_id: UUID, number: int) -> HttpResponse:
    """One version of an achievement that is or was in force."""
    version = _found(achievement_version_at(achievement_id, number))
    try:
        definition = publish_definition(version, at=clock.now())
    except UNPUBLISHABLE:
        raise Http404 from None
    if not wants_page(request):
        return machine(request, bytes(definition.content), JSON_LD, caching=ASK_FIRST)
    document = definition.document
    context = {
        "document": document,
        "picture": reverse("published:achievement_image", args=[achievement_id, number]),
        "parts": described_parts(document),
        "description": _prose(document["description"]),
        "criteria": _prose(document["criteria"]["narrative"]),
        "language_attributes": language_attributes(document.get("inLanguage", "")),
    }
    return _page(render(request, "credentials/published/achievement.html", context))


@access(anyone)
@require_safe
def achievement_image(request: HttpRequest, achievement_id: UUID, number: int) -> HttpResponse:
    """The picture of one version of an achievement."""
    version = _found(achievement_version_at(achievement_id, number))
    try:
        content = published_achievement_image(version, at=clock.now())
    except UNPUBLISHABLE:
        raise Http404 from None
    return _image(request, content)


@access(anyone)
@require_safe
def issuer_image(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of an issuer."""
    return _image(request, published_issuer_image(_found(issuer_at(slug)), at=clock.now()))


@access(anyone)
@require_safe
def status(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """A status list as it was last signed: stored bytes, so that a GET needs no key."""
    row = _found(status_list_at(list_id))
    return machine(request, bytes(row.content or b""), CREDENTIAL, caching=FOR_SECONDS)


@access(anyone)
@require_safe
def did_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The keys of an issuer that verify today."""
    issuer = _found(issuer_at(slug))
    return machine(request, _dumped(did_document_of(issuer)), did_web.MEDIA_TYPE, caching=FOR_SECONDS)


def machine(request: HttpRequest, content: bytes, media_type: str, *, caching: str) -> HttpResponse:
    """`content` for programs: CORS for every origin, its digest as ETag, 304 for clients that have it."""
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is None:
        answer = HttpResponse(content, content_type=media_type)
    else:
        answer = HttpResponse(status=unchanged.status_code)
    answer["ETag"] = etag
    answer["Cache-Control"] = caching
    # Verifiers run in browsers of any site; the documents are public, so that no origin is excluded.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag"
    answer["X-Content-Type-Options"] = "nosniff"
    # The same address answers HTML and JSON: without this a cache would give one for the other.
    patch_vary_headers(answer, ["Accept"])
    return answer


def wants_page(request: HttpRequest) -> bool:
    """Whether the client accepts HTML, as browsers do; a client that names no type is a program."""
    return HTML in request.headers.get("Accept", "") and request.get_preferred_type([HTML, CREDENTIAL]) == HTML


def _image(request: HttpRequest, content: bytes) -> HttpResponse:
    answer = machine(request, content, pictures.MEDIA_TYPE, caching=FOR_GOOD)
    # Opened by itself, an SVG is a page of our origin: nothing in it may run.
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _found(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def _page(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["Accept"])
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _prose(text: str) -> SafeString:
    """Markdown, as Open Badges 3.0 has criteria, in safe HTML."""
    return mark_safe(html_of(text))  # noqa: S308  # cleaned by nh3


def _dumped(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
