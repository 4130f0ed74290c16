"""Announcements of programs to the apps above: an award was granted, or one has ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.announcing import Announcement
from programs.models import Award


@dataclass(frozen=True, slots=True)
class Awarded:
    """An award was granted. Listeners run in the same transaction, with the learner's lock held."""

    award: Award
    at: datetime


@dataclass(frozen=True, slots=True)
class AwardEnded:
    """An award lapsed or was rescinded. Listeners run in the same transaction."""

    award: Award
    at: datetime
    how: Literal["rescinded", "lapsed"]


awarded: Announcement[Awarded] = Announcement("programs.awarded")
rescinded: Announcement[AwardEnded] = Announcement("programs.rescinded")
