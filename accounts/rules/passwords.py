"""What a password boils down to once its decorations are taken off."""

import re

FEWEST_CHARACTERS = 5  # different ones; NIST SP 800-63B asks for length and a blocklist, not for kinds of characters
FEWEST_LETTERS = 4


def core_of(password: str) -> str:
    """The letters of `password` in lower case, once where they repeat: Summer-2026-summer! boils down to summer.

    Empty where letters are few: there the rest is what is to be guessed.
    """
    letters = re.sub(r"[\W\d_]", "", password.lower())
    if len(letters) < FEWEST_LETTERS:
        return ""
    repeated = re.fullmatch(r"(.+?)\1+", letters)
    return repeated[1] if repeated else letters


def is_monotonous(password: str) -> bool:
    """Whether it is made of a handful of characters, like 121212121212."""
    return len(set(password.lower())) < FEWEST_CHARACTERS
