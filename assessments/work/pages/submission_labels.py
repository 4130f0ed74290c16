"""The words for a learner when an action on their work is refused: what is wrong, and how to mend it."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from assessments.errors import (
    LinkRefusedError,
    NoAttemptLeftError,
    NothingHandedInError,
    NotOpenError,
    NotWritableError,
    PerformedLaterError,
    PerformedTooEarlyError,
    RetiredError,
    TooManyArtifactsError,
    WorkUnderWayError,
)
from core.files import FileRefusedError

# The name of the form's field that is wrong (None: the work as a whole), and the words.
Refusal = tuple[str | None, Callable[[], str]]

REFUSALS: Mapping[type[Exception], Refusal] = {
    LinkRefusedError: (
        "link",
        lambda: _("This is no address of a page on the web. Copy it from the browser; it begins with https://."),
    ),
    NothingHandedInError: (
        None,
        lambda: _("There is nothing to hand in yet. Write something, or add a file or a link."),
    ),
    PerformedLaterError: ("performed_on", lambda: _("This day is still to come. Choose today or an earlier day.")),
    PerformedTooEarlyError: (
        "performed_on",
        lambda: _("Nobody did this work so long ago. Write the year with four digits."),
    ),
    TooManyArtifactsError: (None, lambda: _("No more files and links fit. Remove one first.")),
    NotWritableError: (
        None,
        lambda: _("This work cannot be changed any more: it was handed in, assessed or withdrawn meanwhile."),
    ),
    NotOpenError: (None, lambda: _("This assessment is not open. Ask whoever teaches it when it will be.")),
    RetiredError: (None, lambda: _("This assessment is closed and takes no new work.")),
    WorkUnderWayError: (None, lambda: _("You have begun this work already; it goes on below.")),
    NoAttemptLeftError: (None, lambda: _("You have used all attempts. Ask whoever teaches it what you can do.")),
}
REFUSED: tuple[type[Exception], ...] = (*REFUSALS, FileRefusedError)


def refusal(error: Exception) -> tuple[str | None, str]:
    """Return the name of the field that is wrong (None: the work as a whole), and the words to show there."""
    if isinstance(error, FileRefusedError):
        return "file", error.words
    field, words = REFUSALS[type(error)]
    return field, words()
