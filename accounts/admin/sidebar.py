"""The entries of accounts in the sidebar of the desk."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Approval, User
from accounts.permissions import (
    approvals_waiting_for,
    may_read_advisors,
    may_read_approvals,
    may_read_learners,
    may_read_organizations,
    may_read_partners,
    may_read_roles,
)
from core.desk.sidebar import SidebarEntry, add_sidebar_entry

# Names and identifiers are part of the learner's file and found from there: the list of learners searches them.
ENTRIES = (
    SidebarEntry(
        _("People"), _("Learners"), "admin:accounts_learner_changelist", may_read_learners, icon="people", place=10
    ),
    SidebarEntry(
        _("People"),
        _("Advisors"),
        "admin:accounts_advisorassignment_changelist",
        may_read_advisors,
        icon="people",
        place=13,
    ),
    SidebarEntry(
        _("Sharing"),
        _("Sharing"),
        "admin:accounts_sharinggrant_changelist",
        may_read_learners,
        icon="link",
        place=50,
    ),
    SidebarEntry(
        _("Sharing"),
        _("Disclosures"),
        "admin:accounts_disclosure_changelist",
        may_read_learners,
        icon="history",
        place=51,
    ),
    SidebarEntry(
        _("Institution"),
        _("Organizations"),
        "admin:accounts_organization_changelist",
        may_read_organizations,
        icon="tree",
        place=60,
    ),
    SidebarEntry(
        _("Institution"), _("Accounts"), "admin:accounts_user_changelist", may_read_roles, icon="person", place=61
    ),
    SidebarEntry(
        _("Institution"), _("Roles"), "admin:accounts_roleassignment_changelist", may_read_roles, icon="key", place=62
    ),
    SidebarEntry(
        _("Institution"),
        _("API clients"),
        "admin:accounts_partnerclient_changelist",
        may_read_partners,
        icon="link",
        place=64,
    ),
)


def waiting_approvals(user: object) -> QuerySet[Approval]:
    """The open approvals that this user can decide."""
    return approvals_waiting_for(user) if isinstance(user, User) else Approval.objects.none()


def add_sidebar_entries() -> None:
    """Add the entries; the app calls this once when it is ready."""
    approvals = SidebarEntry(
        _("Institution"),
        _("Approvals"),
        "admin:accounts_approval_changelist",
        may_read_approvals,
        badge=waiting_approvals,
        icon="check",
        place=63,
    )
    for entry in (*ENTRIES, approvals):
        add_sidebar_entry(entry)
