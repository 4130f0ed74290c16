"""How names are compared and ordered: without case, without marks, in any script."""

import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Marks of these scripts are ornaments that people leave out; in others (Thai, Devanagari) they are vowels.
DROPPED_BLOCKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670))


def folded(text: str) -> str:
    """`text` for comparing: compatibility forms unified, small letters, no accents, single blanks."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(UNDECOMPOSED)
    plain = "".join(letter for letter in apart if not _dropped(letter))
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def sort_key(text: str, sort_as: str = "") -> str:
    """What a list is ordered by: the folded form of `sort_as` ("Schmidt, Anna") or else of the name as written."""
    return folded(sort_as or text)


def search_words(*texts: str) -> list[str]:
    """The distinct folded words of `texts`, in order; letters, digits and marks make words."""
    words: dict[str, None] = {}
    for text in texts:
        parts = "".join(letter if _in_word(letter) else " " for letter in folded(text)).split()
        words.update(dict.fromkeys(parts))
    return list(words)


def _dropped(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in DROPPED_BLOCKS)


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"
