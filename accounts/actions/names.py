"""A learner's names: a new name follows the old one, a correction changes the text, and history keeps both."""

from datetime import date

from django.db import transaction

from accounts.actions.history import change_context
from accounts.actions.locked_learner import locked_learner
from accounts.errors import EndsBeforeItStartsError, NamesOverlapError, NoOpenNameError
from accounts.models import Learner, LearnerName, NameKind, User
from accounts.rules.name_spelling import search_words, sort_key


@transaction.atomic
def add_name(
    learner: Learner,
    *,
    kind: NameKind,
    text: str,
    by: User,
    reason: str,
    sort_as: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> LearnerName:
    """Add a name. The legal or chosen name that is in force on `starts_on` ends on that day.

    Raises NamesOverlapError, EndsBeforeItStartsError, OwnRecordError.
    """
    with change_context(reason, by):
        locked_learner(learner, at=None).require_another(by)
        if kind != NameKind.FORMER:
            _end_current_name(learner, kind=kind, on=starts_on)
        return write_name(learner, kind=kind, text=text, sort_as=sort_as, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def end_name(learner: Learner, *, kind: NameKind, on: date, by: User, reason: str) -> LearnerName:
    """End the current name of this kind without a successor; `on` is the first day without it.

    Raises NoOpenNameError, EndsBeforeItStartsError, OwnRecordError.
    """
    with change_context(reason, by):
        locked_learner(learner, at=None).require_another(by)
        ended = _end_current_name(learner, kind=kind, on=on)
        if ended is None:
            raise NoOpenNameError
    return ended


@transaction.atomic
def correct_name(name: LearnerName, *, text: str, by: User, reason: str, sort_as: str = "") -> LearnerName:
    """Correct the spelling of a name. Its history and the documents that used it keep the old text.

    Raises OwnRecordError.
    """
    with change_context(reason, by):
        locked_learner(name.learner, at=None).require_another(by)
        locked = LearnerName.objects.select_for_update(no_key=True).get(pk=name.pk)
        _write_text(locked, text, sort_as)
        locked.save(update_fields=["text", "sort_key", "search_words"])
    return locked


def write_name(
    learner: Learner,
    *,
    kind: NameKind,
    text: str,
    sort_as: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> LearnerName:
    """Insert the row of a name. The caller holds the learner's lock or has just created the learner.

    Raises EndsBeforeItStartsError, NamesOverlapError.
    """
    if starts_on and ends_on and ends_on <= starts_on:
        raise EndsBeforeItStartsError
    name = LearnerName(learner=learner, kind=kind, starts_on=starts_on, ends_on=ends_on)
    _write_text(name, text, sort_as)
    # The exclusion constraint would refuse too; this query gives the named error without a savepoint.
    if kind != NameKind.FORMER and name.overlapping().exists():
        raise NamesOverlapError
    name.save(force_insert=True)
    return name


def _write_text(name: LearnerName, text: str, sort_as: str) -> None:
    name.text = text.strip()
    name.sort_key = sort_key(name.text, sort_as)
    name.search_words = " ".join(search_words(name.text, sort_as))


def _end_current_name(learner: Learner, *, kind: NameKind, on: date | None) -> LearnerName | None:
    """End the name of this kind that has no end yet, if there is one. Raises EndsBeforeItStartsError."""
    current = LearnerName.objects.filter(learner=learner, kind=kind, ends_on=None).first()
    if current is None:
        return None
    if on is None or (current.starts_on is not None and on <= current.starts_on):
        raise EndsBeforeItStartsError
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    return current
