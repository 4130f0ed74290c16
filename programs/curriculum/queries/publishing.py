"""What stands between a draft and its publication: the version in force beside it, and the approval it needs."""

from accounts.models import Approval, ApprovalAct, ApprovedKind
from programs.models import ProgramVersion


def version_in_force_before(version: ProgramVersion) -> ProgramVersion | None:
    """The version in force that this draft would follow, if there is one."""
    if not version.writable:
        return None
    others = ProgramVersion.objects.published().filter(program=version.program_id, successor=None).defer("content")
    return others.order_by("-number").first()


def approval_to_replace(version: ProgramVersion) -> Approval | None:
    """The newest request to let this draft follow, decided or not; what it was asked for may have changed since."""
    about = Approval.objects.about(ApprovalAct.REPLACE, ApprovedKind.PROGRAM_VERSION, version.public_id)
    return about.select_related("asked_by", "decided_by").order_by("-asked_at", "-pk").first()
