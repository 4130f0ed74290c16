"""When and where a role assignment is in force."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Tenure:
    """A role assignment from `starts_at` up to but not including `ends_at`; no organization means everywhere."""

    role: str
    organization_id: int | None
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether the assignment is in force at the instant `at`."""
        # Half-open: when one assignment follows another, exactly one is in force at the instant between them.
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def reaches(self, organization_ids: Collection[int]) -> bool:
        """Whether the assignment covers an organization; `organization_ids` are its id and the ids of its ancestors."""
        return self.organization_id is None or self.organization_id in organization_ids
