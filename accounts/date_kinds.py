"""The kind of each date field of accounts: what is plausible for it (core/text/dates.py)."""

from collections.abc import Mapping

from core.date_register import recorded
from core.text.dates import DateKind

DATE_KINDS: Mapping[str, DateKind] = {
    "RoleAssignment.starts_at": DateKind.GENERAL,
    "RoleAssignment.ends_at": DateKind.VALIDITY,
    "AdvisorAssignment.starts_at": DateKind.GENERAL,
    "AdvisorAssignment.ends_at": DateKind.VALIDITY,
    "Learner.birth_date": DateKind.BIRTH,
    "Learner.deceased_on": DateKind.DEATH,
    "LearnerName.starts_on": DateKind.GENERAL,
    "LearnerName.ends_on": DateKind.GENERAL,
    "SharingGrant.expires_at": DateKind.VALIDITY,
    **recorded("User", "last_login", "joined_at"),
    **recorded("Approval", "asked_at", "decided_at"),
    **recorded("Learner", "created_at"),
    **recorded("LearnerIdentifier", "created_at", "ended_at"),
    **recorded("LearnerLink", "linked_at", "unlinked_at"),
    **recorded("MailToken", "created_at", "expires_at", "used_at"),
    **recorded("PartnerClient", "created", "updated", "cimd_expires_at", "secret_made_at", "ended_at"),
    **recorded("SharingGrant", "granted_at", "withdrawn_at"),
    **recorded("Disclosure", "disclosed_at"),
}
