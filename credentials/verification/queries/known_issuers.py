"""Who is ours and who is registered: addresses and issuers of this installation, and issuers that it vouches for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Organization
from credentials.models import Issuer
from credentials.verification.formats.foreign import issuer_of
from credentials.verification.rules.check_results import Check, CheckName
from credentials.verification.rules.typed_words import same_name, same_place
from credentials.verification.rules.verdicts import IssuerAnswer, IssuerKnown

PROVEN = (CheckName.ISSUER_KEY, CheckName.SIGNATURE)


def is_here(address: str) -> bool:
    """Whether an address is one of this installation, today or before it moved."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return same_place(f"{parts.scheme}://{parts.netloc}") in _places()


def is_our_issuer(document: Mapping[str, Any]) -> bool:
    """Whether a document names an issuer of ours."""
    named = issuer_of(document)
    return any(row.did == named for row in Issuer.objects.exclude(origin=""))


def issuer_answer(document: Mapping[str, Any], checks: list[Check], *, name: str) -> IssuerAnswer:
    """Who vouches for a document of another issuer, which names itself `name`.

    Registered is an issuer only for what it signed: anybody can write its identifier into a document.
    """
    named, passed = issuer_of(document), {check.name for check in checks if check.passed}
    proven = passed.issuperset(PROVEN)
    known = proven and named in settings.CAIRN_REGISTERED_ISSUERS
    return IssuerAnswer(
        known=IssuerKnown.REGISTERED if known else IssuerKnown.UNKNOWN,
        identifier=named[:300],
        claims_our_name=bool(name) and same_name(name) in _our_names(),
    )


def _places() -> set[str]:
    # An installation may move: signed documents keep the origin of their issuer's first key.
    origins = Issuer.objects.exclude(origin="").values_list("origin", flat=True)
    known = (settings.PUBLIC_URL, settings.CAIRN_ORIGIN, *settings.CAIRN_FORMER_ORIGINS, *origins)
    return {same_place(origin) for origin in known}


def _our_names() -> set[str]:
    names = (
        *Organization.objects.ours().values_list("name", flat=True),
        *Issuer.objects.values_list("name", flat=True),
    )
    return {same_name(name) for name in names}
