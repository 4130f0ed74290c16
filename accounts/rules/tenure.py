"""When, and where, a role is held."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Tenure:
    """One role assignment: from `starts_at` up to, not including, `ends_at`; no organization means everywhere."""

    role: str
    organization_id: int | None
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether the role is in force at the instant `at`."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def reaches(self, organization_ids: Collection[int]) -> bool:
        """Whether it holds for an organization that is known, with its ancestors, by `organization_ids`."""
        return self.organization_id is None or self.organization_id in organization_ids


def roles_in_force(tenures: Iterable[Tenure], *, at: datetime) -> frozenset[str]:
    """The roles held at the instant `at`, wherever."""
    return frozenset(tenure.role for tenure in tenures if tenure.covers(at))
