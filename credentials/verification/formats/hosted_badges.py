"""Open Badges 2.0 that their issuer hosts: not signed, valid as long as the issuer's site shows them as they are.

Open Badges 2.0, section 6.1 (hosted verification). Signed badges of 2.0 name a key in a form of their own and are not
read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from credentials.verification.formats.issuer_keys import EndError, Fetch, fetched, json_of
from credentials.verification.rules.check_results import CLOCK_SKEW, Check, CheckName, Reason

CONTEXT = "https://w3id.org/openbadges/v2"
HOSTED = frozenset({"HostedBadge", "hosted"})


@dataclass
class HostedBadge:
    """A badge under check; `named` is what it says of itself, by the names that a credential has for it."""

    document: Mapping[str, Any]
    fetch: Fetch
    at: datetime
    named: dict[str, Any] = field(default_factory=dict)

    def checks(self) -> list[Check]:
        """Every check; the date is checked whatever the issuer's site answers."""
        self.named = {"awardedDate": self.document.get("issuedOn"), "validUntil": self.document.get("expires")}
        kind = _result(CheckName.CREDENTIAL, self._kind)
        site = _result(CheckName.ON_SITE, self._on_site) if kind.passed else _open(CheckName.ON_SITE)
        return [
            Check(CheckName.READABLE, True, Reason.WELL),
            kind,
            site,
            _result(CheckName.NOT_LAPSED, self._not_lapsed),
        ]

    def _kind(self) -> Reason:
        verification = self.document.get("verification", self.document.get("verify"))
        kind = verification.get("type") if isinstance(verification, dict) else None
        if not HOSTED.intersection(
            each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)
        ):
            raise EndError(None, Reason.OTHER_SUITE)
        return Reason.HOSTED

    def _on_site(self) -> Reason:
        address = self.document.get("id")
        if not isinstance(address, str):
            raise EndError(False, Reason.NOT_A_BADGE)
        hosted = json_of(fetched(self.fetch, address))
        if hosted.get("revoked") is True and hosted.get("id") == address:
            raise EndError(False, Reason.REVOKED)
        badge = self._part(hosted.get("badge"))
        issuer = badge.get("issuer")
        owner = issuer.get("id") if isinstance(issuer, dict) else issuer
        self.named |= {"name": badge.get("name"), "issuer": issuer if isinstance(issuer, dict) else {"id": owner}}
        # Only pages on the site of the issuer speak for it: anybody can host a badge that names another's class.
        if not isinstance(owner, str) or _site(owner) != _site(address):
            raise EndError(False, Reason.KEY_OF_ANOTHER)
        if hosted != self.document:
            raise EndError(False, Reason.HOSTED_OTHERWISE)
        return Reason.WELL

    def _part(self, value: object) -> dict[str, Any]:
        if isinstance(value, str):
            return json_of(fetched(self.fetch, value))
        return value if isinstance(value, dict) else {}

    def _not_lapsed(self) -> Reason:
        expires = self.document.get("expires")
        try:
            until = datetime.fromisoformat(expires) if isinstance(expires, str) else None
        except ValueError:
            raise EndError(False, Reason.NO_INSTANT) from None
        if until is not None and until.replace(tzinfo=until.tzinfo or UTC) <= self.at - CLOCK_SKEW:
            raise EndError(False, Reason.LAPSED)
        return Reason.WELL


def is_badge_of_2(document: Mapping[str, Any]) -> bool:
    """Whether the document is an assertion of Open Badges 2.0."""
    contexts, kinds = document.get("@context"), document.get("type")
    return CONTEXT in _listed(contexts) and "Assertion" in _listed(kinds)


def _result(name: CheckName, check: Callable[[], Reason]) -> Check:
    try:
        return Check(name, True, check())
    except EndError as end:
        return Check(name, end.passed, end.reason)


def _open(name: CheckName) -> Check:
    return Check(name, None, Reason.NOT_REACHED)


def _site(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ("", address)
    return parts.scheme, parts.netloc


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
