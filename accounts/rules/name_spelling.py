"""Comparing and ordering names in any script, without case and accents."""

import unicodedata

from core.text.letters import is_invisible

# Letters that Unicode does not decompose into a base letter and a mark.
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Marks in these blocks can be left out when people type a name. In other scripts (Thai, Devanagari) marks are vowels.
DROPPED_BLOCKS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670))
# Arabic letters that are typed for each other, in Arabic, Persian and Urdu; carriers of hamza are decomposed before.
ARABIC = str.maketrans(
    {
        "\u0671": "\u0627",  # alef wasla: alef
        "\u0649": "\u064a",  # alef maksura: yeh
        "\u06cc": "\u064a",  # Farsi yeh
        "\u06d2": "\u064a",  # yeh barree
        "\u0629": "\u0647",  # teh marbuta: heh
        "\u06c1": "\u0647",  # heh goal
        "\u06c3": "\u0647",  # teh marbuta goal
        "\u06be": "\u0647",  # heh doachashmee
        "\u06d5": "\u0647",  # ae
        "\u06a9": "\u0643",  # keheh: kaf
        "\u0640": None,  # tatweel
        "\u0621": None,  # hamza on the line
    }
)
QURANIC_MARKS = (("\u0610", "\u061a"), ("\u06d6", "\u06ed"))
MAX_SORT_KEY = 600
MAX_SEARCH_WORDS = 1200


def folded(text: str) -> str:
    """`text` for comparison: compatibility forms unified, lower case, no accents, single spaces."""
    # Decompose before dropping marks, and compose again at the end, so that equal names have equal bytes.
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(UNDECOMPOSED)
    plain = "".join(letter for letter in decomposed if not _is_ornament(letter))
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def sort_key(text: str, sort_as: str = "") -> str:
    """The sort key of a name: the folded `sort_as` ("Schmidt, Anna"), or the folded name as written.

    Some letters fold to many (U+FDFA to eighteen), so that the key is cut to its column.
    """
    return folded(sort_as or text)[:MAX_SORT_KEY]


def compared_name(text: str) -> str:
    """A name for comparing it with one that somebody typed: its words, folded and in their order, with single blanks.

    Case, accents, punctuation and spellings of one letter do not count. A text without any word is compared folded.
    """
    return " ".join(_words(text)) or folded(text)


def search_words(*texts: str) -> list[str]:
    """The distinct folded words of `texts`, in order; a word consists of letters, digits and marks.

    Words that are written in several ways are one: characters that nobody can see are left out, Arabic letters and
    digits are the plain ones. Together, with blanks, they fit into MAX_SEARCH_WORDS characters.
    """
    words: dict[str, None] = {}
    for text in texts:
        words.update(dict.fromkeys(_words(text)))
    return " ".join(words)[:MAX_SEARCH_WORDS].split()


def _words(text: str) -> list[str]:
    return "".join(letter if _is_word_character(letter) else " " for letter in _spelled(text)).split()


def _spelled(text: str) -> str:
    visible = "".join(letter for letter in text if not _is_left_out(letter))
    plain = folded(visible).translate(ARABIC)
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in plain)


def _is_left_out(letter: str) -> bool:
    # Controls such as tabs part words, although nobody sees them.
    is_unseen = is_invisible(letter) and unicodedata.category(letter) != "Cc"
    return is_unseen or any(first <= letter <= last for first, last in QURANIC_MARKS)


def _is_ornament(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in DROPPED_BLOCKS)


def _is_word_character(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"
