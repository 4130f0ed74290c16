"""Who can sign what an organization awards. Apps above programs sign; they add their answer here."""

from collections.abc import Callable

from accounts.models import Organization

SignerCheck = Callable[[Organization], bool]
_CHECKS: list[SignerCheck] = []


def add_signer_check(check: SignerCheck) -> None:
    """Add a function that says whether an award of an organization can be signed. Called once, when apps are ready."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def is_signed_for(organization: Organization) -> bool:
    """Return whether somebody can sign for an organization; true where no app signs."""
    return all(check(organization) for check in _CHECKS)
