"""The files and links of a submission: the list, and the download for users who may read the work."""

from dataclasses import dataclass
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Actor, is_own_record
from assessments.models import Artifact, ArtifactKind, Submission, SubmissionState
from assessments.permissions import may_see_work
from assessments.work.queries.work import artifacts_of, files_of_work
from core.access import access, signed_in
from core.files import NotKeptError, kept_response


@dataclass(frozen=True)
class AttachedArtifact:
    """A file or a link as the learner's page lists it; the `address` of a link is shown as text, never as a link."""

    artifact: Artifact
    name: str
    address: str = ""
    erased: bool = False

    @property
    def file(self) -> bool:
        """Return whether it is a file and not a link."""
        return self.artifact.kind == ArtifactKind.FILE


def attached_to(submission: Submission) -> list[AttachedArtifact]:
    """Return the files and links of the work, in their order; one query."""
    return [_attached(row) for row in artifacts_of(submission)]


def _attached(artifact: Artifact) -> AttachedArtifact:
    # NULL is erased; the row of the artifact stays, with its digest.
    content = artifact.body.content
    if content is None:
        return AttachedArtifact(artifact, _("Erased"), erased=True)
    address = content.get("address", "")
    return AttachedArtifact(artifact, content["name"] or address, address)


@access(signed_in)
@require_safe
def download(request: HttpRequest, artifact_id: UUID) -> FileResponse:
    """Send a file to its learner, or to users who may read submitted work; nobody else reads work in progress."""
    artifact = get_object_or_404(files_of_work(), public_id=artifact_id)
    # 404 and not 403: the answer must not tell a stranger that the file exists.
    if not _may_read(request.user, artifact.submission) or not artifact.body.content:
        raise Http404
    content = artifact.body.content
    try:
        return kept_response(content["key"], name=content["name"], media_type=artifact.media_type)
    except NotKeptError:
        raise Http404 from None


def _may_read(user: Actor, submission: Submission) -> bool:
    if is_own_record(user, submission.learner):
        return True
    submitted = submission.state in {SubmissionState.SUBMITTED, SubmissionState.JUDGED}
    return submitted and may_see_work(user, submission)
