"""The tables of issuers and keys, documents with their codes and status bits, and what sharing grants cover."""

from credentials.models.codes import DocumentCode
from credentials.models.comparisons import TRIES_A_DAY, NameComparison
from credentials.models.credentials import Credential, CredentialQuerySet
from credentials.models.definitions import AchievementDefinition, PublishedImage
from credentials.models.delivered import DeliveredFile, DeliveredKind
from credentials.models.documents import (
    Document,
    DocumentKind,
    DocumentQuerySet,
    DocumentState,
    IssueReason,
    RevocationBody,
    RevocationClass,
)
from credentials.models.issuers import Issuer, IssuerKey, KeyState, ToldExceptions
from credentials.models.printings import Printing
from credentials.models.sharing import GrantItem
from credentials.models.statuses import LIST_LENGTH, StatusEntry, StatusList
from credentials.models.transcripts import Transcript, TranscriptKinds
from credentials.models.unsigned import UnsignedAward

__all__ = [
    "LIST_LENGTH",
    "TRIES_A_DAY",
    "AchievementDefinition",
    "Credential",
    "CredentialQuerySet",
    "DeliveredFile",
    "DeliveredKind",
    "Document",
    "DocumentCode",
    "DocumentKind",
    "DocumentQuerySet",
    "DocumentState",
    "GrantItem",
    "IssueReason",
    "Issuer",
    "IssuerKey",
    "KeyState",
    "NameComparison",
    "Printing",
    "PublishedImage",
    "RevocationBody",
    "RevocationClass",
    "StatusEntry",
    "StatusList",
    "ToldExceptions",
    "Transcript",
    "TranscriptKinds",
    "UnsignedAward",
]
