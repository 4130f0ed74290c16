"""The version in force that a draft would follow, and the approval that it needs."""

from accounts.models import Approval, ApprovalAct, ApprovedKind
from programs.models import ProgramVersion


def version_in_force_before(version: ProgramVersion) -> ProgramVersion | None:
    """Return the version in force that a draft would follow, if there is one."""
    if not version.writable:
        return None
    others = ProgramVersion.objects.published().filter(program=version.program_id, successor=None).defer("content")
    return others.order_by("-number").first()


def approval_to_replace(version: ProgramVersion) -> Approval | None:
    """Return the newest request for approval, decided or not; the draft may have changed since it was made."""
    about = Approval.objects.about(ApprovalAct.REPLACE, ApprovedKind.PROGRAM_VERSION, version.public_id)
    return about.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk").first()
