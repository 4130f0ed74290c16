"""What a card of the start page says: what waits, how many, since when, what to do, where."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Concern:
    """One thing that needs attention; `weight` is "alarm" where work has failed, "warm" where it only waits."""

    title: Text
    count: int
    url: str
    weight: str = "warm"
    oldest: datetime | None = None
    advice: Text = ""
