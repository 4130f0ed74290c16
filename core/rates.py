"""How often somebody may ask: counted in the database, one statement each, so that all processes count together."""

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

COUNT = """
INSERT INTO base_rate AS rate (key, window_at, count) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN rate.window_at = excluded.window_at THEN rate.count + 1 ELSE 1 END,
    window_at = excluded.window_at
RETURNING count
"""


@dataclass(frozen=True)
class Rate:
    """At most `most` requests in each window of `seconds`; `name` keeps one rate's counts apart from another's."""

    name: str
    most: int
    seconds: int = 60


def wait_of(rate: Rate, who: str, *, at: datetime) -> int:
    """Count a request of `who`: 0 when it may pass, else the seconds until the next window.

    What is stored of `who`, who may be a network address, is a keyed digest.
    """
    begins = math.floor(at.timestamp() / rate.seconds) * rate.seconds
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_key(rate, who), datetime.fromtimestamp(begins, UTC)])
        (count,) = cursor.fetchone()
    return 0 if count <= rate.most else max(1, math.ceil(begins + rate.seconds - at.timestamp()))


def _key(rate: Rate, who: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{rate.name} {who}".encode(), hashlib.sha256).hex()
