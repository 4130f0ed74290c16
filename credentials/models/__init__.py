"""The tables of issuers and keys, credentials, status lists, transcripts, and what sharing grants cover."""

from credentials.models.codes import CredentialCode
from credentials.models.credentials import (
    Credential,
    CredentialQuerySet,
    CredentialState,
    IssueReason,
    RevocationBody,
    RevocationClass,
)
from credentials.models.delivered import DeliveredFile, DeliveredKind
from credentials.models.issuers import Issuer, IssuerKey, KeyState
from credentials.models.sharing import GrantItem
from credentials.models.statuses import LIST_LENGTH, StatusEntry, StatusList
from credentials.models.transcripts import Printing, Transcript, TranscriptKinds, TranscriptSerial
from credentials.models.unsigned import UnsignedAward

__all__ = [
    "LIST_LENGTH",
    "Credential",
    "CredentialCode",
    "CredentialQuerySet",
    "CredentialState",
    "DeliveredFile",
    "DeliveredKind",
    "GrantItem",
    "IssueReason",
    "Issuer",
    "IssuerKey",
    "KeyState",
    "Printing",
    "RevocationBody",
    "RevocationClass",
    "StatusEntry",
    "StatusList",
    "Transcript",
    "TranscriptKinds",
    "TranscriptSerial",
    "UnsignedAward",
]
