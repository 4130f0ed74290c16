"""The operations of the partner API."""

import base64
import binascii
import json
import math
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAcceptable, NotFound, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import description as description  # noqa: PLC0414 - tells drf-spectacular how programs come in
from accounts.api.bearer import partner_program
from accounts.models import DisclosedAct
from core import clock
from core.access import access
from core.rest.conditional import PRIVATE, is_held, with_etag
from core.rest.keyset import PageQuery, next_page
from core.rest.renderers import PdfRenderer
from core.rest.schema import problems
from credentials.api import examples, wire
from credentials.api.base import CredentialRenderer, PartnerView, StoredRenderer
from credentials.api.schemas import transcript_schema
from credentials.badges.formats.untrusted_json import MAX_BYTES, UnreadableError, document_of
from credentials.errors import LettersWithoutFontError, NotSharedError
from credentials.models import GrantItem
from credentials.sharing.actions import list_for_partner, read_credential_for_partner, read_for_partner
from credentials.sharing.queries import item_for
from credentials.verification.formats.presented_files import MAX_FILE_BYTES, NotOpenedError
from credentials.verification.queries.our_documents import verification_of_code
from credentials.verification.queries.verifications import (
    NOT_OPENED,
    unreadable,
    verification_of_document,
    verification_of_file,
    verification_of_words,
)
from credentials.verification.rules.verdicts import Verification
from programs.curriculum.queries.catalog import program_page

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you hold: unchanged is 304."
)
# Checked before anything is looked up; the schema states the same limits.
MAX_CODE_LENGTH = 100
MAX_LINK_LENGTH = 2_000
MAX_FILE_LENGTH = (MAX_FILE_BYTES + 2) // 3 * 4  # as base64
NOT_SHARED = "There is nothing here that is shared with you."


def not_shared() -> NotFound:
    """The one answer for what does not exist, is not shared, or is no longer shared."""
    return NotFound(NOT_SHARED)


@access(partner_program)
class Transcripts(PartnerView):
    """What learners share with you."""

    @extend_schema(
        operation_id="listTranscripts",
        summary="List what is shared with you",
        description="The newest transcript of each sharing, by when it was shared. Each row is written down.",
        parameters=[wire.TranscriptsQuery],
        responses={200: wire.TranscriptPage, **problems(400, 401, 404, 406, 429)},
        examples=[examples.TRANSCRIPTS],
    )
    def get(self, request: Request) -> Response:
        """Answer a page of what is shared; each row is recorded as a disclosure."""
        query = wire.TranscriptsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        limits = query.validated_data
        page = list_for_partner(
            self.client,
            at=clock.now(),
            limit=limits["limit"],
            after=limits.get("cursor"),
            changed_since=limits.get("changed_since"),
        )
        rows = [wire.TranscriptRow(item).data for item in page.items]
        following = next_page(request.path, after=page.after, query=dict(request.query_params.items()))
        return _private(Response({"results": rows, "next": following}))


@access(partner_program)
class OneTranscript(PartnerView):
    """One transcript, as facts or on paper."""

    renderer_classes = (StoredRenderer, PdfRenderer)

    @extend_schema(
        operation_id="getTranscript",
        summary="Read a transcript",
        description="JSON, or the paper with `Accept: application/pdf`. Each answer, 304 too, is written down.",
        parameters=[IF_NONE_MATCH],
        responses={
            (200, "application/json"): OpenApiResponse(
                transcript_schema(), description="The facts.", examples=[examples.TRANSCRIPT]
            ),
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The paper."),
            304: OpenApiResponse(description="You hold it."),
            **problems(401, 404, 406, 429),
        },
    )
    def get(self, request: Request, transcript_id: UUID) -> Response:
        """Answer the transcript as JSON or PDF, after the disclosure is recorded."""
        at, as_pdf = clock.now(), isinstance(request.accepted_renderer, PdfRenderer)
        item = item_for(self.client.organization, transcript_id, at=at)
        if item is None or item.transcript.content is None:
            raise not_shared()
        etag = f'"{item.transcript.digest}{"-pdf" if as_pdf else ""}"'
        not_modified = is_held(request, etag)
        # The PDF is made before the disclosure locks the grant, because it takes its time. It is answered only if the
        # disclosure is recorded.
        content = _pdf_of(item, at=at) if as_pdf and not not_modified else bytes(item.transcript.content)
        act = DisclosedAct.DOWNLOAD if as_pdf else DisclosedAct.READ
        try:
            read_for_partner(self.client, item, act=act, not_modified=not_modified, at=clock.now())
        except NotSharedError:
            raise not_shared() from None
        return with_etag(Response(status=HTTPStatus.NOT_MODIFIED) if not_modified else Response(content), etag)


