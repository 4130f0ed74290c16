"""The facts of a certificate: those of the award and those of the credential about it."""

from dataclasses import dataclass
from datetime import date, datetime

from programs.awards.rules import AwardFacts

MAX_STACKED_ON_FRONT = 4


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything that a certificate shows.

    `code` is written as it is printed, with its check character. The QR code opens `check_url`; a person types the
    code at `check_place`. `record` is the signed credential, byte for byte, which the PDF carries as an attachment.
    """

    award: AwardFacts
    issued_at: datetime
    issued_on: date
    code: str
    check_url: str
    check_place: str
    issuer: str
    record: bytes = b""

    @property
    def shown_count(self) -> int:
        """How many competencies were reached at the required level or above."""
        return sum((found.reached_rank or 0) >= found.required_rank for found in self.award.competencies)
