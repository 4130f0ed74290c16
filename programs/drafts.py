"""What the actions of programs share: a draft to write in, and the salt of words beside a row."""

import secrets

from programs.errors import NotADraftError
from programs.models import ProgramVersion

SALT = 16


def locked_draft(version: ProgramVersion) -> ProgramVersion:
    """The version, locked for writing in its tree. Raises NotADraftError."""
    locked = (
        ProgramVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("program").get(pk=version.pk)
    )
    if not locked.writable:
        raise NotADraftError
    return locked


def new_salt() -> bytes:
    """What keeps digests of short words from being guessed."""
    return secrets.token_bytes(SALT)
