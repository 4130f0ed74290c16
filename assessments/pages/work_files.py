"""Files and links of work: listed, and files handed out to whoever may read the work."""

from dataclasses import dataclass
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from assessments.models import Artifact, ArtifactKind, Submission, SubmissionState
from assessments.permissions import may_see_work
from config.base.access import access, signed_in
from config.base.files import NotKeptError, kept_response


@dataclass(frozen=True)
class Attached:
    """A file or a link as a page lists it; `address` of links is shown as text."""

    artifact: Artifact
    name: str
    address: str = ""
    erased: bool = False

    @property
    def file(self) -> bool:
        return self.artifact.kind == ArtifactKind.FILE


def attached_to(submission: Submission) -> list[Attached]:
    """What belongs to the work, in its order; one query."""
    return [_attached(row) for row in submission.artifacts.select_related("body").order_by("sequence")]


def _attached(artifact: Artifact) -> Attached:
    content = artifact.body.content
    if content is None:
        return Attached(artifact, _("Erased"), erased=True)
    address = content.get("address", "")
    return Attached(artifact, content["name"] or address, address)


@access(signed_in)
@require_safe
def download(request: HttpRequest, artifact_id: UUID) -> FileResponse:
    """A file, for its learner and for those who may read the work; others never see what is still written."""
    rows = Artifact.objects.filter(kind=ArtifactKind.FILE, body__erased_at=None).select_related(
        "body", "submission__learner", "submission__assessment_revision__assessment__organization"
    )
    artifact = get_object_or_404(rows, public_id=artifact_id)
    if not _may_read(request.user, artifact.submission) or not artifact.body.content:
        raise Http404
    content = artifact.body.content
    try:
        return kept_response(content["key"], name=content["name"], media_type=artifact.media_type)
    except NotKeptError:
        raise Http404 from None


def _may_read(user: object, submission: Submission) -> bool:
    if not isinstance(user, User):
        return False
    if submission.learner.user_id == user.pk:
        return True
    handed_in = submission.state in {SubmissionState.SUBMITTED, SubmissionState.JUDGED}
    return handed_in and may_see_work(user, submission)
