"""The draft that an action of authors writes in."""

from programs.errors import NotADraftError
from programs.models import ProgramVersion


def locked_draft(version: ProgramVersion) -> ProgramVersion:
    """The version, locked for writing in its tree. Raises NotADraftError."""
    locked = (
        ProgramVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("program").get(pk=version.pk)
    )
    if not locked.writable:
        raise NotADraftError
    return locked
