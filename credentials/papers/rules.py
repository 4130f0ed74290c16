"""The facts of a certificate: those of the award and those of the credential about it."""

from dataclasses import dataclass
from datetime import date, datetime

from programs.awards.rules import AwardFacts, CompetencyCounts, MilestoneFact

MAX_STACKED_ON_FRONT = 4


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Everything that a certificate shows.

    `code` is written as it is printed, with its check character. The QR code opens `check_url`; a person types the
    code at `check_place`. `record` is the signed credential, byte for byte, which the PDF carries as an attachment.
    `counts` and `milestones` are the figures of the award, the same as on every page.
    """

    award: AwardFacts
    issued_at: datetime
    issued_on: date
    code: str
    check_url: str
    check_place: str
    issuer: str
    counts: CompetencyCounts
    milestones: tuple[MilestoneFact, ...] = ()
    record: bytes = b""
