"""Comparing and ordering names in any script, without case and accents."""

import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Marks in these blocks can be left out when people type a name. In other scripts (Thai, Devanagari) marks are vowels.
DROPPED_BLOCKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670))


def folded(text: str) -> str:
    """`text` for comparison: compatibility forms unified, lower case, no accents, single spaces."""
    # Decompose before dropping marks, and compose again at the end, so that equal names have equal bytes.
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(UNDECOMPOSED)
    plain = "".join(letter for letter in decomposed if not _is_ornament(letter))
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def sort_key(text: str, sort_as: str = "") -> str:
    """The sort key of a name: the folded `sort_as` ("Schmidt, Anna"), or the folded name as written."""
    return folded(sort_as or text)


def search_words(*texts: str) -> list[str]:
    """The distinct folded words of `texts`, in order; a word consists of letters, digits and marks."""
    words: dict[str, None] = {}
    for text in texts:
        parts = "".join(letter if _is_word_character(letter) else " " for letter in folded(text)).split()
        words.update(dict.fromkeys(parts))
    return list(words)


def _is_ornament(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in DROPPED_BLOCKS)


def _is_word_character(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"
