"""Permissions for issuers, keys, credentials and transcripts: named predicates of a user; unknown means no."""

from accounts.models import Role
from accounts.permissions import Actor, holds, holds_everywhere, may_change_learners, may_read_learners


def reads_issuers(user: Actor) -> bool:
    """May see issuers and their keys."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def keeps_issuers(user: Actor) -> bool:
    """May set up issuers, and make, rotate and report keys: registrars who are not limited to an organization."""
    return holds_everywhere(user, Role.REGISTRAR)


def reads_credentials(user: Actor) -> bool:
    """May see credentials and transcripts."""
    return may_read_learners(user)


def issues_credentials(user: Actor) -> bool:
    """May issue credentials again and revoke them."""
    return may_change_learners(user)


def makes_transcripts(user: Actor) -> bool:
    """May make official transcripts and correct them."""
    return may_change_learners(user)
