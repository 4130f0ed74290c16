"""What the actions of programs share: a draft to write in, and the salt of words beside a row."""

import secrets

SALT = 16


def new_salt() -> bytes:
    """What keeps digests of short words from being guessed."""
    return secrets.token_bytes(SALT)
