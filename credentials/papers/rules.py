"""What a certificate says: the facts of the award, and those of the paper about it."""

from dataclasses import dataclass
from datetime import date, datetime

from programs.awards.rules import AwardFacts

NAMED_ON_THE_FACE = 4


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything on one certificate; nothing on it comes from anywhere else.

    `code` is as it is printed, with its check character; `check_url` is what the QR code opens, `check_place` where a
    person types the code. `record` is the signed credential, byte for byte: it travels inside the PDF.
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
