"""One card of the desk's start page: what waits, how much of it, since when, what to do, and where."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class StartPageCard:
    """Work for a person. `weight` is "alarm" where something has failed, "warm" where it only waits."""

    title: Text
    count: int
    url: str
    weight: str = "warm"
    oldest: datetime | None = None
    advice: Text = ""
