"""Status lists: a free bit for each credential, and the document, which is signed after each change and once a day."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions.locking import database_now
from core.text.canonical import digest_of_bytes
from credentials.badges.formats.canary import refuse_unless_known
from credentials.badges.formats.data_integrity import bytes_of, proof_options, signed, verify_proof
from credentials.badges.formats.errors import NotVerifiedError
from credentials.badges.formats.lint import lint_list
from credentials.badges.formats.status_list import list_document
from credentials.errors import LintError, SelfCheckFailedError, StatusListFullError
from credentials.issuing.queries.issuers import active_key_of
from credentials.issuing.queries.signers import signer_of
from credentials.issuing.queries.status_lists import entry_count_of, indexes_set_in, newest_list_of, taken_among
from credentials.models import LIST_LENGTH, Issuer, StatusList

VALID_FOR = timedelta(days=7)
# A fuller list would make most random draws collide, and would group credentials by the time of their issue.
FULL = LIST_LENGTH // 2
DRAWS = 50


@transaction.atomic
def publish_list(status_list: StatusList) -> StatusList:
    """Sign the list as it is now and store the document for GET.

    Raises NoActiveKeyError, LintError, SelfCheckFailedError, SigningUnavailableError.
    """
    refuse_unless_known()
    # The lock puts writers in a row: the last one reads the bits after all others, so that no bit is lost.
    locked = StatusList.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=status_list.pk)
    at = database_now()
    until = at + VALID_FOR
    key = active_key_of(locked.issuer)
    document = list_document(
        url=locked.url,
        did=locked.issuer.did,
        indexes=indexes_set_in(locked),
        length=LIST_LENGTH,
        signed_at=at,
        valid_until=until,
    )
    document["proof"] = proof_options(key.method, created=at)
    problems = lint_list(document, did=locked.issuer.did, at=at)
    if problems:
        raise LintError("; ".join(map(str, problems)))
    whole = signed(document, signer_of(key))
    try:
        verify_proof(whole, multibase=key.public_multibase)
    except NotVerifiedError as error:
        raise SelfCheckFailedError("a status list did not verify") from error
    content = bytes_of(whole)
    locked.content, locked.digest = content, digest_of_bytes(content)
    locked.signed_at, locked.valid_until = at, until
    locked.save(update_fields=["content", "digest", "signed_at", "valid_until"])
    return locked


def free_bit(issuer: Issuer, *, at: datetime) -> tuple[StatusList, int]:
    """The issuer's list for one more credential, and a random bit in it that no credential has now.

    It is the newest list while it has room, otherwise a new one, which is published empty. Raises StatusListFullError.
    Two writers may draw the same bit: the constraint status_entry_bit_is_one refuses the second.
    """
    newest = newest_list_of(issuer)
    if newest is None:
        return _list_after(None, issuer, at=at), secrets.randbelow(LIST_LENGTH)
    # Random and not the next one: neighbours in the list would tell who was awarded together.
    drawn = {secrets.randbelow(LIST_LENGTH) for _ in range(DRAWS)}
    free = sorted(drawn - taken_among(newest, drawn))
    # The draws are a sample of the list. Only when half of them are taken is it worth counting every entry: a counter
    # in the row of the list would put all writers of an issuer in a row. A list may pass FULL by a few entries so.
    if 2 * len(free) <= len(drawn) and entry_count_of(newest) >= FULL:
        return _list_after(newest, issuer, at=at), secrets.randbelow(LIST_LENGTH)
    if not free:
        raise StatusListFullError("no free bit was drawn")
    return newest, secrets.choice(free)


def _list_after(full: StatusList | None, issuer: Issuer, *, at: datetime) -> StatusList:
    """Return the list that follows a full one, or the first: made by this transaction, or by one that was quicker."""
    # Writers who find the same list full wait for each other here: a list with one entry would hide nobody.
    Issuer.objects.select_for_update(of=("self",), no_key=True).get(pk=issuer.pk)
    newest = newest_list_of(issuer)
    if newest is not None and newest != full:
        return newest
    return publish_list(StatusList.objects.create(issuer=issuer, made_at=at))
