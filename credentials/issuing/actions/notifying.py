"""Recording that holders were notified of a credential."""

from datetime import datetime

from django.db import transaction

from credentials.models import Credential


@transaction.atomic
def notify_holder(credential: Credential, *, at: datetime) -> Credential:
    """Record that the holder was notified. The mail is sent before, so that a crash repeats it and never loses it."""
    # Two workers may run the job at once: the row's lock lets the first instant stay.
    locked = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if locked.notified_at is None:
        locked.notified_at = at
        locked.save(update_fields=["notified_at"])
    return locked
