"""Announcements of accounts to the apps above: a request for approval was decided."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Approval
from core.announcing import Announcement


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """A request was approved, declined or found void; `approval.outcome` says which.

    Listeners run in the same transaction, with the request's row locked.
    """

    approval: Approval
    at: datetime


approval_decided: Announcement[ApprovalDecided] = Announcement("accounts.approval_decided")
