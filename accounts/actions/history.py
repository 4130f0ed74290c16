"""The author and the reason that the change history records."""

from contextlib import AbstractContextManager

from accounts.models import User
from core.history import because


def change_context(reason: str, by: User | None) -> AbstractContextManager[object]:
    """Record this user and this reason with every change made inside the block; None means Cairn itself."""
    context: AbstractContextManager[object] = because(reason, by=None if by is None else by.pk)
    return context
