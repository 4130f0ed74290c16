"""Which bits of a status list are set: worked out from the credentials, never kept."""

from credentials.models import Credential, StatusList


def indexes_set_in(status_list: StatusList) -> set[int]:
    """The bits of the credentials of this list that were replaced or revoked."""
    ended = Credential.objects.ended().filter(status_entry__status_list=status_list)
    return set(ended.values_list("status_entry__index", flat=True))
