"""Telling holders that a paper of theirs is there."""

from datetime import datetime

from django.db import transaction

from credentials.models import Credential


@transaction.atomic
def tell_holder(credential: Credential, *, at: datetime) -> Credential:
    """Note that the holder was told; the mail is sent before, so that a crash repeats it rather than loses it."""
    locked = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if locked.notified_at is None:
        locked.notified_at = at
        locked.save(update_fields=["notified_at"])
    return locked
