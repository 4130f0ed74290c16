"""The desk pages of credentials, room by room; the admin site finds them here."""

from credentials.issuing import admin as issuing
from credentials.transcripts import admin as transcripts

__all__ = ["issuing", "transcripts"]
