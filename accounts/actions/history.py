"""Whose hand and which reason the history of a change names."""

from contextlib import AbstractContextManager

from accounts.models import User
from config.base.history import because


def noted(reason: str, by: User | None) -> AbstractContextManager[object]:
    """What is changed inside is written down as done by this person for this reason; None is Cairn itself."""
    context: AbstractContextManager[object] = because(reason, by=None if by is None else by.pk)
    return context
