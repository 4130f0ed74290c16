"""The requests and answers of the partner API. Docstrings of serializers are part of docs/openapi.yaml."""

import re
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.rest.keyset import PageQuery
from credentials.models import GrantItem
from credentials.transcripts.rules import TranscriptKind
from credentials.verification.rules.check_results import CheckName, Reason
from credentials.verification.rules.verdicts import FileKind, IssuerKnown, Verdict, Verification
from programs.models import ProgramVersion

LEAP = re.compile(r":60(?=[.Z+-])")


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, str, str, Any]):
    """An instant with its zone (RFC 3339); a leap second counts as the one before it."""

    default_error_messages = {"invalid": "Write an instant with its zone, such as 2026-03-02T09:00:00Z."}  # noqa: RUF012

    def to_internal_value(self, data: str) -> datetime:
        """The instant in UTC; a text without a zone is refused."""
        try:
            found = datetime.fromisoformat(LEAP.sub(":59", data.upper()))
        except ValueError:
            self.fail("invalid")
        if found.tzinfo is None:
            self.fail("invalid")
        try:
            return found.astimezone(UTC)
        except OverflowError:  # the first or the last day that there is, seen from elsewhere
            return found.replace(tzinfo=UTC)

    def to_representation(self, value: datetime) -> str:
        """The instant in UTC, with Z."""
        return value.isoformat().replace("+00:00", "Z")


class TranscriptsQuery(PageQuery):
    """What a request for the list may ask."""

    changed_since = InstantField(
        required=False,
        help_text="Only what was shared, or took the place of something shared, at or after this instant.",
    )


class TranscriptRow(serializers.Serializer[GrantItem]):
    """A transcript that is shared with you, without what it says."""

    id = serializers.UUIDField(source="transcript.public_id")
    serial = serializers.CharField(source="transcript.serial", help_text="Its name on paper.")
    kind = serializers.ChoiceField(["official", "own"], source="transcript.transcript_kind")
    made_at = InstantField(source="transcript.issued_at")
    digest = serializers.CharField(source="transcript.digest", help_text="Of its facts; the ETag is made of it.")
    purpose = serializers.CharField(source="grant.purpose", help_text="What the learner shared it for.")
    shared_at = InstantField(source="covered_at")
    shared_until = InstantField(source="grant.expires_at", help_text="Earlier if the learner withdraws.")
    and_successors = serializers.BooleanField(help_text="Whether a correction of it will be shared too.")
    url = serializers.SerializerMethodField()

    def get_url(self, item: GrantItem) -> str:
        return settings.PUBLIC_URL + reverse("api:transcript", args=[item.transcript.public_id])


class TranscriptPage(serializers.Serializer[Any]):
    """A page of the list."""

    results = TranscriptRow(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class OrganizationRow(serializers.Serializer[Any]):
    """Who awards."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class ProgramRow(serializers.Serializer[ProgramVersion]):
    """A published version of a program."""

    id = serializers.UUIDField(source="public_id", help_text="Of this version.")
    program = serializers.UUIDField(source="program.public_id")
    code = serializers.CharField(source="program.code")
    title = serializers.CharField(source="program.title")
    version = serializers.IntegerField(source="number")
    organization = OrganizationRow(source="program.organization")
    credit_unit = serializers.CharField()
    published_at = InstantField()
    closed_to_entry_on = serializers.DateField(allow_null=True)
    teach_out_until = serializers.DateField(allow_null=True)


class ProgramPage(serializers.Serializer[Any]):
    """A page of the list."""

    results = ProgramRow(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class CheckRow(serializers.Serializer[Any]):
    """One check."""

    check = serializers.ChoiceField([name.value for name in CheckName], source="name")
    passed = serializers.BooleanField(allow_null=True, help_text="null: it could not be made.")
    reason = serializers.ChoiceField([reason.value for reason in Reason])


@extend_schema_serializer(component_name="ToldRow")  # the published name of the component
class CredentialSummaryRow(serializers.Serializer[Any]):
    """What the credential says of itself; never whose it is."""

    title = serializers.CharField(allow_blank=True)
    issuer = serializers.CharField(allow_blank=True)
    awarded_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True, help_text="The last day with it.")


@extend_schema_serializer(component_name="ToldOfTranscriptRow")  # as above
class TranscriptSummaryRow(serializers.Serializer[Any]):
    """What the transcript says of itself; never whose it is, nor a word of the record."""

    kind = serializers.ChoiceField([kind.value for kind in TranscriptKind])
    issuer = serializers.CharField()
    made_on = serializers.DateField()


class IssuerAnswerRow(serializers.Serializer[Any]):
    """Who vouches for it; apart from the verdict, because anybody can sign in any name."""

    known = serializers.ChoiceField(
        [known.value for known in IssuerKnown],
        help_text="`ours`: issued here. `registered`: by an issuer that is registered here. `unknown`: neither.",
    )
    identifier = serializers.CharField(
        allow_blank=True, help_text="What it names as its issuer; proven only if its signature is valid."
    )
    claims_our_name = serializers.BooleanField(help_text="It uses the name of this institution and is not of it.")


class FileAnswerRow(serializers.Serializer[Any]):
    """The file around the record. The verdict is about the record inside, not about what the file shows."""

    container = serializers.ChoiceField([kind.value for kind in FileKind], source="kind")
    delivered = serializers.BooleanField(help_text="Whether it is, byte for byte, a file that was delivered here.")


class MemberRow(serializers.Serializer[Any]):
    """The answer about one of several records that were presented together."""

    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    why = serializers.CharField(
        allow_blank=True, help_text="For one of ours that holds no more: the public class of why."
    )
    since = InstantField(allow_null=True, help_text="When it ended.")
    checks = CheckRow(many=True)
    credential = CredentialSummaryRow(allow_null=True)
    transcript = TranscriptSummaryRow(allow_null=True)
    issuer = IssuerAnswerRow()
    retry = serializers.BooleanField(help_text="Whether asking again later may give another answer.")


class VerificationAnswer(serializers.Serializer[Verification]):
    """The answer about a credential or transcript that you hold."""

    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    why = serializers.CharField(
        allow_blank=True, help_text="For one of ours that holds no more: the public class of why."
    )
    since = InstantField(allow_null=True, help_text="When it ended.")
    checks = CheckRow(many=True)
    credential = CredentialSummaryRow(allow_null=True)
    transcript = TranscriptSummaryRow(allow_null=True)
    issuer = IssuerAnswerRow()
    file = FileAnswerRow(allow_null=True, help_text="null: it was presented alone.")
    members = MemberRow(many=True, help_text="Empty for one credential; else the verdict is the least favourable.")
    retry = serializers.BooleanField(help_text="Whether asking again later may give another answer.")
