"""Names of files: words for people, never a place on a disk."""

import unicodedata
from pathlib import PurePosixPath

from core.files.refusals import FileRefusedError

MAX_LENGTH = 200
MAX_SUFFIX_LENGTH = 12

# They turn around what follows: "fdp.exe" would be read as "exe.pdf".
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SEEN_BY_NOBODY = {"Cc", "Cs", "Co", "Zl", "Zp"}

# What the desktops of our users run, or open in a browser, when it is clicked.
PROGRAMS = frozenset((
    ".app", ".bat", ".cmd", ".com", ".cpl", ".desktop", ".dll", ".exe", ".hta", ".htm", ".html", ".jar", ".js", ".jse",
    ".lnk", ".mht", ".mhtml", ".msi", ".php", ".pif", ".ps1", ".reg", ".scf", ".scr", ".sh", ".shtml", ".svg", ".svgz",
    ".swf", ".url", ".vb", ".vbe", ".vbs", ".wsf", ".wsh", ".xht", ".xhtml",
))  # fmt: skip


def checked_name(name: str | None) -> str:
    """`name` as it is kept, cut to MAX_LENGTH characters with its suffix left whole.

    Raises FileRefusedError for names that are paths, hide characters, or end as programs do.
    """
    sent = unicodedata.normalize("NFC", (name or "").strip())
    if not sent.strip(". "):
        raise FileRefusedError("name_missing")
    if any(letter in TURNING or unicodedata.category(letter) in SEEN_BY_NOBODY for letter in sent):
        raise FileRefusedError("name_has_hidden_characters")
    if "/" in sent or "\\" in sent:
        raise FileRefusedError("name_is_a_path")
    suffix = suffix_of(sent)
    if suffix in PROGRAMS:
        raise FileRefusedError("name_of_a_program", suffix=suffix)
    return _cut(sent)


def suffix_of(name: str) -> str:
    """The last suffix in lower case, with its dot, as desktops read it: dots and blanks at the end do not count."""
    return PurePosixPath(name.rstrip(". ").replace("/", "_")).suffix.lower().strip()


def name_for_download(name: str, suffixes: tuple[str, ...]) -> str:
    """`name` with a suffix that fits its content, and without what file systems cannot hold."""
    safe = "".join("_" if letter in '<>:"|?*/\\' or letter in TURNING else letter for letter in name)
    safe = "".join(letter for letter in safe if unicodedata.category(letter) not in SEEN_BY_NOBODY).strip(". ")
    if not safe:
        safe = "file"
    return safe if suffix_of(safe) in suffixes else safe + suffixes[0]


def _cut(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    suffix = suffix_of(name)
    if not name.lower().endswith(suffix) or len(suffix) > MAX_SUFFIX_LENGTH:
        return name[:MAX_LENGTH]
    return name[: MAX_LENGTH - len(suffix)].rstrip() + name[len(name) - len(suffix) :]
