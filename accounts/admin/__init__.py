"""The admin pages of people, organizations, roles, approvals and partners."""

from accounts.admin import (
    accounts,
    advisors,
    approvals,
    identifiers,
    learners,
    names,
    organizations,
    partners,
    roles,
    sharing,
)

__all__ = [
    "accounts",
    "advisors",
    "approvals",
    "identifiers",
    "learners",
    "names",
    "organizations",
    "partners",
    "roles",
    "sharing",
]
