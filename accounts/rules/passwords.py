"""Measures of weak passwords: the core of a decorated word, and too few different characters."""

import re

# NIST SP 800-63B asks for length and a blocklist, and advises against rules about kinds of characters.
MIN_DISTINCT_CHARACTERS = 5
MIN_LETTERS = 4


def core_of(password: str) -> str:
    """The letters of `password` in lower case, without repetition: "summer" for "Summer-2026-summer!".

    Empty if there are few letters: the other characters are then what must be guessed.
    """
    letters = re.sub(r"[\W\d_]", "", password.lower())
    if len(letters) < MIN_LETTERS:
        return ""
    repeated = re.fullmatch(r"(.+?)\1+", letters)
    return repeated[1] if repeated else letters


def is_monotonous(password: str) -> bool:
    """Whether the password has very few different characters, such as 121212121212."""
    return len(set(password.lower())) < MIN_DISTINCT_CHARACTERS
