"""The lock of a draft, which every action of authors takes."""

from programs.errors import NotADraftError
from programs.models import ProgramVersion


def locked_draft(version: ProgramVersion) -> ProgramVersion:
    """Return the version, locked until the transaction ends. Raises NotADraftError."""
    locked = (
        ProgramVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("program").get(pk=version.pk)
    )
    if not locked.writable:
        raise NotADraftError
    return locked
