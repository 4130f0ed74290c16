"""Printed codes: twelve random characters of Crockford's base 32 and a check character."""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"  # Crockford's five further signs for remainders of 37
LENGTH = 12
BYTES = 8  # of randomness handed in: 60 of its 64 bits are used
GROUP = 4

# Letters that people read by mistake: the alphabet has no I, L and O.
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
# For the eye only, whichever of them a keyboard, a word processor or a mail program writes: dashes, blanks, marks that
# nobody sees. The minus sign is none of these categories.
_FOR_THE_EYE = frozenset({"Pd", "Pc", "Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})
_MINUS = "\u2212"
# Check characters that people take for decoration and leave out.
_OFTEN_LEFT_OUT = frozenset("*~$=")


def code_of(randomness: bytes) -> str:
    """The code of `BYTES` random bytes, with its check character."""
    number = int.from_bytes(randomness[:BYTES]) >> (BYTES * 8 - LENGTH * 5)
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range((LENGTH - 1) * 5, -1, -5))
    return letters + _check(letters)


def normalized(typed: str) -> str | None:
    """The typed code as it is stored; None if it is malformed or its check character is wrong.

    Without its check character a code is read only where that is a sign that people leave out.
    """
    letters = _letters(typed).translate(READ_AS)
    if len(letters) not in {LENGTH, LENGTH + 1} or any(letter not in ALPHABET for letter in letters[:LENGTH]):
        return None
    check = _check(letters[:LENGTH])
    if len(letters) == LENGTH:
        return letters + check if check in _OFTEN_LEFT_OUT else None
    return letters if letters[LENGTH] == check else None


def normalized_serial(typed: str) -> str | None:
    """The typed serial of a transcript as it is stored, T and a code; None if it is malformed, or a code itself."""
    letters = _letters(typed)
    if not letters.startswith("T") or (len(letters) == LENGTH + 1 and normalized(letters)):
        return None
    code = normalized(letters[1:])
    return None if code is None else f"T{code}"


def stored_code(typed: str) -> str | None:
    """The typed code of a badge, or serial of a transcript, as it is stored; None if it is neither."""
    return normalized(typed) or normalized_serial(typed)


def _letters(typed: str) -> str:
    """What was typed in capital letters of one width, without what is for the eye only."""
    shown = unicodedata.normalize("NFKC", typed).upper()
    return "".join(letter for letter in shown if unicodedata.category(letter) not in _FOR_THE_EYE and letter != _MINUS)


def in_groups(code: str) -> str:
    """The code as it is printed: XXXX-XXXX-XXXX-C."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def _check(letters: str) -> str:
    number = 0
    for letter in letters:
        number = number * 32 + ALPHABET.index(letter)
    return CHECKS[number % 37]


def printed_serial(serial: str) -> str:
    """A transcript's serial as it is printed: T-XXXX-XXXX-XXXX-C."""
    return f"{serial[0]}-{in_groups(serial[1:])}"
