"""Why a file is refused, in plain words: what is wrong with it, and how to mend that."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

Phrase = tuple[str, str]


class FileRefusedError(Exception):
    """A file that is not taken in; `code` names the reason for programs, `words` tells people and how to mend it."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(code)

    @property
    def words(self) -> str:
        """What is wrong and how to mend it, in the language of this moment."""
        what, mend = PHRASES[self.code](self.values)
        return f"{what} {mend}" % self.values


class NotKeptError(Exception):
    """No file is kept under this key."""


def _many(values: dict[str, str | int], one: str, more: str, count: str) -> str:
    return ngettext(one, more, int(values[count]))


# One pair per code, fetched when it is asked for, in the language of that moment.
PHRASES: dict[str, Callable[[dict[str, str | int]], Phrase]] = {
    "empty": lambda _: (gettext("This file is empty."), gettext("Choose it again after saving what belongs into it.")),
    "too_large": lambda _: (
        gettext("This file is larger than %(most)s MB."),
        gettext("Save it smaller (for pictures and films: in a lower quality), or hand in a link to it."),
    ),
    "too_many": lambda v: (
        _many(
            v,
            "A piece of work can have %(most)s file.",
            "A piece of work can have %(most)s files.",
            "most",
        ),
        gettext("Remove one first, or put several into one document."),
    ),
    "no_room": lambda _: (
        gettext("Your files may take %(most)s MB together, and this one does not fit any more."),
        gettext("Remove files from drafts, or save this one smaller."),
    ),
    "name_missing": lambda _: (gettext("This file has no name."), gettext("Give it one and choose it again.")),
    "name_is_a_path": lambda _: (
        gettext("The name of this file holds a slash, as if it were a folder."),
        gettext("Rename it without / and \\ and choose it again."),
    ),
    "name_has_hidden_characters": lambda _: (
        gettext("The name of this file holds characters that nobody sees."),
        gettext("Rename it with letters, digits and spaces, and choose it again."),
    ),
    "name_of_a_program": lambda _: (
        gettext("The name of this file ends in “%(suffix)s”, which computers run as a program."),
        gettext("Hand in a document, a picture or a recording; save it under its usual ending."),
    ),
    "not_accepted": lambda _: (
        gettext("This kind of file is not taken here."),
        gettext("Taken are: %(kinds)s. Save it as one of these; what a file holds counts, not its name."),
    ),
    "damaged": lambda _: (
        gettext("This file is damaged or not complete."),
        gettext("Open it, save it again and choose it again."),
    ),
    "more_than_one_kind": lambda _: (
        gettext("This file holds something more behind or before its content, as if it were two files in one."),
        gettext("Open it, save it again and choose it again."),
    ),
    "svg": lambda _: (
        gettext("This is a drawing in SVG, which can run scripts."),
        gettext("Save it as PNG or PDF."),
    ),
    "web_page": lambda _: (
        gettext("This is a web page or another file with markup, which can run scripts."),
        gettext("Save it as PDF or as plain text; plain text must not begin with “<”."),
    ),
    "program": lambda _: (
        gettext("This is a program or script."),
        gettext("Hand in a document that describes it, or a link to where it is published."),
    ),
    "archive": lambda _: (
        gettext("This is an archive of several files."),
        gettext("Unpack it and hand in the files one by one."),
    ),
    "old_office": lambda _: (
        gettext("This is a document in an old format of Office, or one with a password."),
        gettext("Save it as .docx, .xlsx, .pptx or PDF, without a password."),
    ),
    "rich_text": lambda _: (gettext("This is a document in RTF."), gettext("Save it as .docx, .odt or PDF.")),
    "heic": lambda _: (
        gettext("This is a picture in HEIC or AVIF, which many computers cannot show."),
        gettext("Save or send it as JPEG. On an iPhone: Settings, Camera, Formats, Most Compatible."),
    ),
    "encrypted": lambda _: (
        gettext("This file is protected by a password, so nobody could assess it."),
        gettext("Save it without a password."),
    ),
    "macros": lambda _: (
        gettext("This document holds macros, which are programs."),
        gettext("Save it without macros (.docx, .xlsx, .pptx), or as PDF."),
    ),
    "embedded": lambda _: (
        gettext("This document holds another file inside, which cannot be checked."),
        gettext("Remove what is embedded, or save the document as PDF."),
    ),
    "reaches_out": lambda _: (
        gettext("This document fetches parts of itself from elsewhere when it is opened."),
        gettext("Put those parts into the document, or save it as PDF."),
    ),
    "scripts": lambda _: (
        gettext("This document holds scripts or starts something when it is opened."),
        gettext("Print it into a new PDF and hand that in."),
    ),
    "unpacks_too_large": lambda _: (
        gettext("This file becomes far larger when it is opened than a document is."),
        gettext("Open it, save it again with smaller pictures, and choose it again."),
    ),
    "too_many_pixels": lambda _: (
        gettext("This picture has more than %(most)s million pixels."),
        gettext("Save it in a smaller size."),
    ),
    "not_utf8": lambda _: (
        gettext("This looks like text, but not in UTF-8."),
        gettext("Save it as UTF-8; editors ask for the encoding when you choose “Save as”."),
    ),
}
