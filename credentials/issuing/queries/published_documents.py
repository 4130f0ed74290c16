"""What we publish under our own addresses, from our own rows: our credentials are checked without fetching."""

import json

from credentials.issuing.formats.did_web import address_of
from credentials.issuing.queries.issuers import did_document_of
from credentials.models import Issuer, StatusList


def published(url: str) -> bytes | None:
    """The bytes that stand at `url` if it is the did.json of an issuer of ours or a status list; None otherwise."""
    for issuer in Issuer.objects.exclude(origin=""):
        if url == address_of(issuer.did):
            return json.dumps(did_document_of(issuer)).encode()
        if url.startswith(f"{issuer.origin}/status/"):
            return _list(url, issuer)
    return None


def _list(url: str, issuer: Issuer) -> bytes | None:
    for status_list in StatusList.objects.select_related("issuer").filter(issuer__origin=issuer.origin):
        if status_list.url == url and status_list.content is not None:
            return bytes(status_list.content)
    return None
