"""Text that is safe on documents and pages: without characters that change the direction or overlap other lines."""

import unicodedata

# Overrides and embeddings change the direction of what follows; an isolate that is not closed does so too.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, halves of surrogate pairs, and what breaks lines. Joiners (Cf) stay: Persian and Indic names need them.
UNSEEN = {"Cc", "Cs", "Zl", "Zp", "Cn"}
MARKS = {"Mn", "Me"}
# The most marks that ordinary writing puts on one letter: four in all (Tibetan), two of them at the same place.
MAX_MARKS = 4
MAX_MARKS_IN_ONE_PLACE = 2
LAST_OF_A_PLANE = 0xFFFE
VARIATION_SELECTORS = (("\u180b", "\u180f"), ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"))
# What text fields turn into a blank, and what they drop: no reader can see either, and both come with pasted text.
BLANK_CONTROLS = str.maketrans(dict.fromkeys("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\u2028\u2029", " "))
LINE_CONTROLS = str.maketrans({"\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
DROPPED = str.maketrans(dict.fromkeys("\u00ad\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"))


def printable(text: str) -> str:
    """`text` in composed form on one line: no controls, no change of direction, no stacks of marks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(_kept(unicodedata.normalize("NFC", text))).split())


def printable_lines(text: str) -> str:
    """`printable` for each line of a text such as an address or Markdown; leading blanks of a line stay."""
    return "\n".join(f"{_margin(line)}{printable(line)}" for line in text.splitlines())


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _kept(text: str) -> list[str]:
    kept: list[str] = []
    places: list[int] = []
    for letter in text:
        kind = unicodedata.category(letter)
        if kind in MARKS:
            place = unicodedata.combining(letter)
            if len(places) >= MAX_MARKS or (place and places.count(place) >= MAX_MARKS_IN_ONE_PLACE):
                continue
            places.append(place)
        else:
            places = []
        if letter not in TURNING:
            kept.append(" " if kind in UNSEEN else letter)
    return kept


def typed_line(text: str) -> str:
    """Text of a field of one line as it is kept: line ends and tabs are blanks, what nobody can see is left out."""
    return text if text.isascii() and text.isprintable() else text.translate(DROPPED).translate(BLANK_CONTROLS)


def typed_lines(text: str) -> str:
    """`typed_line` for a field of several lines: its line ends and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(DROPPED).translate(LINE_CONTROLS)


def pasted(text: str) -> str:
    """An id or a code as it was meant, however it was pasted.

    Compatibility forms and digits of every script are the plain ones, every dash is a hyphen, every blank a space at
    most once, and characters that nobody can see are left out.
    """
    plain = "".join(_plain_sign(sign) for sign in unicodedata.normalize("NFKC", text))
    return " ".join(plain.split())


def _plain_sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Pd" or sign == "\N{MINUS SIGN}":
        return "-"
    if kind in {"Zs", "Zl", "Zp"} or sign.isspace():
        return " "
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    return "" if is_invisible(sign) else sign


def is_invisible(sign: str) -> bool:
    """Whether a character is drawn by none: joiners, marks of direction, variation selectors, controls."""
    return unicodedata.category(sign) in {"Cf", "Cc", "Cs", "Cn"} or any(
        first <= sign <= last for first, last in VARIATION_SELECTORS
    )


def forbidden_character(text: str) -> str | None:
    """The first control character, half of a surrogate pair or noncharacter in typed text, as U+0007; None for none.

    Tabs and line ends are fine.
    """
    if text.isascii() and text.isprintable():
        return None
    found = next((letter for letter in text if letter not in "\t\n\r" and _is_forbidden(letter)), None)
    return None if found is None else f"U+{ord(found):04X}"


def _is_forbidden(letter: str) -> bool:
    # The last two places of every plane, and 32 others, are no characters for good.
    is_noncharacter = ord(letter) & LAST_OF_A_PLANE == LAST_OF_A_PLANE or "\ufdd0" <= letter <= "\ufdef"
    return is_noncharacter or unicodedata.category(letter) in {"Cc", "Cs"}


def shortened(text: str, most: int) -> str:
    """The text, cut to `most` letters with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def direction(text: str) -> str:
    """The direction of a text, "ltr" or "rtl", by its first strong letter, as browsers do for `dir="auto"`."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next(("ltr" if kind == "L" else "rtl" for kind in strong if kind in {"L", "R", "AL"}), "ltr")


def isolated(text: str) -> str:
    """Text that does not affect the direction of its surroundings, and is not affected by it."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
