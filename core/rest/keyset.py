"""Lists in pages by key: the last page costs what the first one does, and new rows shift nothing."""

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

MAX_PAGE_SIZE = 100
DEFAULT = 50


@dataclass(frozen=True, order=True)
class Key:
    """Where a row stands in a list that is sorted by instant, then by public id."""

    at: datetime
    public_id: uuid.UUID

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.at.isoformat()}/{self.public_id}".encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> "Key":
        """The key in `cursor`; raises ValueError when it was not made here."""
        try:
            at, _slash, public_id = (
                base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii").partition("/")
            )
            key = cls(datetime.fromisoformat(at), uuid.UUID(public_id))
        except (binascii.Error, UnicodeError) as error:
            raise ValueError(cursor) from error
        if key.at.utcoffset() != timedelta(0) or str(key) != cursor:
            raise ValueError(cursor)
        return key


@extend_schema_field(OpenApiTypes.STR)
class CursorField(serializers.Field[Key, str, str, Any]):
    """A place in a list, as the list gave it in `next`."""

    def to_internal_value(self, data: str) -> Key:
        """The key in a cursor. Raises NotFound for a cursor that no list gave."""
        try:
            return Key.read(data)
        except ValueError:
            raise NotFound("There is no such page: take `next` as it is.") from None

    def to_representation(self, value: Key) -> str:
        """The cursor of a key."""
        return str(value)


class PageQuery(serializers.Serializer[Any]):
    """What a request for a page may ask; lists add their own filters."""

    cursor = CursorField(required=False, help_text="Where to go on: taken from `next` of the page before.")
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_PAGE_SIZE, default=DEFAULT, help_text="How many rows at most."
    )


def next_page(path: str, *, after: Key | None, query: dict[str, Any]) -> str | None:
    """The address of the page after `after`, with the filters of `query`; None when there is none."""
    if after is None:
        return None
    kept = {name: value for name, value in query.items() if name != "cursor"}
    return f"{settings.PUBLIC_URL}{path}?{urlencode({**kept, 'cursor': str(after)})}"
