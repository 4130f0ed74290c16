"""What programs tells those above it: an award was granted, or one stands no longer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.announcing import Announcement
from programs.models import Award


@dataclass(frozen=True, slots=True)
class Awarded:
    """An award was granted, inside the transaction that did it, the learner's lock held."""

    award: Award
    at: datetime


@dataclass(frozen=True, slots=True)
class AwardEnded:
    """An award stands no longer; whoever listens is in the transaction that ended it."""

    award: Award
    at: datetime
    how: Literal["rescinded", "lapsed"]


awarded: Announcement[Awarded] = Announcement("programs.awarded")
rescinded: Announcement[AwardEnded] = Announcement("programs.rescinded")
