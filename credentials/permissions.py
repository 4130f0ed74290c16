"""Who may do what with issuers, keys and credentials: named predicates of a person; unknown means no."""

from accounts.models import Role
from accounts.permissions import Actor, holds, holds_everywhere, may_change_learners, may_read_learners


def reads_issuers(user: Actor) -> bool:
    """Sees who signs and with which keys."""
    return holds(user, Role.REGISTRAR, Role.INSPECTOR)


def keeps_issuers(user: Actor) -> bool:
    """Sets up issuers and makes, rotates and reports keys: registrars who are not limited to a place."""
    return holds_everywhere(user, Role.REGISTRAR)


def reads_credentials(user: Actor) -> bool:
    """Sees which papers were issued and where they stand."""
    return may_read_learners(user)


def issues_credentials(user: Actor) -> bool:
    """Issues anew and takes back."""
    return may_change_learners(user)


def makes_transcripts(user: Actor) -> bool:
    """Makes official transcripts and corrects them."""
    return may_change_learners(user)
