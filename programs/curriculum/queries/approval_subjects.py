"""What a request for approval about a program version says to whoever decides it."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.labels import ApprovalSubject
from accounts.models import ApprovalAct
from programs.models import Enrollment, ProgramVersion


def version_subject(act: ApprovalAct, public_id: UUID) -> ApprovalSubject | None:
    """Return the version, and what replacing or retiring it means for how many learners."""
    rows = ProgramVersion.objects.select_related("program").defer("content")
    version = rows.filter(public_id=public_id).first()
    if version is None:
        return None
    named = {"title": version.program.title, "code": version.program.code, "number": version.number}
    return ApprovalSubject(
        title=_("%(title)s (%(code)s), version %(number)d") % named, consequence=_consequence(act, version)
    )


def _consequence(act: ApprovalAct, version: ProgramVersion) -> str:
    if act == ApprovalAct.REPLACE:
        return _("It is published and takes new learners. Those who are enrolled stay in the version that they have.")
    if act == ApprovalAct.RETIRE:
        count = Enrollment.objects.open().filter(version=version).count()
        return ngettext(
            "It takes nobody new. %(count)d learner who is enrolled goes on and still gets the award.",
            "It takes nobody new. %(count)d learners who are enrolled go on and still get the award.",
            count,
        ) % {"count": count}
    return ""
