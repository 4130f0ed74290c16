"""The admin pages of people, organizations, roles, approvals and partners."""

from accounts.admin import accounts, approvals, identifiers, learners, names, organizations, partners, roles, sharing

__all__ = ["accounts", "approvals", "identifiers", "learners", "names", "organizations", "partners", "roles", "sharing"]