@access(partner_program)
class OneCredential(PartnerView):
    """One signed credential that a shared transcript names."""

    renderer_classes = (CredentialRenderer, StoredRenderer)

    @extend_schema(
        operation_id="getCredential",
        summary="Read a credential",
        description="The signed document, byte for byte, if a transcript that is shared with you names it.",
        parameters=[IF_NONE_MATCH],
        responses={
            (200, "application/vc"): OpenApiResponse(OpenApiTypes.OBJECT, description="An Open Badges 3.0 credential."),
            (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description="The same bytes."),
            304: OpenApiResponse(description="You hold it."),
            **problems(401, 404, 406, 429),
        },
    )
    def get(self, request: Request, credential_id: UUID) -> Response:
        """Answer the signed bytes, after the disclosure is recorded."""
        try:
            credential, not_modified = read_credential_for_partner(
                self.client, credential_id, has_digest=lambda digest: is_held(request, f'"{digest}"'), at=clock.now()
            )
        except NotSharedError:
            raise not_shared() from None
        content = b"" if not_modified else bytes(credential.content or b"")
        answer = Response(status=HTTPStatus.NOT_MODIFIED) if not_modified else Response(content)
        return with_etag(answer, f'"{credential.digest}"')


class StrictParser(BaseParser):
    """Parses JSON within limits: no duplicate members, bounded depth and size. A file is sent as base64."""

    media_type = "application/json"
    max_bytes = MAX_FILE_LENGTH + MAX_BYTES

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:  # noqa: ANN401, ARG002 - DRF's signature
        """The body as an object; raises ParseError with the reason as its code."""
        try:
            body = stream.read(self.max_bytes + 1)
            # The answer says whether a number is too long.
            return document_of(body, endless=math.inf, max_bytes=self.max_bytes)
        except UnreadableError as error:
            raise ParseError(f"The body is not read: {error.why.value}.", code=error.why.value) from None


@access(partner_program)
class Verify(PartnerView):
    """Check a credential that you hold."""

    parser_classes = (StrictParser,)

    @extend_schema(
        operation_id="verify",
        summary="Check a credential",
        description="By its code, its address, the document itself, a text (JSON or a JWT), or a file as base64 (PDF, "
        "PNG, SVG, a photo of a QR code; 5 MB at most); a transcript by its serial as the code, or by its facts as the "
        "document. `verdict` is about the signature and its state, `issuer.known` about who vouches: anybody can sign. "
        "Nothing is written down: you hold it already.",
        request={
            "application/json": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "maxLength": 100},
                    "link": {"type": "string", "maxLength": 2000},
                    "credential": {"type": "object"},
                    "text": {"type": "string", "maxLength": MAX_BYTES},
                    "file": {"type": "string", "format": "byte", "maxLength": MAX_FILE_LENGTH},
                },
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
            }
        },
        responses={200: wire.VerificationAnswer, **problems(400, 401, 406, 415, 429)},
        examples=[examples.BY_CODE, examples.VALID],
    )
    def post(self, request: Request) -> Response:
        """Answer the verdict and the checks; nothing is recorded."""
        return _private(Response(wire.VerificationAnswer(_verification_of(request)).data))


@access(partner_program)
class Programs(PartnerView):
    """Programs in force; nothing about people."""

    @extend_schema(
        operation_id="listPrograms",
        summary="List programs",
        description="Published versions of programs, by when they were published.",
        parameters=[PageQuery],
        responses={200: wire.ProgramPage, **problems(400, 401, 404, 406, 429)},
        examples=[examples.PROGRAMS],
    )
    def get(self, request: Request) -> Response:
        """Answer a page of published program versions."""
        query = PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        limits = query.validated_data
        rows, after = program_page(limit=limits["limit"], after=limits.get("cursor"))
        following = next_page(request.path, after=after, query=dict(request.query_params.items()))
        return _private(Response({"results": [wire.ProgramRow(row).data for row in rows], "next": following}))


def _pdf_of(item: GrantItem, *, at: datetime) -> bytes:
    from credentials.transcripts.actions.printing import transcript_pdf

    try:
        return transcript_pdf(item.transcript, at=at)
    except LettersWithoutFontError:
        raise NotAcceptable("This transcript cannot be drawn: a letter has no font here. Read it as JSON.") from None


def _verification_of(request: Request) -> Verification:
    """The answer about what the body names: a code, a link or a credential, exactly one of them."""
    body, at = request.data, clock.now()
    match body if isinstance(body, dict) else {}:
        case {"code": str(code), **others} if not others and len(code) <= MAX_CODE_LENGTH:
            return verification_of_code(code, at=at)
        case {"link": str(link), **others} if not others and len(link) <= MAX_LINK_LENGTH:
            return verification_of_words(link, at=at)
        case {"credential": dict(document), **others} if not others:
            try:
                return verification_of_document(json.dumps(document, ensure_ascii=False).encode(), at=at)
            except UnreadableError as error:
                return unreadable(error)
        case {"text": str(text), **others} if not others and len(text) <= MAX_BYTES:
            return _of_file(text.encode("utf-8", "replace"), at=at)
        case {"file": str(encoded), **others} if not others and len(encoded) <= MAX_FILE_LENGTH:
            return _of_file(_decoded(encoded), at=at)
    raise ParseError(
        "Send one member: `code`, `link`, `text` or `file`, each a text, or `credential`, an object.", code="invalid"
    )


def _of_file(content: bytes, *, at: datetime) -> Verification:
    try:
        return verification_of_file(content, at=at)
    except UnreadableError as error:
        return unreadable(error)
    except NotOpenedError:
        return NOT_OPENED


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ParseError("`file` is not base64.", code="invalid") from None


def _private(answer: Response) -> Response:
    answer["Cache-Control"] = PRIVATE
    return answer
