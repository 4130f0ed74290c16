"""Printed codes: twelve random characters of Crockford's base 32 and a check character."""

import hashlib

from core.text.letters import pasted

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"  # Crockford's five further signs for remainders of 37; codes drawn before have them too
LENGTH = 12
BYTES = 8  # of randomness handed in: 60 of its 64 bits are used
GROUP = 4
EXAMPLE = "7K3M9PQA2XWD4"  # as forms and the description of the API print it: well-formed, and never drawn
MAX_TYPED = 200  # nobody types more for a code

# Letters that people read by mistake: the alphabet has no I, L and O. Hyphens, underscores and blanks are for the eye
# only.
FOR_THE_EYE = str.maketrans({"-": None, "_": None, " ": None})
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"}) | FOR_THE_EYE
# Check characters that people take for decoration and leave out.
_OFTEN_LEFT_OUT = frozenset("*~$=")


def code_of(randomness: bytes) -> str:
    """The code of `BYTES` random bytes, with its check character, which is a letter or digit of the alphabet.

    People leave signs such as * and $ out when they read a code aloud or copy it, and U looks like V: a code that would
    end in one is drawn again, from the digest of the randomness, so that every code stays as likely as another.
    """
    while True:
        number = int.from_bytes(randomness[:BYTES]) >> (BYTES * 8 - LENGTH * 5)
        letters = "".join(ALPHABET[number >> shift & 31] for shift in range((LENGTH - 1) * 5, -1, -5))
        check = _check(letters)
        if check in ALPHABET and letters + check != EXAMPLE:
            return letters + check
        randomness = hashlib.sha256(randomness).digest()


def normalized(typed: str) -> str | None:
    """The typed code as it is stored; None if it is malformed or its check character is wrong.

    Any dash, any blank and either case will do. Codes that end in one of the five further signs stay valid; without its
    check character a code is read only where that is a sign that people leave out.
    """
    letters = pasted(typed[:MAX_TYPED]).upper().translate(READ_AS)
    if len(letters) not in {LENGTH, LENGTH + 1} or any(letter not in ALPHABET for letter in letters[:LENGTH]):
        return None
    check = _check(letters[:LENGTH])
    if len(letters) == LENGTH:
        return letters + check if check in _OFTEN_LEFT_OUT else None
    return letters if letters[LENGTH] == check else None


def normalized_serial(typed: str) -> str | None:
    """The typed serial of a transcript as it is stored, T and a code; None if it is malformed, or a code itself."""
    letters = pasted(typed[:MAX_TYPED]).upper().translate(FOR_THE_EYE)
    if not letters.startswith("T") or (len(letters) == LENGTH + 1 and normalized(letters)):
        return None
    code = normalized(letters[1:])
    return None if code is None else f"T{code}"


def stored_code(typed: str) -> str | None:
    """The typed code of a badge, or serial of a transcript, as it is stored; None if it is neither."""
    return normalized(typed) or normalized_serial(typed)


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
