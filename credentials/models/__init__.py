"""What we sign and show: issuers and their keys, credentials, and the lists that say which of them still hold."""

from credentials.models.issuers import Issuer, IssuerKey, KeyState
from credentials.models.statuses import LIST_LENGTH, StatusList

__all__ = ["LIST_LENGTH", "Issuer", "IssuerKey", "KeyState", "StatusList"]
