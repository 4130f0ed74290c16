"""Text as it may stand on papers and pages: without what would turn a line around or grow out of it."""

import unicodedata

# Overrides and embeddings turn what follows around; isolates left open do the same to the rest of a line.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, halves of surrogate pairs, and what breaks lines. Joiners (Cf) stay: Persian and Indic names need them.
UNSEEN = {"Cc", "Cs", "Zl", "Zp", "Cn"}
MARKS = {"Mn", "Me"}
# What ordinary writing puts on one letter: four marks in all (Tibetan stacks), two of them at the same place.
MOST_MARKS = 4
MOST_IN_ONE_PLACE = 2


def printable(text: str) -> str:
    """`text` in composed form on one line: no controls, no change of direction, no tower of marks."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(_kept(unicodedata.normalize("NFC", text))).split())


def printable_lines(text: str) -> str:
    """The same for text of several lines, as addresses and Markdown are; blanks that a line begins with stay."""
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
            if len(places) >= MOST_MARKS or (place and places.count(place) >= MOST_IN_ONE_PLACE):
                continue
            places.append(place)
        else:
            places = []
        if letter not in TURNING:
            kept.append(" " if kind in UNSEEN else letter)
    return kept


def shortened(text: str, most: int) -> str:
    """The beginning of a long text, where a line of a page has place for `most` letters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def direction(text: str) -> str:
    """Which way a text runs, "ltr" or "rtl", by its first letter that says so: what browsers make of `dir="auto"`."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next(("ltr" if kind == "L" else "rtl" for kind in strong if kind in {"L", "R", "AL"}), "ltr")


def isolated(text: str) -> str:
    """Text that turns nothing around it, and is turned by nothing: for titles within a line of another script."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
