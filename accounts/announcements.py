"""Announcements of accounts to the apps above: a request for approval was approved."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Approval
from core.announcing import Announcement


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """A request was approved. Listeners run in the same transaction, with the request's row locked."""

    approval: Approval
    at: datetime


approval_given: Announcement[ApprovalGiven] = Announcement("accounts.approval_given")
